// Written by tools/types from app/contract. Change the Structs, not this file.

import type { Category } from "./values"

export type LinkKind = "related" | "parent" | "child" | "duplicate_of" | "duplicated_by"

export type SeenLinkKind = "related" | "parent" | "child" | "duplicate_of" | "duplicated_by" | "follow_up_of" | "followed_by"

/** `POST /api/v1/conversations/{conversation_id}/links`: link the ticket of this conversation with the one of this number. */
export interface LinkTicket {
  /** From 1. */
  number: number
  kind: LinkKind
}

/** `PUT /api/v1/conversations/{conversation_id}/watching`: follow a ticket, or no longer. */
export interface SetWatching {
  is_watching: boolean
}

/** A linked ticket. `kind` is what it is to the ticket that was asked for; follow-ups cannot be unlinked. */
export interface LinkView {
  id: string
  kind: SeenLinkKind
  conversation_id: string
  number: number
  title: string
  status: string
  category: Category
}

/** An agent who follows a ticket. */
export interface WatcherView {
  agent_id: string
  name: string
}

/** The tickets linked with one, by kind and number, and the agents who follow it. */
export interface TicketLinks {
  links: LinkView[]
  watchers: WatcherView[]
  ok: true
}
