import { beforeEach, expect, test } from "vitest"
import type { Clock } from "../clock"
import { createListeners } from "../listeners"
import { createOutbox, type Draft, type OutboxOptions } from "../outbox"
import { type AnyReply, Unanswered } from "../pipe"
import { memoryStore, type OutboxStore } from "../store"
import { CONVERSATION, type HeardCommand, message, refused, settled, TravelClock } from "./world"

type Behave = (command: HeardCommand) => object | "lost"

/** The network and a server that remembers every client_id, as Parley's does. */
class FakeServer {
  heard: HeardCommand[] = []
  rows: HeardCommand[] = []
  behave: Behave = () => ({})
  isOnline = true
  #connects = createListeners<[]>()

  connection = {
    state: () => ({ name: this.isOnline ? "online" : "offline" }),
    onConnected: this.#connects.add,
    command: async (command: object): Promise<AnyReply> => {
      if (!this.isOnline) throw new Unanswered("offline")
      const it = command as HeardCommand
      this.heard.push(it)
      const behaviour = this.behave(it)
      if (behaviour !== "lost" && "ok" in behaviour) return behaviour as AnyReply
      if (!this.rows.some(row => row.client_id === it.client_id)) this.rows.push(it)
      if (behaviour === "lost") throw new Unanswered("timeout")
      return {
        ok: true,
        message: message(this.rows.length, { client_id: it.client_id ?? null, body: String(it.body) }),
      }
    },
  }

  connect(): void {
    this.isOnline = true
    this.#connects.tell()
  }
}

/** Locks as the browser has them: one holder at a time for each name. */
function fakeLocks(): Pick<LockManager, "request"> {
  const tails = new Map<string, Promise<unknown>>()
  const request = (name: string, _options: LockOptions, run: () => Promise<unknown>) => {
    const turn = (tails.get(name) ?? Promise.resolve()).then(run)
    tails.set(name, turn)
    return turn
  }
  return { request } as unknown as Pick<LockManager, "request">
}

let server: FakeServer
let clock: TravelClock
let store: OutboxStore
let lastId: number

beforeEach(() => {
  server = new FakeServer()
  clock = new TravelClock()
  store = memoryStore()
  lastId = 0
})

function open(more: Partial<OutboxOptions> = {}) {
  const newId = () => `c${++lastId}`
  const base = { scope: "visitor", connection: server.connection, store, clock: clock as Clock, random: () => 1, newId }
  return createOutbox({ ...base, locks: null, channel: null, ...more })
}

const write = (body: string): Draft => ({ type: "message.send", conversation_id: CONVERSATION, body })
const bodies = (commands: HeardCommand[]) => commands.map(it => it.body)

test("a message is stored before it is shown", async () => {
  server.isOnline = false
  const order: string[] = []
  const slow: OutboxStore = {
    ...store,
    async put(entry) {
      await settled()
      order.push("stored")
      await store.put(entry)
    },
  }
  const outbox = open({ store: slow })
  await outbox.ready
  outbox.subscribe(() => order.push(`shown ${outbox.entries().length}`))
  await outbox.send(write("hello"))
  expect(order).toEqual(["stored", "shown 1"])
})

test("messages written offline go out in order once connected, each once", async () => {
  server.isOnline = false
  const outbox = open()
  for (const body of ["one", "two", "three"]) await outbox.send(write(body))
  expect(server.heard).toEqual([])
  server.connect()
  await settled()
  expect(bodies(server.heard)).toEqual(["one", "two", "three"])
  expect(outbox.entries()).toEqual([])
})

test("a lost ack is asked for again with the same client_id, and the next message waits for it", async () => {
  let isFirst = true
  server.behave = () => {
    const behaviour = isFirst ? "lost" : {}
    isFirst = false
    return behaviour
  }
  const outbox = open()
  await outbox.send(write("one"))
  await outbox.send(write("two"))
  await settled()
  expect(server.heard.map(it => it.client_id)).toEqual(["c1"])
  await clock.pass(300)
  expect(server.heard.map(it => it.client_id)).toEqual(["c1", "c1", "c2"])
  expect(bodies(server.rows)).toEqual(["one", "two"])
})

