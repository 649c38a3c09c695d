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
  clear: () => kept.clear(),
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

test("test_a_refused_identity_keeps_the_stored_token", async () => {
  kept.set("token", "mine")
  const answer = await open([refusal("unauthenticated")])
  expect(answer).toMatchObject({ ok: false, code: "unauthenticated" })
  expect(kept.get("token")).toBe("mine")
})

test("test_a_page_that_comes_second_takes_over_who_the_first_is", async () => {
  const slow = open([
    {
      get ok() {
        kept.set("token", "first")
        return true
      },
      visitor_token: "second",
    },
    opened("first again"),
  ])
  await slow
  expect(asked.map(it => it.visitor_token)).toEqual([null, "first"])
  expect(kept.get("token")).toBe("first again")
})

test("test_signing_out_meanwhile_is_not_undone_by_a_late_answer", async () => {
  kept.set("token", "mine")
  await open([
    {
      get ok() {
        kept.delete("token")
        return true
      },
      visitor_token: "mine, renewed",
    },
    opened("nobody yet"),
  ])
  expect(asked.map(it => it.visitor_token)).toEqual(["mine", null])
  expect(kept.get("token")).toBe("nobody yet")
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

test("test_a_token_the_server_cannot_read_is_kept_and_tried_again_when_the_next_one_is_refused_too", async () => {
  const mine = "pv1.mine.inbox.1.signed"
  kept.set("token", mine)
  await open([opened("pv1.stranger.inbox.2.otherkey")])
  expect(kept.get("token")).toBe("pv1.stranger.inbox.2.otherkey")
  await open([opened("pv1.stranger2.inbox.3.signed"), opened("pv1.mine.inbox.3.signed")])
  expect(asked.map(it => it.visitor_token)).toEqual([mine, "pv1.stranger.inbox.2.otherkey", mine])
  expect(kept.get("token")).toBe("pv1.mine.inbox.3.signed")
})

test("a token that is renewed leaves nothing behind", async () => {
  kept.set("token", "pv1.mine.inbox.1.signed")
  await open([opened("pv1.mine.inbox.2.signed")])
  expect([...kept.keys()]).toEqual(["token"])
})
