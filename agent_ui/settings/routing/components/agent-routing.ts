import type { AgentView, SetAgentRouting } from "@parley/client/contract"

/** How an agent is served now, as it is said when only a part of it changes. */
export function routingOf(agent: AgentView): Required<SetAgentRouting> & { team_ids: string[]; takes_chats: boolean } {
  return {
    capacity: agent.capacity,
    takes_chats: agent.takes_chats,
    channel_capacity: agent.channel_capacity.map(it => ({ ...it })),
    skills: [...agent.skills],
    languages: [...agent.languages],
    team_ids: [...agent.team_ids],
  }
}
