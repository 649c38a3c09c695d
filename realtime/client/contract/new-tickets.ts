// Written by tools/types from app/contract. Change the Structs, not this file.

import type { TicketValue } from "./ticket-fields"
import type { TicketView } from "./tickets"
import type { Priority } from "./values"

export type Confidence = "none" | "maybe" | "likely"

/** A contact made on the spot: a name, an address or a phone number. One of the inbox with this address is taken instead. */
export interface NewContact {
  /** At most 200 characters. */
  name?: string
  /** At most 254 characters. */
  email?: string | null
  /** At most 40 characters. */
  phone?: string
}

/**
 * `POST /api/v1/tickets`: a conversation with a ticket, for a contact by `contact_id` or a `new_contact`.
 *
 * The description becomes a note in the agent's name. Title, topic and priority are proposed from it where left out. A second
 * request with the same `client_id` returns the ticket of the first. Without `team_id` the inbox's team and its rules decide;
 * `agent_id` is who gets it.
 */
export interface CreateTicket {
  client_id: string
  inbox_id: string
  /** At most 10000 characters. */
  description: string
  contact_id?: string | null
  new_contact?: NewContact | null
  /** At most 200 characters. */
  title?: string
  /** At most 60 characters. */
  topic?: string
  priority?: Priority | null
  team_id?: string | null
  agent_id?: string | null
  /** At most 100 entries. */
  fields?: TicketValue[]
}

/** The ticket made now, or by the same request before. */
export interface TicketCreated {
  ticket: TicketView
  ok: true
}

/** `POST /api/v1/tickets/proposals`: words of a ticket that is being written. */
export interface ProposeTicket {
  /** At most 10000 characters. */
  text: string
}

/** A title, a topic and a priority for these words, and how sure the topic is. */
export interface TicketProposal {
  title: string
  topic: string
  topic_confidence: Confidence
  priority: Priority
  ok: true
}

/** A contact whose name, address or phone number begins like the query. */
export interface FoundContact {
  id: string
  name: string
  email: string | null
  phone: string
  is_verified: boolean
}

/** Up to 10 contacts, those seen last first. */
export interface ContactsFound {
  contacts: FoundContact[]
  ok: true
}
