// Written by tools/types from app/contract. Change the Structs, not this file.

import type { ContactView } from "./contacts"
import type { PrechatFields } from "./forms"
import type { MarksView, MessageView } from "./messages"
import type { QueueView } from "./queue"
import type { NextDueView } from "./sla"
import type { TicketView } from "./tickets"
import type { Category, Channel, Priority } from "./values"

/**
 * A conversation as agents see it.
 *
 * While `offer_until` is set, `agent_id` has been offered it and has until then to accept. `status` is the key of a status, `category` what it amounts to. `waiting_since` is when the contact began to wait
 * for an answer, empty when it is their turn. `unread_count` counts the contact's messages no agent has read. `next_due` is
 * empty while no SLA clock runs towards a due time.
 */
export interface ConversationView {
  id: string
  inbox_id: string
  channel: Channel
  contact: ContactView
  status: string
  category: Category
  priority: Priority
  agent_id: string | null
  offer_until: string | null
  team_id: string | null
  seq: number
  rev: number
  marks: MarksView
  preview: string
  last_message_at: string
  waiting_since: string | null
  queued_at: string | null
  snoozed_until: string | null
  escalation_level: number
  escalation_reason: string
  unread_count: number
  tags: string[]
  ticket: TicketView | null
  next_due: NextDueView | null
  created_at: string
}

/** A conversation as its contact sees it. `agent_name` is empty until somebody has it; `rating` once given. */
export interface VisitorConversationView {
  id: string
  category: Category
  seq: number
  marks: MarksView
  agent_name: string | null
  queue: QueueView | null
  ticket_number: number | null
  rating: number | null
  preview: string
  last_message_at: string
  created_at: string
}

/** The conversation the first message went to. */
export interface Started {
  conversation: VisitorConversationView
  message: MessageView
  ok: true
}

/** The conversation after the change. */
export interface Changed {
  conversation: ConversationView
  ok: true
}

/** The conversation after the visitor's change. */
export interface Ended {
  conversation: VisitorConversationView
  ok: true
}

/**
 * A visitor's first message, with the form's fields where the inbox asks for them before it. Refused as `invalid` while
 * one that is required is missing. While one conversation is open in the inbox, the message goes there. An answer to what
 * we said first names it (`greeting_id`), and the conversation begins with that.
 */
export interface StartConversation {
  type: "conversation.start"
  client_id: string
  /** At most 10000 characters. */
  body: string
  fields?: PrechatFields | null
  /** At most 10 entries. */
  attachment_ids?: string[]
  /** At most 2000 characters. */
  page_url?: string | null
  greeting_id?: string | null
}

/** The visitor has finished; the conversation is resolved. */
export interface EndConversation {
  type: "conversation.end"
  conversation_id: string
}

/** Set a status by key. Resolving frees the agent; setting an open status reopens. */
export interface SetStatus {
  type: "conversation.set_status"
  conversation_id: string
  /** At most 40 characters. */
  status: string
}

/** Set the priority; the queue is served in this order first. */
export interface SetPriority {
  type: "conversation.set_priority"
  conversation_id: string
  priority: Priority
}

/** Set aside until a time; it comes back open to the same agent, or at once when the contact writes. */
export interface SnoozeConversation {
  type: "conversation.snooze"
  conversation_id: string
  until: string
}

/**
 * Ask the visitor for an email address: their widget shows the question. Refused as `conflict` when there is one; asked
 * again before anything else was said, it changes nothing.
 */
export interface AskEmail {
  type: "contact.ask_email"
  conversation_id: string
}

/** The agent looks at this conversation now (empty: at none). Colleagues are told. */
export interface ViewConversation {
  type: "conversation.view"
  conversation_id: string | null
}

/** The conversation as agents see it now. Older than what you hold (`rev`): drop it. */
export interface ConversationChanged {
  type: "conversation.changed"
  conversation: ConversationView
}

/** The conversation as its contact sees it now. */
export interface VisitorConversationChanged {
  type: "conversation.changed"
  conversation: VisitorConversationView
}

/** The agents who look at the conversation now. */
export interface ViewersChanged {
  type: "viewers.changed"
  conversation_id: string
  agent_ids: string[]
}
