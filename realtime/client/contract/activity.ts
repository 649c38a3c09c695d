// Written by tools/types from app/contract. Change the Structs, not this file.

export type ActorKind = "agent" | "contact" | "visitor" | "api_token" | "rule" | "operator" | "parley"

export type Door = "inbox" | "widget" | "api" | "email" | "job" | "rule" | "cli"

/** One field that changed. Texts are as they are, anything else is JSON; empty where there was or is nothing. */
export interface ChangeView {
  name: string
  before: string | null
  after: string | null
}

/**
 * One change of a conversation: `action` is the command's name or what happened by itself. `actor_name` is empty for
 * contacts and for Parley itself; `agent_id` and `team_id` are the colleague and team concerned; `cause` is what made it
 * happen.
 */
export interface ActivityView {
  id: string
  conversation_id: string
  at: string
  action: string
  actor_kind: ActorKind
  actor_id: string | null
  actor_name: string
  door: Door | null
  object_kind: string | null
  object_id: string | null
  agent_id: string | null
  team_id: string | null
  cause: string | null
  changes: ChangeView[]
}

/** The name of an agent or a team that changes name by id. */
export interface TimelineNameView {
  id: string
  name: string
}

/**
 * `GET /api/v1/conversations/{id}/timeline`: changes in their order, to be shown between the messages by `at`. `earlier` is
 * what to give as `before` for the page before, empty at the beginning. `names` holds every agent and team in them.
 */
export interface TimelinePage {
  activities: ActivityView[]
  names: TimelineNameView[]
  earlier: string | null
  ok: true
}

/** Changes were made to a conversation, in this order. Sent to agents who have it open. */
export interface ActivityAdded {
  type: "activity.added"
  conversation_id: string
  activities: ActivityView[]
}
