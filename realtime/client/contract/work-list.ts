// Written by tools/types from app/contract. Change the Structs, not this file.

export type Step = "day" | "week" | "month"

/**
 * Settings that a list of tickets has besides its filter. `order` is the keys it is sorted by, the first one first: `number`,
 * `active` (last message), `due` (of what is open), `closed` (of what is closed), `topic`, `priority`, `status`, `owner` or
 * `team`; after one of the last four, `number` or, of what is open, `priority` or `due` may follow. `-` turns a key round:
 * `-number` is the newest first. `closed_from` and `closed_to` are the span of time it was closed in, the end left out.
 */
export interface TicketListing {
  /** At most 60 characters. */
  topic?: string
  /** At most 40 characters. */
  order?: string
  closed_from?: string | null
  closed_to?: string | null
}

/** Settings that a saved view of tickets has besides its filter. */
export interface TicketListingView {
  topic: string
  order: string
  closed_from: string | null
  closed_to: string | null
}

/** The number of tickets that a list holds, counted up to 1,000. */
export interface TicketCount {
  count: number
  ok: true
}

/** The number of tickets closed from one moment to the next, as days, weeks and months begin in the reader's time zone. */
export interface ClosedBar {
  starts_at: string
  ends_at: string
  count: number
}

/** The tickets closed over time, the latest step last. */
export interface ClosedTickets {
  step: Step
  bars: ClosedBar[]
  ok: true
}
