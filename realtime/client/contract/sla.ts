// Written by tools/types from app/contract. Change the Structs, not this file.

import type { Priority } from "./values"

export type SlaClockName =
  | "first_response"
  | "next_response"
  | "periodic_update"
  | "resolution"
  | "customer_wait"
  | "agent_work"
  | "escalation_response"

export type SlaProgress = "running" | "paused" | "kept" | "missed" | "given_up"

/** The open SLA clock that is due first. It is missed once `due_at` has come; from `warn_at` on it is about to be. */
export interface NextDueView {
  clock: SlaClockName
  due_at: string
  warn_at: string | null
}

/**
 * An SLA clock of a conversation started, stopped, paused, warned or was missed. `next_due` is the open one that is due
 * first, if any. Each clock with its account: `GET /api/v1/conversations/{conversation_id}/sla`.
 */
export interface SlaChanged {
  type: "sla.changed"
  conversation_id: string
  next_due: NextDueView | null
}

/**
 * The minutes a clock may run for tickets of a priority; with `warn_minutes` it warns so long before. `around_the_clock`
 * counts every minute, not only the hours of the policy.
 */
export interface SlaTarget {
  clock: SlaClockName
  priority: Priority
  /** From 1, to 5270400. */
  minutes: number
  /** From 0, to 5270400. */
  warn_minutes?: number
  around_the_clock?: boolean
}

/** The conversations a policy is for. Each list that is not empty has to hold the conversation's own value. */
export interface SlaConditions {
  /** At most 100 entries. */
  inbox_ids?: string[]
  /** At most 100 entries. */
  team_ids?: string[]
  /** At most 100 entries. */
  topics?: string[]
  /** At most 4 entries. */
  priorities?: Priority[]
  /** At most 200 entries. */
  companies?: string[]
}

/**
 * `POST /api/v1/sla/policies` and `PUT /api/v1/sla/policies/{policy_id}`, which replaces. Without `hours_id` every minute
 * counts. `version` is the one that was edited: when a colleague has saved another meanwhile, the change is refused.
 */
export interface SaveSlaPolicy {
  /** At most 200 characters, at least 1 characters. */
  name: string
  conditions: SlaConditions
  /** At least 1 entries, at most 28 entries. */
  targets: SlaTarget[]
  hours_id?: string | null
  /** From 1. */
  version?: number | null
}

/** `PUT /api/v1/sla/policies`: every policy's id in the order they are tried. */
export interface OrderSlaPolicies {
  /** At most 200 entries. */
  policy_ids: string[]
}

/** `POST /api/v1/sla/dry-run`: what would saving this policy make overdue? Without `policy_id` it would be a new one. */
export interface TrySlaPolicy {
  policy: SaveSlaPolicy
  policy_id?: string | null
}

/** A policy as it is now. `version` grows with each change; older ones are kept. */
export interface SlaPolicyView {
  id: string
  name: string
  version: number
  hours_id: string | null
  conditions: SlaConditions
  targets: SlaTarget[]
  changed_at: string
  changed_by: string
}

/** The policy after the change. */
export interface SlaPolicyIs {
  policy: SlaPolicyView
}

/** Every policy in the order they are tried; the first that matches applies. */
export interface SlaPolicyList {
  policies: SlaPolicyView[]
}

/** A clock that would be overdue, and is not now. `ticket_number` is empty without a ticket. */
export interface SlaOverdueView {
  conversation_id: string
  contact_id: string
  contact_name: string
  ticket_number: number | null
  clock: SlaClockName
  due_at: string
}

/**
 * Clocks that would become overdue among the `looked_at` open conversations; `overdue` holds the first 50 of
 * `overdue_count`. `is_complete` says that every open conversation was looked at.
 */
export interface SlaDryRunIs {
  looked_at: number
  is_complete: boolean
  overdue_count: number
  overdue: SlaOverdueView[]
}

/** Time that counted. */
export interface SlaStretchView {
  start: string
  end: string
  minutes: number
}

/**
 * Time in which the clock stood still, and why: `status_pauses`, `nothing_unanswered`, `unassigned`. `end` is empty while
 * it lasts.
 */
export interface SlaPauseView {
  start: string
  end: string | null
  because: string[]
}

/** The account of a due time. The stretches add up to `counted_minutes`: the target, or what a paused clock has used. */
export interface SlaAccountView {
  policy_id: string
  policy_name: string
  policy_version: number
  hours_id: string | null
  hours_version: number | null
  time_zone: string
  target_minutes: number
  warn_minutes: number
  around_the_clock: boolean
  counted_minutes: number
  stretches: SlaStretchView[]
  pauses: SlaPauseView[]
  holidays: string[]
}

/**
 * A cycle of a clock. `due_at` is empty while it pauses in time and when nothing was promised; then `account` is empty as
 * well. `warned_at` and `breached_at` are when the warning and the due time came and found it running.
 */
export interface SlaClockView {
  clock: SlaClockName
  cycle: number
  progress: SlaProgress
  is_overdue: boolean
  started_at: string
  ended_at: string | null
  due_at: string | null
  warn_at: string | null
  remaining_minutes: number | null
  warned_at: string | null
  breached_at: string | null
  account: SlaAccountView | null
}

/** A priority and the clock that would be due first with it; empty when nothing is promised then. */
export interface PriorityDueView {
  priority: Priority
  next_due: NextDueView | null
}

/**
 * `GET /api/v1/conversations/{conversation_id}/sla/priorities`: the due time of each priority, were it set at `at`. No entry
 * while there is no policy.
 */
export interface DueByPriority {
  at: string
  due: PriorityDueView[]
  ok: true
}

/** Every cycle of every clock of a conversation, computed from what has happened until `at`. */
export interface SlaClockList {
  at: string
  clocks: SlaClockView[]
}
