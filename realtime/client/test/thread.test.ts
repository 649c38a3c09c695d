import { beforeEach, expect, test } from "vitest"
import { createConnection } from "../connection"
import type { VisitorSide } from "../contract"
import { createOutbox } from "../outbox"
import { memoryStore, type OutboxStore } from "../store"
import { createThread } from "../thread"
import { asWebSocket, CONVERSATION, conversation, FakeSocket, message, settled, TravelClock } from "./world"

let clock: TravelClock
let store: OutboxStore
let lastId: number

beforeEach(() => {
  FakeSocket.reset()
  FakeSocket.how = "accept"
  clock = new TravelClock()
  store = memoryStore()
  lastId = 0
})

async function openPage(conversationId: string | null = CONVERSATION) {
  const connection = createConnection<VisitorSide>({
    origin: "http://help.test",
    namespace: "/visitor",
    auth: () => ({}),
    clock,
    WebSocket: asWebSocket,
    fetch: (() => new Promise(() => {})) as typeof fetch,
    random: () => 0,
    network: { isOffline: () => false, watch: () => () => {} },
  })
  const newId = () => `c${++lastId}`
  const outbox = createOutbox({
    scope: "v",
    connection,
    store,
    clock,
    random: () => 0,
    newId,
    locks: null,
    channel: null,
  })
  const me = { kind: "contact", id: "me", name: "" } as const
  const thread = createThread<VisitorSide>({
    side: "visitor",
    conversationId,
    me,
    connection,
    outbox,
    clock,
    random: () => 0,
  })
  await clock.pass(1)
  const close = () => {
    thread.close()
    outbox.close()
    connection.close()
  }
  return { thread, close }
}

const sent = (type: string) => FakeSocket.last.commands.filter(it => it.command.type === type)
const page = (from: number, to: number, more = {}) => ({
  ok: true,
  conversation: conversation(to),
  messages: Array.from({ length: to - from + 1 }, (_, i) => message(from + i)),
  is_complete: true,
  ...more,
})

async function openSynced(upTo: number) {
  const all = await openPage()
  FakeSocket.last.answerLast(page(1, upTo))
  await settled()
  return all
}

test("opening asks for everything and pages until it is complete", async () => {
  const { thread } = await openPage()
  expect(sent("conversation.sync").map(it => it.command.after_seq)).toEqual([0])
  FakeSocket.last.answerLast(page(1, 2, { conversation: conversation(3), is_complete: false }))
  await settled()
  expect(sent("conversation.sync").map(it => it.command.after_seq)).toEqual([0, 2])
  expect(thread.snapshot().is_loaded).toBe(false)
  FakeSocket.last.answerLast(page(3, 3))
  await settled()
  expect(thread.snapshot().rows.map(it => it.message.seq)).toEqual([1, 2, 3])
  expect(thread.snapshot().is_loaded).toBe(true)
})

test("an own message is drawn at once and keeps its row from sending to read", async () => {
  const { thread } = await openSynced(1)
  await thread.send("hello")
  const row = () => thread.snapshot().rows.at(-1)
  expect(row()).toMatchObject({ key: "c1", progress: "sending", message: { body: "hello" } })
  const own = message(2, { client_id: "c1", body: "hello", author: { kind: "contact", id: "me", name: "" } })
  FakeSocket.last.event({ type: "message.created", message: own })
  FakeSocket.last.answerLast({ ok: true, message: own })
  await settled()
  expect(row()).toMatchObject({ key: "c1", progress: "sent" })
  expect(thread.snapshot().rows.length).toBe(2)
  const marks = { ...conversation(0).marks, agent_delivered_seq: 2 }
  FakeSocket.last.event({ type: "message.marked", conversation_id: CONVERSATION, marks })
  expect(row()?.progress).toBe("delivered")
  FakeSocket.last.event({
    type: "message.marked",
    conversation_id: CONVERSATION,
    marks: { ...marks, agent_read_seq: 2 },
  })
  expect(row()?.progress).toBe("read")
})

test("a gap is asked for from the last contiguous seq, not from an optimistic row", async () => {
  const { thread } = await openSynced(2)
  await thread.send("mine")
  FakeSocket.last.event({ type: "message.created", message: message(5) })
  await clock.pass(200)
  expect(sent("conversation.sync").at(-1)?.command.after_seq).toBe(2)
  FakeSocket.last.answerLast(page(3, 5))
  await settled()
  expect(thread.snapshot().rows.map(it => it.message.seq)).toEqual([1, 2, 3, 4, 5, null])
})

test("a hint that was only overtaken asks nothing", async () => {
  await openSynced(1)
  const before = sent("conversation.sync").length
  FakeSocket.last.event({ type: "message.created", message: message(3) })
  FakeSocket.last.event({ type: "message.created", message: message(2) })
  await clock.pass(1_000)
  expect(sent("conversation.sync").length).toBe(before)
})

test("after a reconnect only what was missed is asked for", async () => {
  await openSynced(4)
  FakeSocket.last.cut()
  await clock.pass(400)
  expect(sent("conversation.sync").map(it => it.command.after_seq)).toEqual([4])
})

