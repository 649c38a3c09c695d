import type {
  ConversationMoved,
  ConversationView,
  HeadView,
  MarksView,
  MessageView,
  SuggestionView,
  TypingChanged,
  VisitorConversationView,
} from "./contract"
import type { AnyEvent } from "./pipe"

type AnyConversation = VisitorConversationView | ConversationView

/** One conversation as this client knows it. Only what the server said: unsent messages live in the outbox. */
export interface ThreadState<V extends AnyConversation = AnyConversation> {
  side: "visitor" | "agent"
  conversation_id: string
  epoch: string | null
  conversation: V | null
  /** In order, each once. */
  messages: readonly MessageView[]
  /** Everything up to here is held: the seq for a visitor, the rev for an agent. Where a sync resumes. */
  cursor: number
  /** How far the server is known to have come, in the same count. */
  known: number
  /** Something is missing: ask with `conversation.sync` after `cursor`. */
  needs_sync: boolean
  /** There are messages before the first one held: ask with `conversation.earlier`. */
  has_earlier: boolean
  marks: MarksView
  typing: readonly Typing[]
  viewers: readonly string[]
  suggestions: readonly SuggestionView[]
  suggestions_seq: number
}

export interface Typing {
  kind: string
  id: string | null
  name: string
  until: number
  /** What a visitor has typed so far, where agents may see it. */
  preview: string
}

const TYPING_MS = 6_000
const NO_MARKS: MarksView = { contact_delivered_seq: 0, contact_read_seq: 0, agent_delivered_seq: 0, agent_read_seq: 0 }

export function emptyThread<V extends AnyConversation>(side: "visitor" | "agent", id: string): ThreadState<V> {
  return {
    side,
    conversation_id: id,
    epoch: null,
    conversation: null,
    messages: [],
    cursor: 0,
    known: 0,
    needs_sync: true,
    has_earlier: false,
    marks: NO_MARKS,
    typing: [],
    viewers: [],
    suggestions: [],
    suggestions_seq: 0,
  }
}

/** What an event makes of the thread. Events about other conversations change nothing. */
export function apply<V extends AnyConversation>(state: ThreadState<V>, event: AnyEvent, now: number): ThreadState<V> {
  if (event.type === "heads") return applyHeads(state, event.epoch, event.heads)
  if (subjectOf(event) !== state.conversation_id) return state
  switch (event.type) {
    case "message.created":
      return addMessages(state, [event.message])
    case "message.marked":
      return { ...state, marks: later(state.marks, event.marks) }
    case "conversation.changed":
      return changeConversation(state, event.conversation as V)
    case "conversation.moved":
      return moveConversation(state, event)
    case "conversation.queued":
      return withConversation(state, { queue: event.queue })
    case "ticket.opened":
    case "ticket.changed":
      return withConversation(state, { ticket: event.ticket })
    case "sla.changed":
      return withConversation(state, { next_due: event.next_due })
    case "typing.changed":
      return { ...state, typing: typingAfter(state.typing, event, now) }
    case "viewers.changed":
      return { ...state, viewers: event.agent_ids }
    case "suggestions.ready":
      if (event.seq < state.suggestions_seq) return state
      return { ...state, suggestions: event.suggestions, suggestions_seq: event.seq }
    default:
      return state
  }
}

function moveConversation<V extends AnyConversation>(
  state: ThreadState<V>,
  { type: _, conversation_id: __, ticket_number: ___, ...now }: ConversationMoved,
): ThreadState<V> {
  return state.conversation ? changeConversation(state, { ...state.conversation, ...now }) : state
}

/** What a sync is answered with. */
export interface SyncPage<V extends AnyConversation> {
  conversation: V
  messages: readonly MessageView[]
  is_complete: boolean
  is_snapshot?: boolean
  has_earlier?: boolean
}

/** A page of a sync asked after the cursor. Complete, it settles everything up to the conversation's own figure. A
 * snapshot takes the place of all that was held, but for what was said after it was made. */
export function applySync<V extends AnyConversation>(state: ThreadState<V>, page: SyncPage<V>): ThreadState<V> {
  const base = page.is_snapshot ? withoutOlder(state, page) : state
  const next = addMessages(changeConversation(base, page.conversation), page.messages)
  const held = page.messages.at(-1)
  if (!page.is_complete) return settle({ ...next, cursor: Math.max(next.cursor, held ? placeOf(state.side, held) : 0) })
  const last = next.messages.at(-1)
  const cursor = Math.max(next.cursor, figureOf(state.side, page.conversation))
  return settle({ ...next, cursor, known: last ? placeOf(state.side, last) : 0 })
}

/** A page of what came before the first message held. */
export function applyEarlier<V extends AnyConversation>(
  state: ThreadState<V>,
  page: { messages: readonly MessageView[]; has_earlier: boolean },
): ThreadState<V> {
  return { ...addMessages(state, page.messages), has_earlier: page.has_earlier }
}

/** Nobody says that they stopped typing when their network fails: forget them after a while. */
export function lapse<V extends AnyConversation>(state: ThreadState<V>, now: number): ThreadState<V> {
  if (state.typing.every(it => it.until > now)) return state
  return { ...state, typing: state.typing.filter(it => it.until > now) }
}

