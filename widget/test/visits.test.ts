import type { GreetingView, TellGreeting, TellVisit, VisitTold } from "@parley/client/contract"
import { settled, TravelClock } from "@parley/client/test/world"
import { beforeEach, expect, test } from "vitest"
import { keptGreeting } from "../models/greeting"
import type { Storage } from "../models/storage"
import { PROACTIVE_TEXTS, proactiveTexts } from "../proactive/texts"
import { createVisits } from "../proactive/visits"

const DAY_MS = 86_400_000
let clock: TravelClock
let kept: Map<string, string>
let told: TellVisit[]
let outcomes: TellGreeting[]
let drawn: (string | null)[]
let rules: GreetingView[]
let isRefused: boolean
let isHidden: boolean
/** Ends the held request with an agent's word. */
let invite: (greeting: GreetingView) => void

const storage: Storage = {
  get: key => kept.get(key) ?? null,
  set: (key, value) => void (value === null ? kept.delete(key) : kept.set(key, value)),
  clear: () => kept.clear(),
}

const greeting = (id: string, change: Partial<GreetingView> = {}): GreetingView => ({
  id,
  author: { kind: "bot", id: null, name: "Shop" },
  body: `Hello from ${id}`,
  after_seconds: 10,
  every_days: 7,
  ...change,
})

beforeEach(() => {
  clock = new TravelClock()
  kept = new Map()
  told = []
  outcomes = []
  drawn = []
  rules = []
  isRefused = isHidden = false
})

function answer(change: Partial<VisitTold> = {}): VisitTold {
  return { ok: true, visitor_token: "token", greetings: [], invitation: null, again_seconds: 1, ...change }
}

async function post<T>(path: string, body: unknown, signal: AbortSignal): Promise<T | null> {
  if (path === "greetings") {
    outcomes.push(body as TellGreeting)
    return null
  }
  const asked = body as TellVisit
  told.push(asked)
  if (isRefused) return answer({ again_seconds: 0 }) as T
  if (asked.is_leaving) return answer() as T
  if (!asked.is_waiting) return answer({ greetings: rules }) as T
  return new Promise(done => {
    invite = invitation => done(answer({ invitation }) as T)
    signal.addEventListener("abort", () => done(null))
  })
}

function open() {
  return createVisits({
    inboxKey: "shop",
    locale: "de-AT",
    timezone: "Europe/Vienna",
    browser: "Browser",
    storage,
    clock,
    random: () => 0.5,
    post,
    isHidden: () => isHidden,
    draw: it => drawn.push(it?.id ?? null),
  })
}

const at = (path: string, is_open = false) =>
  ({ parley: 1, url: `https://shop.test${path}`, title: path, is_open }) as const

const pass = (ms: number) => clock.pass(ms)

test("the page is told, and then one request is held", async () => {
  const visits = open()
  visits.onPage(at("/"))
  await settled()
  await pass(1000)
  expect(told.map(it => [it.url, it.is_waiting, it.visitor_token])).toEqual([
    ["https://shop.test/", false, null],
    ["https://shop.test/", true, "token"],
  ])
  visits.onPage(at("/cart"))
  await settled()
  expect(told.at(-1)).toMatchObject({ url: "https://shop.test/cart", is_waiting: false, timezone: "Europe/Vienna" })
})

test("an inbox that does not want to know is asked once", async () => {
  isRefused = true
  const visits = open()
  visits.onPage(at("/"))
  await settled()
  await pass(60_000)
  visits.onPage(at("/cart"))
  await settled()
  visits.leave()
  expect(told).toHaveLength(1)
})

test("a rule's message is shown once its time on the page has passed, and told as shown", async () => {
  rules = [greeting("tents")]
  open().onPage(at("/"))
  await settled()
  await pass(9_000)
  expect(drawn).toEqual([])
  await pass(1_500)
  expect(drawn).toEqual(["tents"])
  expect(outcomes).toEqual([{ visitor_token: "token", greeting_id: "tents", outcome: "shown" }])
})

