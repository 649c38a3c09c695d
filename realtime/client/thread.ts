import {
  apply,
  applyEarlier,
  applySync,
  emptyThread,
  lapse,
  placeOf,
  type SyncPage,
  type ThreadState,
  type Typing,
} from "./apply"
import { backoff, type Clock, systemClock } from "./clock"
import type { Connection } from "./connection"
import type { AttachmentView, AuthorView, MarksView, PrechatFields, Side, SuggestionView, Visibility } from "./contract"
import { createListeners } from "./listeners"
import { createMarker } from "./marker"
import type { Draft, Outbox, OutboxEntry } from "./outbox"
import type { AnyCommand, AnyEvent, AnyReply } from "./pipe"
import { rowsOf, type ThreadRow } from "./rows"
import { createTypingTeller } from "./typing"

export interface ThreadOptions<S extends Side> {
  side: "visitor" | "agent"
  /** Null for a conversation that the first message will start. */
  conversationId: string | null
  /** As known from a list, so that something can be drawn before the first sync. */
  conversation?: S["conversation"]
  me: AuthorView
  connection: Connection<S>
  outbox: Outbox
  clock?: Clock
  random?: () => number
}

/** What a screen draws. A new object whenever anything changed. */
export interface ThreadSnapshot<V> {
  conversation_id: string | null
  conversation: V | null
  rows: readonly ThreadRow[]
  marks: MarksView
  typing: readonly Typing[]
  viewers: readonly string[]
  suggestions: readonly SuggestionView[]
  /** The newest seq held without a gap: an agent's `seen_seq`. */
  last_seq: number
  /** False until the first sync is through. */
  is_loaded: boolean
  /** There are messages before the first one: `earlier` fetches them. */
  has_earlier: boolean
  /** The server refused to show it: "not_found", "forbidden". */
  refused: string | null
}

export interface Thread<S extends Side> {
  snapshot(): ThreadSnapshot<S["conversation"]>
  subscribe(told: () => void): () => void
  send(body: string, more?: SendMore): Promise<OutboxEntry>
  setTyping(isTyping: boolean, preview?: string): void
  /** What is held was seen on a visible screen, all of it or up to `seq`. Call on every change while it is. */
  read(seq?: number): void
  /** Everything held has arrived here. */
  delivered(): void
  sync(): Promise<void>
  /** Fetch the page before the first message held, if there is one. */
  earlier(): Promise<void>
  close(): void
}

export interface SendMore {
  attachments?: AttachmentView[]
  visibility?: Visibility
  /** Agents: refuse as `conflict` when somebody wrote after this. */
  seen_seq?: number
  /** Keep it back for so long, so that `outbox.discard` can undo it. */
  hold_ms?: number
  /** Visitors, first message only. */
  fields?: PrechatFields
  page_url?: string
  greeting_id?: string
}

/** A hint may be overtaken by the next: give it this long before asking for what seems to be missing. */
const OVERTAKEN_MS = 150