function withoutOlder<V extends AnyConversation>(state: ThreadState<V>, page: SyncPage<V>): ThreadState<V> {
  const figure = figureOf(state.side, page.conversation)
  const messages = state.messages.filter(it => placeOf(state.side, it) > figure)
  return { ...state, messages, has_earlier: page.has_earlier ?? false }
}

function subjectOf(event: Exclude<AnyEvent, { type: "heads" }>): string | null {
  if ("conversation_id" in event) return event.conversation_id
  if (event.type === "message.created") return event.message.conversation_id
  if (event.type === "conversation.changed") return event.conversation.id
  if (event.type === "ticket.opened" || event.type === "ticket.changed") return event.ticket.conversation_id
  return null
}

/** Visitors count what both sides see; agents count every change, notes among them. */
export function placeOf(side: "visitor" | "agent", message: MessageView): number {
  return (side === "agent" ? message.rev : message.seq) ?? 0
}

function figureOf(side: "visitor" | "agent", conversation: AnyConversation): number {
  return side === "agent" && "rev" in conversation ? conversation.rev : conversation.seq
}

function addMessages<V extends AnyConversation>(state: ThreadState<V>, more: readonly MessageView[]): ThreadState<V> {
  const held = new Set(state.messages.map(it => it.id))
  const fresh = more.filter(it => !held.has(it.id))
  if (fresh.length === 0) return state
  const messages = [...state.messages, ...fresh].sort((a, b) => placeOf(state.side, a) - placeOf(state.side, b))
  const known = Math.max(state.known, ...fresh.map(it => placeOf(state.side, it)))
  const marks = fresh.map(readByWriting).reduce(later, state.marks)
  return settle({ ...state, messages, known, marks, typing: state.typing.filter(it => !fresh.some(m => isBy(m, it))) })
}

/** Whoever writes has read up to there; no mark is told besides. */
function readByWriting({ author, seq }: MessageView): MarksView {
  const upTo = seq ?? 0
  if (author.kind === "contact") return { ...NO_MARKS, contact_delivered_seq: upTo, contact_read_seq: upTo }
  if (author.kind === "agent") return { ...NO_MARKS, agent_delivered_seq: upTo, agent_read_seq: upTo }
  return NO_MARKS
}

function isBy({ author }: MessageView, typing: Typing): boolean {
  return author.kind === typing.kind && author.name === typing.name
}

/** Move the cursor over what is contiguous, and say whether anything is missing beyond it. */
function settle<V extends AnyConversation>(state: ThreadState<V>): ThreadState<V> {
  let { cursor } = state
  for (const message of state.messages) {
    if (placeOf(state.side, message) === cursor + 1) cursor += 1
  }
  const known = Math.max(state.known, cursor)
  return { ...state, cursor, known, needs_sync: known > cursor }
}

function changeConversation<V extends AnyConversation>(state: ThreadState<V>, conversation: V): ThreadState<V> {
  const figure = figureOf(state.side, conversation)
  if (state.conversation && figure < figureOf(state.side, state.conversation)) return state
  const marks = later(state.marks, conversation.marks)
  return settle({ ...state, conversation, marks, known: Math.max(state.known, figure) })
}

function withConversation<V extends AnyConversation>(
  state: ThreadState<V>,
  change: Partial<VisitorConversationView> | Partial<ConversationView>,
): ThreadState<V> {
  return state.conversation ? { ...state, conversation: { ...state.conversation, ...change } } : state
}

function applyHeads<V extends AnyConversation>(
  state: ThreadState<V>,
  epoch: string,
  heads: HeadView[],
): ThreadState<V> {
  const isRestored = state.epoch !== null && state.epoch !== epoch
  const base = isRestored ? { ...emptyThread<V>(state.side, state.conversation_id), epoch } : { ...state, epoch }
  const head = heads.find(it => it.conversation_id === state.conversation_id)
  if (!head) return base
  const known = Math.max(base.known, state.side === "agent" ? head.rev : head.seq)
  const next = settle({ ...base, known, marks: later(base.marks, head.marks) })
  return isRestored ? { ...next, needs_sync: true } : next
}

function later(a: MarksView, b: MarksView): MarksView {
  return {
    contact_delivered_seq: Math.max(a.contact_delivered_seq, b.contact_delivered_seq),
    contact_read_seq: Math.max(a.contact_read_seq, b.contact_read_seq),
    agent_delivered_seq: Math.max(a.agent_delivered_seq, b.agent_delivered_seq),
    agent_read_seq: Math.max(a.agent_read_seq, b.agent_read_seq),
  }
}

function typingAfter(typing: readonly Typing[], event: TypingChanged, now: number): Typing[] {
  const others = typing.filter(
    it => it.kind !== event.author_kind || it.id !== event.author_id || it.name !== event.author_name,
  )
  if (!event.typing) return others
  const { author_kind: kind, author_id: id, author_name: name, preview } = event
  return [...others, { kind, id, name, until: now + TYPING_MS, preview }]
}
