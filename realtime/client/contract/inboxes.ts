// Written by tools/types from app/contract. Change the Structs, not this file.

import type { Channel, EmailPrompt, FormFieldKind, FormWhen, LauncherIcon, PageOutcome, SightingOutcome, WidgetPosition } from "./values"

/** The greeting and the away text in one language. Empty: the widget's own words. */
export interface InboxTextView {
  locale: string
  greeting: string
  away: string
}

/**
 * A field of a form. `key` names its answer; a label may be empty for a name, an email or a phone number, which the
 * widget names in the visitor's language. `options` are those of a choice.
 */
export interface FormFieldView {
  key: string
  label: string
  kind: FormFieldKind
  options: string[]
  is_required: boolean
}

/** Fields asked for before the first message, or after it. */
export interface InboxFormView {
  when: FormWhen
  fields: FormFieldView[]
}

/**
 * Everything an admin decides about an inbox. `greeting` and `away` are those of `locale`, `texts` those of its other
 * languages. `secret_changed_at` is when the identity secret was last shown, empty when it never was; `archived_at` is
 * empty while the inbox is in use. `open_count` counts its open conversations.
 */
export interface InboxDetailsView {
  id: string
  key: string
  name: string
  channel: Channel
  team_id: string | null
  hours_id: string | null
  locale: string
  languages: string[]
  greeting: string
  away: string
  texts: InboxTextView[]
  color: string
  position: WidgetPosition
  launcher: LauncherIcon
  site_url: string
  allowed_origins: string[]
  shows_history: boolean
  shows_suggestions: boolean
  shows_visitors: boolean
  previews_typing: boolean
  allows_files: boolean
  tells_escalations: boolean
  has_web_form: boolean
  email_prompt: EmailPrompt
  form: InboxFormView | null
  open_count: number
  secret_changed_at: string | null
  archived_at: string | null
  changed_at: string | null
  changed_by: string
  created_at: string
}

/**
 * A site whose script tag asked for an inbox: `ok`, `blocked` because the site is not allowed, or `unknown_key` because
 * no inbox has the key it names.
 */
export interface InboxSightingView {
  key: string
  origin: string
  page: string
  outcome: SightingOutcome
  seen_at: string
}

/** A doorway conversations arrive by, as agents see it. `field_keys` name the answers its form asks for. */
export interface InboxView {
  id: string
  key: string
  name: string
  channel: Channel
  team_id: string | null
  shows_visitors: boolean
  previews_typing: boolean
  hours_id: string | null
  email_prompt: EmailPrompt
  field_keys: string[]
  is_archived: boolean
}

/**
 * The inbox opened, closed, or is staffed now or no longer; said on connecting, too. `agent_names` are of up to four
 * agents who are there; `opens_at` is when it opens next, empty while it is open.
 */
export interface InboxAvailability {
  type: "inbox.availability"
  is_open: boolean
  is_staffed: boolean
  opens_at: string | null
  reply_seconds: number | null
  agent_names: string[]
}

/** `POST /api/v1/inboxes/{id}`: fields left out stay. */
export interface SetInbox {
  shows_visitors?: boolean | null
  previews_typing?: boolean | null
}

/** The inbox after the change. */
export interface InboxIs {
  inbox: InboxView
  ok: true
}

/** The greeting and the away text in one language. */
export interface InboxText {
  /** At most 35 characters. */
  locale: string
  /** At most 500 characters. */
  greeting?: string
  /** At most 500 characters. */
  away?: string
}

/** A field of a form. Only a name, an email and a phone number may do without a label; only a choice has options. */
export interface FormField {
  /** At most 40 characters. */
  key: string
  kind: FormFieldKind
  /** At most 100 characters. */
  label?: string
  /** At most 30 entries. */
  options?: string[]
  is_required?: boolean
}

/** Fields asked for before the first message, or after it. */
export interface InboxForm {
  /** At least 1 entries, at most 20 entries. */
  fields: FormField[]
  when?: FormWhen
}

/**
 * `POST /api/v1/inboxes` and `PUT /api/v1/inboxes/{id}`, which replaces: a field left out goes back to its default.
 *
 * Without a `key` a new inbox gets one made of its name; it never changes afterwards. Empty texts stand for the widget's
 * own words; `allowed_origins` empty lets every site show the widget.
 */
export interface SaveInbox {
  /** At most 200 characters, at least 1 characters. */
  name: string
  channel: "chat"
  /** At most 64 characters. */
  key?: string | null
  team_id?: string | null
  hours_id?: string | null
  /** At most 35 characters. */
  locale?: string
  /** At most 20 entries. */
  languages?: string[]
  /** At most 500 characters. */
  greeting?: string
  /** At most 500 characters. */
  away?: string
  /** At most 20 entries. */
  texts?: InboxText[]
  color?: string
  position?: WidgetPosition
  launcher?: LauncherIcon
  /** At most 2000 characters. */
  site_url?: string
  /** At most 50 entries. */
  allowed_origins?: string[]
  shows_history?: boolean
  shows_suggestions?: boolean
  shows_visitors?: boolean
  previews_typing?: boolean
  allows_files?: boolean
  tells_escalations?: boolean
  has_web_form?: boolean
  email_prompt?: EmailPrompt
  form?: InboxForm | null
}

/** Every inbox by name, archived ones included. */
export interface InboxList {
  inboxes: InboxDetailsView[]
  ok: true
}

/** The inbox after the change. */
export interface InboxDetailsAre {
  inbox: InboxDetailsView
  ok: true
}

/** The new identity secret, shown this once. */
export interface InboxSecretIs {
  identity_secret: string
  inbox: InboxDetailsView
  ok: true
}

/** Pages where the inbox's script was seen, latest first, and tags that name a key no inbox has. */
export interface InboxSightings {
  sightings: InboxSightingView[]
  unknown: InboxSightingView[]
  ok: true
}

/** The address of a page that is to carry the snippet. */
export interface CheckPage {
  /** At most 2000 characters. */
  url: string
}

/**
 * The result of a check of the page's HTML for the snippet. `key` is the inbox it names, empty without one. `found`,
 * `other_key`, `blocked_by_csp` (the page's Content-Security-Policy lets no browser load it), `not_found` (a tag manager
 * may still add it), `private_address`, or `unreachable`, also for a page that answers with an error.
 */
export interface PageCheckIs {
  url: string
  outcome: PageOutcome
  key: string
  ok: true
}
