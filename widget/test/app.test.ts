import type { VisitorConversationView, WidgetSession } from "@parley/client/contract"
import {
  asWebSocket,
  CONVERSATION,
  conversation,
  FakeSocket,
  message,
  settled,
  TravelClock,
} from "@parley/client/test/world"
import { beforeEach, expect, test } from "vitest"
import { createApp } from "../models/app"
import type { Host } from "../models/host"
import * as live from "../models/live-session"
import type { Storage } from "../models/storage"
import type { FrameSays, Unmarked } from "../protocol"

let clock: TravelClock
let kept: Map<string, string>
let said: Unmarked<FrameSays>[]
let loads: number
let isGone: boolean
let reloads: number
let session: WidgetSession

const storage: Storage = {
  get: key => kept.get(key) ?? null,
  set: (key, value) => void (value === null ? kept.delete(key) : kept.set(key, value)),
  clear: () => kept.clear(),
}

beforeEach(() => {
  FakeSocket.reset()
  FakeSocket.how = "accept"
  clock = new TravelClock()
  kept = new Map()
  said = []
  loads = 0
  isGone = false
  reloads = 0
  session = {
    ok: true,
    visitor_token: "token",
    contact: { id: "me", name: "", email: null, is_verified: false },
    inbox: {
      key: "shop",
      name: "Shop",
      greeting: "",
      away_text: "",
      color: "#123456",
      position: "right",
      launcher: "bubble",
      locale: "en",
      site_url: "",
      is_open: true,
      opens_at: null,
      is_staffed: true,
      is_archived: false,
      reply_seconds: null,
      agent_names: [],
      asks_email: false,
      email_prompt: "never",
      form: null,
      shows_history: true,
      shows_suggestions: true,
      previews_typing: false,
      allows_files: true,
      max_file_bytes: 10_000_000,
    },
    conversations: [],
    articles: [],
    identity: "none",
  }
  Object.assign(globalThis, {
    document: { hidden: false },
    WebSocket: asWebSocket,
    // The pages of these tests are not tabs of one browser.
    BroadcastChannel: undefined,
    fetch: async () => new Response(JSON.stringify(session)),
  })
})

async function open({ isOpen = true, holds = [] as VisitorConversationView[], failures = 0 } = {}) {
  session = { ...session, conversations: holds }
  const host: Host = { say: words => said.push(words), onSaid: () => () => {} }
  const page = { parley: 1, url: "https://shop.test/lamp", is_open: isOpen } as const
  const app = createApp({
    origin: "https://help.test",
    inboxKey: "shop",
    locale: "en",
    page,
    host,
    storage,
    clock,
    loadLiveSession: async () => {
      loads += 1
      if (loads <= failures) throw new TypeError("no line")
      return live
    },
    label: n => `Open chat ${n}`,
    closeLabel: "Close chat",
    isGone: () => isGone,
    reload: () => {
      reloads += 1
    },
    paint: () => {},
  })
  await clock.pass(100)
  return { app, page }
}

const sent = (type: string) => FakeSocket.last.commands.filter(it => it.command.type === type)
const answer = (type: string, reply: object) => FakeSocket.last.answer(sent(type).at(-1)?.id ?? 0, reply)
const status = () => said.filter(it => it.type === "status").at(-1)

async function openWithConversation(isOpen: boolean) {
  const all = await open({ isOpen, holds: [conversation(1)] })
  answer("conversation.sync", {
    ok: true,
    conversation: conversation(1),
    messages: [message(1, contact)],
    is_complete: true,
  })
  await clock.pass(100)
  return all
}

function settledLater<T>() {
  let settle: (value: T) => void = () => {}
  const promise = new Promise<T>(resolve => {
    settle = resolve
  })
  return { promise, settle }
}

const contact = { author: { kind: "contact", id: "me", name: "" } } as const

test("a new visitor sees home, and nothing to talk with is fetched before a letter is typed", async () => {
  const { app } = await open()
  expect(app.snapshot()).toMatchObject({ phase: "ready", screen: "home" })
  expect(loads).toBe(0)
  expect(FakeSocket.all).toEqual([])
})

