// Written by tools/types from app/contract. Change the Structs, not this file.

export const CONTRACT_VERSION = 1

/** The longest text, in characters, or list each named value may be. */
export const LIMITS = {
  messageBody: 10000,
  preview: 500,
  line: 200,
  tag: 40,
  statusKey: 40,
  url: 2000,
  attachments: 10,
  email: 254,
  emailOrNone: 254,
  articleTitle: 200,
  articleCategory: 60,
  articleBody: 100000,
  articleSlug: 100,
  articleLocale: 35,
} as const

export type Channel = "chat" | "email" | "form" | "sms"

export type Visibility = "public" | "internal"

export type Category = "new" | "open" | "waiting" | "resolved" | "closed"

export type Priority = "low" | "medium" | "high" | "urgent"

export type Presence = "online" | "away" | "busy" | "offline"

export type RoutingMode = "least_load" | "round_robin" | "manual"

export type Role = "agent" | "supervisor" | "admin"

export type ListView = "mine" | "unassigned" | "all"

export type Shelf = "open" | "resolved"

export type ConfigArea =
  | "workspace"
  | "inboxes"
  | "people"
  | "hours"
  | "articles"
  | "mail"
  | "routing"
  | "replies"
  | "proactive"
  | "sla"
  | "tickets"

export type StatusColor = "gray" | "blue" | "cyan" | "teal" | "green" | "violet" | "pink" | "brown"

export type ClockMode = "runs" | "pauses" | "stops"

export type Sort = "newest" | "waiting" | "queue" | "priority" | "status" | "topic"

export type StepKind = "status" | "priority" | "assign" | "snooze" | "tag" | "untag" | "reply" | "note"

export type IdentityState = "none" | "verified" | "expired" | "early"

export type WidgetPosition = "right" | "left"

export type LauncherIcon = "bubble" | "question" | "envelope"

export type EmailPrompt = "never" | "ask" | "require"

export type FormWhen = "before" | "after"

export type FormFieldKind = "name" | "email" | "phone" | "text" | "number" | "choice" | "checkbox"

export type PageOutcome = "found" | "other_key" | "blocked_by_csp" | "not_found" | "private_address" | "unreachable"

export type SightingOutcome = "ok" | "blocked" | "unknown_key"

export type InvitationState = "none" | "sent" | "shown" | "dismissed"

export type VisitorKind = "any" | "new" | "returning"

export type Staffing = "any" | "staffed" | "unstaffed"

export type AuthorKind = "contact" | "agent" | "bot" | "system"

export type NoticeKind =
  | "no_inbox"
  | "no_mail_host"
  | "files_full"
  | "snippet_not_seen"
  | "rule"
  | "team_without_members"
  | "team_without_capacity"
  | "removed_agent"
  | "clock_jump"
  | "clock_differs"
  | "disk_low"
  | "database_damaged"
  | "escalation"

export type ChecklistItemKey = "workspace" | "inbox" | "snippet" | "people" | "hours" | "article" | "mail" | "chat"

export type RuleTrouble =
  | "always_matches"
  | "never_matches"
  | "has_not_matched"
  | "does_nothing"
  | "missing_inbox"
  | "missing_team"
  | "empty_team"
  | "nobody_has_skills"
  | "nobody_speaks"
  | "no_hours"

export type Stuck = "everyone_declined" | "nobody_speaks" | "nobody_has_skills"

export type Unserved = "no_members" | "no_capacity" | "nobody_online"

export type SystemCode =
  | "joined"
  | "assigned"
  | "unassigned"
  | "missed"
  | "declined"
  | "left"
  | "transferred"
  | "queued"
  | "resolved"
  | "closed"
  | "reopened"
  | "snoozed"
  | "escalated"
  | "escalation_reason"
  | "deescalated"
  | "ticket_changed"
  | "ticket_opened"
  | "ended_by_contact"
  | "whispered"
  | "email_asked"

export type ErrorCode =
  | "invalid"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "rate_limited"
  | "too_large"
  | "unavailable"
  | "internal"

export type ActorKind = "agent" | "contact" | "visitor" | "api_token" | "rule" | "operator" | "parley"

export type Door = "inbox" | "widget" | "api" | "email" | "job" | "rule" | "cli"

export type ArticleState = "draft" | "published" | "archived"

export type ImportOutcome = "created" | "updated" | "unchanged" | "refused"

export type ImportTrouble =
  | "not_markdown"
  | "unsafe_name"
  | "encrypted"
  | "too_large"
  | "not_text"
  | "broken_front_matter"
  | "bad_field"
  | "no_text"
  | "no_address"
  | "same_address"

export type MailState = "queued" | "waiting" | "held" | "retrying" | "sent" | "failed" | "discarded"

export type Verdict =
  | "chosen"
  | "not_here"
  | "away"
  | "busy"
  | "offline"
  | "missing_skill"
  | "missing_language"
  | "full"
  | "full_on_channel"
  | "not_taking"
  | "has_passed"
  | "handed_over"
  | "more_load"
  | "served_later"
  | "by_hand_only"

export type SlaClockName =
  | "first_response"
  | "next_response"
  | "periodic_update"
  | "resolution"
  | "customer_wait"
  | "agent_work"
  | "escalation_response"

export type SlaProgress = "running" | "paused" | "kept" | "missed" | "given_up"

/** The command succeeded; there is nothing more to say. */
export interface Done {
  ok: true
}

/** The command was refused. `missed` holds the messages a stale reply had not seen; `retry_seconds` when to try again. */
export interface Refused {
  code: ErrorCode
  detail: string
  retry_seconds: number | null
  missed: MessageView[]
  ok: false
}

/** One field that changed. Texts are as they are, anything else is JSON; empty where there was or is nothing. */
export interface ChangeView {
  name: string
  before: string | null
  after: string | null
}

/**
 * One change of a conversation: `action` is the command's name or what happened by itself. `actor_name` is empty for
 * contacts and for Parley itself; `agent_id` and `team_id` are the colleague and team concerned; `cause` is what made it
 * happen.
 */
export interface ActivityView {
  id: string
  conversation_id: string
  at: string
  action: string
  actor_kind: ActorKind
  actor_id: string | null
  actor_name: string
  door: Door | null
  object_kind: string | null
  object_id: string | null
  agent_id: string | null
  team_id: string | null
  cause: string | null
  changes: ChangeView[]
}

/** The name of an agent or a team that changes name by id. */
export interface NameView {
  id: string
  name: string
}

/**
 * `GET /api/v1/conversations/{id}/timeline`: changes in their order, to be shown between the messages by `at`. `earlier` is
 * what to give as `before` for the page before, empty at the beginning. `names` holds every agent and team in them.
 */
export interface TimelinePage {
  activities: ActivityView[]
  names: NameView[]
  earlier: string | null
  ok: true
}

/** Changes were made to a conversation, in this order. Sent to agents who have it open. */
export interface ActivityAdded {
  type: "activity.added"
  conversation_id: string
  activities: ActivityView[]
}

/** A passage of an article that may answer. `score` is the cosine in -1..1 (with what words and feedback added). */
export interface SuggestionView {
  article_id: string
  title: string
  heading: string
  passage: string
  url: string
  score: number
  why: string
}

/**
 * Passages that may answer, best first; empty when nothing fits. `is_by_words`: articles are not encoded yet, so only
 * words were compared; ask again in a few seconds.
 */
export interface ArticlesFound {
  suggestions: SuggestionView[]
  is_by_words: boolean
  ok: true
}

/** Find help-centre passages for what the visitor has typed so far. */
export interface SearchArticles {
  type: "article.search"
  /** At least 1 characters, at most 500 characters. */
  query: string
}

/** Look for articles that answer what the contact of a conversation asks for. Refused while the server is strained. */
export interface SuggestArticles {
  type: "article.suggest"
  conversation_id: string
}

/**
 * Articles that may answer the contact's last messages, best first. `seq` is the last message considered. `is_by_words`:
 * articles are not encoded yet, so only words were compared.
 */
export interface SuggestionsReady {
  type: "suggestions.ready"
  conversation_id: string
  seq: number
  suggestions: SuggestionView[]
  is_by_words: boolean
}

/**
 * `POST /api/v1/articles` and `PUT /api/v1/articles/{id}`. Without a slug, a new article's address is made from its
 * title and a changed one keeps its own. `seen_at` is the article's `updated_at` as the editor last saw it: when someone
 * else has changed the article since, the change is refused as a conflict.
 */
export interface SaveArticle {
  /** At least 1 characters, at most 200 characters. */
  title: string
  /** At least 1 characters, at most 100000 characters. */
  body: string
  /** At least 1 characters, at most 60 characters. */
  category: string
  /** At least 2 characters, at most 35 characters. */
  locale?: string
  state?: ArticleState
  audience?: Visibility
  /** At most 100 characters. */
  slug?: string
  seen_at?: string | null
}

