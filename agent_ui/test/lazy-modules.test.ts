import { beforeEach, expect, test } from "vitest"
import { createLazyModules, type LazyModules } from "../shared/models/lazy-modules"
import { type TravelClock, travelClock } from "./travel"

let clock: TravelClock
let isGone: boolean
let tries: number
let failures: number
let lazyModules: LazyModules

beforeEach(() => {
  clock = travelClock()
  isGone = false
  tries = 0
  failures = 0
  lazyModules = createLazyModules(clock, () => isGone)
})

async function load() {
  tries += 1
  if (tries <= failures) throw new TypeError("no line")
  return "the part"
}

const settled = () => new Promise(done => setTimeout(done))

async function travel(ms: number) {
  await settled()
  clock.travel(ms)
  await settled()
}

test("what is there comes at once and nobody is told of anything", async () => {
  expect(await lazyModules.fetch(load)).toBe("the part")
  expect(lazyModules.trouble.value).toBeNull()
})

test("what is not there is asked for less and less often, until it comes", async () => {
  failures = 3
  const coming = lazyModules.fetch(load)
  const seen: unknown[] = []
  for (const ms of [999, 1, 1999, 1, 4000]) {
    await travel(ms)
    seen.push(tries, lazyModules.trouble.value)
  }
  expect(seen).toEqual([1, "waiting", 2, "waiting", 2, "waiting", 3, "waiting", 4, null])
  expect(await coming).toBe("the part")
})

test("all that is waited for is asked for again when the line is back", async () => {
  failures = 2
  const coming = Promise.all([lazyModules.fetch(load), lazyModules.fetch(load)])
  await settled()
  expect([tries, lazyModules.trouble.value]).toEqual([2, "waiting"])
  lazyModules.retry()
  expect(await coming).toEqual(["the part", "the part"])
  expect([tries, lazyModules.trouble.value]).toEqual([4, null])
})

test("what only another page can have is told apart", async () => {
  failures = 9
  isGone = true
  void lazyModules.fetch(load)
  await settled()
  expect(lazyModules.trouble.value).toBe("gone")
})
