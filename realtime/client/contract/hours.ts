// Written by tools/types from app/contract. Change the Structs, not this file.

/** Open from one local time to another; day 0 is Monday. One that closes before it opens ends the next day. */
export interface OpenPeriod {
  /** From 0, to 6. */
  day: number
  opens: string
  closes: string
}

/** `POST /api/v1/business-hours` and `PUT /api/v1/business-hours/{hours_id}` */
export interface SaveHours {
  /** At most 200 characters, at least 1 characters. */
  name: string
  /** At most 64 characters. */
  time_zone: string
  /** At most 70 entries. */
  periods?: OpenPeriod[]
  /** At most 500 entries. */
  closed_on?: string[]
}

/**
 * Business hours. `is_open` says whether they are open now; then `closes_at` says until when, and otherwise `opens_at`
 * from when. Both are empty when that does not change within the year.
 */
export interface HoursView {
  id: string
  name: string
  time_zone: string
  periods: OpenPeriod[]
  closed_on: string[]
  is_open: boolean
  opens_at: string | null
  closes_at: string | null
  changed_at: string | null
  changed_by: string
}

/** The hours after the change. */
export interface HoursIs {
  hours: HoursView
  ok: true
}

/** All business hours, by name. */
export interface HoursList {
  hours: HoursView[]
  ok: true
}

/** A part of a country with public holidays of its own. */
export interface HolidayRegion {
  code: string
  name: string
}

/** A country whose public holidays are known, by its two letters of ISO 3166. */
export interface HolidayCountry {
  code: string
  regions: HolidayRegion[]
}

/** Every country whose public holidays are known. */
export interface HolidayCountries {
  countries: HolidayCountry[]
  ok: true
}

/** A public holiday; `day` is a date, such as 2026-12-25. */
export interface HolidayView {
  day: string
  name: string
}

/** Public holidays from today to the end of next year, in their order. */
export interface HolidayList {
  holidays: HolidayView[]
  ok: true
}

/** `PUT /api/v1/inboxes/{inbox_id}/hours`: which hours the inbox keeps; empty for always open. */
export interface SetInboxHours {
  hours_id: string | null
}
