// Written by tools/types from app/contract. Change the Structs, not this file.

import type { AuthorKind, Category, Visibility } from "./values"

export type LinkKind = "related" | "parent" | "child" | "duplicate_of" | "duplicated_by"

export type SeenLinkKind = "related" | "parent" | "child" | "duplicate_of" | "duplicated_by" | "follow_up_of" | "followed_by"

/** `POST /api/v1/conversations/{conversation_id}/links`: link the ticket of this conversation with the one of this number. */
export interface LinkTicket {
  /** From 1. */
  number: number
  kind: LinkKind
}

/**
 * `POST /api/v1/conversations/{conversation_id}/merge`: let the ticket of this number take this conversation over. With
 * another contact it needs `is_other_contact`: each of the two goes on reading only their own.
 */
export interface MergeTicket {
  /** From 1. */
  number: number
  is_other_contact?: boolean
}

/** `PUT /api/v1/conversations/{conversation_id}/watching`: follow a ticket, or no longer. */
export interface SetWatching {
  is_watching: boolean
}

/** A message of one of two conversations that are to be merged; `is_moved` when it is the one that is taken over. */
export interface MergedMessage {
  id: string
  is_moved: boolean
  author_kind: AuthorKind
  author_name: string
  visibility: Visibility
  body: string
  file_count: number
  created_at: string
}

/**
 * `GET /api/v1/conversations/{conversation_id}/merge`: the ticket that would take this conversation over, and the latest
 * messages of both in the order in which they were written.
 */
export interface MergePreview {
  conversation_id: string
  number: number
  title: string
  contact_name: string
  is_other_contact: boolean
  messages: MergedMessage[]
  ok: true
}

/** A ticket that may be about the same: of the same customer, near in time and in meaning. */
export interface LookalikeView {
  conversation_id: string
  number: number
  title: string
  opened_at: string
  is_likely: boolean
}

/** `GET /api/v1/conversations/{conversation_id}/lookalikes`: the most alike first, three at most. */
export interface Lookalikes {
  lookalikes: LookalikeView[]
  ok: true
}

/** `POST /api/v1/conversations/{conversation_id}/lookalikes`: this other conversation is about something else. */
export interface DismissLookalike {
  other_id: string
}

/** `POST /api/v1/conversations/{conversation_id}/split`: begin a ticket of its own with these messages of the customer. */
export interface SplitTicket {
  /** At least 1 entries, at most 50 entries. */
  message_ids: string[]
  /** At most 200 characters. */
  title?: string
}

/** The ticket that a split began. */
export interface SplitOff {
  conversation_id: string
  number: number
  ok: true
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

/**
 * A conversation that was merged into this one, or (`is_into`) the one that this was merged into. `number` and `title` are
 * its ticket's; without one `title` is its contact's name. Until `undo_until` the merge can be undone.
 */
export interface MergeView {
  id: string
  is_into: boolean
  conversation_id: string
  number: number | null
  title: string
  by_name: string
  made_at: string
  undo_until: string | null
}

/** The tickets linked with one, by kind and number, the agents who follow it, and what was merged. */
export interface TicketLinks {
  links: LinkView[]
  watchers: WatcherView[]
  merges: MergeView[]
  ok: true
}