test("whoever leaves the page in time sees nothing", async () => {
  rules = [greeting("tents")]
  const visits = open()
  visits.onPage(at("/"))
  await settled()
  rules = []
  visits.onPage(at("/cart"))
  await settled()
  await pass(60_000)
  expect(drawn).toEqual([])
})

test("of several, one is shown a page", async () => {
  rules = [greeting("first", { after_seconds: 5 }), greeting("second", { after_seconds: 8 })]
  open().onPage(at("/"))
  await settled()
  await pass(5_000)
  await pass(20_000)
  expect(drawn).toEqual(["first"])
})

test("it is not shown again before its days are over, and never once it was waved away", async () => {
  rules = [greeting("tents", { after_seconds: 0 })]
  const first = open()
  first.onPage(at("/"))
  await settled()
  await pass(1)
  expect(drawn).toEqual(["tents"])
  const second = open()
  second.onPage(at("/"))
  await settled()
  await pass(6 * DAY_MS)
  expect(drawn).toEqual(["tents"])
  await clock.pass(2 * DAY_MS)
  const third = open()
  third.onPage(at("/"))
  await settled()
  await pass(1)
  expect(drawn).toEqual(["tents", "tents"])
  third.dismiss()
  expect(outcomes.at(-1)).toMatchObject({ greeting_id: "tents", outcome: "dismissed" })
  await clock.pass(400 * DAY_MS)
  const fourth = open()
  fourth.onPage(at("/"))
  await settled()
  await pass(1)
  expect(drawn).toEqual(["tents", "tents", null])
})

test("an agent's own word ends the held request and is shown at once", async () => {
  const visits = open()
  visits.onPage(at("/"))
  await settled()
  await pass(1000)
  invite(greeting("word", { after_seconds: 0, every_days: 0 }))
  await settled()
  expect(drawn).toEqual(["word"])
  visits.answer()
  expect(drawn).toEqual(["word", null])
  expect(keptGreeting(storage)?.id).toBe("word")
})

test("opening the chat by its launcher answers what is being shown", async () => {
  rules = [greeting("tents", { after_seconds: 0 })]
  const visits = open()
  visits.onPage(at("/"))
  await settled()
  await pass(1)
  visits.onPage(at("/", true))
  expect(drawn).toEqual(["tents", null])
  expect(keptGreeting(storage)?.id).toBe("tents")
})

test("nothing pops up beside an open chat", async () => {
  rules = [greeting("tents", { after_seconds: 0 })]
  open().onPage(at("/", true))
  await settled()
  await pass(1)
  expect(drawn).toEqual([])
})

test("a page nobody looks at says nothing until it is looked at again", async () => {
  isHidden = true
  const visits = open()
  visits.onPage(at("/"))
  await settled()
  expect(told).toEqual([])
  isHidden = false
  visits.visibilityChanged()
  await settled()
  expect(told).toHaveLength(1)
})

test("somebody who was here a while ago has come back", async () => {
  open().onPage(at("/"))
  await settled()
  await clock.pass(DAY_MS)
  open().onPage(at("/"))
  await settled()
  expect(told.filter(it => !it.is_waiting).map(it => it.is_returning)).toEqual([false, true])
})

test("leaving is said", async () => {
  const visits = open()
  visits.onPage(at("/"))
  await settled()
  visits.leave()
  expect(told.at(-1)?.is_leaving).toBe(true)
})

test("every language of the bubble has every word", () => {
  for (const texts of Object.values(PROACTIVE_TEXTS)) {
    expect(Object.keys(texts).sort()).toEqual(Object.keys(PROACTIVE_TEXTS.en ?? {}).sort())
    expect(texts.from).toContain("{name}")
  }
  expect(proactiveTexts(["fr", "de-AT", "en"]).locale).toBe("de")
  expect(proactiveTexts(["fr"]).locale).toBe("en")
})
