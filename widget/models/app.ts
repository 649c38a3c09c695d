import type { SuggestionView, VisitorConversationView, WidgetSession } from "@parley/client/contract"
import { createListeners } from "@parley/client/listeners"
import { firstOf } from "@parley/client/text"
import type { App, AppOptions, AppSnapshot } from "./app-view"
import { askedFirst } from "./asked-first"
import type { Chat } from "./chat"
import { isDone, newestFirst } from "./conversations"
import { keptGreeting } from "./greeting"
import { createHostStatus } from "./host-status"
import type { LiveSession } from "./live-session"
import { openSession } from "./session"
import { endSession } from "./sign-out"
import { contactOf, TOKEN } from "./token"

const DRAFT = "draft:new"
const SIGNED_OUT = "signed_out"
/** Whether somebody is there, and how soon they answer, is asked again when the panel opens after so long. */
const OLD_MS = 60_000
const RETRY_MS = 3000

/** The widget's state: who the visitor is, which screen is shown, and what the page around must know. */
export function createApp(options: AppOptions): App {
  const { host, storage, clock, origin } = options
  const changes = createListeners<[]>()
  const reportStatus = createHostStatus(options)
  const conversations = new Map<string, VisitorConversationView>()
  let { page } = options
  let phase: AppSnapshot["phase"] = "loading"
  let screen: AppSnapshot["screen"] = "home"
  let refusal = ""
  let session: WidgetSession | null = null
  let live: LiveSession | null = null
  let waking: Promise<LiveSession | null> | null = null
  let shown: Chat | null = null
  let article: SuggestionView | null = null
  let screenBefore: AppSnapshot["screen"] = "home"
  let attempt = 0
  let openedAt = 0
  let isStarting = false
  /** A token of the page that somebody else's sign-out has made worthless. */
  let forgotten: string | null | undefined
  let linkToken = options.link?.token ?? null
  let linkedId = options.link?.conversationId ?? null
  const isOutdated = () => options.isGone() || live?.connection.state().code === "contract"

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
    if (live && isSameContact) {
      live.connection.retry()
      return
    }
    live?.close()
    live = waking = shown = null
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
    live?.forget()
    storage.clear()
    storage.set(SIGNED_OUT, String(clock.now()))
    if (visitor_token) void endSession(origin, visitor_token, clock)
    restart()
  }

  function restart(): void {
    attempt += 1
    live?.close()
    live = waking = shown = session = article = null
    conversations.clear()
    isStarting = false
    phase = "loading"
    screen = "home"
    redraw()
    void open()
  }

  function wake(): Promise<LiveSession | null> {
    waking ??= options.loadLiveSession().then(connect, () => {
      waking = null
      return null
    })
    return waking
  }

  function connect({ createLiveSession }: Awaited<ReturnType<AppOptions["loadLiveSession"]>>): LiveSession | null {
    if (live || !session) return live
    const held = session
    live = createLiveSession({
      ...options,
      session: () => session ?? held,
      page: pageUrl,
      host: () => page,
      conversations,
    })
    const mine = live
    mine.subscribe(() => {
      if (mine.connection.state().code === "unauthenticated") void open()
      redraw()
    })
    for (const id of [null, newestFirst(conversations)[0]?.id]) if (id !== undefined) mine.chatOf(id)
    void mine.hasUnsentStart.then(has => {
      if (has && screen === "home") show(null)
    })
    redraw()
    return live
  }

  function redraw(): void {
    for (const chat of live?.chats() ?? [])
      chat.saw(page.is_open && !document.hidden && screen === "chat" && shown === chat)
    if (session) tellHost(session)
    changes.tell()
  }

  function tellHost({ inbox }: WidgetSession): void {
    const unread = (live?.chats() ?? []).reduce((sum, it) => sum + it.snapshot().unread_count, 0)
    const hasOpen = hasUnsent() || [...conversations.values()].some(it => !isDone(it))
    reportStatus(unread, hasOpen, page.color ?? inbox.color)
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
      const fresh = screen === "home" ? live?.chatOf(null).snapshot() : null
      return {
        phase,
        refusal,
        screen,
        session,
        connection: live?.connection.state().name ?? "connecting",
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
    onPage(words) {
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
      live?.moved()
      if (opens && screen === "home" && session && keptGreeting(storage)) show(null)
      if (signsOut) return signOut()
      if (isSomeoneElse || isOld) void open()
      redraw()
    },
    setDraft(text) {
      if (live) return live.chatOf(null).setDraft(text)
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
      const reply = await live?.connection.command(command).catch(() => null)
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
      const chat = screenBefore === "home" ? live?.chatOf(null) : shown
      const conversation = chat?.snapshot().thread.conversation
      chat?.setDraft("")
      if (conversation && !conversation.agent_name && !isDone(conversation)) chat?.end()
    },
    askPerson() {
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
      const reply = await live?.connection.command({ type: "contact.update", ...change }).catch(() => null)
      if (reply?.ok && session) session = { ...session, contact: reply.contact }
      redraw()
      return reply?.ok ?? false
    },
    visibilityChanged: redraw,
  }
}
