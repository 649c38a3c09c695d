import { backoff, type Clock, sleep } from "@parley/client/clock"
import type { ConnectionState } from "@parley/client/connection"
import type { PrechatFields, SuggestionView, VisitorConversationView, WidgetSession } from "@parley/client/contract"
import { createListeners } from "@parley/client/listeners"
import { firstOf } from "@parley/client/text"
import type { HostSays } from "../protocol"
import { askedFirst } from "./asked-first"
import type { Chat } from "./chat"
import { isDone, newestFirst } from "./conversations"
import { keptGreeting } from "./greeting"
import type { Host } from "./host"
import { openSession } from "./session"
import type { Storage } from "./storage"
import type { Talk } from "./talk"
import { contactOf, TOKEN } from "./token"

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
  /** What it takes to talk, fetched when somebody is about to. */
  loadTalk: () => Promise<Pick<typeof import("./talk"), "createTalk">>
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
  hear(words: HostSays): void
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
  talk(): void
  /** Another page of this browser has signed out, or has been given who this browser is. */
  stored(key: string): void
  storage: Storage
  /** Remember it in this browser, and draw again. */
  keep(key: string, value: string | null): void
  saveContact(change: { name?: string; email?: string }): Promise<boolean>
  visibilityChanged(): void
}

const DRAFT = "draft:new"
const SIGNED_OUT = "signed_out"
/** Whether somebody is there, and how soon they answer, is asked again when the panel opens after so long. */
const OLD_MS = 60_000
const RETRY_MS = 3000

