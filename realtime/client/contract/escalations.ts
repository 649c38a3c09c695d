// Written by tools/types from app/contract. Change the Structs, not this file.

import type { Presence } from "./values"

export type EscalationState = "open" | "approved" | "declined" | "withdrawn"

/** Raise the level and ask for a decision, with the reason. Without `approver_id` any supervisor of the team decides. */
export interface EscalateConversation {
  type: "conversation.escalate"
  conversation_id: string
  /** From 1, to 3. */
  level: number
  /** At least 1 characters, at most 2000 characters. */
  reason: string
  approver_id?: string | null
}

/** Take an escalation back: level 0, without a reason. */
export interface DeescalateConversation {
  type: "conversation.deescalate"
  conversation_id: string
}

/** A colleague, or a rule (`by_id` is empty then), asks for a decision about a conversation. */
export interface ConversationEscalated {
  type: "conversation.escalated"
  conversation_id: string
  contact_name: string
  level: number
  reason: string
  by_id: string
  by_name: string
}

/**
 * An agent who can be asked to decide. While they are away the substitute may decide besides; empty when nobody could
 * stand in.
 */
export interface ApproverView {
  agent_id: string
  name: string
  presence: Presence
  is_supervisor: boolean
  is_away: boolean
  substitute_id: string | null
  substitute_name: string | null
}

/**
 * A list of those who can decide about a conversation, supervisors of its team first. `team_approvers` are the names of those who
 * are asked when no approver is named; `team_name` is empty when they are of no single team.
 */
export interface ApproverList {
  approvers: ApproverView[]
  team_name: string | null
  team_approvers: string[]
  present_team_approvers: string[]
  ok: true
}

/**
 * An escalation. Without `approver_id` any supervisor of the team decides. `rule_name` is the rule that asked, empty when
 * an agent did. `waits_for_me` and `may_withdraw` are the reader's own.
 */
export interface EscalationView {
  id: string
  conversation_id: string
  contact_name: string
  level: number
  reason: string
  state: EscalationState
  asked_by_id: string | null
  asked_by_name: string
  rule_id: string | null
  approver_id: string | null
  approver_name: string | null
  substitute_id: string | null
  substitute_name: string | null
  team_name: string | null
  waits_for_me: boolean
  may_withdraw: boolean
  decided_by_name: string
  answer: string
  created_at: string
  decided_at: string | null
}

/** Escalations, newest first. `waiting_count` is how many wait for the reader. */
export interface EscalationList {
  escalations: EscalationView[]
  waiting_count: number
  ok: true
}

/** The escalation after the change. */
export interface EscalationIs {
  escalation: EscalationView
  ok: true
}

/** `POST /api/v1/escalations/{escalation_id}/decision`: a decline needs its reason. */
export interface DecideEscalation {
  is_approved: boolean
  /** At most 2000 characters. */
  reason?: string
}
