import { beforeEach, expect, test } from "vitest"
import { createConnection } from "../connection"
import type { SearchArticles, VisitorEvent, VisitorSide } from "../contract"
import { asWebSocket, FakeSocket, refused, settled, TravelClock } from "./world"

const SEARCH: SearchArticles = { type: "article.search", query: "returns" }
const FOUND = { ok: true, suggestions: [] }

interface Asked {
  url: string
  init: RequestInit
  answer(body: object | null): void
}

let clock: TravelClock
let asked: Asked[]
let wake: () => void
let lose: () => void
let isOffline: boolean
let token: string

beforeEach(() => {
  FakeSocket.reset()
  clock = new TravelClock()
  asked = []
  token = "first"
  isOffline = false
})

const fakeFetch = ((url: string, init: RequestInit) =>
  new Promise((resolve, reject) => {
    init.signal?.addEventListener("abort", () => reject(new Error("aborted")))
    const answer = (body: object | null) =>
      body ? resolve(new Response(JSON.stringify(body))) : reject(new TypeError("network down"))
    asked.push({ url, init, answer })
  })) as typeof fetch

function connect() {
  const connection = createConnection<VisitorSide>({
    origin: "https://help.test",
    namespace: "/visitor",
    auth: () => ({ token, contract: 1 }),
    token: () => token,
    clock,
    WebSocket: asWebSocket,
    fetch: fakeFetch,
    random: () => 1,
    network: {
      isOffline: () => isOffline,
      watch(whenBack, whenGone) {
        wake = whenBack
        lose = whenGone
        return () => {}
      },
    },
  })
  const events: VisitorEvent[] = []
  const states: string[] = []
  let connects = 0
  connection.onEvent(it => events.push(it))
  connection.onState(it => states.push(it.name + (it.code ? `:${it.code}` : "") + (it.via ? `/${it.via}` : "")))
  connection.onConnected(() => {
    connects += 1
  })
  return { connection, events, states, connects: () => connects }
}

async function connectOnline() {
  const all = connect()
  await settled()
  FakeSocket.last.accept()
  return all
}

const polls = () => asked.filter(it => it.url.includes("/events"))
const lastPoll = () => polls().at(-1) as Asked

test("the handshake names the namespace and reads the token anew on each connect", async () => {
  await connectOnline()
  expect(FakeSocket.last.url).toBe("wss://help.test/socket.io/?EIO=4&transport=websocket")
  expect(FakeSocket.last.namespace).toBe("/visitor")
  expect(FakeSocket.last.auth).toEqual({ token: "first", contract: 1 })
  token = "second"
  FakeSocket.last.cut()
  await clock.pass(300)
  expect(FakeSocket.last.auth).toEqual({ token: "second", contract: 1 })
})

test("a command is answered by its ack, whatever the order of the acks", async () => {
  const { connection } = await connectOnline()
  const first = connection.command(SEARCH)
  const second = connection.command({ ...SEARCH, query: "later" })
  FakeSocket.last.answer(2, { ...FOUND, suggestions: [{ title: "second" }] })
  FakeSocket.last.answer(1, FOUND)
  expect(await first).toEqual(FOUND)
  expect(await second).toMatchObject({ suggestions: [{ title: "second" }] })
})

test("a command that is not answered in 8 s is given up, and so is one whose socket closes", async () => {
  const { connection } = await connectOnline()
  const late = connection.command(SEARCH).catch((it: Error) => it.message)
  await clock.pass(1_000)
  FakeSocket.last.push("2")
  await clock.pass(7_000)
  expect(await late).toBe("timeout")
  const cut = connection.command(SEARCH).catch((it: Error) => it.message)
  FakeSocket.last.cut()
  expect(await cut).toBe("closed")
  expect(await connection.command(SEARCH).catch((it: Error) => it.message)).toBe("offline")
})

test("a line on which a command is not answered, nor anything else comes, is left; one that still speaks is kept", async () => {
  const { connection } = await connectOnline()
  const slow = connection.command(SEARCH).catch((it: Error) => it.message)
  await clock.pass(4_000)
  FakeSocket.last.push("2")
  await clock.pass(4_000)
  expect([await slow, connection.state().name]).toEqual(["timeout", "online"])
  const dead = connection.command(SEARCH).catch((it: Error) => it.message)
  await clock.pass(8_000)
  expect([await dead, connection.state().name]).toEqual(["timeout", "connecting"])
})

test("pings are answered and a silent server is left after interval plus timeout", async () => {
  const { states } = await connectOnline()
  FakeSocket.last.push("2")
  expect(FakeSocket.last.sent.at(-1)).toBe("3")
  await clock.pass(44_000)
  expect(states).toEqual(["online/websocket"])
  await clock.pass(1_000)
  expect(states).toEqual(["online/websocket", "connecting"])
})

