import type { Clock } from "@parley/client/clock"
import { beforeEach, expect, test } from "vitest"
import { openSession } from "../models/session"
import type { Storage } from "../models/storage"

const instant: Clock = {
  now: () => 0,
  after(_ms, run) {
    queueMicrotask(run)
    return () => {}
  },
}

let kept: Map<string, string>
let asked: Record<string, unknown>[]
let troubles: number

beforeEach(() => {
  kept = new Map()
  asked = []
  troubles = 0
})

const storage: Storage = {
  get: key => kept.get(key) ?? null,
  set: (key, value) => void (value === null ? kept.delete(key) : kept.set(key, value)),
}

/** A server that gives these answers in turn; "down" is a network that fails. */
function open(answers: (object | "down")[], isWanted = () => true) {
  const fetch = (async (_url: string, init: RequestInit) => {
    asked.push(JSON.parse(String(init.body)))
    const answer = answers.shift() ?? "down"
    if (answer === "down") throw new TypeError("network")
    return new Response(JSON.stringify(answer))
  }) as typeof globalThis.fetch
  return openSession({
    origin: "https://help.test",
    inboxKey: "shop",
    identityToken: null,
    locale: "en",
    page: null,
    storage,
    clock: instant,
    fetch,
    random: () => 1,
    isWanted,
    onTrouble: () => {
      troubles += 1
    },
  })
}

const opened = (token: string) => ({ ok: true, visitor_token: token })
const refusal = (code: string) => ({ ok: false, code, detail: "", retry_seconds: null, missed: [] })

test("the token is kept and given back the next time", async () => {
  await open([opened("one")])
  await open([opened("two")])
  expect(asked.map(it => it.visitor_token)).toEqual([null, "one"])
  expect(kept.get("token")).toBe("two")
})

test("a token the server no longer takes is forgotten and a new one asked for", async () => {
  kept.set("token", "stale")
  const answer = await open([refusal("unauthenticated"), opened("new")])
  expect(answer?.ok).toBe(true)
  expect(asked.map(it => it.visitor_token)).toEqual(["stale", null])
})

test("a network that is down is tried until it is up", async () => {
  const answer = await open(["down", refusal("unavailable"), opened("at last")])
  expect(answer?.ok).toBe(true)
  expect(troubles).toBe(2)
})

test("a refusal for good is the answer", async () => {
  expect(await open([refusal("not_found")])).toMatchObject({ ok: false, code: "not_found" })
  expect(asked.length).toBe(1)
})

test("nobody wants it any more: it stops", async () => {
  let tries = 0
  expect(await open(["down", "down", "down"], () => ++tries < 3)).toBeNull()
  expect(asked.length).toBe(2)
})
