// Written by tools/types from app/contract. Change the Structs, not this file.

import type { ConversationView } from "./conversations"
import type { ErrorCode, Priority } from "./values"

/** A conversation that was left as it was, and why. */
export interface NotChanged {
  conversation_id: string
  code: ErrorCode
  detail: string
}

/** The conversations after the change, and those that were refused it. */
export interface ManyChanged {
  conversations: ConversationView[]
  failed: NotChanged[]
  ok: true
}

/**
 * Changes to some conversations, all of it or nothing for each. With `moves`, the owner becomes `agent_id` or `team_id`,
 * or nobody. `topic` is the ticket's: refused as `not_found` where there is no ticket.
 */
export interface Change {
  /** At least 1 entries, at most 200 entries. */
  conversation_ids: string[]
  /** At most 40 characters. */
  status?: string | null
  priority?: Priority | null
  /** At least 1 characters, at most 60 characters. */
  topic?: string | null
  snooze_until?: string | null
  moves?: boolean
  agent_id?: string | null
  team_id?: string | null
  /** At most 20 entries. */
  add_tags?: string[]
  /** At most 20 entries. */
  remove_tags?: string[]
}

/**
 * Change up to 200 conversations at once, or put them back, each group in its own way. What is refused for one leaves
 * the others alone. The same again changes nothing more.
 */
export interface ChangeConversations {
  type: "conversations.bulk"
  /** At least 1 entries, at most 200 entries. */
  changes: Change[]
}

/**
 * Take back my last change to each of these, whichever it was: status, clocks, place in the queue, owner, offer, snooze,
 * priority, topic and tags are as before it. Refused as `conflict` for one to which anything has happened since.
 */
export interface UndoConversations {
  type: "conversations.undo"
  /** At least 1 entries, at most 200 entries. */
  conversation_ids: string[]
}
