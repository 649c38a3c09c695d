import type { Bulk, Done, What } from "../../shared/models/bulk"

/** What is to be changed once messages are on the server. */
export interface FollowUp {
  clientIds: readonly string[]
  conversationIds: readonly string[]
  what: What
  done: Done
}

export interface AfterSend {
  make(followUp: FollowUp): void
  /** This message is on the server. */
  sent(clientId: string): void
  /** This message will not be sent: what waited for it is not done. */
  drop(clientId: string): void
  /** What a page that is gone left undone, unless its messages are among those that still wait. */
  takeUp(waiting: readonly { client_id: string }[]): void
}

export interface AfterSendOptions {
  storage: Pick<Storage, "getItem" | "setItem">
  agentId: string
  change: Bulk["change"]
}

/** Nobody is told "resolved" before the answer. Kept in the browser, so that a closed tab forgets nothing. */
export function createAfterSend({ storage, agentId, change }: AfterSendOptions): AfterSend {
  const place = `parley.pledges.${agentId}`
  const running = new Set<string>()

  function all(): FollowUp[] {
    try {
      return JSON.parse(storage.getItem(place) ?? "[]") as FollowUp[]
    } catch {
      return []
    }
  }

  const keep = (followUps: readonly FollowUp[]) => storage.setItem(place, JSON.stringify(followUps))
  const nameOf = ({ conversationIds, what }: FollowUp) => JSON.stringify([conversationIds, what])

  async function fulfil(followUp: FollowUp) {
    const name = nameOf(followUp)
    if (running.has(name)) return
    running.add(name)
    await change(followUp.conversationIds, followUp.what, followUp.done)
    running.delete(name)
    // Forgotten only now: what a page does not live to see done, the next one does.
    keep(all().filter(it => it.clientIds.length > 0 || nameOf(it) !== name))
  }

  function settle(isOver: (clientId: string) => boolean) {
    const now = all().map(it => ({ ...it, clientIds: it.clientIds.filter(id => !isOver(id)) }))
    keep(now)
    for (const it of now) if (it.clientIds.length === 0) void fulfil(it)
  }

  return {
    make: followUp => keep([...all(), followUp]),
    sent(clientId) {
      if (all().some(it => it.clientIds.includes(clientId))) settle(id => id === clientId)
    },
    drop: clientId => keep(all().filter(it => !it.clientIds.includes(clientId))),
    takeUp(waiting) {
      settle(id => waiting.every(it => it.client_id !== id))
    },
  }
}
