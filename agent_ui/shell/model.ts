import type { AgentIs, Presence } from "@parley/client/contract"
import { useApp } from "../shared/context"
import type { AgentApp } from "../shared/models/agent-app"
import { wordsFor } from "../shared/models/refusals"

/** What agents decide about themselves. */
export interface AccountModel {
  setPresence(presence: Presence): Promise<void>
  /** Nobody has touched a key for a while, or somebody does again. */
  sayIdle(isIdle: boolean): Promise<void>
  /** Whether this agent is shown as away when nobody touches a key for a while. */
  setIdle(on: boolean): Promise<void>
  setTakesChats(on: boolean): Promise<void>
}

export const useAccount = () => useApp().model(createAccountModel)

const IDLE_SECONDS = 600

export function createAccountModel({ api, connection, notify, people }: AgentApp): AccountModel {
  async function put(path: string, body: object) {
    const reply = await api.put<AgentIs>(path, body).catch(() => null)
    if (reply) people.put(reply.agent)
    else notify({ key: "error.offline", tone: "failed" })
  }

  return {
    async setPresence(presence) {
      const before = people.me.value
      people.put({ ...before, presence })
      try {
        const reply = await connection.command({ type: "presence.set", presence })
        if (reply.ok) return people.put(reply.agent)
        notify({ key: wordsFor(reply.code), tone: "failed" })
      } catch {
        notify({ key: "error.offline", tone: "failed" })
      }
      people.put(before)
    },
    async sayIdle(isIdle) {
      const presence = isIdle ? "away" : "online"
      const wasIdle = people.me.value.is_idle // the event may be here before the reply
      const reply = await connection.command({ type: "presence.set", presence, is_automatic: true }).catch(() => null)
      if (!reply?.ok) return
      if (!isIdle && wasIdle && !reply.agent.is_idle) notify({ key: "done.back", tone: "done" })
      people.put(reply.agent)
    },
    setIdle: on => put("/me/idle", { idle_seconds: on ? IDLE_SECONDS : null }),
    setTakesChats: on => put("/me/takes-chats", { takes_chats: on }),
  }
}
