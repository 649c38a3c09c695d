// Written by tools/types from app/contract. Change the Structs, not this file.

import type { SuggestionView } from "./articles"
import type { WidgetContactView } from "./contacts"
import type { VisitorConversationView } from "./conversations"
import type { InboxFormView } from "./inboxes"
import type { EmailPrompt, IdentityState, LauncherIcon, WidgetPosition } from "./values"

/**
 * An inbox as its widget needs it, its texts in the visitor's language where the inbox has them.
 *
 * `agent_names` are of up to four agents who are there.
 * `is_open` goes by the business hours, `is_staffed` also by the people: open, and somebody there. `opens_at` is when it
 * opens next; empty while it is open, and when it never opens. `away_text` empty stands for the widget's own words.
 * `previews_typing`: agents see what is typed before it is sent, and the visitor is told so. An archived inbox takes no
 * new conversations, and its `away_text` says so. `asks_email` is what `email_prompt` was before it had three answers.
 */
export interface WidgetInboxView {
  key: string
  name: string
  greeting: string
  away_text: string
  color: string
  position: WidgetPosition
  launcher: LauncherIcon
  locale: string
  site_url: string
  is_open: boolean
  opens_at: string | null
  is_staffed: boolean
  is_archived: boolean
  reply_seconds: number | null
  agent_names: string[]
  asks_email: boolean
  email_prompt: EmailPrompt
  form: InboxFormView | null
  shows_history: boolean
  shows_suggestions: boolean
  previews_typing: boolean
  allows_files: boolean
  max_file_bytes: number
}

/** `POST /api/v1/widget/sessions` */
export interface OpenWidget {
  /** At most 64 characters. */
  inbox_key: string
  /** At most 512 characters. */
  visitor_token?: string | null
  /** At most 8192 characters. */
  identity_token?: string | null
  /** At most 35 characters. */
  locale?: string | null
  /** At most 2000 characters. */
  page?: string | null
  /** At most 256 characters. */
  link_token?: string | null
}

/**
 * The visitor's token (give it back next time), who they are, and their conversations, newest first. `articles` are a
 * few of the help centre's, where the inbox suggests any.
 */
export interface WidgetSession {
  visitor_token: string
  contact: WidgetContactView
  inbox: WidgetInboxView
  conversations: VisitorConversationView[]
  articles: SuggestionView[]
  identity: IdentityState
  ok: true
}

/** `POST /api/v1/widget/sign-out`: the visitor's token of this browser is void from now on. */
export interface SignOutVisitor {
  /** At most 512 characters. */
  visitor_token: string
}