test("three letters ask for answers as soon as there is a connection", async () => {
  const { app } = await open()
  app.setDraft("ret")
  await clock.pass(300)
  expect(sent("article.search").map(it => it.command.query)).toContain("ret")
  answer("article.search", { ok: true, suggestions: [{ article_id: "a", title: "Returns" }] })
  await settled()
  expect(app.snapshot().found.map(it => it.title)).toEqual(["Returns"])
})

test("a refused search never looks like nothing fits, and is asked again (U8, N12)", async () => {
  const { app } = await open()
  app.setDraft("ret")
  await clock.pass(300)
  answer("article.search", { ok: false, code: "rate_limited", detail: "", retry_seconds: 2, missed: [] })
  await settled()
  expect(app.snapshot()).toMatchObject({ found: [], found_note: "answers_failed" })
  await clock.pass(4_000)
  answer("article.search", { ok: true, suggestions: [{ article_id: "a", title: "Returns" }], is_by_words: true })
  await settled()
  expect(app.snapshot()).toMatchObject({ found: [{ title: "Returns" }], found_note: "answers_by_words" })
  app.setDraft("re")
  expect(app.snapshot()).toMatchObject({ found: [], found_note: null })
})

test("a message sent before the server has answered is sent once it does", async () => {
  const slow = settledLater<Response>()
  Object.assign(globalThis, { fetch: () => slow.promise })
  const { app } = await open()
  app.setDraft("My lamp is broken")
  await app.start()
  expect(app.snapshot()).toMatchObject({
    phase: "loading",
    screen: "home",
    is_starting: true,
    draft: "My lamp is broken",
  })
  slow.settle(new Response(JSON.stringify(session)))
  await clock.pass(100)
  await settled()
  expect(app.snapshot()).toMatchObject({ screen: "chat", is_starting: false })
  expect(sent("conversation.start").map(it => it.command.body)).toEqual(["My lamp is broken"])
  answer("conversation.start", { ok: true, conversation: conversation(1), message: message(1, contact) })
  await settled()
})

test("a message sent while the line is cut is said to wait, and sent once the line is back", async () => {
  const { app } = await open({ failures: 3 })
  app.setDraft("My lamp is broken")
  await settled()
  await app.start()
  expect(app.snapshot()).toMatchObject({ phase: "unreachable", is_starting: true, draft: "My lamp is broken" })
  await clock.pass(3000)
  await settled()
  expect(app.snapshot()).toMatchObject({ phase: "unreachable", screen: "home" })
  await clock.pass(3000)
  await settled()
  await clock.pass(300)
  expect(app.snapshot()).toMatchObject({ phase: "ready", screen: "chat", is_starting: false })
  expect(sent("conversation.start").map(it => it.command.body)).toEqual(["My lamp is broken"])
  answer("conversation.start", { ok: true, conversation: conversation(1), message: message(1, contact) })
  await settled()
})

test("what was typed at home becomes the first message, with the page it was written on", async () => {
  const { app } = await open()
  app.setDraft("where is my lamp")
  await app.start()
  await clock.pass(300)
  expect(app.snapshot().screen).toBe("chat")
  expect(sent("conversation.start")[0]?.command).toMatchObject({
    body: "where is my lamp",
    page_url: "https://shop.test/lamp",
  })
  expect(kept.get("draft:new")).toBeUndefined()
})

test("a conversation under way is where one comes back to", async () => {
  const { app } = await open({ holds: [conversation(1)] })
  expect(app.snapshot().screen).toBe("chat")
  expect(status()).toMatchObject({ has_open: true })
})

test("an answer while the panel is closed is counted for the launcher, and delivered but not read", async () => {
  await openWithConversation(false)
  FakeSocket.last.event({ type: "message.created", message: message(2) })
  await clock.pass(500)
  expect(status()).toMatchObject({ unread_count: 1, label: "Open chat 1" })
  expect(sent("conversation.delivered").map(it => it.command.seq)).toContain(2)
  expect(sent("conversation.read")).toEqual([])
})

test("opened, it is read and the count goes", async () => {
  const { app, page } = await openWithConversation(false)
  FakeSocket.last.event({ type: "message.created", message: message(2) })
  app.onPage({ ...page, is_open: true })
  await clock.pass(500)
  expect(sent("conversation.read").at(-1)?.command.seq).toBe(2)
  const marks = { ...conversation(2).marks, contact_read_seq: 2 }
  FakeSocket.last.event({ type: "message.marked", conversation_id: CONVERSATION, marks })
  expect(status()).toMatchObject({ unread_count: 0 })
})

