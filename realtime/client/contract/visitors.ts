// Written by tools/types from app/contract. Change the Structs, not this file.

import type { GreetingView } from "./proactive"
import type { InvitationState } from "./values"

/** A page a contact was on, from when to when at least. */
export interface PageView {
  id: string
  url: string
  title: string
  visited_at: string
  left_at: string
}

/**
 * A visitor on a site now. `name` is empty until they give it, `conversation_id` until they write; `invitation` tells
 * how far our own first message to them has come.
 */
export interface VisitorView {
  contact_id: string
  inbox_id: string
  name: string
  is_contact: boolean
  is_returning: boolean
  url: string
  title: string
  locale: string
  came_at: string
  page_since: string
  conversation_id: string | null
  agent_id: string | null
  invitation: InvitationState
}

/** The visitors who are here now, latest first; changes follow as events. */
export interface VisitorsWatched {
  visitors: VisitorView[]
  ok: true
}

/**
 * The visitor is on this page now, said on arriving and every so often while they stay. Kept for contacts; of
 * somebody who has not written, only for as long as they are here.
 */
export interface VisitPage {
  type: "page.visited"
  /** At most 2000 characters. */
  url: string
  /** At most 200 characters. */
  title?: string
  /** At most 60 characters. */
  timezone?: string | null
  /** At most 400 characters. */
  browser?: string | null
}

/** Start or stop receiving `visitors.changed` on this connection. */
export interface WatchVisitors {
  type: "visitors.watch"
  watching: boolean
}

/** Visitors came, moved on or left; sent at most twice a second. */
export interface VisitorsChanged {
  type: "visitors.changed"
  visitors: VisitorView[]
  gone_ids: string[]
}

/** A contact is on this page now; one of the same id replaces it. */
export interface ContactVisited {
  type: "contact.visited"
  contact_id: string
  page: PageView
}

/**
 * `POST /api/v1/widget/visits`: a launcher says where its visitor is. `is_waiting` holds the answer back until there
 * is something to say, or 20 s; `is_leaving` says that the page is being closed.
 */
export interface TellVisit {
  /** At most 64 characters. */
  inbox_key: string
  /** At most 2000 characters. */
  url: string
  /** At most 512 characters. */
  visitor_token?: string | null
  /** At most 200 characters. */
  title?: string
  /** At most 35 characters. */
  locale?: string
  /** At most 60 characters. */
  timezone?: string | null
  /** At most 400 characters. */
  browser?: string | null
  is_returning?: boolean
  is_waiting?: boolean
  is_leaving?: boolean
}

/**
 * The messages a launcher may show, and when to ask again: `again_seconds` 0 is never, as when the inbox does not want
 * to know. `greetings` are those whose rules fit this page, in their order; `invitation` is an agent's own word.
 */
export interface VisitTold {
  visitor_token: string
  greetings: GreetingView[]
  invitation: GreetingView | null
  again_seconds: number
  ok: true
}
