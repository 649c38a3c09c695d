import type { Clock } from "@parley/client/clock"
import type { AssignmentOffered, ConversationView } from "@parley/client/contract"
import type { Conversations } from "../../shared/models/conversations"
import type { Notify } from "../../shared/models/toasts"

export interface Offered {
  given(event: AssignmentOffered): void
  stop(): void
}

export interface OfferedOptions {
  storage: Pick<Storage, "getItem" | "setItem">
  agentId: string
  clock: Clock
  conversations: Pick<Conversations, "get" | "onChange">
  notify: Notify
  nameOf(row: ConversationView): string
  ring(row: ConversationView): void
  open(conversationId: string): void
}

const MOST_KEPT = 200
/** Routing that gives back what was one's own so shortly before tells nothing new. */
const HELD_MS = 120_000
/** A page that was gone for longer comes back to another day. */
const AWAY_MS = 600_000

/** Tells of new conversations, in one toast however many come, and of none that the agent held already. */
export function createOffered(options: OfferedOptions): Offered {
  const { storage, agentId, clock, conversations, notify, nameOf, ring, open } = options
  const place = `parley.mine.${agentId}`
  /** Until when each is known as this agent's own; without an end while it is. */
  const mine = new Map<string, number>(read())
  /** Given before this page knows the conversation. */
  const early = new Map<string, AssignmentOffered>()
  /** Those the toast on the screen speaks of, with their names. */
  let shown = new Map<string, string>()

  function read(): [string, number][] {
    try {
      const kept = JSON.parse(storage.getItem(place) ?? "null") as { at: number; ids: string[] } | null
      if (!kept || clock.now() - kept.at > AWAY_MS) return []
      return kept.ids.map(id => [id, Number.POSITIVE_INFINITY])
    } catch {
      return []
    }
  }

  function keep() {
    const ids = [...mine].filter(([, until]) => until > clock.now()).map(([id]) => id)
    storage.setItem(place, JSON.stringify({ at: clock.now(), ids: ids.slice(-MOST_KEPT) }))
  }

  function hold(id: string, until = Number.POSITIVE_INFINITY) {
    mine.set(id, until)
    keep()
  }

  function tell(row: ConversationView, { until }: AssignmentOffered) {
    const isHeld = (mine.get(row.id) ?? 0) > clock.now()
    hold(row.id)
    // What has to be accepted is said each time.
    if (isHeld && until === null) return
    ring(row)
    const told = new Map(shown).set(row.id, nameOf(row))
    shown = told
    const [[first, name] = [row.id, ""]] = told
    notify({
      ...(told.size === 1
        ? { key: "done.offered", values: { name } }
        : { key: "done.offered_many", values: { n: told.size } }),
      tone: "news",
      kind: "offered",
      isTimed: true,
      act: { key: "done.open", run: () => open(first) },
      gone() {
        if (shown === told) shown = new Map()
      },
    })
  }

  const stop = conversations.onChange((now, before, isNews) => {
    const event = early.get(now.id)
    early.delete(now.id)
    if (event) return tell(now, event)
    if (now.agent_id === agentId && !isNews) {
      if (!mine.has(now.id)) hold(now.id)
    } else if (before?.agent_id === agentId && now.agent_id !== agentId) hold(now.id, clock.now() + HELD_MS)
  })

  return {
    given(event) {
      const row = conversations.get(event.conversation_id)
      if (row) tell(row, event)
      else early.set(event.conversation_id, event)
    },
    stop() {
      keep()
      stop()
    },
  }
}
