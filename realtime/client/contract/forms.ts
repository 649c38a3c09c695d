// Written by tools/types from app/contract. Change the Structs, not this file.

/** One field of a form and what was filled in. */
export interface FieldValue {
  /** At least 1 characters, at most 60 characters. */
  name: string
  /** At most 200 characters. */
  value: string
}

/**
 * A visitor's own details from the form before the chat. Unverified until proven. `more` are the form's other fields, by
 * their keys.
 */
export interface PrechatFields {
  /** At most 200 characters. */
  name?: string | null
  /** At most 254 characters. */
  email?: string | null
  /** At most 40 characters. */
  phone?: string | null
  /** At most 20 entries. */
  more?: FieldValue[]
}

/**
 * The visitor fills in the form that the inbox asks for after the first message. Refused as `invalid` while a required
 * field is empty. Sent again, it replaces what it said before.
 */
export interface SubmitForm {
  type: "form.submit"
  conversation_id: string
  fields: PrechatFields
}