test("waking from sleep notices at once that the server has been silent", async () => {
  const { connection } = await connectOnline()
  const sleeper = new TravelClock()
  await sleeper.pass(0)
  wake()
  expect(connection.state().name).toBe("online")
  clock.now = () => 1_750_000_000_000 + 60_000
  wake()
  expect(connection.state().name).toBe("connecting")
})

test("a network that is back is tried at once", async () => {
  await connectOnline()
  FakeSocket.last.cut()
  const before = FakeSocket.all.length
  wake()
  expect(FakeSocket.all.length).toBe(before + 1)
})

test("connecting is silent, and reconnecting is said after a second", async () => {
  FakeSocket.how = "refuse"
  const { connection, states } = connect()
  await clock.pass(999)
  expect([connection.state().name, states]).toEqual(["connecting", []])
  await clock.pass(1)
  expect(states).toEqual(["reconnecting"])
})

test("a connection that is lost is silent for a second, too", async () => {
  const { states } = await connectOnline()
  FakeSocket.how = "refuse"
  FakeSocket.last.cut()
  await clock.pass(999)
  expect(states.at(-1)).toBe("connecting")
  await clock.pass(1)
  expect(states.at(-1)).toBe("reconnecting")
})

test("a blink of less than a second shows nothing", async () => {
  const { states } = await connectOnline()
  FakeSocket.how = "accept"
  FakeSocket.last.cut()
  await clock.pass(5_000)
  expect(states).toEqual(["online/websocket", "connecting", "online/websocket"])
})

test("a browser that goes offline says so at once, and is reconnecting once it is back", async () => {
  const { connection, states } = await connectOnline()
  isOffline = true
  FakeSocket.how = "refuse"
  lose()
  expect(states).toEqual(["online/websocket", "offline"])
  await clock.pass(60_000)
  expect(states.at(-1)).toBe("offline")
  isOffline = false
  FakeSocket.how = "accept"
  wake()
  expect(states.at(-1)).toBe("reconnecting")
  await clock.pass(15_000)
  expect(connection.state().name).toBe("online")
})

test("a server on the visitor's own machine answers although the browser is offline", async () => {
  const { connection } = await connectOnline()
  isOffline = true
  FakeSocket.how = "accept"
  lose()
  await clock.pass(1_000)
  expect(connection.state().name).toBe("online")
})

test("pauses double up to 10 s and start over once connected", async () => {
  const { connection } = await connectOnline()
  FakeSocket.last.cut()
  const openedAt: number[] = []
  const start = clock.now()
  FakeSocket.how = "refuse"
  for (let i = 0; i < 60; i += 1) {
    const before = FakeSocket.all.length
    await clock.pass(100)
    for (const it of polls()) it.answer(null)
    if (FakeSocket.all.length > before) openedAt.push(clock.now() - start)
  }
  expect(openedAt[0]).toBe(300)
  expect(openedAt[1]).toBe(900)
  FakeSocket.how = "accept"
  await clock.pass(40_000)
  expect(connection.state().name).toBe("online")
  const before = FakeSocket.all.length
  FakeSocket.last.cut()
  await clock.pass(300)
  expect(FakeSocket.all.length).toBe(before + 1)
})

test("refused for good says why and stays away until asked", async () => {
  const { connection, states } = connect()
  await settled()
  FakeSocket.last.refuse("unauthenticated")
  await clock.pass(60_000)
  expect(states).toEqual(["refused:unauthenticated"])
  expect(FakeSocket.all.length).toBe(1)
  connection.retry()
  await settled()
  FakeSocket.last.accept()
  expect(connection.state().name).toBe("online")
})

test("refused for now is tried again", async () => {
  const { connection } = connect()
  await settled()
  FakeSocket.last.refuse("unavailable")
  await clock.pass(300)
  FakeSocket.last.accept()
  expect(connection.state().name).toBe("online")
})

test("signed out ends the connection", async () => {
  const { states } = await connectOnline()
  FakeSocket.last.event({ type: "signed_out" })
  await clock.pass(60_000)
  expect(states.at(-1)).toBe("refused:unauthenticated")
  expect(FakeSocket.all.length).toBe(1)
})

test("a node going away is left after the time it named, and not asked again sooner", async () => {
  await connectOnline()
  FakeSocket.last.event({ type: "going_away", retry_seconds: 2 })
  FakeSocket.last.cut()
  await clock.pass(1_900)
  expect(FakeSocket.all.length).toBe(1)
  await clock.pass(700)
  expect(FakeSocket.all.length).toBe(2)
})

test("a malformed frame drops the connection instead of breaking the page", async () => {
  const { connection } = await connectOnline()
  FakeSocket.last.push("42/visitor,[not json")
  expect(connection.state().name).toBe("connecting")
})

