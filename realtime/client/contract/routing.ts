// Written by tools/types from app/contract. Change the Structs, not this file.

import type { FieldValue } from "./forms"
import type { Channel, Presence, Priority, RoutingMode, RuleTrouble } from "./values"

export type Verdict =
  | "chosen"
  | "not_here"
  | "away"
  | "busy"
  | "offline"
  | "missing_skill"
  | "missing_language"
  | "full"
  | "full_on_channel"
  | "not_taking"
  | "has_passed"
  | "handed_over"
  | "more_load"
  | "served_later"
  | "by_hand_only"

/** A field of the form holds one of these values. */
export interface FieldCondition {
  /** At least 1 characters, at most 60 characters. */
  name: string
  /** At most 50 entries. */
  values: string[]
}

/**
 * The conditions of a rule: each one given must hold, and holds when any one of its values does. None given: always.
 *
 * `pages` are parts of the address, where `*` stands for anything; `languages` match their dialects; `domains` are those
 * of the contact's email address and match what lies below them; `words` are whole words of the first message;
 * `is_open` is whether the inbox is within its business hours.
 */
export interface RuleConditions {
  /** At most 200 entries. */
  inbox_ids?: string[]
  /** At most 10 entries. */
  channels?: Channel[]
  /** At most 50 entries. */
  pages?: string[]
  /** At most 50 entries. */
  languages?: string[]
  /** At most 50 entries. */
  topics?: string[]
  /** At most 4 entries. */
  priorities?: Priority[]
  /** At most 50 entries. */
  domains?: string[]
  /** At most 50 entries. */
  companies?: string[]
  /** At most 20 entries. */
  fields?: FieldCondition[]
  /** At most 50 entries. */
  words?: string[]
  is_open?: boolean | null
}

/** After so many seconds in the queue before it, the conversation moves on to this team. */
export interface OverflowStep {
  team_id: string
  /** From 5, to 86400. */
  after_seconds: number
}

/**
 * The decisions of a rule. Fields left out stay as they are.
 *
 * With `needs_language` only agents who speak the contact's language are asked. When `queue_limit` conversations wait
 * already, the contact is written `full_message` and the conversation becomes a ticket; it keeps its place in the queue.
 */
export interface RuleActions {
  team_id?: string | null
  /** At most 20 entries. */
  skills?: string[]
  needs_language?: boolean
  priority?: Priority | null
  /** At most 5 entries. */
  overflow?: OverflowStep[]
  /** From 0, to 10000. */
  queue_limit?: number | null
  /** At most 2000 characters. */
  full_message?: string
}

/** `POST /api/v1/routing/rules` and `PUT /api/v1/routing/rules/{rule_id}` */
export interface SaveRule {
  /** At most 200 characters, at least 1 characters. */
  name: string
  conditions: RuleConditions
  actions: RuleActions
  is_enabled?: boolean
}

/** `PUT /api/v1/routing/rules`: every rule's id, first to be tried first. */
export interface OrderRules {
  /** At most 500 entries. */
  rule_ids: string[]
}

/** A problem of a rule that could still be saved. */
export interface RuleProblem {
  code: RuleTrouble
  detail: string
}

/** A rule, with what is wrong with it. */
export interface RuleView {
  id: string
  position: number
  name: string
  is_enabled: boolean
  conditions: RuleConditions
  actions: RuleActions
  problems: RuleProblem[]
  changed_at: string
}

/** The rule after the change. */
export interface RuleIs {
  rule: RuleView
  ok: true
}

/** Every rule, in the order they are tried. */
export interface RuleList {
  rules: RuleView[]
  ok: true
}

/** `POST /api/v1/routing/dry-run`: what would happen to this message? Nothing is written. */
export interface DryRun {
  inbox_id: string
  /** At most 10000 characters. */
  body?: string
  /** At most 2000 characters. */
  page_url?: string
  /** At most 35 characters. */
  language?: string
  /** At most 254 characters. */
  email?: string | null
  /** At most 200 characters. */
  company?: string
  /** At most 20 entries. */
  fields?: FieldValue[]
  priority?: Priority
  at?: string | null
}

/** One condition: what it wants, what was found, whether it holds. */
export interface ConditionTrace {
  condition: string
  wanted: string[]
  found: string
  holds: boolean
}

/** One rule tried: whether it matches, and each of its conditions. */
export interface RuleTrace {
  rule_id: string
  name: string
  matches: boolean
  conditions: ConditionTrace[]
}

/** One agent of the team as a decision saw them, and why it was or was not them. */
export interface CandidateView {
  agent_id: string
  name: string
  presence: Presence
  has_lease: boolean
  weight: number
  capacity: number
  last_assigned_at: string | null
  verdict: Verdict
}

/** The number of further agents with one verdict. */
export interface VerdictCount {
  verdict: Verdict
  count: number
}

/**
 * The outcome of a dry run. `rule` is the first that matches, empty when the inbox's own team gets it; `agent_id` is the
 * agent who would be given it this second, empty when it would wait; `waiting_count` is how many wait in that queue
 * already.
 */
export interface DryRunIs {
  topic: string
  is_open: boolean
  rule: RuleView | null
  trace: RuleTrace[]
  team_id: string | null
  skills: string[]
  language: string | null
  priority: Priority
  overflow: OverflowStep[]
  waiting_count: number
  is_full: boolean
  agent_id: string | null
  candidates: CandidateView[]
  others: VerdictCount[]
  ok: true
}

/**
 * A routing decision: the agent or queue that got a conversation, when, and why.
 *
 * `made_by_id` is the agent who did it by hand, empty for routing. `reason` is one of routed, offered, to_lead, claimed,
 * assigned, transferred, reopened, agent_left, missed, declined, untaken, overflow, deactivated, replied, nobody_else. Candidates are those
 * who came closest, in the order of the choice; `others` counts the rest.
 */
export interface DecisionView {
  id: string
  conversation_id: string
  agent_id: string | null
  agent_name: string | null
  team_id: string | null
  team_name: string | null
  made_by_id: string | null
  made_by_name: string | null
  reason: string
  outcome: string | null
  mode: RoutingMode | null
  is_sticky: boolean
  rule_id: string | null
  rule_name: string | null
  skills: string[]
  language: string | null
  waited_seconds: number | null
  candidates: CandidateView[]
  others: VerdictCount[]
  started_at: string
  ended_at: string | null
}

/** Every decision about one conversation, newest first, and how the rules were tried when it came. */
export interface DecisionList {
  decisions: DecisionView[]
  trace: RuleTrace[]
  ok: true
}

/** `PUT /api/v1/teams/{team_id}/routing`: `takes_on_reply` left out stays as it is. */
export interface SetTeamRouting {
  mode?: RoutingMode
  /** From 0, to 3600. */
  accept_seconds?: number
  lead_id?: string | null
  takes_on_reply?: boolean | null
}

/** The most conversations of one channel an agent is given. */
export interface ChannelCapacity {
  channel: Channel
  /** From 0, to 100. */
  capacity: number
}

/** `PUT /api/v1/agents/{agent_id}/routing`: `takes_chats` and `team_ids` left out stay as they are. */
export interface SetAgentRouting {
  /** From 0, to 100. */
  capacity: number
  /** At most 10 entries. */
  channel_capacity?: ChannelCapacity[]
  /** At most 50 entries. */
  skills?: string[]
  /** At most 50 entries. */
  languages?: string[]
  /** At most 200 entries. */
  team_ids?: string[] | null
  takes_chats?: boolean | null
}
