// Written by tools/types from app/contract. Change the Structs, not this file.

import type { ConversationView } from "./conversations"
import type { Category, ListView, Priority, Shelf, Sort } from "./values"

/**
 * A conversation that is not this agent's, or no longer, as a list shows it. Fields are as in the conversation. Older
 * than what you hold (`rev`): drop it. Not held and now on the list you show: ask for it.
 */
export interface ConversationMoved {
  type: "conversation.moved"
  conversation_id: string
  inbox_id: string
  rev: number
  seq: number
  status: string
  category: Category
  priority: Priority
  agent_id: string | null
  offer_until: string | null
  team_id: string | null
  unread_count: number
  preview: string
  last_message_at: string
  waiting_since: string | null
  queued_at: string | null
  snoozed_until: string | null
  escalation_level: number
  escalation_reason: string
  tags: string[]
  ticket_number: number | null
}

/** A list a screen shows. Narrower filters are the screen's own: it is told of all that these fields let through. */
export interface WatchedList {
  view: ListView
  shelf: Shelf
  team_id?: string | null
  inbox_id?: string | null
}

/**
 * Say what this connection shows, as often as that changes: from then on it hears of the agent's own conversations, of
 * what waits in their teams' queues, and of this. One that never says so hears of every inbox the agent may view.
 *
 * `conversation_ids` are the conversations it keeps at hand, all of whose events it hears. Of what `lists` hold it hears
 * messages, and changes as `conversation.moved`. With `people` it hears of every colleague's presence, else of those in the
 * same teams; with `tickets` of every ticket.
 */
export interface WatchScreen {
  type: "screen.watch"
  /** At most 8 entries. */
  lists?: WatchedList[]
  /** At most 80 entries. */
  conversation_ids?: string[]
  people?: boolean
  tickets?: boolean
}

/** The filter and order of a list; fields left out narrow nothing. */
export interface ListFilter {
  view?: ListView
  shelf?: Shelf
  /** At most 200 characters. */
  query?: string
  /** At most 40 characters. */
  tag?: string
  priority?: Priority | null
  /** At most 40 characters. */
  status?: string
  team_id?: string | null
  inbox_id?: string | null
  agent_id?: string | null
  sort?: Sort
}

/**
 * Conversations in the order of the view. `next` is the cursor of the following page, empty at the end. `is_reading`
 * says of a search that words of many messages are still being put into the index, after a restore, say: it may lack
 * some.
 */
export interface ConversationPage {
  conversations: ConversationView[]
  next: string | null
  is_reading: boolean
  ok: true
}

/** The number of conversations a saved view holds, counted up to 1,000. */
export interface SavedCount {
  id: string
  count: number
}

/** The numbers of open conversations in each view, and in each saved view of this agent. */
export interface ConversationCounts {
  mine: number
  unassigned: number
  all: number
  saved: SavedCount[]
  ok: true
}