/** `POST /api/v1/articles/preview`: a title and a text that need not be finished. */
export interface PreviewArticle {
  /** At most 200 characters. */
  title: string
  /** At most 100000 characters. */
  body: string
  /** At least 2 characters, at most 35 characters. */
  locale?: string
}

/**
 * An article in the list. `path` is its address in the help centre, empty unless readers can open it; `helpful` and
 * `unhelpful` count readers' votes; `edited_by` is the last editor's name.
 */
export interface ArticleRowView {
  id: string
  slug: string
  title: string
  category: string
  locale: string
  state: ArticleState
  audience: Visibility
  path: string
  helpful: number
  unhelpful: number
  edited_by: string | null
  created_at: string
  updated_at: string
}

/** A reason a reader gave for why an article did not help. */
export interface ArticleReasonView {
  text: string
  created_at: string
}

/**
 * Articles, the last edited first. `next` is the cursor of the following page. `categories` and `locales` are all in
 * use, whatever the filter.
 */
export interface ArticlePage {
  articles: ArticleRowView[]
  next: string | null
  categories: string[]
  locales: string[]
  ok: true
}

/** An article with its text, and the newest reasons of readers whom it did not help. */
export interface ArticleIs {
  article: ArticleRowView
  body: string
  reasons: ArticleReasonView[]
  ok: true
}

/** The article as the help centre shows it: the HTML of its content, and the direction of its language. */
export interface ArticlePreviewIs {
  html: string
  dir: "ltr" | "rtl"
  ok: true
}

/**
 * A file of an import and what became of it. `trouble` says why it was refused, `field` which line of its front
 * matter is wrong.
 */
export interface ImportedFileView {
  name: string
  outcome: ImportOutcome
  title: string
  trouble: ImportTrouble | null
  field: string
}

/** Every file of an import. After a dry run nothing is written and the outcomes are what an import would do. */
export interface ArticlesImported {
  is_dry: boolean
  created: number
  updated: number
  unchanged: number
  refused: number
  files: ImportedFileView[]
  ok: true
}

/** Take what was offered. Answering or opening it does the same. Refused as `conflict` once it has gone on. */
export interface AcceptConversation {
  type: "conversation.accept"
  conversation_id: string
}

/** Not me: what was offered goes on at once. */
export interface DeclineConversation {
  type: "conversation.decline"
  conversation_id: string
}

/** Take an unassigned conversation. Refused as `conflict` if a colleague was first. */
export interface ClaimConversation {
  type: "conversation.claim"
  conversation_id: string
}

/** Give to an agent, to a team's queue, or (both empty) back to the queue it came from. */
export interface AssignConversation {
  type: "conversation.assign"
  conversation_id: string
  agent_id?: string | null
  team_id?: string | null
}

/** Hand over to an agent or a team, with a note for whoever takes it. */
export interface TransferConversation {
  type: "conversation.transfer"
  conversation_id: string
  agent_id?: string | null
  team_id?: string | null
  /** At most 10000 characters. */
  note?: string
}

/** You were given this conversation, and why. With `until` you have until then to accept it, or it goes on. */
export interface AssignmentOffered {
  type: "assignment.offered"
  conversation_id: string
  reason: string
  until: string | null
}

/** Something more about what was done. */
export interface AuditDetailView {
  name: string
  value: string
}

/**
 * One change: `action` is the command's name or what happened by itself, `by_id` the agent who did it (empty for any other
 * actor), `agent_id` the colleague it concerned, `changes` from what to what, `detail` what was asked for besides.
 */
export interface AuditLineView {
  id: string
  action: string
  by_id: string | null
  by_name: string
  actor_kind: ActorKind
  conversation_id: string | null
  agent_id: string | null
  team_id: string | null
  changes: ChangeView[]
  detail: AuditDetailView[]
  created_at: string
}

/** `GET /api/v1/audit`: a page of changes, newest first. */
export interface AuditPage {
  lines: AuditLineView[]
  next: string | null
  ok: true
}

/** A conversation that was left as it was, and why. */
export interface NotChanged {
  conversation_id: string
  code: ErrorCode
  detail: string
}

/** The conversations after the change, and those that were refused it. */
export interface ManyChanged {
  conversations: ConversationView[]
  failed: NotChanged[]
  ok: true
}

/**
 * Changes to some conversations, all of it or nothing for each. With `moves`, the owner becomes `agent_id` or `team_id`,
 * or nobody. `topic` is the ticket's: refused as `not_found` where there is no ticket.
 */
export interface Change {
  /** At least 1 entries, at most 200 entries. */
  conversation_ids: string[]
  /** At most 40 characters. */
  status?: string | null
  priority?: Priority | null
  /** At least 1 characters, at most 60 characters. */
  topic?: string | null
  snooze_until?: string | null
  moves?: boolean
  agent_id?: string | null
  team_id?: string | null
  /** At most 20 entries. */
  add_tags?: string[]
  /** At most 20 entries. */
  remove_tags?: string[]
}

/**
 * Change up to 200 conversations at once, or put them back, each group in its own way. What is refused for one leaves
 * the others alone. The same again changes nothing more.
 */
export interface ChangeConversations {
  type: "conversations.bulk"
  /** At least 1 entries, at most 200 entries. */
  changes: Change[]
}

/**
 * Take back my last change to each of these, whichever it was: status, clocks, place in the queue, owner, offer, snooze,
 * priority, topic and tags are as before it. Refused as `conflict` for one to which anything has happened since.
 */
export interface UndoConversations {
  type: "conversations.undo"
  /** At least 1 entries, at most 200 entries. */
  conversation_ids: string[]
}

/** This node is about to stop; connect again after `retry_seconds`. */
export interface GoingAway {
  type: "going_away"
  retry_seconds: number
}

/** Your session or token was revoked; the connection closes. */
export interface SignedOut {
  type: "signed_out"
}

/** Events since the cursor. `is_fresh`: this is a new stream, so sync what you hold first, as after connecting. */
export interface EventPage {
  events: unknown[]
  cursor: string
  is_fresh: boolean
  ok: true
}

/** A contact's conversations, newest first. `next` is the cursor of the following page, empty at the end. */
export interface ContactHistory {
  conversations: ConversationView[]
  next: string | null
  ok: true
}

/** Everything known of a contact besides their conversations; each list newest first. */
export interface ContactKnown {
  contact: ContactView
  details: ContactDetailsView
  pages: PageView[]
  tickets: TicketView[]
  scores: ScoreView[]
  ok: true
}

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