test("a command over 64 kB is refused here", async () => {
  const { connection } = await connectOnline()
  const reply = await connection.command({ ...SEARCH, query: "é".repeat(40_000) })
  expect(reply).toMatchObject({ ok: false, code: "too_large" })
})

test("blocked twice, the socket gives way to HTTP, which delivers events and commands", async () => {
  FakeSocket.how = "refuse"
  const { connection, events, states, connects } = connect()
  await clock.pass(2_000)
  expect(FakeSocket.all.length).toBe(2)
  expect(lastPoll().url).toBe("https://help.test/api/v1/events?after=")
  expect(lastPoll().init.headers).toMatchObject({ Authorization: "Bearer first" })
  lastPoll().answer({ ok: true, events: [], cursor: "c 1", is_fresh: true })
  await settled()
  expect(states.at(-1)).toBe("online/http")
  expect(connects()).toBe(0)
  expect(lastPoll().url).toBe("https://help.test/api/v1/events?after=c%201")
  lastPoll().answer({ ok: true, events: [{ type: "heads", epoch: "e", heads: [] }], cursor: "c2", is_fresh: false })
  await settled()
  expect(events).toEqual([{ type: "heads", epoch: "e", heads: [] }])
  expect(connects()).toBe(1)

  const reply = connection.command(SEARCH)
  const post = asked.at(-1) as Asked
  expect(post.url).toBe("https://help.test/api/v1/commands")
  expect(post.init.headers).toMatchObject({ "Parley-Cursor": "c2", Authorization: "Bearer first" })
  expect(JSON.parse(String(post.init.body))).toEqual(SEARCH)
  post.answer(FOUND)
  expect(await reply).toEqual(FOUND)
})

test("a stream the server has forgotten counts as connecting again", async () => {
  FakeSocket.how = "refuse"
  const { connects } = connect()
  await clock.pass(2_000)
  const events = [{ type: "heads", epoch: "e", heads: [] }]
  lastPoll().answer({ ok: true, events, cursor: "c1", is_fresh: true })
  await settled()
  lastPoll().answer({ ok: true, events, cursor: "d1", is_fresh: true })
  await settled()
  expect(connects()).toBe(2)
})

test("a stream has begun with its first heads, for until then other nodes may not be heard", async () => {
  FakeSocket.how = "open"
  const { connects } = connect()
  await settled()
  FakeSocket.last.push("40/visitor,{}")
  expect(connects()).toBe(0)
  FakeSocket.last.event({ type: "heads", epoch: "1", heads: [] })
  expect(connects()).toBe(1)
  FakeSocket.last.event({ type: "heads", epoch: "1", heads: [] })
  expect(connects()).toBe(1)
})

test("a stream whose heads do not come begins all the same", async () => {
  FakeSocket.how = "open"
  const { connects } = connect()
  await settled()
  FakeSocket.last.push("40/visitor,{}")
  await clock.pass(2_100)
  expect(connects()).toBe(1)
})

test("a socket that hangs for 3 s gives way to HTTP at once", async () => {
  FakeSocket.how = "hang"
  connect()
  await clock.pass(2_999)
  expect(polls().length).toBe(0)
  await clock.pass(1)
  expect(polls().length).toBe(1)
})

test("while on HTTP the socket is tried every minute and taken when it opens", async () => {
  FakeSocket.how = "refuse"
  const { states, connection } = connect()
  await clock.pass(2_000)
  lastPoll().answer({ ok: true, events: [], cursor: "c1", is_fresh: true })
  await clock.pass(30_000)
  expect(FakeSocket.all.length).toBe(2)
  await clock.pass(30_000)
  expect(FakeSocket.all.length).toBe(3)
  FakeSocket.how = "accept"
  await clock.pass(60_000)
  expect(states.at(-1)).toBe("online/websocket")
  expect(lastPoll().init.signal?.aborted).toBe(true)
  void connection.command(SEARCH)
  expect(FakeSocket.last.commands.length).toBe(1)
})

test("HTTP that fails too goes back to trying both", async () => {
  FakeSocket.how = "refuse"
  const { states, connection } = connect()
  await clock.pass(2_000)
  lastPoll().answer(null)
  await clock.pass(10_000)
  expect(states.at(-1)).toBe("reconnecting")
  FakeSocket.how = "accept"
  lastPoll().answer(null)
  await clock.pass(10_000)
  expect(connection.state()).toEqual({ name: "online", code: null, via: "websocket" })
})

test("HTTP refuses a bad token in words", async () => {
  FakeSocket.how = "refuse"
  const { states } = connect()
  await clock.pass(2_000)
  lastPoll().answer(refused("unauthenticated"))
  await clock.pass(60_000)
  expect(states.at(-1)).toBe("refused:unauthenticated")
})
