import type { Clock } from "@parley/client/clock"
import { type Connection, createConnection } from "@parley/client/connection"
import type { VisitorSide } from "@parley/client/contract"
import {
  CONTRACT_VERSION,
  type VisitorConversationView,
  type VisitorEvent,
  type WidgetSession,
} from "@parley/client/contract"
import { createListeners } from "@parley/client/listeners"
import { createOutbox } from "@parley/client/outbox"
import type { HostSays } from "../protocol"
import { type Chat, createChat } from "./chat"
import { keepGreeting } from "./greeting"
import { createPages } from "./pages"
import type { Storage } from "./storage"

export interface LiveSessionOptions {
  inboxKey: string
  session: () => WidgetSession
  storage: Storage
  clock: Clock
  origin: string
  page: () => string | null
  /** All the page around has said. */
  host: () => HostSays
  /** By id, as the session told them; kept up to date from here on. */
  conversations: Map<string, VisitorConversationView>
}

/** Being connected: the conversations that are held open, and the one that has not begun. */
export interface LiveSession {
  connection: Connection<VisitorSide>
  subscribe(told: () => void): () => void
  /** The conversation of this id; without one, the one that the next message will begin. */
  chatOf(id: string | null): Chat
  chats(): Chat[]
  /** The page around has moved on, or opened or closed the panel. */
  moved(): void
  /** Settles to true when an earlier page left a first message unsent. */
  hasUnsentStart: Promise<boolean>
  /** Throws away what waits to be sent: it is nobody's business any more. */
  forget(): void
  close(): void
}

/** Kept while something waits to be sent, so that the next page, too, knows to send it. */
const UNSENT = "unsent"
/** An agent who was heard so lately is there, whatever their presence says. */
const THERE_MS = 300_000

export function createLiveSession(options: LiveSessionOptions): LiveSession {
  const { session, storage, clock, origin, conversations } = options
  const changes = createListeners<[]>()
  const token = () => session().visitor_token
  const connection = createConnection<VisitorSide>({
    origin,
    namespace: "/visitor",
    auth: () => ({ token: token(), contract: CONTRACT_VERSION }),
    token,
    clock,
  })
  const settings = {
    previewsTyping: () => session().inbox.previews_typing,
    showsSuggestions: () => session().inbox.shows_suggestions,
    maxFileBytes: () => session().inbox.max_file_bytes,
  }
  const { contact } = session()
  const outbox = createOutbox({ scope: `${options.inboxKey}:${contact.id}`, connection, clock })
  const chats = new Map<string, Chat>()
  let fresh: Chat | null = null
  let heardAt = Number.NEGATIVE_INFINITY

  function someoneIsThere(): void {
    heardAt = clock.now()
    session().inbox.is_staffed = true
  }

  function onEvent(event: VisitorEvent): void {
    if (event.type === "invitation.made") keepGreeting(storage, event.greeting)
    if (event.type === "conversation.changed") conversations.set(event.conversation.id, event.conversation)
    if (event.type === "message.created") {
      const { author, conversation_id } = event.message
      // An answer in a conversation that was not looked at is counted all the same.
      if (author.kind !== "contact") chatOf(conversation_id)
      // An agent who joins or answers is there.
      if (author.kind === "agent" || event.message.system === "joined") someoneIsThere()
    }
    if (event.type === "typing.changed" && event.author_kind === "agent") someoneIsThere()
    if (event.type === "inbox.availability") {
      const { type: _, ...news } = event
      const isThere = news.is_staffed || clock.now() - heardAt < THERE_MS
      Object.assign(session().inbox, news, { is_staffed: isThere })
    }
    update()
  }

  function update(): void {
    adopt()
    for (const [id, chat] of chats) {
      const { conversation } = chat.snapshot().thread
      if (conversation) conversations.set(id, conversation)
    }
    changes.tell()
  }

  function chatOf(id: string | null): Chat {
    adopt()
    const held = id ? chats.get(id) : fresh
    if (held) return held
    const conversation = (id && conversations.get(id)) || null
    const own = { conversationId: id, conversation, contact, connection, outbox, token, ...settings }
    const chat = createChat({ ...options, ...own })
    chat.subscribe(update)
    if (id) chats.set(id, chat)
    else fresh = chat
    return chat
  }

  /** A conversation that has begun is no longer the fresh one. */
  function adopt(): void {
    const id = fresh?.snapshot().thread.conversation_id
    if (!fresh || !id) return
    chats.get(id)?.close()
    chats.set(id, fresh)
    fresh = null
  }

  const pages = createPages(connection, clock, options.host)
  const stops = [
    pages.close,
    connection.onState(update),
    connection.onEvent(onEvent),
    outbox.subscribe(() => storage.set(UNSENT, outbox.entries().length ? "1" : null)),
  ]

  return {
    connection,
    subscribe: changes.add,
    chatOf,
    chats: () => [...chats.values()],
    moved: pages.moved,
    hasUnsentStart: outbox.ready.then(() => outbox.entries().some(it => it.command.type === "conversation.start")),
    forget() {
      for (const entry of outbox.entries()) void outbox.discard(entry.client_id)
    },
    close() {
      for (const stop of stops) stop()
      for (const chat of [...chats.values(), fresh]) chat?.close()
      outbox.close()
      connection.close()
    },
  }
}
