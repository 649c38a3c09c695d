// Written by tools/types from app/contract. Change the Structs, not this file.

import type { Category, ClockMode, StatusColor } from "./values"

/** A name in one language. */
export interface LocalNameView {
  locale: string
  name: string
}

/**
 * A status as admins named it: `name` in every language that `names` does not have.
 *
 * `clock` is what SLA clocks do in it. `next_keys` are the statuses that may follow it, empty for any. Parley itself puts
 * conversations into one that `is_fixed`. `replaced_by` takes the place of one that `is_retired`.
 */
export interface StatusView {
  key: string
  name: string
  names: LocalNameView[]
  category: Category
  color: StatusColor
  clock: ClockMode
  next_keys: string[]
  is_fixed: boolean
  is_retired: boolean
  replaced_by: string | null
}

/** A name in one language. */
export interface LocalName {
  /** At most 35 characters. */
  locale: string
  /** At least 1 characters, at most 80 characters. */
  name: string
}

/**
 * `POST /api/v1/statuses` and `PUT /api/v1/statuses/{key}`, which replaces.
 *
 * The category of a status never changes. Without `clock` SLA clocks do what the category says: they run in new and open,
 * pause in waiting, stop in resolved and closed. `next_keys` empty lets any status follow.
 */
export interface SaveStatus {
  /** At least 1 characters, at most 80 characters. */
  name: string
  category: Category
  /** At most 40 entries. */
  names?: LocalName[]
  color?: StatusColor
  clock?: ClockMode | null
  /** At most 100 entries. */
  next_keys?: string[]
}

/** `PUT /api/v1/statuses`: every status in use, in the order menus and lists show them. */
export interface OrderStatuses {
  /** At most 200 entries. */
  keys: string[]
}

/** `POST /api/v1/statuses/{key}/retire`. A status that is in use needs another of its category to take its place. */
export interface RetireStatus {
  /** At most 40 characters. */
  replace_by?: string | null
}

/** A status and how many open conversations stand in it. `is_used` counts those that have ended as well. */
export interface StatusUseView {
  status: StatusView
  open_count: number
  is_used: boolean
}

/** Every status in order, retired ones included. */
export interface StatusList {
  statuses: StatusUseView[]
  ok: true
}

/** The status after the change. */
export interface StatusIs {
  status: StatusView
  ok: true
}
