// Written by tools/types from app/contract. Change the Structs, not this file.

/**
 * Settings that a list of tickets has besides its filter. `order` is the keys it is sorted by, the first one first: `number`,
 * `active` (last message), `topic`, `priority`, `status`, `owner` or `team`; after one of the last four, `number` or, of
 * what is open, `priority` may follow. `-` turns a key round: `-number` is the newest first.
 */
export interface TicketListing {
  /** At most 60 characters. */
  topic?: string
  /** At most 40 characters. */
  order?: string
}

/** Settings that a saved view of tickets has besides its filter. */
export interface TicketListingView {
  topic: string
  order: string
}

/** The number of tickets that a list holds, counted up to 1,000. */
export interface TicketCount {
  count: number
  ok: true
}
