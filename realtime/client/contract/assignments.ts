// Written by tools/types from app/contract. Change the Structs, not this file.

/** Take what was offered. Answering or opening it does the same. Refused as `conflict` once it has gone on. */
export interface AcceptConversation {
  type: "conversation.accept"
  conversation_id: string
}

/** Not me: what was offered goes on at once. */
export interface DeclineConversation {
  type: "conversation.decline"
  conversation_id: string
}

/** Take an unassigned conversation. Refused as `conflict` if a colleague was first. */
export interface ClaimConversation {
  type: "conversation.claim"
  conversation_id: string
}

/** Give to an agent, to a team's queue, or (both empty) back to the queue it came from. */
export interface AssignConversation {
  type: "conversation.assign"
  conversation_id: string
  agent_id?: string | null
  team_id?: string | null
}

/** Hand over to an agent or a team, with a note for whoever takes it. */
export interface TransferConversation {
  type: "conversation.transfer"
  conversation_id: string
  agent_id?: string | null
  team_id?: string | null
  /** At most 10000 characters. */
  note?: string
}

/** You were given this conversation, and why. With `until` you have until then to accept it, or it goes on. */
export interface AssignmentOffered {
  type: "assignment.offered"
  conversation_id: string
  reason: string
  until: string | null
}