test("what a reload or a closed tab left behind is sent by the next page", async () => {
  server.isOnline = false
  const before = open()
  await before.send(write("left behind"))
  before.close()
  server.isOnline = true
  const after = open()
  await after.ready
  await settled()
  expect(bodies(server.rows)).toEqual(["left behind"])
  expect(server.rows[0]?.client_id).toBe("c1")
})

test("another account's entries are left alone", async () => {
  server.isOnline = false
  await open().send(write("mine"))
  server.isOnline = true
  const other = open({ scope: "somebody else" })
  await other.ready
  await settled()
  expect(server.heard).toEqual([])
  expect(other.entries()).toEqual([])
})

test("refused for good, it stays as failed with the reason; the next go on; retry sends it again", async () => {
  server.behave = command => (command.body === "bad" ? refused("invalid") : {})
  const outbox = open()
  await outbox.send(write("bad"))
  await outbox.send(write("good"))
  await settled()
  expect(bodies(server.rows)).toEqual(["good"])
  expect(outbox.entries()).toMatchObject([{ state: "failed", refused: { code: "invalid" } }])
  server.behave = () => ({})
  await outbox.retry("c1")
  await settled()
  expect(server.rows.map(it => it.client_id)).toEqual(["c2", "c1"])
})

test("a stale reply can be sent again having seen what was missed", async () => {
  server.behave = command => (command.seen_seq === 1 ? { ...refused("conflict"), missed: [message(2)] } : {})
  const outbox = open()
  await outbox.send({ ...write("reply"), visibility: "public", seen_seq: 1 } as Draft)
  await settled()
  expect(outbox.entries()[0]?.refused?.missed.length).toBe(1)
  await outbox.retry("c1", { seen_seq: 2 })
  await settled()
  expect(server.rows).toMatchObject([{ client_id: "c1", seen_seq: 2 }])
})

test("rate limits are waited out, and writing more does not shorten the wait", async () => {
  let isLimited = true
  server.behave = () => (isLimited ? refused("rate_limited", 5) : {})
  const outbox = open()
  await outbox.send(write("one"))
  await settled()
  isLimited = false
  await outbox.send(write("two"))
  await clock.pass(4_900)
  expect(server.heard.length).toBe(1)
  await clock.pass(200)
  expect(bodies(server.rows)).toEqual(["one", "two"])
})

test("an internal error is tried three times, then failed", async () => {
  server.behave = () => refused("internal")
  const outbox = open()
  await outbox.send(write("one"))
  await clock.pass(20_000)
  expect(server.heard.length).toBe(3)
  expect(outbox.entries()[0]?.state).toBe("failed")
})

test("unavailable is tried for as long as it lasts", async () => {
  server.behave = () => refused("unavailable")
  const outbox = open()
  await outbox.send(write("one"))
  await clock.pass(120_000)
  expect(outbox.entries()[0]?.state).toBe("sending")
  server.behave = () => ({})
  await clock.pass(10_000)
  expect(outbox.entries()).toEqual([])
})

test("two tabs send what either has written once, in order", async () => {
  const locks = fakeLocks()
  server.isOnline = false
  const first = open({ locks })
  const second = open({ locks })
  await first.send(write("one"))
  await clock.pass(1)
  await second.send(write("two"))
  server.connect()
  await clock.pass(100)
  expect(bodies(server.heard)).toEqual(["one", "two"])
})

test("lanes do not wait for each other", async () => {
  server.behave = command => (command.conversation_id === "slow" ? refused("rate_limited", 60) : {})
  const outbox = open({ laneOf: it => ("conversation_id" in it ? it.conversation_id : "") })
  await outbox.send({ ...write("stuck"), conversation_id: "slow" } as Draft)
  await outbox.send(write("free"))
  await settled()
  expect(bodies(server.rows)).toEqual(["free"])
})

test("a message held back can be taken back; otherwise it goes out when its time has come", async () => {
  const outbox = open()
  await outbox.send(write("undone"), { hold_ms: 6_000 })
  await clock.pass(5_000)
  await outbox.discard("c1")
  await outbox.send(write("kept"), { hold_ms: 6_000 })
  await clock.pass(5_900)
  expect(server.heard).toEqual([])
  await clock.pass(200)
  expect(bodies(server.heard)).toEqual(["kept"])
})
