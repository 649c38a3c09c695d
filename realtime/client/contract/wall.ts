// Written by tools/types from app/contract. Change the Structs, not this file.

import type { AgentView } from "./people"
import type { Stuck, Unserved } from "./values"

/**
 * The thresholds of a queue: a figure that has come this far is too much, and near it from four fifths on.
 *
 * `answer_seconds` is how soon after the contact's first message an answer is promised.
 */
export interface ThresholdsView {
  waiting_count: number
  longest_seconds: number
  p90_seconds: number
  answer_seconds: number
}

/**
 * One team's queue now, and its day (UTC) so far. `team_id` is empty for conversations no team has.
 *
 * `at_risk_count` have waited four fifths of `thresholds.longest_seconds` or more; the next one will have at
 * `next_at_risk_at`. `wait_p50_seconds` and `wait_p90_seconds` are of the waits that ended today in an agent's hands,
 * empty without one. `abandoned_today` were ended by their contact before anybody answered. Of `answered_today`, the
 * first answers given today, `answered_in_time_today` came within `thresholds.answer_seconds`; `unanswered_late_count`
 * wait for theirs now and have for longer than that, and the next one will have at `next_late_at`. Of `promised_today`,
 * the ranges of waiting time told to contacts today whose wait is over, `kept_today` held. `unserved` says why nobody will
 * be given what waits, as long as nothing changes: nobody is in the team, none of it may hold anything, none of it is online.
 * `sla_late_count` conversations have a missed SLA clock that still runs, `sla_at_risk_count` others have one that has warned.
 */
export interface QueueWallView {
  team_id: string | null
  name: string
  waiting_count: number
  unserved: Unserved | null
  oldest_waiting_at: string | null
  at_risk_count: number
  next_at_risk_at: string | null
  open_count: number
  online_count: number
  wait_p50_seconds: number | null
  wait_p90_seconds: number | null
  abandoned_today: number
  answered_today: number
  answered_in_time_today: number
  unanswered_late_count: number
  next_late_at: string | null
  promised_today: number
  kept_today: number
  sla_late_count: number
  sla_at_risk_count: number
  thresholds: ThresholdsView
}

/** A conversation an agent holds, since when, and since when its contact waits for an answer (empty: they do not). */
export interface ChatWallView {
  conversation_id: string
  contact_id: string
  contact_name: string
  since: string
  waiting_since: string | null
}

/**
 * An agent and what they hold now, longest first. `chats` stays empty when they hold more than twelve.
 *
 * `missed_today` offers went on because the agent did not take them in time.
 */
export interface AgentWallView {
  agent: AgentView
  missed_today: number
  chat_count: number
  chats: ChatWallView[]
}

/**
 * A conversation that routing gives to nobody as things stand, and why: everyone who could take it declined, or nobody
 * in the team speaks its language or has its skills (`detail`).
 */
export interface StuckWallView {
  conversation_id: string
  contact_name: string
  team_id: string | null
  reason: Stuck
  detail: string
  queued_at: string | null
}

/** Contacts' scores today (UTC). `average` of 1 to 5, empty without an answer; 4 and 5 are satisfied. */
export interface CsatWallView {
  average: number | null
  answered_count: number
  satisfied_count: number
}

/** The wall a supervisor watches: every queue and every agent now, and the day (UTC) so far. */
export interface WallView {
  queues: QueueWallView[]
  stuck: StuckWallView[]
  agents: AgentWallView[]
  csat: CsatWallView
  opened_today: number
  resolved_today: number
  made_at: string
}

/** The wall as it is now; changes follow as events. */
export interface Watching {
  wall: WallView
  ok: true
}

/**
 * Start or stop receiving `wall.changed` on this connection; with `by_rows` mostly `wall.moved` instead. For
 * supervisors.
 */
export interface WatchWall {
  type: "wall.watch"
  watching: boolean
  by_rows?: boolean
}

/** From which figures on a team's queue needs somebody, on every wall; times in seconds. */
export interface SetThresholds {
  type: "team.set_thresholds"
  team_id: string
  /** From 1, to 100000. */
  waiting_count: number
  /** From 1, to 604800. */
  longest_seconds: number
  /** From 1, to 604800. */
  p90_seconds: number
  /** From 1, to 604800. */
  answer_seconds: number
}

/** The wall, whole, at most once a second. */
export interface WallChanged {
  type: "wall.changed"
  wall: WallView
}

/**
 * Changes since the wall made at `after`: queues and agents that replace those of the same id, and all single figures;
 * `stuck` is empty while it is as it was. A wall older than `after` cannot be brought up to date by it: watch anew.
 */
export interface WallMoved {
  type: "wall.moved"
  after: string
  queues: QueueWallView[]
  agents: AgentWallView[]
  stuck: StuckWallView[] | null
  csat: CsatWallView
  opened_today: number
  resolved_today: number
  made_at: string
}

/** From which figures on a team's queue needs somebody was set anew. */
export interface ThresholdsChanged {
  type: "team.thresholds_changed"
  team_id: string
  thresholds: ThresholdsView
}
