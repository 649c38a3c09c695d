import type {
  AgentIs,
  InvitationIs,
  InviteAgent,
  PeoplePage,
  ResetLink,
  SaveAgent,
  TeamIs,
} from "@parley/client/contract"
import { useApp } from "../../shared/context"
import type { AgentApp } from "../../shared/models/agent-app"

/** Everything an admin does about people and teams. Raises ApiError. */
export const usePeopleModel = () => useApp().model(createPeopleModel)

function createPeopleModel({ api, people }: AgentApp) {
  const team = async (answer: Promise<TeamIs>) => {
    const said = await answer
    people.putTeam(said.team)
    return said.team
  }
  return {
    page: () => api.get<PeoplePage>("/people"),
    invite: (body: InviteAgent) => api.post<InvitationIs>("/agents/invitations", body),
    resend: (id: string) => api.post<InvitationIs>(`/agents/invitations/${id}/resend`, {}),
    revoke: (id: string) => api.delete(`/agents/invitations/${id}`),
    save: async (id: string, body: SaveAgent) => people.put((await api.put<AgentIs>(`/agents/${id}`, body)).agent),
    makeLink: (id: string) => api.post<ResetLink>(`/agents/${id}/password-reset`, {}),
    suspend: (id: string) => api.post(`/agents/${id}/suspend`, {}),
    reactivate: (id: string) => api.post(`/agents/${id}/reactivate`, {}),
    addTeam: (name: string) => team(api.post<TeamIs>("/teams", { name })),
    saveTeam: (id: string, name: string) => team(api.put<TeamIs>(`/teams/${id}`, { name })),
    restoreTeam: (id: string) => team(api.post<TeamIs>(`/teams/${id}/restore`, {})),
    archiveTeam: (id: string, move_to: string | null) => api.post(`/teams/${id}/archive`, { move_to }),
  }
}
