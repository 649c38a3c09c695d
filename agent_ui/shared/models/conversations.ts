import type {
  ConversationMoved,
  ConversationView,
  MarksView,
  MessageView,
  NextDueView,
  TicketView,
} from "@parley/client/contract"
import { firstOf } from "@parley/client/text"
import { shallowReactive, toRaw } from "vue"
import { isOpen } from "./order"

export type Patch = Partial<
  Pick<
    ConversationView,
    | "agent_id"
    | "offer_until"
    | "team_id"
    | "status"
    | "category"
    | "priority"
    | "snoozed_until"
    | "unread_count"
    | "escalation_level"
    | "tags"
  >
>

export type Told = (now: ConversationView, before: ConversationView | undefined, isNews: boolean) => void

export interface Conversations {
  /** The conversation as this screen shows it: what the server said, with what was just asked for on top. */
  get(id: string): ConversationView | undefined
  /** Every one this screen holds. */
  all(): ConversationView[]
  /** Take the server's word. Older than what is held: dropped. `isNews`: something happened, not a page read. */
  put(row: ConversationView, isNews?: boolean): void
  /** Bring a row forward by one message. False when more than this message was missed: ask the server. */
  advance(message: MessageView): boolean
  /** Bring a row up to what a list shows of it. False when it is not held. */
  move(event: ConversationMoved): boolean
  mark(id: string, marks: MarksView): void
  setTicket(id: string, ticket: TicketView): void
  /** The SLA clock that is due first is another one now. */
  setDue(id: string, due: NextDueView | null): void
  /** Show a change before the server has agreed. Calling the result takes it away again. */
  patch(id: string, change: Patch): () => void
  /** How many open conversations of this agent hold something unread, of those known here. */
  unreadOf(agentId: string): number
  onChange(tell: Told): () => void
  clear(): void
}

/** Every conversation this screen knows, each once; the lists hold them in their own order. */
export function createConversations(): Conversations {
  const said = new Map<string, ConversationView>()
  const patches = new Map<string, Patch[]>()
  const shown = shallowReactive(new Map<string, ConversationView>())
  /** Who holds each open conversation with something unread: few, so counting them is cheap. */
  const unread = shallowReactive(new Map<string, string>())
  const listeners = new Set<Told>()

  function show(id: string, isNews = true) {
    const row = said.get(id)
    if (!row) return
    const pending = patches.get(id)
    const before = shown.get(id)
    const now = pending ? Object.assign({}, row, ...pending) : row
    shown.set(id, now)
    if (now.unread_count > 0 && now.agent_id && isOpen(now)) unread.set(id, now.agent_id)
    else unread.delete(id)
    for (const tell of listeners) tell(now, before, isNews)
  }

  function put(row: ConversationView, isNews = true) {
    const held = said.get(row.id)
    if (held && held.rev > row.rev) return
    said.set(row.id, held ? { ...row, marks: furthest(held.marks, row.marks) } : row)
    show(row.id, isNews)
  }

  function set(id: string, change: Partial<ConversationView>) {
    const row = said.get(id)
    if (!row) return
    said.set(id, { ...row, ...change })
    show(id)
  }

  return {
    get: id => shown.get(id),
    all: () => [...toRaw(shown).values()],
    put,
    advance(message) {
      const held = said.get(message.conversation_id)
      const rev = message.rev ?? 0
      if (!held || rev > held.rev + 1) return false
      if (rev === held.rev + 1) put(after(held, message, rev))
      return true
    },
    move({ type: _, conversation_id: id, ticket_number: __, ...now }) {
      const held = said.get(id)
      if (held) put({ ...held, ...now })
      return held !== undefined
    },
    mark(id, marks) {
      const held = said.get(id)
      if (!held) return
      const merged = furthest(held.marks, marks)
      const isRead = merged.agent_read_seq >= held.seq
      said.set(id, { ...held, marks: merged, unread_count: isRead ? 0 : held.unread_count })
      show(id)
    },
    setTicket: (id, ticket) => set(id, { ticket }),
    setDue: (id, next_due) => set(id, { next_due }),
    patch(id, change) {
      patches.set(id, [...(patches.get(id) ?? []), change])
      show(id)
      return () => {
        const left = (patches.get(id) ?? []).filter(other => other !== change)
        if (left.length > 0) patches.set(id, left)
        else patches.delete(id)
        show(id)
      }
    },
    unreadOf: agentId => [...unread.values()].filter(owner => owner === agentId).length,
    onChange(tell) {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
    clear() {
      said.clear()
      patches.clear()
      shown.clear()
      unread.clear()
    },
  }
}

/** The row as the server will have it once `message` is in, as far as a message alone can tell. */
function after(row: ConversationView, message: MessageView, rev: number): ConversationView {
  if (message.visibility === "internal" || message.seq === null || message.system !== null) {
    return { ...row, rev, seq: Math.max(row.seq, message.seq ?? 0) }
  }
  const isContact = message.author.kind === "contact"
  return {
    ...row,
    rev,
    seq: Math.max(row.seq, message.seq),
    preview: previewOf(message),
    last_message_at: message.created_at,
    unread_count: isContact ? row.unread_count + 1 : message.author.kind === "agent" ? 0 : row.unread_count,
    waiting_since: isContact ? (row.waiting_since ?? message.created_at) : null,
  }
}

function previewOf(message: MessageView): string {
  const text = firstOf(message.body.replace(/\s+/g, " ").trim(), 160)
  return text || (message.attachments[0]?.name ?? "")
}

export function furthest(a: MarksView, b: MarksView): MarksView {
  return {
    contact_delivered_seq: Math.max(a.contact_delivered_seq, b.contact_delivered_seq),
    contact_read_seq: Math.max(a.contact_read_seq, b.contact_read_seq),
    agent_delivered_seq: Math.max(a.agent_delivered_seq, b.agent_delivered_seq),
    agent_read_seq: Math.max(a.agent_read_seq, b.agent_read_seq),
  }
}