/** The widget's state: who the visitor is, which screen is shown, and what the page around must know. */
export function createApp(options: AppOptions): App {
  const { host, storage, clock, origin } = options
  const changes = createListeners<[]>()
  const conversations = new Map<string, VisitorConversationView>()
  let { page } = options
  let phase: AppSnapshot["phase"] = "loading"
  let screen: AppSnapshot["screen"] = "home"
  let refusal = ""
  let session: WidgetSession | null = null
  let talk: Talk | null = null
  let waking: Promise<Talk | null> | null = null
  let shown: Chat | null = null
  let article: SuggestionView | null = null
  let screenBefore: AppSnapshot["screen"] = "home"
  let attempt = 0
  let openedAt = 0
  let isStarting = false
  /** A token of the page that somebody else's sign-out has made worthless. */
  let forgotten: string | null | undefined
  let lastStatus = ""
  let linkToken = options.link?.token ?? null
  let linkedId = options.link?.conversationId ?? null
  const isOutdated = () => options.isGone() || talk?.connection.state().code === "contract"

  async function open(): Promise<void> {
    const mine = ++attempt
    const answer = await openSession({
      origin,
      inboxKey: options.inboxKey,
      identityToken: page.identity_token === forgotten ? null : (page.identity_token ?? null),
      linkToken,
      locale: options.locale,
      page: pageUrl(),
      storage,
      clock,
      fetch: globalThis.fetch.bind(globalThis),
      random: Math.random,
      isWanted: () => mine === attempt,
      onTrouble: () => {
        if (session || mine !== attempt) return
        phase = "unreachable"
        redraw()
      },
    })
    if (!answer || mine !== attempt) return
    if (answer.ok) {
      begin(answer)
      askForToken(answer)
    } else {
      phase = "refused"
      refusal = answer.detail
    }
    redraw()
  }

  const previewed = (it: WidgetSession) => (page.preview ? { ...it, inbox: { ...it.inbox, ...page.preview } } : it)
  /** The settings' preview shows the first screen or the form. */
  function preview(): void {
    const { screen: wanted = "home" } = page.preview ?? {}
    if (wanted === "form" && screen === "home") void wake().then(it => it && ask(it.chatOf(null)))
    else if (wanted !== screen) go(wanted)
  }
  const hasUnsent = () => storage.get("unsent") !== null
  const pageUrl = () => firstOf(page.url, 2000) || null

  function begin(answer: WidgetSession): void {
    const isSameContact = session?.contact.id === answer.contact.id
    session = previewed(answer)
    linkToken = null
    openedAt = clock.now()
    phase = "ready"
    options.paint(page.color ?? answer.inbox.color)
    if (talk && isSameContact) {
      talk.connection.retry()
      return
    }
    talk?.close()
    talk = waking = shown = null
    conversations.clear()
    for (const it of answer.conversations) conversations.set(it.id, it)
    const all = newestFirst(conversations)
    const current = all.find(it => !isDone(it))
    const linked = linkedId && conversations.has(linkedId) ? linkedId : null
    linkedId = null
    if (linked) show(linked)
    else if (isStarting) void start()
    else if (current) show(current.id)
    else if (page.is_open && keptGreeting(storage)) show(null)
    else if (page.preview) preview()
    else if (hasUnsent() || all.some(it => it.seq > it.marks.contact_read_seq)) void wake()
  }

  function askForToken({ identity }: WidgetSession): void {
    if (identity !== "expired" && identity !== "early") return
    // biome-ignore lint/suspicious/noConsole: for those who build the page
    console.warn(
      `Parley: the identity token is ${identity === "early" ? "not valid yet" : "expired"}; call Parley.identify with a new one.`,
    )
    host.say({ type: "token" })
  }

  /** The next person at this computer begins with nothing. */
  function signOut(): void {
    const visitor_token = storage.get(TOKEN)
    talk?.forget()
    storage.clear()
    storage.set(SIGNED_OUT, String(clock.now()))
    if (visitor_token) void tellSignOut(visitor_token)
    restart()
  }

  async function tellSignOut(visitor_token: string): Promise<void> {
    const headers = { "Content-Type": "application/json" }
    const said = { method: "POST", headers, body: JSON.stringify({ visitor_token }), keepalive: true }
    for (let failures = 1; ; failures += 1) {
      const response = await fetch(`${origin}/api/v1/widget/sign-out`, said).catch(() => null)
      if (response && response.status < 500 && response.status !== 429) return
      await sleep(clock, backoff(failures, Math.random))
    }
  }

  function restart(): void {
    attempt += 1
    talk?.close()
    talk = waking = shown = session = article = null
    conversations.clear()
    isStarting = false
    phase = "loading"
    screen = "home"
    redraw()
    void open()
  }

  function wake(): Promise<Talk | null> {
    waking ??= options.loadTalk().then(connect, () => {
      waking = null
      return null
    })
    return waking
  }

  function connect({ createTalk }: Awaited<ReturnType<AppOptions["loadTalk"]>>): Talk | null {
    if (talk || !session) return talk
    const held = session
    talk = createTalk({
      ...options,
      session: () => session ?? held,
      page: pageUrl,
      host: () => page,
      conversations,
    })
    const mine = talk
    mine.subscribe(() => {
      if (mine.connection.state().code === "unauthenticated") void open()
      redraw()
    })
    for (const id of [null, newestFirst(conversations)[0]?.id]) if (id !== undefined) mine.chatOf(id)
    void mine.hasUnsentStart.then(has => {
      if (has && screen === "home") show(null)
    })
    redraw()
    return talk
  }

  function redraw(): void {
    for (const chat of talk?.chats() ?? [])
      chat.saw(page.is_open && !document.hidden && screen === "chat" && shown === chat)
    if (session) tellHost(session)
    changes.tell()
  }

  function tellHost({ inbox }: WidgetSession): void {
    const unread_count = (talk?.chats() ?? []).reduce((sum, it) => sum + it.snapshot().unread_count, 0)
    const has_open = hasUnsent() || [...conversations.values()].some(it => !isDone(it))
    const label = options.label(unread_count)
    const color = page.color ?? inbox.color
    const close_label = options.closeLabel
    const drawn = { badge: `${unread_count || ""}`, labels: [label, close_label] as [string, string] }
    const memory = has_open ? `${color} talks` : color
    const status = { type: "status", unread_count, has_open, label, close_label, color, memory, ...drawn } as const
    if (JSON.stringify(status) === lastStatus) return
    lastStatus = JSON.stringify(status)
    host.say(status)
  }

  function go(next: AppSnapshot["screen"]): void {
    screen = next
    redraw()
  }

  function show(id: string | null): void {
    void wake().then(it => {
      if (!it) return
      shown = it.chatOf(id)
      go("chat")
    })
  }

  async function start(): Promise<void> {
    const chat = session && (await wake())?.chatOf(null)
    isStarting = !chat
    if (session) phase = chat ? "ready" : "unreachable"
    if (!chat) {
      // Before the session it is the session that begins again; after it, what is missing is asked for again.
      if (session) clock.after(RETRY_MS, () => isStarting && void start())
      return redraw()
    }
    if (askedFirst(session as WidgetSession)[0] && chat.snapshot().draft.trim()) return ask(chat)
    chat.submit()
    show(null)
  }

  function ask(chat: Chat): void {
    shown = chat
    screenBefore = screen
    go("form")
  }

  function keep(key: string, value: string | null): void {
    storage.set(key, value)
    redraw()
  }

  if (page.identity_token === null) signOut()
  else void open()

  return {
    snapshot() {
      const fresh = screen === "home" ? talk?.chatOf(null).snapshot() : null
      return {
        phase,
        refusal,
        screen,
        session,
        connection: talk?.connection.state().name ?? "connecting",
        is_outdated: isOutdated(),
        is_identity_stale: session?.identity === "expired" || session?.identity === "early",
        is_open: page.is_open,
        is_starting: isStarting,
        conversations: newestFirst(conversations),
        chat: shown,
        article,
        draft: fresh?.draft ?? storage.get(DRAFT) ?? "",
        found: fresh?.found ?? [],
        found_note: fresh?.found_note ?? null,
      }
    },
    subscribe: changes.add,
    hear(words) {
      const isSomeoneElse = words.identity_token !== page.identity_token
      const signsOut = words.identity_token === null && isSomeoneElse
      const isOld = words.is_open && !page.is_open && session && clock.now() - openedAt > OLD_MS
      const opens = words.is_open && !page.is_open
      page = words
      if (words.preview && session) {
        session = previewed(session)
        preview()
      }
      if (words.preview?.color) options.paint(words.preview.color)
      // Nobody looks: what was typed is kept.
      if (!words.is_open && isOutdated()) options.reload()
      talk?.moved()
      if (opens && screen === "home" && session && keptGreeting(storage)) show(null)
      if (signsOut) return signOut()
      if (isSomeoneElse || isOld) void open()
      redraw()
    },
    setDraft(text) {
      if (talk) return talk.chatOf(null).setDraft(text)
      storage.set(DRAFT, text)
      if (session) void wake()
      changes.tell()
    },
    start,
    send() {
      if (session && shown && !shown.snapshot().thread.conversation_id && askedFirst(session)[0]) ask(shown)
      else shown?.submit()
    },
    begin(fields) {
      shown?.submit(fields)
      const { contact } = session as WidgetSession
      if (session && !contact.is_verified) {
        session = {
          ...session,
          contact: { ...contact, name: fields.name ?? contact.name, email: fields.email ?? contact.email },
        }
      }
      go("chat")
    },
    leaveForm: () => go(screenBefore),
    async submitForm(conversationId, fields, key) {
      const command = { type: "form.submit", conversation_id: conversationId, fields } as const
      const reply = await talk?.connection.command(command).catch(() => null)
      if (reply?.ok && session) {
        session = { ...session, contact: reply.contact }
        keep(key, "1")
      }
      return reply?.ok ?? false
    },
    storage,
    keep,
    goHome: () => go("home"),
    show,
    read(next) {
      article = next
      screenBefore = screen
      go("article")
    },
    leaveArticle: () => go(screenBefore),
    helped() {
      const chat = screenBefore === "home" ? talk?.chatOf(null) : shown
      const conversation = chat?.snapshot().thread.conversation
      chat?.setDraft("")
      if (conversation && !conversation.agent_name && !isDone(conversation)) chat?.end()
    },
    talk() {
      if (screenBefore === "home") show(null)
      else go("chat")
    },
    stored(key) {
      if (key === SIGNED_OUT && storage.get(SIGNED_OUT)) {
        forgotten = page.identity_token
        restart()
      }
      const now = contactOf(storage.get(TOKEN))
      const isOther = key === TOKEN && session && now && now !== session.contact.id
      // Where the page says who is signed in, its word counts and not another page's.
      if (isOther && (!page.identity_token || page.identity_token === forgotten)) void open()
    },
    async saveContact(change) {
      const reply = await talk?.connection.command({ type: "contact.update", ...change }).catch(() => null)
      if (reply?.ok && session) session = { ...session, contact: reply.contact }
      redraw()
      return reply?.ok ?? false
    },
    visibilityChanged: redraw,
  }
}