/** One conversation: what the server said, what is unsent, who types, and who has read how far. */
export function createThread<S extends Side>(options: ThreadOptions<S>): Thread<S> {
  type View = S["conversation"]
  const { side, outbox, connection, me } = options
  const clock = options.clock ?? systemClock
  const random = options.random ?? Math.random
  const changes = createListeners<[]>()
  const takesStarts = options.conversationId === null
  // The commands used here are the same on both sides; only their static types differ.
  const command = connection.command as unknown as (command: AnyCommand) => Promise<AnyReply>

  let state: ThreadState<View> = emptyThread<View>(side, options.conversationId ?? "")
  let isLoaded = false
  let refused: string | null = null
  let isSyncing = false
  let isReadingBack = false
  let fruitless = 0
  let isClosed = false
  let rows = new Map<string, ThreadRow>()
  let drawn: ThreadSnapshot<View> | null = null
  let stopSync: (() => void) | null = null
  let stopLapse: (() => void) | null = null

  const own = (what: "read" | "delivered") => state.marks[`${side === "agent" ? "agent" : "contact"}_${what}_seq`]
  const say = (type: "conversation.read" | "conversation.delivered") => (seq: number) =>
    command({ type, conversation_id: state.conversation_id, seq })
  const readMarker = createMarker(clock, () => own("read"), say("conversation.read"))
  const deliveredMarker = createMarker(clock, () => own("delivered"), say("conversation.delivered"))
  const typingTeller = createTypingTeller(clock, async (typing, preview) => {
    const { conversation_id } = state
    if (conversation_id) await command({ type: "typing.set", conversation_id, typing, ...(preview && { preview }) })
  })

  function change(next: ThreadState<View>): void {
    if (next === state || isClosed) return
    state = next
    redraw()
    watchTyping()
    if (state.needs_sync) syncSoon()
  }

  function redraw(): void {
    drawn = null
    changes.tell()
  }

  function watchTyping(): void {
    stopLapse?.()
    stopLapse = null
    if (state.typing.length === 0) return
    const first = Math.min(...state.typing.map(it => it.until))
    stopLapse = clock.after(Math.max(0, first - clock.now()), () => change(lapse(state, clock.now())))
  }

  function syncSoon(): void {
    if (isSyncing || stopSync || !state.conversation_id || refused) return
    const wait = !isLoaded && fruitless === 0 ? 0 : OVERTAKEN_MS + (fruitless ? backoff(fruitless, random) : 0)
    stopSync = clock.after(wait, () => {
      stopSync = null
      if (state.needs_sync) void sync()
    })
  }

  async function sync(): Promise<void> {
    if (isSyncing || isClosed || !state.conversation_id || connection.state().name !== "online") return
    isSyncing = true
    try {
      while (await syncPage());
    } catch {
      fruitless += 1
    } finally {
      isSyncing = false
    }
    if (state.needs_sync && connection.state().name === "online") syncSoon()
  }

  /** True when another page follows. */
  async function syncPage(): Promise<boolean> {
    const { conversation_id, cursor } = state
    const reply = await command(
      side === "agent"
        ? { type: "conversation.sync", conversation_id, after_rev: cursor, newest: true }
        : { type: "conversation.sync", conversation_id, after_seq: cursor, newest: true },
    )
    if (isClosed || state.conversation_id !== conversation_id) return false
    if (!reply.ok) {
      fruitless += 1
      if (reply.code === "not_found" || reply.code === "forbidden") refused = reply.code
      redraw()
      return false
    }
    if (!("conversation" in reply && "messages" in reply)) return false
    if (state.cursor < cursor) return true // Restored from a backup meanwhile: this page is of the old data.
    isLoaded ||= reply.is_complete
    fruitless = reply.is_complete || reply.messages.length > 0 ? 0 : fruitless + 1
    change(applySync(state, reply as unknown as SyncPage<View>))
    return !reply.is_complete && reply.messages.length > 0
  }

  async function earlier(): Promise<void> {
    const { conversation_id, has_earlier, messages, epoch } = state
    const first = messages[0]
    if (isReadingBack || !has_earlier || !first) return
    isReadingBack = true
    try {
      const before = placeOf(side, first)
      const reply = await command(
        side === "agent"
          ? { type: "conversation.earlier", conversation_id, before_rev: before }
          : { type: "conversation.earlier", conversation_id, before_seq: before },
      )
      // What a snapshot has replaced meanwhile has another beginning.
      if (reply.ok && "has_earlier" in reply && state.epoch === epoch && state.messages[0] === first) {
        change(applyEarlier(state, reply))
      }
    } catch {
      // Nothing is lost: the reader asks again.
    } finally {
      isReadingBack = false
    }
  }

  function adopt(id: string): void {
    state = emptyThread<View>(side, id)
    syncSoon()
  }

  function hear(event: AnyEvent): void {
    if (event.type === "message.created" && !state.conversation_id && isOwnStart(event.message.client_id)) {
      adopt(event.message.conversation_id)
    }
    change(apply(state, event, clock.now()))
  }

  const isOwnStart = (clientId: string | null) =>
    takesStarts && outbox.entries().some(it => it.client_id === clientId && it.command.type === "conversation.start")

  const isMine = ({ command: it }: OutboxEntry) =>
    it.type === "conversation.start" ? takesStarts : it.conversation_id === state.conversation_id

  function draw(): ThreadSnapshot<View> {
    const list = rowsOf(side, state.messages, outbox.entries().filter(isMine), state.marks, me, rows)
    rows = new Map(list.map(it => [it.key, it]))
    return {
      conversation_id: state.conversation_id || null,
      conversation: state.conversation,
      rows: list,
      marks: state.marks,
      typing: state.typing,
      viewers: state.viewers,
      suggestions: state.suggestions,
      last_seq: lastSeq(),
      is_loaded: isLoaded || !state.conversation_id,
      has_earlier: state.has_earlier,
      refused,
    }
  }

  function lastSeq(): number {
    const held = state.messages.filter(it => it.seq !== null && (side === "agent" || it.seq <= state.cursor))
    return held.at(-1)?.seq ?? 0
  }

  const stops = [
    connection.onEvent(event => hear(event as AnyEvent)),
    connection.onConnected(() => {
      fruitless = 0
      void sync()
      readMarker.flush()
      deliveredMarker.flush()
    }),
    outbox.subscribe(redraw),
    outbox.onSent((entry, reply) => {
      if (!isMine(entry)) return
      if (!state.conversation_id) adopt(reply.message.conversation_id)
      if ("conversation" in reply)
        change(apply(state, { type: "conversation.changed", conversation: reply.conversation }, clock.now()))
      change(apply(state, { type: "message.created", message: reply.message }, clock.now()))
    }),
  ]

  if (options.conversation) state = { ...state, conversation: options.conversation, marks: options.conversation.marks }
  void sync()

  return {
    snapshot: () => {
      drawn ??= draw()
      return drawn
    },
    subscribe: changes.add,
    send(body, more = {}) {
      typingTeller.set(false)
      const { attachments = [], hold_ms } = more
      return outbox.send(draftOf(side, state.conversation_id, body, more), { attachments, hold_ms })
    },
    setTyping: typingTeller.set,
    read: (seq = Number.POSITIVE_INFINITY) => readMarker.reach(Math.min(seq, lastSeq())),
    delivered: () => deliveredMarker.reach(lastSeq()),
    sync,
    earlier,
    close() {
      typingTeller.close()
      readMarker.close()
      deliveredMarker.close()
      isClosed = true
      stopSync?.()
      stopLapse?.()
      for (const stop of stops) stop()
    },
  }
}

function draftOf(side: "visitor" | "agent", conversationId: string, body: string, more: SendMore): Draft {
  const attachment_ids = (more.attachments ?? []).map(it => it.id)
  if (!conversationId) {
    return {
      type: "conversation.start",
      body,
      attachment_ids,
      fields: more.fields ?? null,
      page_url: more.page_url ?? null,
      greeting_id: more.greeting_id ?? null,
    }
  }
  const common = { type: "message.send", conversation_id: conversationId, body, attachment_ids } as const
  if (side === "visitor") return common
  return { ...common, visibility: more.visibility ?? "public", seen_seq: more.seen_seq ?? null }
}
