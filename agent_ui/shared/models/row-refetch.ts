import type { Clock } from "@parley/client/clock"
import type { Connection } from "@parley/client/connection"
import type { AgentSide } from "@parley/client/contract"
import type { Conversations } from "./conversations"

export interface RowRefetch {
  /** This conversation's row is missing or behind: ask, once for many reasons. */
  refetch(id: string): void
  stop(): void
}

const GATHER_MS = 80
const AT_ONCE = 4

/** Fetches rows that an event showed to be behind what this screen holds. */
export function createRowRefetch(
  command: Connection<AgentSide>["command"],
  conversations: Conversations,
  clock: Clock,
): RowRefetch {
  const wanted = new Set<string>()
  let running = 0
  let stopWaiting: (() => void) | null = null

  async function ask(id: string) {
    running += 1
    try {
      // Only the row is wanted: nothing lies after this revision.
      const reply = await command({
        type: "conversation.sync",
        conversation_id: id,
        after_rev: Number.MAX_SAFE_INTEGER,
      })
      if (reply.ok) conversations.put(reply.conversation)
    } catch {
      // Offline: the lists are fetched anew on reconnecting.
    } finally {
      running -= 1
      if (wanted.size > 0) work()
    }
  }

  function work() {
    stopWaiting = null
    for (const id of wanted) {
      if (running >= AT_ONCE) return
      wanted.delete(id)
      void ask(id)
    }
  }

  return {
    refetch(id) {
      wanted.add(id)
      stopWaiting ??= clock.after(GATHER_MS, work)
    },
    stop() {
      stopWaiting?.()
      wanted.clear()
    },
  }
}
