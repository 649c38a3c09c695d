import type { AgentIs, PresenceReasonView, ReasonList, TeamIs } from "@parley/client/contract"
import { useApp } from "../../shared/context"
import type { AgentApp } from "../../shared/models/agent-app"
import { createRules } from "./models/rules"

export const useRules = () => createRules(useApp().api)

/** Who is served, and how. Raises ApiError. */
export const useServing = () => useApp().model(createServing)

function createServing({ api, people }: AgentApp) {
  return {
    reasons: async () => (await api.get<ReasonList>("/presence-reasons")).reasons,
    addReason: async (said: Pick<PresenceReasonView, "name" | "presence">) =>
      (await api.post<ReasonList>("/presence-reasons", said)).reasons,
    removeReason: (id: string) => api.delete(`/presence-reasons/${id}`),
    saveAgent: async (id: string, routing: object) =>
      people.put((await api.put<AgentIs>(`/agents/${id}/routing`, routing)).agent),
    saveTeam: async (id: string, routing: object) =>
      people.putTeam((await api.put<TeamIs>(`/teams/${id}/routing`, routing)).team),
  }
}
