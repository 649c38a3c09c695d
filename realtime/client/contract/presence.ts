// Written by tools/types from app/contract. Change the Structs, not this file.

import type { AgentView } from "./people"
import type { Presence } from "./values"

/** A name admins gave to being away, busy or offline. */
export interface PresenceReasonView {
  id: string
  name: string
  presence: Presence
}

/** The agent after the change. */
export interface PresenceIs {
  agent: AgentView
  ok: true
}

/**
 * The agent is available (`online`) or not. Kept until changed, and true only while the lease lives.
 *
 * `reason_id` names why. With `is_automatic` the browser speaks: away because nobody touched a key, online because
 * somebody did; that never changes what the agent chose, and counts only once every open tab says so.
 */
export interface SetPresence {
  type: "presence.set"
  presence: Presence
  reason_id?: string | null
  is_automatic?: boolean
}

/** A supervisor sets a colleague's presence; the colleague is told by whom, and may change it again. */
export interface ForcePresence {
  type: "presence.force"
  agent_id: string
  presence: Presence
  reason_id?: string | null
}

/** An agent came, went, or holds more or less than before. */
export interface PresenceChanged {
  type: "presence.changed"
  agent: AgentView
}

/** A colleague came, went, or holds more or less than before; all else is as it was. Fields are as in the agent. */
export interface PresenceMoved {
  type: "presence.moved"
  agent_id: string
  presence: Presence
  presence_since: string
  reason: string
  is_idle: boolean
  load: number
  weight: number
  takes_chats: boolean
}

/** A supervisor has set your presence. */
export interface PresenceForced {
  type: "presence.forced"
  agent: AgentView
  by_id: string
  by_name: string
}

/** `PUT /api/v1/me/takes-chats`: whether routing gives me conversations. */
export interface SetTakesChats {
  takes_chats: boolean
}

/** `PUT /api/v1/me/idle`: after how long without a touch my browser may say I am idle; empty for never. */
export interface SetIdle {
  /** From 60, to 86400. */
  idle_seconds: number | null
}

/** `POST /api/v1/presence-reasons` */
export interface SaveReason {
  /** At least 1 characters, at most 60 characters. */
  name: string
  presence: "away" | "busy" | "offline"
}

/** Every reason, by name. */
export interface ReasonList {
  reasons: PresenceReasonView[]
  ok: true
}