/** The contact after the change. */
export interface ContactEdited {
  contact: ContactView
  details: ContactDetailsView
  ok: true
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

/**
 * A conversation as agents see it.
 *
 * While `offer_until` is set, `agent_id` has been offered it and has until then to accept. `status` is the key of a status, `category` what it amounts to. `waiting_since` is when the contact began to wait
 * for an answer, empty when it is their turn. `unread_count` counts the contact's messages no agent has read.
 */
export interface ConversationView {
  id: string
  inbox_id: string
  channel: Channel
  contact: ContactView
  status: string
  category: Category
  priority: Priority
  agent_id: string | null
  offer_until: string | null
  team_id: string | null
  seq: number
  rev: number
  marks: MarksView
  preview: string
  last_message_at: string
  waiting_since: string | null
  queued_at: string | null
  snoozed_until: string | null
  escalation_level: number
  escalation_reason: string
  unread_count: number
  tags: string[]
  ticket: TicketView | null
  created_at: string
}

/** A conversation as its contact sees it. `agent_name` is empty until somebody has it; `rating` once given. */
export interface VisitorConversationView {
  id: string
  category: Category
  seq: number
  marks: MarksView
  agent_name: string | null
  queue: QueueView | null
  ticket_number: number | null
  rating: number | null
  preview: string
  last_message_at: string
  created_at: string
}

/** The conversation the first message went to. */
export interface Started {
  conversation: VisitorConversationView
  message: MessageView
  ok: true
}

/** The conversation after the change. */
export interface Changed {
  conversation: ConversationView
  ok: true
}

/** The conversation after the visitor's change. */
export interface Ended {
  conversation: VisitorConversationView
  ok: true
}

/**
 * A visitor's first message, with the form's fields where the inbox asks for them before it. Refused as `invalid` while
 * one that is required is missing. While one conversation is open in the inbox, the message goes there. An answer to what
 * we said first names it (`greeting_id`), and the conversation begins with that.
 */
export interface StartConversation {
  type: "conversation.start"
  client_id: string
  /** At most 10000 characters. */
  body: string
  fields?: PrechatFields | null
  /** At most 10 entries. */
  attachment_ids?: string[]
  /** At most 2000 characters. */
  page_url?: string | null
  greeting_id?: string | null
}

/** The visitor has finished; the conversation is resolved. */
export interface EndConversation {
  type: "conversation.end"
  conversation_id: string
}

/** Set a status by key. Resolving frees the agent; setting an open status reopens. */
export interface SetStatus {
  type: "conversation.set_status"
  conversation_id: string
  /** At most 40 characters. */
  status: string
}

/** Set the priority; the queue is served in this order first. */
export interface SetPriority {
  type: "conversation.set_priority"
  conversation_id: string
  priority: Priority
}

/** Set aside until a time; it comes back open to the same agent, or at once when the contact writes. */
export interface SnoozeConversation {
  type: "conversation.snooze"
  conversation_id: string
  until: string
}

/**
 * Ask the visitor for an email address: their widget shows the question. Refused as `conflict` when there is one; asked
 * again before anything else was said, it changes nothing.
 */
export interface AskEmail {
  type: "contact.ask_email"
  conversation_id: string
}

/** The agent looks at this conversation now (empty: at none). Colleagues are told. */
export interface ViewConversation {
  type: "conversation.view"
  conversation_id: string | null
}

/** The conversation as agents see it now. Older than what you hold (`rev`): drop it. */
export interface ConversationChanged {
  type: "conversation.changed"
  conversation: ConversationView
}

/** The conversation as its contact sees it now. */
export interface VisitorConversationChanged {
  type: "conversation.changed"
  conversation: VisitorConversationView
}

/** The agents who look at the conversation now. */
export interface ViewersChanged {
  type: "viewers.changed"
  conversation_id: string
  agent_ids: string[]
}

/** An agent's draft in a conversation, for their eyes alone. Empty once it is sent or given up. */
export interface DraftView {
  conversation_id: string
  visibility: Visibility
  body: string
  attachments: AttachmentView[]
  changed_at: string
}

/** The draft as kept. */
export interface DraftIs {
  draft: DraftView
  ok: true
}

/** Keep what has been written so far, for this agent alone. Without words, files and note mode it is forgotten. */
export interface SaveDraft {
  type: "draft.save"
  conversation_id: string
  /** At most 20000 characters. */
  body: string
  visibility?: Visibility
  /** At most 10 entries. */
  attachment_ids?: string[]
}

/** You wrote, sent or gave up a draft, here or elsewhere. */
export interface DraftChanged {
  type: "draft.changed"
  draft: DraftView
}

/** Raise the level, with the reason. */
export interface EscalateConversation {
  type: "conversation.escalate"
  conversation_id: string
  /** From 1, to 3. */
  level: number
  /** At least 1 characters, at most 2000 characters. */
  reason: string
}

/** Take an escalation back: level 0, without a reason. */
export interface DeescalateConversation {
  type: "conversation.deescalate"
  conversation_id: string
}

/** A colleague asks supervisors and admins to look at a conversation. */
export interface ConversationEscalated {
  type: "conversation.escalated"
  conversation_id: string
  contact_name: string
  level: number
  reason: string
  by_id: string
  by_name: string
}

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

/**
 * A conversation that is not this agent's, or no longer, as a list shows it. Fields are as in the conversation. Older
 * than what you hold (`rev`): drop it. Not held and now on the list you show: ask for it.
 */
export interface ConversationMoved {
  type: "conversation.moved"
  conversation_id: string
  inbox_id: string
  rev: number
  seq: number
  status: string
  category: Category
  priority: Priority
  agent_id: string | null
  offer_until: string | null
  team_id: string | null
  unread_count: number
  preview: string
  last_message_at: string
  waiting_since: string | null
  queued_at: string | null
  snoozed_until: string | null
  escalation_level: number
  escalation_reason: string
  tags: string[]
}

/** A list a screen shows. Narrower filters are the screen's own: it is told of all that these fields let through. */
export interface WatchedList {
  view: ListView
  shelf: Shelf
  team_id?: string | null
  inbox_id?: string | null
}

/**
 * Say what this connection shows, as often as that changes: from then on it hears of the agent's own conversations, of
 * what waits in their teams' queues, and of this. One that never says so hears of every inbox the agent may view.
 *
 * `conversation_ids` are the conversations it keeps at hand, all of whose events it hears. Of what `lists` hold it hears
 * messages, and changes as `conversation.moved`. With `people` it hears of every colleague's presence, else of those in the
 * same teams; with `tickets` of every ticket.
 */
export interface WatchScreen {
  type: "screen.watch"
  /** At most 8 entries. */
  lists?: WatchedList[]
  /** At most 80 entries. */
  conversation_ids?: string[]
  people?: boolean
  tickets?: boolean
}

/** The filter and order of a list; fields left out narrow nothing. */
export interface ListFilter {
  view?: ListView
  shelf?: Shelf
  /** At most 200 characters. */
  query?: string
  /** At most 40 characters. */
  tag?: string
  priority?: Priority | null
  /** At most 40 characters. */
  status?: string
  team_id?: string | null
  inbox_id?: string | null
  agent_id?: string | null
  sort?: Sort
}

/**
 * Conversations in the order of the view. `next` is the cursor of the following page, empty at the end. `is_reading`
 * says of a search that words of many messages are still being put into the index, after a restore, say: it may lack
 * some.
 */
export interface ConversationPage {
  conversations: ConversationView[]
  next: string | null
  is_reading: boolean
  ok: true
}

/** The number of conversations a saved view holds, counted up to 1,000. */
export interface SavedCount {
  id: string
  count: number
}

/** The numbers of open conversations in each view, and in each saved view of this agent. */
export interface ConversationCounts {
  mine: number
  unassigned: number
  all: number
  saved: SavedCount[]
  ok: true
}

/**
 * `GET /api/v1/mail/status`: how mail leaves, and how many mails have not left.
 *
 * `host` is empty without a mail host. `waiting` wait for one; `held` waited longer than `max_age_hours` and leave only
 * when an admin says so. `problem` is the latest reason a mail did not leave. `mail_ok_at` is when the mail host last
 * accepted a test mail.
 */
export interface MailStatus {
  host: string | null
  sender: string
  waiting: number
  held: number
  queued: number
  retrying: number
  failed: number
  problem: string | null
  max_age_hours: number
  mail_ok_at: string | null
  ok: true
}

/** `POST /api/v1/mail/test`: whether the mail host accepted a mail to `recipient`, in a sentence. */
export interface MailTested {
  is_accepted: boolean
  recipient: string
  says: string
  mail_ok_at: string | null
  ok: true
}

/** `POST /api/v1/mail/held`: send the mail that waited too long after all, or discard it. */
export interface SettleHeldMail {
  do: "send" | "discard"
}

/** The author of a message. `id` is empty for the system; a contact without a name has an empty name. */
export interface AuthorView {
  kind: AuthorKind
  id: string | null
  name: string
}

/** A file. Fetch `url` with the same credentials as everything else; pixels only for raster images shown inline. */
export interface AttachmentView {
  id: string
  name: string
  content_type: string
  size: number
  width: number | null
  height: number | null
  url: string
}

/**
 * One utterance.
 *
 * `seq` is its place in what both sides see, empty for an internal note. `rev` is the conversation's revision that
 * brought it, shown to agents only. `system` names what happened for messages written by Parley; `body` says it in
 * English for readers who do not know the code, `author.name` says who did it. `whispered` marks a supervisor's own words. `client_id` is the writer's own key.
 */
export interface MessageView {
  id: string
  client_id: string | null
  conversation_id: string
  seq: number | null
  rev: number | null
  author: AuthorView
  visibility: Visibility
  channel: Channel
  system: SystemCode | null
  body: string
  attachments: AttachmentView[]
  created_at: string
}

/**
 * The positions each side has reached: every message with `seq` at most the figure was delivered to, or read by, that
 * side.
 *
 * Authors have read up to their own message; no `message.marked` says so besides.
 */
export interface MarksView {
  contact_delivered_seq: number
  contact_read_seq: number
  agent_delivered_seq: number
  agent_read_seq: number
}

/** The message as stored: durable, ordered, told to everyone who may read it. */
export interface Sent {
  message: MessageView
  ok: true
}

/** A visitor writes. Reopens a resolved conversation. */
export interface VisitorSendMessage {
  type: "message.send"
  client_id: string
  conversation_id: string
  /** At most 10000 characters. */
  body: string
  /** At most 10 entries. */
  attachment_ids?: string[]
}

/** An agent writes. With `seen_seq`, refused as `conflict` if the contact or a colleague has written since. */
export interface AgentSendMessage {
  type: "message.send"
  client_id: string
  conversation_id: string
  /** At most 10000 characters. */
  body: string
  visibility?: Visibility
  /** From 0. */
  seen_seq?: number | null
  /** At most 10 entries. */
  attachment_ids?: string[]
}

/**
 * The writer started or stopped typing. Readers let it lapse after 6 s without a repeat. `preview` is what a visitor
 * has typed so far (the last of it, when it is long); it is passed on only where the inbox says so, and kept nowhere.
 */
export interface SetTyping {
  type: "typing.set"
  conversation_id: string
  typing: boolean
  /** At most 500 characters. */
  preview?: string
}

/** A message was written. Notes reach agents only; visitors are never shown a `rev`. */
export interface MessageCreated {
  type: "message.created"
  message: MessageView
}

/**
 * Somebody started or stopped typing. To visitors `author_id` is empty. Lapses after 6 s. `preview` is what a visitor has
 * typed so far; only agents are told, and only of an inbox with `previews_typing`.
 */
export interface TypingChanged {
  type: "typing.changed"
  conversation_id: string
  author_kind: string
  author_id: string | null
  author_name: string
  typing: boolean
  preview: string
}

/** A file, ready to be named in a message. */
export interface Uploaded {
  attachment: AttachmentView
  ok: true
}

/** The most conversations of one channel an agent is given. */
export interface ChannelCapacityView {
  channel: Channel
  capacity: number
}

/**
 * Someone who answers. `presence` is what others may count on now: offline as soon as the lease has lapsed.
 *
 * `reason` is the name of why they are not available, `is_idle` that they only have not touched a key, `forced_by_id` the
 * supervisor who set their presence. `load` counts their conversations, `weight` is what these take of `capacity`: less
 * for some channels, and half for one that has been silent for ten minutes. `idle_seconds` is after how long without a
 * touch their browser reports them idle, empty for never. Routing gives nothing to one who is not `takes_chats`.
 */
export interface AgentView {
  id: string
  name: string
  email: string
  role: Role
  presence: Presence
  presence_since: string
  reason: string
  is_idle: boolean
  forced_by_id: string | null
  load: number
  weight: number
  capacity: number
  takes_chats: boolean
  channel_capacity: ChannelCapacityView[]
  skills: string[]
  languages: string[]
  idle_seconds: number | null
  team_ids: string[]
}

/**
 * A group of agents. An offer may stay untaken for `accept_seconds` (0: nobody needs to accept), then it goes on, at
 * last to the lead. A wait of `longest_seconds` is overdue, and due soon from four fifths on; empty while the team has set
 * nothing. With `takes_on_reply` a reply to a conversation without an owner makes it the writer's.
 */
export interface TeamView {
  id: string
  name: string
  mode: RoutingMode
  accept_seconds: number
  lead_id: string | null
  takes_on_reply: boolean
  longest_seconds: number | null
}

/** `POST /api/v1/agents` */
export interface CreateAgent {
  /** At least 1 characters, at most 200 characters. */
  name: string
  /** At most 254 characters. */
  email: string
  /** At least 8 characters, at most 256 characters. */
  password: string
  role?: Role
  /** At most 100 entries. */
  team_ids?: string[]
}

/** `POST /api/v1/teams` */
export interface CreateTeam {
  /** At most 200 characters, at least 1 characters. */
  name: string
}

/** The agent after the change. */
export interface AgentIs {
  agent: AgentView
  ok: true
}

/** The team after the change. */
export interface TeamIs {
  team: TeamView
  ok: true
}

/** `POST /api/v1/agents/invitations`: an address that is invited already gets a new link, with this role and teams. */
export interface InviteAgent {
  /** At most 254 characters. */
  email: string
  role?: Role
  /** At most 100 entries. */
  team_ids?: string[]
}

/** An invitation that was not accepted yet. From `expires_at` on its link is void until it is sent again. */
export interface InvitationView {
  id: string
  email: string
  role: Role
  team_ids: string[]
  invited_by_name: string
  created_at: string
  expires_at: string
}

/** The invitation and its link, shown this once. `is_mailed` says whether the link was mailed as well. */
export interface InvitationIs {
  invitation: InvitationView
  link: string
  is_mailed: boolean
  ok: true
}

/** `POST /api/v1/invitations/look` and `POST /api/v1/password-resets/look` */
export interface LookAtToken {
  /** At least 1 characters, at most 100 characters. */
  token: string
}

/** The invitation a link belongs to. */
export interface InvitedTo {
  email: string
  role: Role
  invited_by_name: string
  workspace_name: string
  ok: true
}

/** `POST /api/v1/invitations/accept`: choose a name and a password, and be signed in. */
export interface AcceptInvitation {
  /** At least 1 characters, at most 100 characters. */
  token: string
  /** At most 200 characters, at least 1 characters. */
  name: string
  /** At least 8 characters, at most 256 characters. */
  password: string
}

/** `PUT /api/v1/agents/{agent_id}`: name, role and teams, each replaced. */
export interface SaveAgent {
  /** At most 200 characters, at least 1 characters. */
  name: string
  role: Role
  /** At most 100 entries. */
  team_ids: string[]
}

/** A one-time link to choose a new password, shown this once. `is_mailed` says whether it was mailed as well. */
export interface ResetLink {
  link: string
  is_mailed: boolean
  ok: true
}

/** `POST /api/v1/password-resets`: mail a link to this address, if it belongs to an agent. */
export interface ForgottenPassword {
  /** At most 254 characters. */
  email: string
}

/** The account a reset link belongs to. */
export interface ResetFor {
  email: string
  name: string
  ok: true
}

/** `POST /api/v1/password-resets/use`: choose a new password, and be signed in. */
export interface UseReset {
  /** At least 1 characters, at most 100 characters. */
  token: string
  /** At least 8 characters, at most 256 characters. */
  password: string
}

/** `PUT /api/v1/me/name` */
export interface SetOwnName {
  /** At most 200 characters, at least 1 characters. */
  name: string
}

/** `PUT /api/v1/me/password`: all other sessions end. */
export interface SetOwnPassword {
  /** At most 256 characters. */
  old_password: string
  /** At least 8 characters, at most 256 characters. */
  password: string
}

/** A browser an agent is signed in with. `is_this` is the one that asks. */
export interface SessionView {
  id: string
  user_agent: string
  created_at: string
  last_seen_at: string
  is_this: boolean
}

/** An agent's own sessions, this one first, then the last seen. */
export interface SessionList {
  sessions: SessionView[]
  ok: true
}

/** An agent as admins manage them. `open_count` is how many open conversations they hold. */
export interface PersonView {
  id: string
  name: string
  email: string
  role: Role
  team_ids: string[]
  is_active: boolean
  open_count: number
  last_seen_at: string | null
  created_at: string
}

/** A team as admins manage it: who is in it, what it has open, and which inboxes and rules send conversations to it. */
export interface TeamUseView {
  id: string
  name: string
  is_archived: boolean
  member_count: number
  waiting_count: number
  open_count: number
  inbox_names: string[]
  rule_names: string[]
}

/** `GET /api/v1/people`: everything the People page shows. `is_mailing` says whether links are mailed. */
export interface PeoplePage {
  people: PersonView[]
  invitations: InvitationView[]
  teams: TeamUseView[]
  is_mailing: boolean
  ok: true
}

/** `PUT /api/v1/teams/{team_id}` */
export interface RenameTeam {
  /** At most 200 characters, at least 1 characters. */
  name: string
}

/** `POST /api/v1/teams/{team_id}/archive`: its open conversations go to this team, or, without one, to everyone. */
export interface ArchiveTeam {
  move_to?: string | null
}

/** A name admins gave to being away, busy or offline. */
export interface PresenceReasonView {
  id: string
  name: string
  presence: Presence
}

/** The agent after the change. */
export interface PresenceIs {
  agent: AgentView
  ok: true
}

/**
 * The agent is available (`online`) or not. Kept until changed, and true only while the lease lives.
 *
 * `reason_id` names why. With `is_automatic` the browser speaks: away because nobody touched a key, online because
 * somebody did; that never changes what the agent chose, and counts only once every open tab says so.
 */
export interface SetPresence {
  type: "presence.set"
  presence: Presence
  reason_id?: string | null
  is_automatic?: boolean
}

/** A supervisor sets a colleague's presence; the colleague is told by whom, and may change it again. */
export interface ForcePresence {
  type: "presence.force"
  agent_id: string
  presence: Presence
  reason_id?: string | null
}

/** An agent came, went, or holds more or less than before. */
export interface PresenceChanged {
  type: "presence.changed"
  agent: AgentView
}

/** A colleague came, went, or holds more or less than before; all else is as it was. Fields are as in the agent. */
export interface PresenceMoved {
  type: "presence.moved"
  agent_id: string
  presence: Presence
  presence_since: string
  reason: string
  is_idle: boolean
  load: number
  weight: number
  takes_chats: boolean
}

/** A supervisor has set your presence. */
export interface PresenceForced {
  type: "presence.forced"
  agent: AgentView
  by_id: string
  by_name: string
}

/** `PUT /api/v1/me/takes-chats`: whether routing gives me conversations. */
export interface SetTakesChats {
  takes_chats: boolean
}

/** `PUT /api/v1/me/idle`: after how long without a touch my browser may say I am idle; empty for never. */
export interface SetIdle {
  /** From 60, to 86400. */
  idle_seconds: number | null
}

/** `POST /api/v1/presence-reasons` */
export interface SaveReason {
  /** At least 1 characters, at most 60 characters. */
  name: string
  presence: "away" | "busy" | "offline"
}

/** Every reason, by name. */
export interface ReasonList {
  reasons: PresenceReasonView[]
  ok: true
}

/**
 * A first message from us to a visitor. Shown once they have been on the page for `after_seconds`, and then not again
 * for `every_days`; both are 0 for the word of an agent, which is shown at once.
 */
export interface GreetingView {
  id: string
  author: AuthorView
  body: string
  after_seconds: number
  every_days: number
}

/** A message that is shown by rule, and how it has fared. `position` orders them: a visitor sees the first that fits. */
export interface ProactiveMessageView {
  id: string
  inbox_id: string
  name: string
  position: number
  is_on: boolean
  page: string
  locale: string
  visitor: VisitorKind
  staffing: Staffing
  after_seconds: number
  every_days: number
  body: string
  agent_id: string | null
  shown_count: number
  answered_count: number
}

/** Say something first to a visitor who is here. It becomes a conversation when they answer. */
export interface InviteVisitor {
  type: "visitor.invite"
  client_id: string
  contact_id: string
  /** At least 1 characters, at most 500 characters. */
  body: string
}

/** An agent says something to a visitor who has not asked. */
export interface InvitationMade {
  type: "invitation.made"
  greeting: GreetingView
}

/** `POST /api/v1/widget/greetings`: a greeting was shown, or waved away. */
export interface TellGreeting {
  /** At most 512 characters. */
  visitor_token: string
  greeting_id: string
  outcome: "shown" | "dismissed"
}

/** `POST /api/v1/proactive-messages` and `/{id}`: a message and when it is shown. Empty conditions hold for everybody. */
export interface SaveProactiveMessage {
  inbox_id: string
  /** At least 1 characters, at most 200 characters. */
  name: string
  /** At least 1 characters, at most 500 characters. */
  body: string
  is_on?: boolean
  /** At most 500 characters. */
  page?: string
  /** At most 35 characters. */
  locale?: string
  visitor?: VisitorKind
  staffing?: Staffing
  /** From 0, to 3600. */
  after_seconds?: number
  /** From 0, to 365. */
  every_days?: number
  agent_id?: string | null
}

/** `POST /api/v1/proactive-messages/order`: all of an inbox's, first to last. */
export interface OrderProactiveMessages {
  inbox_id: string
  /** At most 200 entries. */
  ids: string[]
}

/** Every proactive message, in order. */
export interface ProactiveMessages {
  messages: ProactiveMessageView[]
  ok: true
}

/** The proactive message after the change. */
export interface ProactiveMessageIs {
  message: ProactiveMessageView
  ok: true
}

/**
 * A place in the queue, 1 is next, and how long it may still take.
 *
 * Four waits in five end between `low_seconds` and `high_seconds`, if the next hour is like the last; `wait_seconds` is the
 * middle. All are empty when there is nothing to estimate from, or nobody serves the queue.
 */
export interface QueueView {
  position: number
  wait_seconds: number | null
  low_seconds: number | null
  high_seconds: number | null
}

/** The contact's place in the queue changed; `queue` is empty once somebody has the conversation. */
export interface ConversationQueued {
  type: "conversation.queued"
  conversation_id: string
  queue: QueueView | null
}

/** The position a conversation has reached on the server. `rev` is 0 for visitors. */
export interface HeadView {
  conversation_id: string
  seq: number
  rev: number
  marks: MarksView
}

/**
 * Messages after the asked seq, oldest first. `is_complete` is false when another page follows. A snapshot replaces
 * every message held; `has_earlier` says whether there are messages before it.
 */
export interface VisitorSynced {
  conversation: VisitorConversationView
  messages: MessageView[]
  is_complete: boolean
  is_snapshot: boolean
  has_earlier: boolean
  ok: true
}

/**
 * Messages after the asked rev, oldest first, and the conversation as it is now. A snapshot replaces every message
 * held; `has_earlier` says whether there are messages before it.
 */
export interface AgentSynced {
  conversation: ConversationView
  messages: MessageView[]
  is_complete: boolean
  is_snapshot: boolean
  has_earlier: boolean
  ok: true
}

/** The messages just before those asked about, oldest first, and whether there are more before them. */
export interface EarlierMessages {
  messages: MessageView[]
  has_earlier: boolean
  ok: true
}

/**
 * Ask for what was missed since `after_seq` (0 for everything), oldest first, in pages. With `newest`, a client that
 * missed more than a page is given the newest page instead (`is_snapshot`), and reads back with conversation.earlier.
 */
export interface VisitorSync {
  type: "conversation.sync"
  conversation_id: string
  /** From 0. */
  after_seq: number
  newest?: boolean
}

/**
 * Ask for what changed since `after_rev` (0 for everything), oldest first, in pages. With `newest`, a client that missed
 * more than a page is given the newest page instead (`is_snapshot`), and reads back with conversation.earlier.
 */
export interface AgentSync {
  type: "conversation.sync"
  conversation_id: string
  /** From 0. */
  after_rev: number
  newest?: boolean
}

/** A page of the messages before `before_seq`. */
export interface VisitorEarlier {
  type: "conversation.earlier"
  conversation_id: string
  /** From 0. */
  before_seq: number
}

/** A page of the messages and notes before `before_rev`. */
export interface AgentEarlier {
  type: "conversation.earlier"
  conversation_id: string
  /** From 0. */
  before_rev: number
}

/** Everything up to `seq` was seen on a visible screen. Never goes back. */
export interface ReadConversation {
  type: "conversation.read"
  conversation_id: string
  /** From 0. */
  seq: number
}

/** Everything up to `seq` has arrived in this client, seen or not. Never goes back. */
export interface ConversationDelivered {
  type: "conversation.delivered"
  conversation_id: string
  /** From 0. */
  seq: number
}

/** A side has received or read further. Figures never go back. */
export interface MessageMarked {
  type: "message.marked"
  conversation_id: string
  marks: MarksView
}

/**
 * Sent on connecting and every few seconds: if you are behind, ask with conversation.sync. A new `epoch` means
 * the data was restored from a backup: forget cursors and sync from 0.
 */
export interface Heads {
  type: "heads"
  epoch: string
  heads: HeadView[]
}

/** A field of the form holds one of these values. */
export interface FieldCondition {
  /** At least 1 characters, at most 60 characters. */
  name: string
  /** At most 50 entries. */
  values: string[]
}

/**
 * The conditions of a rule: each one given must hold, and holds when any one of its values does. None given: always.
 *
 * `pages` are parts of the address, where `*` stands for anything; `languages` match their dialects; `domains` are those
 * of the contact's email address and match what lies below them; `words` are whole words of the first message;
 * `is_open` is whether the inbox is within its business hours.
 */
export interface RuleConditions {
  /** At most 200 entries. */
  inbox_ids?: string[]
  /** At most 10 entries. */
  channels?: Channel[]
  /** At most 50 entries. */
  pages?: string[]
  /** At most 50 entries. */
  languages?: string[]
  /** At most 50 entries. */
  topics?: string[]
  /** At most 4 entries. */
  priorities?: Priority[]
  /** At most 50 entries. */
  domains?: string[]
  /** At most 50 entries. */
  companies?: string[]
  /** At most 20 entries. */
  fields?: FieldCondition[]
  /** At most 50 entries. */
  words?: string[]
  is_open?: boolean | null
}

/** After so many seconds in the queue before it, the conversation moves on to this team. */
export interface OverflowStep {
  team_id: string
  /** From 5, to 86400. */
  after_seconds: number
}

/**
 * The decisions of a rule. Fields left out stay as they are.
 *
 * With `needs_language` only agents who speak the contact's language are asked. When `queue_limit` conversations wait
 * already, the contact is written `full_message` and the conversation becomes a ticket; it keeps its place in the queue.
 */
export interface RuleActions {
  team_id?: string | null
  /** At most 20 entries. */
  skills?: string[]
  needs_language?: boolean
  priority?: Priority | null
  /** At most 5 entries. */
  overflow?: OverflowStep[]
  /** From 0, to 10000. */
  queue_limit?: number | null
  /** At most 2000 characters. */
  full_message?: string
}

/** `POST /api/v1/routing/rules` and `PUT /api/v1/routing/rules/{rule_id}` */
export interface SaveRule {
  /** At most 200 characters, at least 1 characters. */
  name: string
  conditions: RuleConditions
  actions: RuleActions
  is_enabled?: boolean
}

/** `PUT /api/v1/routing/rules`: every rule's id, first to be tried first. */
export interface OrderRules {
  /** At most 500 entries. */
  rule_ids: string[]
}

/** A problem of a rule that could still be saved. */
export interface RuleProblem {
  code: RuleTrouble
  detail: string
}

/** A rule, with what is wrong with it. */
export interface RuleView {
  id: string
  position: number
  name: string
  is_enabled: boolean
  conditions: RuleConditions
  actions: RuleActions
  problems: RuleProblem[]
  changed_at: string
}

/** The rule after the change. */
export interface RuleIs {
  rule: RuleView
  ok: true
}

/** Every rule, in the order they are tried. */
export interface RuleList {
  rules: RuleView[]
  ok: true
}

/** `POST /api/v1/routing/dry-run`: what would happen to this message? Nothing is written. */
export interface DryRun {
  inbox_id: string
  /** At most 10000 characters. */
  body?: string
  /** At most 2000 characters. */
  page_url?: string
  /** At most 35 characters. */
  language?: string
  /** At most 254 characters. */
  email?: string | null
  /** At most 200 characters. */
  company?: string
  /** At most 20 entries. */
  fields?: FieldValue[]
  priority?: Priority
  at?: string | null
}

/** One condition: what it wants, what was found, whether it holds. */
export interface ConditionTrace {
  condition: string
  wanted: string[]
  found: string
  holds: boolean
}

/** One rule tried: whether it matches, and each of its conditions. */
export interface RuleTrace {
  rule_id: string
  name: string
  matches: boolean
  conditions: ConditionTrace[]
}

/** One agent of the team as a decision saw them, and why it was or was not them. */
export interface CandidateView {
  agent_id: string
  name: string
  presence: Presence
  has_lease: boolean
  weight: number
  capacity: number
  last_assigned_at: string | null
  verdict: Verdict
}

/** The number of further agents with one verdict. */
export interface VerdictCount {
  verdict: Verdict
  count: number
}

/**
 * The outcome of a dry run. `rule` is the first that matches, empty when the inbox's own team gets it; `agent_id` is the
 * agent who would be given it this second, empty when it would wait; `waiting_count` is how many wait in that queue
 * already.
 */
export interface DryRunIs {
  topic: string
  is_open: boolean
  rule: RuleView | null
  trace: RuleTrace[]
  team_id: string | null
  skills: string[]
  language: string | null
  priority: Priority
  overflow: OverflowStep[]
  waiting_count: number
  is_full: boolean
  agent_id: string | null
  candidates: CandidateView[]
  others: VerdictCount[]
  ok: true
}

/**
 * A routing decision: the agent or queue that got a conversation, when, and why.
 *
 * `made_by_id` is the agent who did it by hand, empty for routing. `reason` is one of routed, offered, to_lead, claimed,
 * assigned, transferred, reopened, agent_left, missed, declined, untaken, overflow, deactivated, replied, nobody_else. Candidates are those
 * who came closest, in the order of the choice; `others` counts the rest.
 */
export interface DecisionView {
  id: string
  conversation_id: string
  agent_id: string | null
  agent_name: string | null
  team_id: string | null
  team_name: string | null
  made_by_id: string | null
  made_by_name: string | null
  reason: string
  outcome: string | null
  mode: RoutingMode | null
  is_sticky: boolean
  rule_id: string | null
  rule_name: string | null
  skills: string[]
  language: string | null
  waited_seconds: number | null
  candidates: CandidateView[]
  others: VerdictCount[]
  started_at: string
  ended_at: string | null
}

/** Every decision about one conversation, newest first, and how the rules were tried when it came. */
export interface DecisionList {
  decisions: DecisionView[]
  trace: RuleTrace[]
  ok: true
}

/** `PUT /api/v1/teams/{team_id}/routing`: `takes_on_reply` left out stays as it is. */
export interface SetTeamRouting {
  mode?: RoutingMode
  /** From 0, to 3600. */
  accept_seconds?: number
  lead_id?: string | null
  takes_on_reply?: boolean | null
}

/** The most conversations of one channel an agent is given. */
export interface ChannelCapacity {
  channel: Channel
  /** From 0, to 100. */
  capacity: number
}

/** `PUT /api/v1/agents/{agent_id}/routing`: `takes_chats` and `team_ids` left out stay as they are. */
export interface SetAgentRouting {
  /** From 0, to 100. */
  capacity: number
  /** At most 10 entries. */
  channel_capacity?: ChannelCapacity[]
  /** At most 50 entries. */
  skills?: string[]
  /** At most 50 entries. */
  languages?: string[]
  /** At most 200 entries. */
  team_ids?: string[] | null
  takes_chats?: boolean | null
}

/** `POST /api/v1/login` */
export interface Login {
  /** At most 254 characters. */
  email: string
  /** At most 256 characters. */
  password: string
  /** At most 16 characters. */
  code?: string | null
}

/** `POST /api/v1/setup`: the first admin. `setup_code` is printed where the server was started. */
export interface SetUp {
  /** At most 64 characters. */
  setup_code: string
  /** At least 1 characters, at most 200 characters. */
  name: string
  /** At most 254 characters. */
  email: string
  /** At least 8 characters, at most 256 characters. */
  password: string
}

/**
 * The state of the setup: whether the first admin is still missing; the workspace's name, and whether a forgotten
 * password can be mailed.
 */
export interface SetupState {
  is_needed: boolean
  workspace_name: string
  mails_passwords: boolean
  ok: true
}

/** The agent now signed in. */
export interface SignedIn {
  agent: AgentView
  ok: true
}

/**
 * Everything the inbox needs to draw itself. `permissions` are what this agent may do, `max_file_bytes` how large a
 * file may be.
 */
export interface Me {
  agent: AgentView
  permissions: string[]
  agents: AgentView[]
  teams: TeamView[]
  inboxes: InboxView[]
  statuses: StatusView[]
  topics: string[]
  reasons: PresenceReasonView[]
  workspace_name: string
  max_file_bytes: number
  epoch: string
  ok: true
}

/**
 * The minutes a clock may run for tickets of a priority; with `warn_minutes` it warns so long before. `around_the_clock`
 * counts every minute, not only the hours of the policy.
 */
export interface SlaTarget {
  clock: SlaClockName
  priority: Priority
  /** From 1, to 5270400. */
  minutes: number
  /** From 0, to 5270400. */
  warn_minutes?: number
  around_the_clock?: boolean
}

/** The conversations a policy is for. Each list that is not empty has to hold the conversation's own value. */
export interface SlaConditions {
  /** At most 100 entries. */
  inbox_ids?: string[]
  /** At most 100 entries. */
  team_ids?: string[]
  /** At most 100 entries. */
  topics?: string[]
  /** At most 4 entries. */
  priorities?: Priority[]
  /** At most 200 entries. */
  companies?: string[]
}

/**
 * `POST /api/v1/sla/policies` and `PUT /api/v1/sla/policies/{policy_id}`, which replaces. Without `hours_id` every minute
 * counts.
 */
export interface SaveSlaPolicy {
  /** At most 200 characters, at least 1 characters. */
  name: string
  conditions: SlaConditions
  /** At least 1 entries, at most 28 entries. */
  targets: SlaTarget[]
  hours_id?: string | null
}

/** `PUT /api/v1/sla/policies`: every policy's id in the order they are tried. */
export interface OrderSlaPolicies {
  /** At most 200 entries. */
  policy_ids: string[]
}

/** `POST /api/v1/sla/dry-run`: what would saving this policy make overdue? Without `policy_id` it would be a new one. */
export interface TrySlaPolicy {
  policy: SaveSlaPolicy
  policy_id?: string | null
}

/** A policy as it is now. `version` grows with each change; older ones are kept. */
export interface SlaPolicyView {
  id: string
  name: string
  version: number
  hours_id: string | null
  conditions: SlaConditions
  targets: SlaTarget[]
  changed_at: string
  changed_by: string
}

/** The policy after the change. */
export interface SlaPolicyIs {
  policy: SlaPolicyView
}

/** Every policy in the order they are tried; the first that matches applies. */
export interface SlaPolicyList {
  policies: SlaPolicyView[]
}

/** A clock that would be overdue, and is not now. */
export interface SlaOverdueView {
  conversation_id: string
  clock: SlaClockName
  due_at: string
}

/**
 * Clocks that would become overdue among the `looked_at` open conversations; `overdue` holds the first 50 of
 * `overdue_count`. `is_complete` says that every open conversation was looked at.
 */
export interface SlaDryRunIs {
  looked_at: number
  is_complete: boolean
  overdue_count: number
  overdue: SlaOverdueView[]
}

/** Time that counted. */
export interface SlaStretchView {
  start: string
  end: string
  minutes: number
}

/**
 * Time in which the clock stood still, and why: `status_pauses`, `nothing_unanswered`, `unassigned`. `end` is empty while
 * it lasts.
 */
export interface SlaPauseView {
  start: string
  end: string | null
  because: string[]
}

/** The account of a due time. The stretches add up to `counted_minutes`: the target, or what a paused clock has used. */
export interface SlaAccountView {
  policy_id: string
  policy_name: string
  policy_version: number
  hours_id: string | null
  hours_version: number | null
  time_zone: string
  target_minutes: number
  warn_minutes: number
  around_the_clock: boolean
  counted_minutes: number
  stretches: SlaStretchView[]
  pauses: SlaPauseView[]
  holidays: string[]
}

/**
 * A cycle of a clock. `due_at` is empty while it pauses in time and when nothing was promised; then `account` is empty as
 * well. `warned_at` and `breached_at` are when the warning and the due time came and found it running.
 */
export interface SlaClockView {
  clock: SlaClockName
  cycle: number
  progress: SlaProgress
  is_overdue: boolean
  started_at: string
  ended_at: string | null
  due_at: string | null
  warn_at: string | null
  remaining_minutes: number | null
  warned_at: string | null
  breached_at: string | null
  account: SlaAccountView | null
}

/** Every cycle of every clock of a conversation, computed from what has happened until `at`. */
export interface SlaClockList {
  at: string
  clocks: SlaClockView[]
}

/** A name in one language. */
export interface NameView {
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
  names: NameView[]
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

/** A supervisor reads along from now on. Nobody is told, no mark moves; a line in the audit says so. */
export interface WatchConversation {
  type: "conversation.watch"
  conversation_id: string
}

/** A supervisor's note for whoever has the conversation, marked `whispered`. Contacts never see it. */
export interface WhisperConversation {
  type: "conversation.whisper"
  client_id: string
  conversation_id: string
  /** At most 10000 characters. */
  body: string
}

/** A supervisor takes a conversation, whoever has it. */
export interface TakeOverConversation {
  type: "conversation.take_over"
  conversation_id: string
}

/** A supervisor takes a conversation from its agent and puts it at the head of its queue. */
export interface PullBackConversation {
  type: "conversation.pull_back"
  conversation_id: string
}

/** A contact's score of a conversation: 1 (bad) to 5 (good). */
export interface ScoreView {
  conversation_id: string
  score: number
  comment: string
  answered_at: string
}

/** CSAT: 1 (bad) to 5 (good) and a comment, once per conversation; a later answer replaces the earlier. */
export interface AnswerSurvey {
  type: "survey.answer"
  conversation_id: string
  /** From 1, to 5. */
  score: number
  /** At most 2000 characters. */
  comment?: string
}

/** A conversation's number and promise. */
export interface TicketView {
  id: string
  number: number
  conversation_id: string
  title: string
  topic: string
  priority: Priority
  status: string
  category: Category
  agent_id: string | null
  team_id: string | null
  contact_id: string
  contact_name: string
  opened_at: string
  closed_at: string | null
}

/** The ticket, opened now or earlier. */
export interface TicketIs {
  ticket: TicketView
  ok: true
}

/** Give the conversation a number. Title, topic and priority are proposed from the content where left out. */
export interface OpenTicket {
  type: "ticket.open"
  conversation_id: string
  /** At most 200 characters. */
  title?: string | null
  /** At most 60 characters. */
  topic?: string | null
  priority?: Priority | null
}

/** Change a ticket's title, topic or priority. Fields left out stay as they are. */
export interface UpdateTicket {
  type: "ticket.update"
  conversation_id: string
  /** At least 1 characters, at most 200 characters. */
  title?: string | null
  /** At least 1 characters, at most 60 characters. */
  topic?: string | null
  priority?: Priority | null
}

/** A conversation was given a number. */
export interface TicketOpened {
  type: "ticket.opened"
  ticket: TicketView
}

/** A ticket has another title, topic or priority. */
export interface TicketChanged {
  type: "ticket.changed"
  ticket: TicketView
}

/** Tickets, newest number first. */
export interface TicketPage {
  tickets: TicketView[]
  next: string | null
  ok: true
}

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

/** Saved views, canned responses or macros changed: ask `GET /api/v1/desk`. */
export interface DeskChanged {
  type: "desk.changed"
}

/** The agent's toolbox: their own and shared views, canned responses and macros, drafts, and every tag in use. */
export interface Desk {
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

/** A page a contact was on, from when to when at least. */
export interface PageView {
  id: string
  url: string
  title: string
  visited_at: string
  left_at: string
}

/**
 * A visitor on a site now. `name` is empty until they give it, `conversation_id` until they write; `invitation` tells
 * how far our own first message to them has come.
 */
export interface VisitorView {
  contact_id: string
  inbox_id: string
  name: string
  is_contact: boolean
  is_returning: boolean
  url: string
  title: string
  locale: string
  came_at: string
  page_since: string
  conversation_id: string | null
  agent_id: string | null
  invitation: InvitationState
}

/** The visitors who are here now, latest first; changes follow as events. */
export interface VisitorsWatched {
  visitors: VisitorView[]
  ok: true
}

/**
 * The visitor is on this page now, said on arriving and every so often while they stay. Kept for contacts; of
 * somebody who has not written, only for as long as they are here.
 */
export interface VisitPage {
  type: "page.visited"
  /** At most 2000 characters. */
  url: string
  /** At most 200 characters. */
  title?: string
  /** At most 60 characters. */
  timezone?: string | null
  /** At most 400 characters. */
  browser?: string | null
}

/** Start or stop receiving `visitors.changed` on this connection. */
export interface WatchVisitors {
  type: "visitors.watch"
  watching: boolean
}

/** Visitors came, moved on or left; sent at most twice a second. */
export interface VisitorsChanged {
  type: "visitors.changed"
  visitors: VisitorView[]
  gone_ids: string[]
}

/** A contact is on this page now; one of the same id replaces it. */
export interface ContactVisited {
  type: "contact.visited"
  contact_id: string
  page: PageView
}

/**
 * `POST /api/v1/widget/visits`: a launcher says where its visitor is. `is_waiting` holds the answer back until there
 * is something to say, or 20 s; `is_leaving` says that the page is being closed.
 */
export interface TellVisit {
  /** At most 64 characters. */
  inbox_key: string
  /** At most 2000 characters. */
  url: string
  /** At most 512 characters. */
  visitor_token?: string | null
  /** At most 200 characters. */
  title?: string
  /** At most 35 characters. */
  locale?: string
  /** At most 60 characters. */
  timezone?: string | null
  /** At most 400 characters. */
  browser?: string | null
  is_returning?: boolean
  is_waiting?: boolean
  is_leaving?: boolean
}

/**
 * The messages a launcher may show, and when to ask again: `again_seconds` 0 is never, as when the inbox does not want
 * to know. `greetings` are those whose rules fit this page, in their order; `invitation` is an agent's own word.
 */
export interface VisitTold {
  visitor_token: string
  greetings: GreetingView[]
  invitation: GreetingView | null
  again_seconds: number
  ok: true
}

/**
 * The thresholds of a queue: a figure that has come this far is too much, and near it from four fifths on.
 *
 * `answer_seconds` is how soon after the contact's first message an answer is promised.
 */
export interface ThresholdsView {
  waiting_count: number
  longest_seconds: number
  p90_seconds: number
  answer_seconds: number
}

/**
 * One team's queue now, and its day (UTC) so far. `team_id` is empty for conversations no team has.
 *
 * `at_risk_count` have waited four fifths of `thresholds.longest_seconds` or more; the next one will have at
 * `next_at_risk_at`. `wait_p50_seconds` and `wait_p90_seconds` are of the waits that ended today in an agent's hands,
 * empty without one. `abandoned_today` were ended by their contact before anybody answered. Of `answered_today`, the
 * first answers given today, `answered_in_time_today` came within `thresholds.answer_seconds`; `unanswered_late_count`
 * wait for theirs now and have for longer than that, and the next one will have at `next_late_at`. Of `promised_today`,
 * the ranges of waiting time told to contacts today whose wait is over, `kept_today` held. `unserved` says why nobody will
 * be given what waits, as long as nothing changes: nobody is in the team, none of it may hold anything, none of it is online.
 */
export interface QueueWallView {
  team_id: string | null
  name: string
  waiting_count: number
  unserved: Unserved | null
  oldest_waiting_at: string | null
  at_risk_count: number
  next_at_risk_at: string | null
  open_count: number
  online_count: number
  wait_p50_seconds: number | null
  wait_p90_seconds: number | null
  abandoned_today: number
  answered_today: number
  answered_in_time_today: number
  unanswered_late_count: number
  next_late_at: string | null
  promised_today: number
  kept_today: number
  thresholds: ThresholdsView
}

/** A conversation an agent holds, since when, and since when its contact waits for an answer (empty: they do not). */
export interface ChatWallView {
  conversation_id: string
  contact_id: string
  contact_name: string
  since: string
  waiting_since: string | null
}

/**
 * An agent and what they hold now, longest first. `chats` stays empty when they hold more than twelve.
 *
 * `missed_today` offers went on because the agent did not take them in time.
 */
export interface AgentWallView {
  agent: AgentView
  missed_today: number
  chat_count: number
  chats: ChatWallView[]
}

/**
 * A conversation that routing gives to nobody as things stand, and why: everyone who could take it declined, or nobody
 * in the team speaks its language or has its skills (`detail`).
 */
export interface StuckWallView {
  conversation_id: string
  contact_name: string
  team_id: string | null
  reason: Stuck
  detail: string
  queued_at: string | null
}

/** Contacts' scores today (UTC). `average` of 1 to 5, empty without an answer; 4 and 5 are satisfied. */
export interface CsatWallView {
  average: number | null
  answered_count: number
  satisfied_count: number
}

/** The wall a supervisor watches: every queue and every agent now, and the day (UTC) so far. */
export interface WallView {
  queues: QueueWallView[]
  stuck: StuckWallView[]
  agents: AgentWallView[]
  csat: CsatWallView
  opened_today: number
  resolved_today: number
  made_at: string
}

/** The wall as it is now; changes follow as events. */
export interface Watching {
  wall: WallView
  ok: true
}

/**
 * Start or stop receiving `wall.changed` on this connection; with `by_rows` mostly `wall.moved` instead. For
 * supervisors.
 */
export interface WatchWall {
  type: "wall.watch"
  watching: boolean
  by_rows?: boolean
}

/** From which figures on a team's queue needs somebody, on every wall; times in seconds. */
export interface SetThresholds {
  type: "team.set_thresholds"
  team_id: string
  /** From 1, to 100000. */
  waiting_count: number
  /** From 1, to 604800. */
  longest_seconds: number
  /** From 1, to 604800. */
  p90_seconds: number
  /** From 1, to 604800. */
  answer_seconds: number
}

/** The wall, whole, at most once a second. */
export interface WallChanged {
  type: "wall.changed"
  wall: WallView
}

/**
 * Changes since the wall made at `after`: queues and agents that replace those of the same id, and all single figures;
 * `stuck` is empty while it is as it was. A wall older than `after` cannot be brought up to date by it: watch anew.
 */
export interface WallMoved {
  type: "wall.moved"
  after: string
  queues: QueueWallView[]
  agents: AgentWallView[]
  stuck: StuckWallView[] | null
  csat: CsatWallView
  opened_today: number
  resolved_today: number
  made_at: string
}

/** From which figures on a team's queue needs somebody was set anew. */
export interface ThresholdsChanged {
  type: "team.thresholds_changed"
  team_id: string
  thresholds: ThresholdsView
}

/**
 * Something is not as somebody meant it, and goes on like that until somebody mends it; then the notice is gone.
 *
 * `no_inbox`: customers have no way to write. `snippet_not_seen`: no site has loaded the chat button of the inbox `subject`.
 * `no_mail_host`: `count` mails wait for a mail host.
 * `files_full`: files take `count` percent of the room they may have; at 100 no more are taken. `rule`: the rule named `subject` has a `problem`. `team_without_members`, `team_without_capacity`: conversations come to
 * the team `subject` (empty: to everybody) and nobody there can be given one. `removed_agent`: `count` conversations that
 * `subject` held when they were removed wait for somebody. `clock_jump`: the database's clock jumped by `seconds`; times
 * are off until `until`, by less and less. `clock_differs`: the clock of the node `subject` is ahead of the database's by
 * `seconds`; the database's counts, and of SQLite what it holds already. `disk_low`: the disk of the node `subject` has `count` megabytes left.
 * `database_damaged`: the node `subject` has met damage in the database. `escalation`: a colleague escalated the conversation of the contact `subject` to level
 * `count`; its id is in the `key`, after the first colon.
 */
export interface NoticeView {
  key: string
  kind: NoticeKind
  subject: string
  problem: RuleTrouble | null
  count: number
  seconds: number
  until: string | null
  is_dismissed: boolean
}

/** The warnings for supervisors and admins may have changed: ask `GET /api/v1/notices`. */
export interface NoticesChanged {
  type: "notices.changed"
}

/** Warnings to fix, and those this agent has dismissed. */
export interface NoticeList {
  notices: NoticeView[]
  ok: true
}

/** Do not tell me this again, as long as it lasts. */
export interface DismissNotice {
  /** At least 1 characters, at most 200 characters. */
  key: string
}

/** The visitor as the widget knows them. */
export interface WidgetContactView {
  id: string
  name: string
  email: string | null
  is_verified: boolean
}

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

/** The visitor after the change. */
export interface ContactIs {
  contact: WidgetContactView
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

/**
 * What a list of tickets has besides its filter. `order` is the keys it is sorted by, the first one first: `number`,
 * `active` (last message), `topic`, `priority`, `status`, `owner` or `team`; after one of the last four, `number` or, of
 * what is open, `priority` may follow. `-` turns a key round: `-number` is the newest first.
 */
export interface TicketListing {
  /** At most 60 characters. */
  topic?: string
  /** At most 40 characters. */
  order?: string
}

/** What a saved view of tickets has besides its filter. */
export interface TicketListingView {
  topic: string
  order: string
}

/** The number of tickets that a list holds, counted up to 1,000. */
export interface TicketCount {
  count: number
  ok: true
}

/** An admin changed settings: ask for what you show of this area again. */
export interface ConfigChanged {
  type: "config.changed"
  area: ConfigArea
}

/** The workspace: its name, and who changed it last. */
export interface WorkspaceView {
  name: string
  changed_by_name: string
  changed_at: string | null
}

/** The workspace after the change. */
export interface WorkspaceIs {
  workspace: WorkspaceView
  ok: true
}

/** `PUT /api/v1/workspace` */
export interface SetWorkspace {
  /** At most 200 characters, at least 1 characters. */
  name: string
}

/** One step of the setup, done or not. `detail` is the fact that shows it, such as the site that was seen, at `at`. */
export interface ChecklistItem {
  key: ChecklistItemKey
  is_done: boolean
  detail: string
  at: string | null
}

/** `GET /api/v1/setup/checklist`: what is set up and what is left, in order. */
export interface Checklist {
  items: ChecklistItem[]
  is_hidden: boolean
  ok: true
}

/** `PUT /api/v1/setup/checklist` */
export interface HideChecklist {
  is_hidden: boolean
}

export type VisitorCommand =
  | StartConversation
  | VisitorSendMessage
  | VisitorSync
  | VisitorEarlier
  | ReadConversation
  | ConversationDelivered
  | SetTyping
  | EndConversation
  | AnswerSurvey
  | SearchArticles
  | UpdateContact
  | SubmitForm
  | VisitPage

export type AgentCommand =
  | SetPresence
  | ForcePresence
  | AcceptConversation
  | DeclineConversation
  | AgentSendMessage
  | AgentSync
  | AgentEarlier
  | ReadConversation
  | ConversationDelivered
  | SetTyping
  | ClaimConversation
  | AssignConversation
  | TransferConversation
  | SetStatus
  | SetPriority
  | SnoozeConversation
  | EscalateConversation
  | DeescalateConversation
  | OpenTicket
  | UpdateTicket
  | ChangeConversations
  | UndoConversations
  | SaveDraft
  | ViewConversation
  | SearchArticles
  | SuggestArticles
  | WatchConversation
  | WhisperConversation
  | TakeOverConversation
  | PullBackConversation
  | SetThresholds
  | WatchWall
  | EditContact
  | AskEmail
  | WatchScreen
  | WatchVisitors
  | InviteVisitor

export type VisitorEvent =
  | MessageCreated
  | MessageMarked
  | VisitorConversationChanged
  | ConversationQueued
  | SuggestionsReady
  | TypingChanged
  | InvitationMade
  | InboxAvailability
  | Heads
  | GoingAway
  | SignedOut

export type AgentEvent =
  | MessageCreated
  | ActivityAdded
  | MessageMarked
  | ConversationChanged
  | ConversationMoved
  | AssignmentOffered
  | TicketOpened
  | TicketChanged
  | ConversationEscalated
  | SuggestionsReady
  | PresenceChanged
  | PresenceMoved
  | PresenceForced
  | TypingChanged
  | ViewersChanged
  | DraftChanged
  | DeskChanged
  | NoticesChanged
  | ConfigChanged
  | ThresholdsChanged
  | WallChanged
  | WallMoved
  | ContactChanged
  | ContactVisited
  | VisitorsChanged
  | Heads
  | GoingAway
  | SignedOut

export type VisitorReply = Done | Started | Sent | VisitorSynced | EarlierMessages | Ended | ContactIs | ArticlesFound | Refused

export type AgentReply =
  | Done
  | Sent
  | AgentSynced
  | EarlierMessages
  | Changed
  | ManyChanged
  | DraftIs
  | TicketIs
  | PresenceIs
  | ArticlesFound
  | Watching
  | ContactEdited
  | VisitorsWatched
  | Refused
