// Written by tools/types from app/contract. Change the Structs, not this file.

/** A person we help. `is_verified` only after a signed identity or an answered mail, never by their own word. */
export interface ContactView {
  id: string
  name: string
  email: string | null
  is_verified: boolean
  locale: string
  page_url: string | null
  last_seen_at: string | null
  created_at: string
}

/** Something an agent has noted of a contact, under a name of their own. */
export interface FactView {
  name: string
  value: string
}

/** The rest of what is known of a contact. `timezone` and `browser` are the visitor's browser's own word. */
export interface ContactDetailsView {
  contact_id: string
  phone: string
  company: string
  notes: string
  facts: FactView[]
  timezone: string | null
  browser: string | null
}

/** The visitor as the widget knows them. */
export interface WidgetContactView {
  id: string
  name: string
  email: string | null
  is_verified: boolean
}

/** The visitor after the change. */
export interface ContactIs {
  contact: WidgetContactView
  ok: true
}

/** The contact after the change. */
export interface ContactEdited {
  contact: ContactView
  details: ContactDetailsView
  ok: true
}

/** The visitor leaves a name or an email address, unverified. Fields left out stay as they are. */
export interface UpdateContact {
  type: "contact.update"
  /** At most 200 characters. */
  name?: string | null
  /** At most 254 characters. */
  email?: string | null
}

/** A fact under a name of the agent's own. */
export interface FactGiven {
  /** At least 1 characters, at most 60 characters. */
  name: string
  /** At most 500 characters. */
  value: string
}

/**
 * An agent writes down what they know. Fields left out stay; empty ones are cleared; `facts` replaces them all.
 * Refused for a name or address that the site itself has vouched for.
 */
export interface EditContact {
  type: "contact.edit"
  contact_id: string
  /** At most 200 characters. */
  name?: string | null
  /** At most 254 characters. */
  email?: string | null
  /** At most 40 characters. */
  phone?: string | null
  /** At most 200 characters. */
  company?: string | null
  /** At most 10000 characters. */
  notes?: string | null
  /** At most 30 entries. */
  facts?: FactGiven[] | null
}

/** A contact as agents know them now. */
export interface ContactChanged {
  type: "contact.changed"
  contact: ContactView
  details: ContactDetailsView
}
