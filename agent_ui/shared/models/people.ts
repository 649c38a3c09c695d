import type { AgentView, InboxView, Me, PresenceMoved, StatusView, TeamView } from "@parley/client/contract"
import { computed, type Ref, type ShallowRef, shallowReactive, shallowRef } from "vue"
import { localName } from "./local-name"

export interface People {
  readonly meId: string
  me: Readonly<ShallowRef<AgentView>>
  teams: Readonly<ShallowRef<readonly TeamView[]>>
  /** Those in use, named in the reader's language. */
  statuses: Readonly<Ref<readonly StatusView[]>>
  inboxes: Readonly<ShallowRef<readonly InboxView[]>>
  topics: Readonly<ShallowRef<readonly string[]>>
  /** Empty before an admin has named it. */
  workspaceName: Readonly<ShallowRef<string>>
  /** By name. */
  agents(): readonly AgentView[]
  agent(id: string | null): AgentView | undefined
  /** The name, with the teams behind it when a colleague has the same. */
  label(agent: AgentView): string
  team(id: string | null): TeamView | undefined
  /** Retired ones, too. */
  status(key: string): StatusView | undefined
  /** Admins let this status come after the other. */
  mayFollow(key: string, next: string): boolean
  /** The key of the first status of a category, of those that may come after this one where there are any. */
  firstStatus(category: StatusView["category"], after?: string): string
  may(permission: string): boolean
  put(agent: AgentView): void
  /** A colleague came, went, or holds more or less. */
  move(event: PresenceMoved): void
  putTeam(team: TeamView): void
  /** From how long a wait on a team's queue is too long. */
  setLongestWait(teamId: string, seconds: number): void
  putInbox(inbox: InboxView): void
  /** The server's whole word, after a reconnect. */
  replace(me: Me): void
}

/** Colleagues, teams, and what this agent may do. */
export function createPeople(first: Me, locale: () => string = () => "en"): People {
  const agents = shallowReactive(new Map<string, AgentView>())
  const me = shallowRef(first.agent)
  const teams = shallowRef<readonly TeamView[]>([])
  const everyStatus = shallowRef<readonly StatusView[]>([])
  const named = computed(() => everyStatus.value.map(it => ({ ...it, name: localName(it, locale()) })))
  const statuses = computed(() => named.value.filter(it => !it.is_retired))
  const status = (key: string) => named.value.find(it => it.key === key)

  function mayFollow(key: string, next: string): boolean {
    const { next_keys = [] } = status(key) ?? {}
    return key === next || next_keys.length === 0 || next_keys.includes(next)
  }
  const inboxes = shallowRef<readonly InboxView[]>([])
  const topics = shallowRef<readonly string[]>([])
  const workspaceName = shallowRef("")
  const permissions = shallowRef<readonly string[]>([])

  function put(agent: AgentView) {
    agents.set(agent.id, agent)
    if (agent.id === me.value.id) me.value = agent
  }

  function replace(said: Me) {
    const there = new Set(said.agents.map(agent => agent.id))
    for (const id of agents.keys()) if (!there.has(id)) agents.delete(id)
    for (const agent of said.agents) put(agent)
    put(said.agent)
    teams.value = said.teams
    everyStatus.value = said.statuses
    inboxes.value = said.inboxes
    topics.value = said.topics
    permissions.value = said.permissions
    workspaceName.value = said.workspace_name
  }

  replace(first)
  return {
    meId: first.agent.id,
    me,
    teams,
    statuses,
    inboxes,
    topics,
    workspaceName,
    agents: () => [...agents.values()].sort((a, b) => a.name.localeCompare(b.name)),
    agent: id => (id === null ? undefined : agents.get(id)),
    label(agent) {
      const isShared = [...agents.values()].some(other => other.id !== agent.id && other.name === agent.name)
      const names = teams.value.filter(team => agent.team_ids.includes(team.id)).map(team => team.name)
      return isShared && names.length > 0 ? `${agent.name} (${names.join(", ")})` : agent.name
    },
    team: id => teams.value.find(team => team.id === id),
    status,
    mayFollow,
    firstStatus(category, after = "") {
      const found = statuses.value.filter(it => it.category === category)
      return (found.find(it => mayFollow(after, it.key)) ?? found[0])?.key ?? category
    },
    may: permission => permissions.value.includes(permission),
    put,
    move({ type: _, agent_id, ...now }) {
      const held = agents.get(agent_id)
      if (held) put({ ...held, ...now })
    },
    putTeam(team) {
      teams.value = [...teams.value.filter(it => it.id !== team.id), team]
    },
    setLongestWait(teamId, seconds) {
      teams.value = teams.value.map(it => (it.id === teamId ? { ...it, longest_seconds: seconds } : it))
    },
    putInbox(inbox) {
      inboxes.value = inboxes.value.map(it => (it.id === inbox.id ? inbox : it))
    },
    replace,
  }
}
