import type { Clock } from "@parley/client/clock"
import type { ConnectionState } from "@parley/client/connection"
import type { PrechatFields, SuggestionView, VisitorConversationView, WidgetSession } from "@parley/client/contract"
import type { HostSays } from "../protocol"
import type { Chat } from "./chat"
import type { Host } from "./host"
import type { Storage } from "./storage"

export interface AppOptions {
  origin: string
  inboxKey: string
  locale: string
  /** What the page around said first. */
  page: HostSays
  host: Host
  storage: Storage
  /** A mail led here. */
  link?: { token: string | null; conversationId: string | null } | null
  clock: Clock
  /** What it takes to chat, fetched when somebody is about to. */
  loadLiveSession: () => Promise<Pick<typeof import("./live-session"), "createLiveSession">>
  /** The launcher's names in the visitor's language. */
  label: (unreadCount: number) => string
  closeLabel: string
  /** Some of this program is no longer to be had: a newer one has taken its place. */
  isGone: () => boolean
  reload: () => void
  paint: (color: string) => void
}

export interface AppSnapshot {
  phase: "loading" | "unreachable" | "ready" | "refused"
  /** Why there is no chat, for whoever put it on the page. */
  refusal: string
  screen: "home" | "chat" | "article" | "form"
  session: WidgetSession | null
  connection: ConnectionState["name"]
  /** This page is older than the server. */
  is_outdated: boolean
  /** The page's word on who is signed in is too old, or too new: the visitor goes on as they were. */
  is_identity_stale: boolean
  is_open: boolean
  /** Asked to send before it could: it is sent as soon as somebody answers. */
  is_starting: boolean
  /** Newest first. */
  conversations: readonly VisitorConversationView[]
  /** On the chat screen. */
  chat: Chat | null
  article: SuggestionView | null
  /** At home: the question being typed, and what may answer it. */
  draft: string
  found: readonly SuggestionView[]
  found_note: "answers_failed" | "answers_by_words" | null
}

export interface App {
  snapshot(): AppSnapshot
  subscribe(told: () => void): () => void
  /** The page around opened or closed the panel, moved on, or said who is signed in. */
  onPage(words: HostSays): void
  setDraft(text: string): void
  /** From home to a new conversation, sending what was typed, once what the inbox asks for first is filled in. */
  start(): Promise<void>
  /** What was typed in the chat: a first message, too, waits for the form. */
  send(): void
  /** The form is filled in: the conversation begins. */
  begin(fields: PrechatFields): void
  leaveForm(): void
  submitForm(conversationId: string, fields: PrechatFields, key: string): Promise<boolean>
  goHome(): void
  show(conversationId: string | null): void
  read(article: SuggestionView): void
  leaveArticle(): void
  /** The article answered it: what was being asked is settled, unless a person is on it already. */
  helped(): void
  /** From an article to the composer, with what was typed. */
  askPerson(): void
  /** Another page of this browser has signed out, or has been given who this browser is. */
  stored(key: string): void
  storage: Storage
  /** Remember it in this browser, and draw again. */
  keep(key: string, value: string | null): void
  saveContact(change: { name?: string; email?: string }): Promise<boolean>
  visibilityChanged(): void
}
