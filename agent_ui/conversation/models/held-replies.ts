import type { Clock } from "@parley/client/clock"
import type { Outbox, OutboxEntry, Sendable } from "@parley/client/outbox"

export interface HeldReplies {
  /** The outbox, with a memory of what it holds back. */
  outbox: Outbox
  /** The page goes: what can still be taken back leaves now, while its writer means it. */
  leave(): void
  /** What an earlier page held back when it went, its time long over. */
  left(): readonly OutboxEntry[]
}

export interface HeldRepliesOptions {
  outbox: Outbox
  storage: Pick<Storage, "getItem" | "setItem">
  agentId: string
  clock: Clock
  /** Says a command without waiting for the answer, also while the page goes. */
  lastWord(command: Sendable): void
}

const placeOf = (agentId: string) => `parley.held.${agentId}`

type Until = Record<string, number>

function read(storage: HeldRepliesOptions["storage"], agentId: string): Until {
  try {
    return JSON.parse(storage.getItem(placeOf(agentId)) ?? "{}") as Until
  } catch {
    return {}
  }
}

/** The messages that a page held back when it was closed and that nobody holds any more. The outbox is not to send them. */
export function leftBehind(
  storage: HeldRepliesOptions["storage"],
  agentId: string,
  now: number,
): (entry: OutboxEntry) => boolean {
  const ids = new Set(Object.entries(read(storage, agentId)).flatMap(([id, until]) => (until < now ? [id] : [])))
  return entry => ids.has(entry.client_id)
}

/** Remembers in this browser which messages wait out the time in which they can be taken back. */
export function createHeldReplies({ outbox, storage, agentId, clock, lastWord }: HeldRepliesOptions): HeldReplies {
  const isLeft = leftBehind(storage, agentId, clock.now())
  /** Held by this page. */
  const own = new Set<string>()

  function change(act: (all: Until) => void) {
    const all = read(storage, agentId)
    act(all)
    try {
      storage.setItem(placeOf(agentId), JSON.stringify(all))
    } catch {
      // A full storage forgets what is held: it is sent by the next page, as anything that waits.
    }
  }

  function forget(clientId: string) {
    own.delete(clientId)
    change(all => {
      delete all[clientId]
    })
  }

  outbox.onSent(({ client_id }) => {
    if (client_id in read(storage, agentId)) forget(client_id)
  })

  return {
    outbox: {
      ...outbox,
      async send(draft, more = {}) {
        const entry = await outbox.send(draft, more)
        if (!more.hold_ms) return entry
        own.add(entry.client_id)
        change(all => {
          all[entry.client_id] = entry.send_at
        })
        // From then on it is a message like any other, however long it takes to leave.
        clock.after(more.hold_ms, () => forget(entry.client_id))
        return entry
      },
      discard(clientId) {
        forget(clientId)
        return outbox.discard(clientId)
      },
    },
    leave() {
      for (const entry of outbox.entries()) if (own.has(entry.client_id)) lastWord(entry.command)
    },
    left: () => outbox.entries().filter(isLeft),
  }
}
