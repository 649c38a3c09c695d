import type { Clock } from "@parley/client/clock"
import type { Connection } from "@parley/client/connection"
import type { VisitorSide } from "@parley/client/contract"
import {
  type GreetingView,
  LIMITS,
  type MessageView,
  type PrechatFields,
  type SuggestionView,
  type VisitorConversationView,
  type WidgetContactView,
} from "@parley/client/contract"
import { createListeners } from "@parley/client/listeners"
import type { Outbox } from "@parley/client/outbox"
import { firstOf } from "@parley/client/text"
import { sizeOf } from "@parley/client/text-size"
import { createThread, type ThreadSnapshot } from "@parley/client/thread"
import { createArticleSuggestions } from "./article-suggestions"
import { isDone } from "./conversations"
import { keepGreeting, keptGreeting } from "./greeting"
import type { Storage } from "./storage"
import type { Upload, Uploads } from "./uploads"

export interface ChatOptions {
  /** Null for one that the first message will start. */
  conversationId: string | null
  /** As known from the list. */
  conversation: VisitorConversationView | null
  contact: WidgetContactView
  connection: Connection<VisitorSide>
  outbox: Outbox
  storage: Storage
  clock: Clock
  origin: string
  token: () => string | null
  page: () => string | null
  /** Agents see what is typed before it is sent, and the visitor has been told so. */
  previewsTyping: () => boolean
  showsSuggestions: () => boolean
  maxFileBytes: () => number
}

export interface ChatSnapshot {
  thread: ThreadSnapshot<VisitorConversationView>
  /** What we said first: an answer to it begins the conversation. */
  greeting: GreetingView | null
  draft: string
  /** There is something to send, and nothing speaks against it. */
  is_ready: boolean
  uploads: readonly Upload[]
  /** What may answer what is being typed. */
  found: readonly SuggestionView[]
  /** What to say of that search, if it did not go as it should. */
  found_note: "answers_failed" | "answers_by_words" | null
  /** What may answer what was said, while no person has answered. */
  suggestions: readonly SuggestionView[]
  unread_count: number
  /** The question how it was, asked once when a person's work is done. */
  asks_rating: boolean
  was_rated_now: boolean
}

/** One conversation on the visitor's screen: the thread, what is being written, files, suggestions and the rating. */
export interface Chat {
  /** Stays the same when a fresh conversation gets its id. */
  key: string
  snapshot(): ChatSnapshot
  subscribe(told: () => void): () => void
  setDraft(text: string): void
  attach(files: Iterable<File>): void
  detach(upload: Upload): void
  /** False when there is nothing to send yet. `fields` go along with a first message. */
  submit(fields?: PrechatFields): boolean
  retry(clientId: string): void
  discard(clientId: string): void
  end(): void
  rate(score: number, comment: string): void
  skipRating(): void
  dismissSuggestions(): void
  /** Fetch what was said before the first row. */
  earlier(): void
  /** The reader is at the end of what was said, or further up: what comes below is not seen there. */
  reach(isEnd: boolean): void
  /** It is on the screen, or it has only arrived. */
  saw(isVisible: boolean): void
  close(): void
}

const RETRY_MS = 3000
let lastKey = 0

