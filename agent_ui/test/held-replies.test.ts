import type { Clock } from "@parley/client/clock"
import { createOutbox, type Sendable } from "@parley/client/outbox"
import { memoryStore } from "@parley/client/store"
import { expect, test } from "vitest"
import { createHeldReplies, leftBehind } from "../conversation/models/held-replies"
import { HOLD_MS } from "../shared/models/undo"
import { memoryStorage } from "./memory-storage"
import { settle, travelClock } from "./travel"

/** Pages of one browser, one after another. */
function browser() {
  const clock = travelClock()
  const store = memoryStore()
  const storage = memoryStorage()
  const said: string[] = []
  const lastWords: string[] = []
  let isOnline = true
  let lastId = 0

  async function page() {
    let isOpen = true
    /** The timers of a page go with it. */
    const timers: Clock = { now: clock.now, after: (ms, run) => clock.after(ms, () => isOpen && run()) }
    const connection = {
      state: () => ({ name: isOnline ? "online" : "offline" }),
      onConnected: () => () => {},
      command: async (command: Sendable) => {
        said.push(command.body)
        return { ok: true, message: {} }
      },
    }
    const outbox = createOutbox({
      scope: "agent",
      connection: connection as unknown as Parameters<typeof createOutbox>[0]["connection"],
      store,
      clock: timers,
      newId: () => `c${++lastId}`,
      locks: null,
      channel: null,
      isStopped: leftBehind(storage, "ana", clock.now()),
    })
    const lastWord = (command: Sendable) => void lastWords.push(command.body)
    const held = createHeldReplies({ outbox, storage, agentId: "ana", clock: timers, lastWord })
    await outbox.ready
    const say = (body: string, hold_ms = HOLD_MS) =>
      held.outbox.send(
        { type: "message.send", conversation_id: "c", body, visibility: "public", seen_seq: null },
        { hold_ms },
      )
    const close = () => {
      held.leave()
      outbox.close()
      isOpen = false
    }
    return { held, say, close, outbox }
  }
  function setOnline(on: boolean) {
    isOnline = on
  }
  return { clock, said, lastWords, page, setOnline }
}

test("a reply that is held leaves when its page goes, and one that has left does not leave again", async () => {
  const { clock, lastWords, said, page } = browser()
  const first = await page()
  await first.say("Oh")
  clock.travel(HOLD_MS)
  await settle()
  expect(said).toEqual(["Oh"])
  await first.say("Wait")
  first.close()
  expect(lastWords).toEqual(["Wait"])
})

test("a reply whose page went is not sent by a page that comes later, which is told of it", async () => {
  const { clock, said, page } = browser()
  const first = await page()
  await first.say("Held")
  first.close()
  clock.travel(86_400_000)
  await settle()
  const later = await page()
  clock.travel(60_000)
  await settle()
  expect(said).toEqual([])
  expect(later.held.left().map(it => it.command.body)).toEqual(["Held"])
  await later.held.outbox.discard(later.held.left()[0]?.client_id ?? "")
  expect(later.held.left()).toEqual([])
})

test("what only waits for the line is sent by the next page, though it could once be taken back", async () => {
  const { clock, said, page, setOnline } = browser()
  setOnline(false)
  const first = await page()
  await first.say("Offline")
  clock.travel(HOLD_MS + 1)
  await settle()
  first.close()
  setOnline(true)
  clock.travel(60_000)
  const later = await page()
  await settle()
  expect(said).toEqual(["Offline"])
  expect(later.held.left()).toEqual([])
})
