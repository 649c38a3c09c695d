// Written by tools/types from app/contract. Change the Structs, not this file.

import type { DraftView } from "./drafts"
import type { ListFilter } from "./lists"
import type { ListView, Priority, Shelf, Sort, StepKind } from "./values"
import type { TicketListing, TicketListingView } from "./work-list"

/** The filter and order of a list. Empty fields narrow nothing. */
export interface FilterView {
  view: ListView
  shelf: Shelf
  query: string
  tag: string
  priority: Priority | null
  status: string
  team_id: string | null
  inbox_id: string | null
  agent_id: string | null
  sort: Sort
}

/**
 * A filter with a name, one agent's or everybody's. `tickets` is empty for a view of the inbox; else the view is one of the
 * tickets' work list, and the filter's own `sort` counts for nothing.
 */
export interface SavedViewView {
  id: string
  name: string
  is_shared: boolean
  filter: FilterView
  tickets: TicketListingView | null
}

/**
 * A text found by its shortcut. `{{contact.name}}`, `{{agent.name}}` and `{{ticket.number}}` are filled in; what
 * stands in [square brackets] is left for the agent.
 */
export interface CannedResponseView {
  id: string
  shortcut: string
  body: string
  is_shared: boolean
}

/**
 * One action. `value` is a status, a priority, `me`, `queue`, `agent:` or `team:` and an id, seconds of snooze, a tag,
 * or the text of a reply or note.
 */
export interface MacroStepView {
  do: StepKind
  value: string
}

/** A named list of actions, done in order. */
export interface MacroView {
  id: string
  name: string
  is_shared: boolean
  steps: MacroStepView[]
}

/** Saved views, canned responses or macros changed: ask `GET /api/v1/desk`. The event and the route keep their earlier name. */
export interface ToolboxChanged {
  type: "desk.changed"
}

/** The agent's toolbox: their own and shared views, canned responses and macros, drafts, and every tag in use. */
export interface ToolboxContent {
  views: SavedViewView[]
  canned: CannedResponseView[]
  macros: MacroView[]
  drafts: DraftView[]
  tags: string[]
  ok: true
}

/** `POST /api/v1/views`, `PUT /api/v1/views/{id}` */
export interface SaveView {
  /** At most 200 characters, at least 1 characters. */
  name: string
  filter: ListFilter
  is_shared?: boolean
  tickets?: TicketListing | null
}

/** `POST /api/v1/canned-responses`, `PUT /api/v1/canned-responses/{id}` */
export interface SaveCannedResponse {
  /** At most 40 characters. */
  shortcut: string
  /** At most 10000 characters, at least 1 characters. */
  body: string
  is_shared?: boolean
}

/** One action of a macro, as in MacroStepView. */
export interface MacroStep {
  do: StepKind
  /** At most 10000 characters, at least 1 characters. */
  value: string
}

/** `POST /api/v1/macros`, `PUT /api/v1/macros/{id}` */
export interface SaveMacro {
  /** At most 200 characters, at least 1 characters. */
  name: string
  /** At least 1 entries, at most 20 entries. */
  steps: MacroStep[]
  is_shared?: boolean
}

/** The view after the change. */
export interface SavedViewIs {
  view: SavedViewView
  ok: true
}

/** The canned response after the change. */
export interface CannedResponseIs {
  canned: CannedResponseView
  ok: true
}

/** The macro after the change. */
export interface MacroIs {
  macro: MacroView
  ok: true
}