export function createChat(options: ChatOptions): Chat {
  const { conversation, contact, connection, outbox, storage, clock } = options
  const changes = createListeners<[]>()
  const suggestions = createArticleSuggestions(connection, clock)
  const thread = createThread<VisitorSide>({
    side: "visitor",
    conversationId: options.conversationId,
    ...(conversation && { conversation }),
    me: { kind: "contact", id: contact.id, name: contact.name },
    connection,
    outbox,
    clock,
  })
  const draftKey = () => `draft:${thread.snapshot().conversation_id ?? "new"}`
  let storedAs = draftKey()
  let draft = storage.get(storedAs) ?? ""
  let uploads: Uploads | null = null
  let answered: GreetingView | null = null
  if (!options.conversationId && options.showsSuggestions()) suggestions.ask(draft)
  let dismissedSeq = -1
  let wasRatedNow = false
  let isAtEnd = true

  function setDraft(text: string): void {
    if (text === draft) return
    draft = text
    storeDraft()
    thread.setTyping(text !== "", options.previewsTyping() ? text : "")
    if (!thread.snapshot().conversation_id && options.showsSuggestions()) suggestions.ask(text)
    changes.tell()
  }

  /** A conversation that has just begun takes its draft along. */
  function storeDraft(): void {
    if (storedAs !== draftKey()) storage.set(storedAs, null)
    storedAs = draftKey()
    storage.set(storedAs, draft || null)
  }

  function suggestionsOf(it: ThreadSnapshot<VisitorConversationView>): readonly SuggestionView[] {
    if (!options.showsSuggestions() || hasAgentAnswered(it) || it.last_seq <= dismissedSeq || isDone(it.conversation))
      return []
    return it.suggestions.slice(0, 3)
  }

  /** Files that wait for the part that sends them: a message must not leave without them. */
  let heldCount = 0
  const files = () => uploads?.list() ?? []

  function isReady(): boolean {
    const all = files()
    const isSomething = draft.trim() !== "" || all.some(it => it.attachment)
    const isArriving = heldCount > 0 || all.some(it => !it.trouble && !it.attachment)
    return isSomething && sizeOf(draft) <= LIMITS.messageBody && !isArriving
  }

  /** Most visitors send no file, so the means to do so come when somebody does. */
  async function attach(held: File[]): Promise<void> {
    const part = await import("./uploads").catch(() => null)
    if (!part) return void clock.after(RETRY_MS, () => void attach(held))
    if (!uploads) {
      uploads = part.createUploads(options.origin, options.token, options.maxFileBytes)
      stops.push(uploads.subscribe(changes.tell))
    }
    heldCount -= held.length
    uploads.add(held)
  }

  async function change(command: Parameters<typeof connection.command>[0]): Promise<boolean> {
    const reply = await connection.command(command).catch(() => null)
    if (reply?.ok) void thread.sync()
    return reply?.ok ?? false
  }

  const stops = [thread.subscribe(changes.tell), suggestions.subscribe(changes.tell)]
  const id = () => thread.snapshot().conversation_id ?? ""
  const skipKey = () => `unrated:${id()}`

  return {
    key: String(++lastKey),
    snapshot() {
      const it = thread.snapshot()
      return {
        thread: it,
        greeting: it.conversation_id ? null : (answered ?? keptGreeting(storage)),
        draft,
        is_ready: isReady(),
        uploads: files(),
        found: suggestions.found(),
        found_note: suggestions.note(),
        suggestions: suggestionsOf(it),
        unread_count: it.rows.filter(row => isUnread(row.message, it.marks.contact_read_seq)).length,
        asks_rating:
          isDone(it.conversation) &&
          it.conversation?.rating === null &&
          hasAgentAnswered(it) &&
          !storage.get(skipKey()),
        was_rated_now: wasRatedNow,
      }
    },
    subscribe: changes.add,
    setDraft,
    attach(files) {
      const held = [...files]
      heldCount += held.length
      changes.tell()
      void attach(held)
    },
    detach: ({ key }) => uploads?.remove(key),
    submit(fields) {
      const body = draft.trim()
      if (!isReady()) return false
      const page = options.page()
      if (!thread.snapshot().conversation_id) {
        answered = keptGreeting(storage)
        keepGreeting(storage, null)
      }
      const more = {
        attachments: uploads?.take() ?? [],
        ...(page && { page_url: firstOf(page, 2000) }),
        ...(fields && { fields }),
        ...(answered && { greeting_id: answered.id }),
      }
      void thread.send(body, more)
      draft = ""
      storeDraft()
      suggestions.ask("")
      changes.tell()
      return true
    },
    retry: clientId => void outbox.retry(clientId),
    discard: clientId => void outbox.discard(clientId),
    end: () => void change({ type: "conversation.end", conversation_id: id() }),
    async rate(score, comment) {
      wasRatedNow = await change({ type: "survey.answer", conversation_id: id(), score, comment })
      changes.tell()
    },
    skipRating() {
      storage.set(skipKey(), "1")
      changes.tell()
    },
    dismissSuggestions() {
      dismissedSeq = thread.snapshot().last_seq
      changes.tell()
    },
    earlier: () => void thread.earlier(),
    reach(isEnd) {
      if (isEnd === isAtEnd) return
      isAtEnd = isEnd
      changes.tell()
    },
    saw: isVisible => (isVisible && isAtEnd ? thread.read() : thread.delivered()),
    close() {
      for (const stop of stops) stop()
      uploads?.close()
      suggestions.close()
      thread.close()
    },
  }
}

function isUnread(message: MessageView, readSeq: number): boolean {
  return isFromUs(message) && message.seq !== null && message.seq > readSeq
}

function isFromUs({ author, system }: MessageView): boolean {
  return !system && (author.kind === "agent" || author.kind === "bot")
}

function hasAgentAnswered(it: ThreadSnapshot<VisitorConversationView>): boolean {
  return it.rows.some(row => row.message.author.kind === "agent" && !row.message.system)
}