test("a reload with a message still unsent shows it as sending and sends it under the same client_id", async () => {
  FakeSocket.how = "hang"
  const first = await openPage()
  await first.thread.send("before the reload")
  first.close()
  FakeSocket.how = "accept"
  const { thread } = await openPage()
  expect(sent("message.send").map(it => it.command.client_id)).toEqual(["c1"])
  expect(thread.snapshot().rows).toMatchObject([{ key: "c1", progress: "sending" }])
})

test("the first message starts the conversation, and the second, written before the answer, follows it there", async () => {
  const { thread } = await openPage(null)
  expect(thread.snapshot().is_loaded).toBe(true)
  await thread.send("first")
  await thread.send("second")
  expect(thread.snapshot().rows.map(it => it.progress)).toEqual(["sending", "sending"])
  const own = (seq: number, id: string) =>
    message(seq, { client_id: id, author: { kind: "contact", id: "me", name: "" } })
  FakeSocket.last.answerLast({ ok: true, conversation: conversation(1), message: own(1, "c1") })
  await settled()
  expect(thread.snapshot().conversation_id).toBe(CONVERSATION)
  expect(sent("conversation.start").map(it => it.command.client_id)).toEqual(["c1", "c2"])
  FakeSocket.last.answer(sent("conversation.start")[1]?.id ?? 0, {
    ok: true,
    conversation: conversation(2),
    message: own(2, "c2"),
  })
  await settled()
  expect(thread.snapshot().rows.map(it => it.progress)).toEqual(["sent", "sent"])
  await thread.send("third")
  await settled()
  expect(sent("message.send").length).toBe(1)
})

test("reading is said once per pause, never twice, and again when the connection was lost", async () => {
  const { thread } = await openSynced(3)
  thread.read()
  thread.read()
  await clock.pass(250)
  expect(sent("conversation.read").map(it => it.command.seq)).toEqual([3])
  FakeSocket.last.cut()
  await clock.pass(400)
  expect(sent("conversation.read").map(it => it.command.seq)).toEqual([3])
})

test("typing is said at once, repeated every 3 s, and taken back when it stops", async () => {
  const { thread } = await openSynced(1)
  thread.setTyping(true)
  await clock.pass(1_000)
  thread.setTyping(true)
  await clock.pass(2_500)
  FakeSocket.last.push("2")
  thread.setTyping(true)
  await clock.pass(6_000)
  expect(sent("typing.set").map(it => it.command.typing)).toEqual([true, true, false])
})

test("what is typed is said four times a second at most, its last letters always, and never more than fits", async () => {
  const { thread } = await openSynced(1)
  for (let typed = 1; typed <= 10; typed++) {
    thread.setTyping(true, "a".repeat(typed))
    await clock.pass(50)
  }
  await clock.pass(250)
  const said = () => sent("typing.set").map(it => String(it.command.preview ?? "").length)
  expect(said()).toEqual([1, 5, 10])
  thread.setTyping(true, "b".repeat(900))
  await clock.pass(250)
  thread.setTyping(false)
  expect(said()).toEqual([1, 5, 10, 500, 0])
})

test("a conversation the server will not show is not asked for again and again", async () => {
  const { thread } = await openPage()
  FakeSocket.last.answerLast({ ok: false, code: "not_found", detail: "", retry_seconds: null, missed: [] })
  await clock.pass(10_000)
  expect(thread.snapshot().refused).toBe("not_found")
  expect(sent("conversation.sync").length).toBe(1)
})

test("rows that did not change keep their identity", async () => {
  const { thread } = await openSynced(2)
  const before = thread.snapshot().rows[0]
  FakeSocket.last.event({ type: "message.created", message: message(3) })
  expect(thread.snapshot().rows[0]).toBe(before)
})

test("whoever was away long gets the newest page and reads back on demand", async () => {
  const { thread } = await openSynced(2)
  FakeSocket.last.cut()
  await clock.pass(400)
  expect(sent("conversation.sync").at(-1)?.command).toMatchObject({ after_seq: 2, newest: true })
  FakeSocket.last.answerLast(page(49_999, 50_000, { is_snapshot: true, has_earlier: true }))
  await settled()
  const seqs = () => thread.snapshot().rows.map(it => it.message.seq)
  expect(seqs()).toEqual([49_999, 50_000])
  expect(thread.snapshot().has_earlier).toBe(true)
  void thread.earlier()
  void thread.earlier()
  await settled()
  expect(sent("conversation.earlier").map(it => it.command.before_seq)).toEqual([49_999])
  FakeSocket.last.answerLast({ ok: true, messages: [message(49_997), message(49_998)], has_earlier: false })
  await settled()
  expect(seqs()).toEqual([49_997, 49_998, 49_999, 50_000])
  expect(thread.snapshot().has_earlier).toBe(false)
  await thread.earlier()
  expect(sent("conversation.earlier").length).toBe(1)
})
