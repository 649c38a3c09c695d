// Written by tools/types from app/contract. Change the Structs, not this file.

import type { LocalName, LocalNameView } from "./statuses"

export type TicketFieldKind = "text" | "number" | "choice" | "date" | "checkbox" | "file"

/**
 * A question that tickets of an inbox answer; `is_shown` to the customer. One that is required to open is required to
 * resolve as well.
 */
export interface TicketFieldView {
  id: string
  inbox_id: string
  kind: TicketFieldKind
  name: string
  names: LocalNameView[]
  help: string
  options: string[]
  is_required_to_open: boolean
  is_required_to_resolve: boolean
  is_shown: boolean
}

/** The fields of every inbox, in order. */
export interface TicketFormList {
  fields: TicketFieldView[]
  ok: true
}

/** A field of a form. Without `id` it is a new one; the kind of a field never changes. */
export interface SaveTicketField {
  /** At least 1 characters, at most 80 characters. */
  name: string
  kind: TicketFieldKind
  id?: string | null
  /** At most 40 entries. */
  names?: LocalName[]
  /** At most 200 characters. */
  help?: string
  /** At most 100 entries. */
  options?: string[]
  is_required_to_open?: boolean
  is_required_to_resolve?: boolean
  is_shown?: boolean
}

/** `PUT /api/v1/ticket-forms/{inbox_id}`: every field in order. One that is left out is asked no more; its values stay. */
export interface SaveTicketForm {
  /** At most 100 entries. */
  fields: SaveTicketField[]
}

/**
 * A value as text: a number or a date (2026-12-24) as written, `yes` for a ticked box, a file by the id of its attachment.
 * Empty takes it away.
 */
export interface TicketValue {
  field_id: string
  /** At most 500 characters. */
  value: string
}

/** A value, and how people read it: a file by its name. */
export interface FieldValueView {
  field_id: string
  value: string
  text: string
}

/** A file the contact sent in the conversation. */
export interface FieldFileView {
  id: string
  name: string
}

/**
 * The fields of a conversation's inbox with its values. `missing` names those that are still needed to resolve, and
 * `missing_to_open` those needed for a ticket to be opened.
 */
export interface TicketFieldsAre {
  fields: TicketFieldView[]
  values: FieldValueView[]
  missing: string[]
  missing_to_open: string[]
  files: FieldFileView[]
  ok: true
}

/** `PUT /api/v1/conversations/{conversation_id}/fields`: fields left out stay as they are. */
export interface SetTicketFields {
  /** At most 100 entries. */
  values: TicketValue[]
}
