// Written by tools/types from app/contract. Change the Structs, not this file.

import type { NextDueView } from "./sla"
import type { TicketValue } from "./ticket-fields"
import type { Category, Priority } from "./values"

/** A conversation's number and promise. */
export interface TicketView {
  id: string
  number: number
  conversation_id: string
  title: string
  topic: string
  priority: Priority
  status: string
  category: Category
  agent_id: string | null
  team_id: string | null
  contact_id: string
  contact_name: string
  opened_at: string
  closed_at: string | null
  next_due: NextDueView | null
}

/** The ticket, opened now or earlier. */
export interface TicketIs {
  ticket: TicketView
  ok: true
}

/**
 * Give the conversation a number. Title, topic and priority are proposed from the content where left out. Refused as
 * `incomplete` while a field that is required to open has no value.
 */
export interface OpenTicket {
  type: "ticket.open"
  conversation_id: string
  /** At most 200 characters. */
  title?: string | null
  /** At most 60 characters. */
  topic?: string | null
  priority?: Priority | null
  /** At most 100 entries. */
  fields?: TicketValue[]
}

/** Change a ticket's title, topic or priority. Fields left out stay as they are. */
export interface UpdateTicket {
  type: "ticket.update"
  conversation_id: string
  /** At least 1 characters, at most 200 characters. */
  title?: string | null
  /** At least 1 characters, at most 60 characters. */
  topic?: string | null
  priority?: Priority | null
}

/** A conversation was given a number. */
export interface TicketOpened {
  type: "ticket.opened"
  ticket: TicketView
}

/** A ticket has another title, topic or priority. */
export interface TicketChanged {
  type: "ticket.changed"
  ticket: TicketView
}

/** Tickets, newest number first. */
export interface TicketPage {
  tickets: TicketView[]
  next: string | null
  ok: true
}
