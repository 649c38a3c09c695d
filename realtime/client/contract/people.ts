// Written by tools/types from app/contract. Change the Structs, not this file.

import type { Channel, Presence, Role, RoutingMode } from "./values"

/** The most conversations of one channel an agent is given. */
export interface ChannelCapacityView {
  channel: Channel
  capacity: number
}

/**
 * Someone who answers. `presence` is what others may count on now: offline as soon as the lease has lapsed.
 *
 * `reason` is the name of why they are not available, `is_idle` that they only have not touched a key, `forced_by_id` the
 * supervisor who set their presence. `load` counts their conversations, `weight` is what these take of `capacity`: less
 * for some channels, and half for one that has been silent for ten minutes. `idle_seconds` is after how long without a
 * touch their browser reports them idle, empty for never. Routing gives nothing to one who is not `takes_chats`.
 */
export interface AgentView {
  id: string
  name: string
  email: string
  role: Role
  presence: Presence
  presence_since: string
  reason: string
  is_idle: boolean
  forced_by_id: string | null
  load: number
  weight: number
  capacity: number
  takes_chats: boolean
  channel_capacity: ChannelCapacityView[]
  skills: string[]
  languages: string[]
  idle_seconds: number | null
  team_ids: string[]
}

/**
 * A group of agents. An offer may stay untaken for `accept_seconds` (0: nobody needs to accept), then it goes on, at
 * last to the lead. A wait of `longest_seconds` is overdue, and due soon from four fifths on; empty while the team has set
 * nothing. With `takes_on_reply` a reply to a conversation without an owner makes it the writer's.
 */
export interface TeamView {
  id: string
  name: string
  mode: RoutingMode
  accept_seconds: number
  lead_id: string | null
  takes_on_reply: boolean
  longest_seconds: number | null
}

/** `POST /api/v1/agents` */
export interface CreateAgent {
  /** At least 1 characters, at most 200 characters. */
  name: string
  /** At most 254 characters. */
  email: string
  /** At least 8 characters, at most 256 characters. */
  password: string
  role?: Role
  /** At most 100 entries. */
  team_ids?: string[]
}

/** `POST /api/v1/teams` */
export interface CreateTeam {
  /** At most 200 characters, at least 1 characters. */
  name: string
}

/** The agent after the change. */
export interface AgentIs {
  agent: AgentView
  ok: true
}

/** The team after the change. */
export interface TeamIs {
  team: TeamView
  ok: true
}

/** `POST /api/v1/agents/invitations`: an address that is invited already gets a new link, with this role and teams. */
export interface InviteAgent {
  /** At most 254 characters. */
  email: string
  role?: Role
  /** At most 100 entries. */
  team_ids?: string[]
}

/** An invitation that was not accepted yet. From `expires_at` on its link is void until it is sent again. */
export interface InvitationView {
  id: string
  email: string
  role: Role
  team_ids: string[]
  invited_by_name: string
  created_at: string
  expires_at: string
}

/** The invitation and its link, shown this once. `is_mailed` says whether the link was mailed as well. */
export interface InvitationIs {
  invitation: InvitationView
  link: string
  is_mailed: boolean
  ok: true
}

/** `POST /api/v1/invitations/look` and `POST /api/v1/password-resets/look` */
export interface LookAtToken {
  /** At least 1 characters, at most 100 characters. */
  token: string
}

/** The invitation a link belongs to. */
export interface InvitedTo {
  email: string
  role: Role
  invited_by_name: string
  workspace_name: string
  ok: true
}

/** `POST /api/v1/invitations/accept`: choose a name and a password, and be signed in. */
export interface AcceptInvitation {
  /** At least 1 characters, at most 100 characters. */
  token: string
  /** At most 200 characters, at least 1 characters. */
  name: string
  /** At least 8 characters, at most 256 characters. */
  password: string
}

/** `PUT /api/v1/agents/{agent_id}`: name, role and teams, each replaced. */
export interface SaveAgent {
  /** At most 200 characters, at least 1 characters. */
  name: string
  role: Role
  /** At most 100 entries. */
  team_ids: string[]
}

/** A one-time link to choose a new password, shown this once. `is_mailed` says whether it was mailed as well. */
export interface ResetLink {
  link: string
  is_mailed: boolean
  ok: true
}

/** `POST /api/v1/password-resets`: mail a link to this address, if it belongs to an agent. */
export interface ForgottenPassword {
  /** At most 254 characters. */
  email: string
}

/** The account a reset link belongs to. */
export interface ResetFor {
  email: string
  name: string
  ok: true
}

/** `POST /api/v1/password-resets/use`: choose a new password, and be signed in. */
export interface UseReset {
  /** At least 1 characters, at most 100 characters. */
  token: string
  /** At least 8 characters, at most 256 characters. */
  password: string
}

/** `PUT /api/v1/me/name` */
export interface SetOwnName {
  /** At most 200 characters, at least 1 characters. */
  name: string
}

/** `PUT /api/v1/me/password`: all other sessions end. */
export interface SetOwnPassword {
  /** At most 256 characters. */
  old_password: string
  /** At least 8 characters, at most 256 characters. */
  password: string
}

/** A browser an agent is signed in with. `is_this` is the one that asks. */
export interface SessionView {
  id: string
  user_agent: string
  created_at: string
  last_seen_at: string
  is_this: boolean
}

/** An agent's own sessions, this one first, then the last seen. */
export interface SessionList {
  sessions: SessionView[]
  ok: true
}

/** An agent as admins manage them. `open_count` is how many open conversations they hold. */
export interface PersonView {
  id: string
  name: string
  email: string
  role: Role
  team_ids: string[]
  is_active: boolean
  open_count: number
  last_seen_at: string | null
  created_at: string
}

/** A team as admins manage it: who is in it, what it has open, and which inboxes and rules send conversations to it. */
export interface TeamUseView {
  id: string
  name: string
  is_archived: boolean
  member_count: number
  waiting_count: number
  open_count: number
  inbox_names: string[]
  rule_names: string[]
}

/** `GET /api/v1/people`: everything the People page shows. `is_mailing` says whether links are mailed. */
export interface PeoplePage {
  people: PersonView[]
  invitations: InvitationView[]
  teams: TeamUseView[]
  is_mailing: boolean
  ok: true
}

/** `PUT /api/v1/teams/{team_id}` */
export interface RenameTeam {
  /** At most 200 characters, at least 1 characters. */
  name: string
}

/** `POST /api/v1/teams/{team_id}/archive`: its open conversations go to this team, or, without one, to everyone. */
export interface ArchiveTeam {
  move_to?: string | null
}
