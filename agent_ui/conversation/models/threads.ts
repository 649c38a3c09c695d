import type { Clock } from "@parley/client/clock"
import type { Connection } from "@parley/client/connection"
import type { AgentSide, AuthorView, ConversationView } from "@parley/client/contract"
import type { Outbox } from "@parley/client/outbox"
import { createThread, type Thread, type ThreadSnapshot } from "@parley/client/thread"

export type AgentThread = Thread<AgentSide>
export type Snapshot = ThreadSnapshot<ConversationView>

export interface Threads {
  /** The conversation's thread, at once; loaded or being loaded. */
  open(id: string): AgentThread
  /** Have these ready before they are asked for. */
  prefetch(ids: readonly string[]): void
  stop(): void
}

export interface ThreadsOptions {
  connection: Connection<AgentSide>
  outbox: Outbox
  clock: Clock
  me: AuthorView
  find(id: string): ConversationView | undefined
  /** Called with all that are held, before another is loaded: its events must be heard by then. */
  hold?(ids: readonly string[]): void
}

/** As many as an agent goes back and forth between; each held one follows its conversation live. */
const HELD = 24

export function createThreads(options: ThreadsOptions): Threads {
  const { connection, outbox, clock, me, find, hold } = options
  const held = new Map<string, AgentThread>()

  function open(id: string): AgentThread {
    const known = held.get(id)
    held.delete(id)
    const conversation = find(id)
    const thread =
      known ??
      createThread<AgentSide>({
        side: "agent",
        conversationId: id,
        ...(conversation ? { conversation } : {}),
        connection,
        outbox,
        clock,
        me,
      })
    held.set(id, thread)
    return thread
  }

  /** The map's order is the order of use: the first was used longest ago. */
  function shed() {
    for (const [id, thread] of held) {
      if (held.size <= HELD) return
      thread.close()
      held.delete(id)
    }
  }

  return {
    open(id) {
      hold?.([...new Set([...held.keys(), id])].slice(-HELD))
      const thread = open(id)
      shed()
      return thread
    },
    prefetch(ids) {
      hold?.([...new Set([...held.keys(), ...ids])])
      for (const id of ids) if (!held.has(id)) open(id)
    },
    stop() {
      for (const thread of held.values()) thread.close()
      held.clear()
    },
  }
}