test("a first message that could not be sent is shown and sent by the next page", async () => {
  FakeSocket.how = "refuse"
  const { app } = await open()
  app.setDraft("hello?")
  await app.start()
  await clock.pass(300)
  expect(kept.get("unsent")).toBe("1")
  expect(status()).toMatchObject({ has_open: true })
})

test("an article that helped ends what no person has taken up, and leaves alone what one has", async () => {
  for (const [agentName, ends] of [
    [null, 1],
    ["Ana", 0],
  ] as const) {
    FakeSocket.reset()
    FakeSocket.how = "accept"
    const { app } = await open({ holds: [conversation(1, { agent_name: agentName })] })
    app.read({ article_id: "a", title: "", heading: "", passage: "", url: "/help/a", score: 1, why: "" })
    app.helped()
    expect(sent("conversation.end").length).toBe(ends)
  }
})

test("the rating is asked once a person's conversation is done, and can be skipped for good", async () => {
  const done = conversation(2, { category: "resolved", agent_name: "Ana" })
  const { app } = await open({ holds: [done] })
  app.show(CONVERSATION)
  await clock.pass(100)
  answer("conversation.sync", {
    ok: true,
    conversation: done,
    messages: [message(1, contact), message(2)],
    is_complete: true,
  })
  await settled()
  const chat = app.snapshot().chat
  expect(chat?.snapshot().asks_rating).toBe(true)
  chat?.skipRating()
  expect(chat?.snapshot().asks_rating).toBe(false)
})

test("the token is refused: a new one is asked for and the connection tried again", async () => {
  FakeSocket.how = "open"
  await open({ holds: [conversation(1)] })
  session = { ...session, visitor_token: "newer" }
  FakeSocket.last.refuse("unauthenticated")
  await clock.pass(500)
  expect(FakeSocket.last.auth).toMatchObject({ token: "newer" })
})

test("a newer program is told of, and comes when the panel closes", async () => {
  const { app, page } = await open({ failures: 9 })
  app.onPage({ ...page, is_open: false })
  expect([app.snapshot().is_outdated, reloads]).toEqual([false, 0])
  app.onPage({ ...page, is_open: true })
  isGone = true
  app.setDraft("hello?")
  await app.start()
  expect(app.snapshot()).toMatchObject({ is_outdated: true, draft: "hello?" })
  expect([reloads, kept.get("draft:new")]).toEqual([0, "hello?"])
  app.onPage({ ...page, is_open: false })
  expect(reloads).toBe(1)
})

test("whoever answers is there, though nobody was when the page was opened", async () => {
  session.inbox.is_staffed = false
  const { app } = await open({ holds: [conversation(1)] })
  FakeSocket.last.event({ type: "message.created", message: message(2, contact) })
  expect(app.snapshot().session?.inbox.is_staffed).toBe(false)
  FakeSocket.last.event({ type: "message.created", message: message(3) })
  expect(app.snapshot().session?.inbox.is_staffed).toBe(true)
})

test("what is longer than the limit stays in the field and is not sent", async () => {
  const { app } = await openWithConversation(true)
  const { chat } = app.snapshot()
  chat?.setDraft("x".repeat(12_001))
  expect(chat?.submit()).toBe(false)
  expect(chat?.snapshot()).toMatchObject({ draft: "x".repeat(12_001), is_ready: false })
  chat?.setDraft("😀".repeat(10_000))
  expect(chat?.snapshot().is_ready).toBe(true)
  expect(sent("message.send")).toEqual([])
})

test("what comes below while one reads further up is delivered and not read, until one is at the end", async () => {
  const { app } = await openWithConversation(true)
  const { chat } = app.snapshot()
  chat?.reach(false)
  FakeSocket.last.event({ type: "message.created", message: message(2) })
  await clock.pass(500)
  expect(sent("conversation.read")).toEqual([])
  expect(sent("conversation.delivered").at(-1)?.command.seq).toBe(2)
  chat?.reach(true)
  await clock.pass(500)
  expect(sent("conversation.read").map(it => it.command.seq)).toEqual([2])
})
