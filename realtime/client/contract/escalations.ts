// Written by tools/types from app/contract. Change the Structs, not this file.

/** Raise the level, with the reason. */
export interface EscalateConversation {
  type: "conversation.escalate"
  conversation_id: string
  /** From 1, to 3. */
  level: number
  /** At least 1 characters, at most 2000 characters. */
  reason: string
}

/** Take an escalation back: level 0, without a reason. */
export interface DeescalateConversation {
  type: "conversation.deescalate"
  conversation_id: string
}

/** A colleague asks supervisors and admins to look at a conversation. */
export interface ConversationEscalated {
  type: "conversation.escalated"
  conversation_id: string
  contact_name: string
  level: number
  reason: string
  by_id: string
  by_name: string
}
