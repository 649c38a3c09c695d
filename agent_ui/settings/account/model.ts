import type { AgentIs, SessionList } from "@parley/client/contract"
import { useApp } from "../../shared/context"
import type { AgentApp } from "../../shared/models/agent-app"

/** An agent's own account. Raises ApiError. */
export const useAccountModel = () => useApp().model(createAccountModel)

function createAccountModel({ api, people }: AgentApp) {
  return {
    async saveName(name: string) {
      const { agent } = await api.put<AgentIs>("/me/name", { name })
      people.put(agent)
      return agent.name
    },
    changePassword: (old_password: string, password: string) => api.put("/me/password", { old_password, password }),
    sessions: async () => (await api.get<SessionList>("/me/sessions")).sessions,
    /** Without an id, all others. */
    endSession: (id?: string) => api.delete(id ? `/me/sessions/${id}` : "/me/sessions"),
  }
}
