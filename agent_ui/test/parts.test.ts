import { beforeEach, expect, test } from "vitest"
import { createParts, type Parts } from "../models/parts"
import { type TravelClock, travelClock } from "./travel"

let clock: TravelClock
let isGone: boolean
let tries: number
let failures: number
let parts: Parts

beforeEach(() => {
  clock = travelClock()
  isGone = false
  tries = 0
  failures = 0
  parts = createParts(clock, () => isGone)
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
  expect(await parts.fetch(load)).toBe("the part")
  expect(parts.trouble.value).toBeNull()
})

test("what is not there is asked for less and less often, until it comes", async () => {
  failures = 3
  const coming = parts.fetch(load)
  const seen: unknown[] = []
  for (const ms of [999, 1, 1999, 1, 4000]) {
    await travel(ms)
    seen.push(tries, parts.trouble.value)
  }
  expect(seen).toEqual([1, "waiting", 2, "waiting", 2, "waiting", 3, "waiting", 4, null])
  expect(await coming).toBe("the part")
})

test("all that is waited for is asked for again when the line is back", async () => {
  failures = 2
  const coming = Promise.all([parts.fetch(load), parts.fetch(load)])
  await settled()
  expect([tries, parts.trouble.value]).toEqual([2, "waiting"])
  parts.retry()
  expect(await coming).toEqual(["the part", "the part"])
  expect([tries, parts.trouble.value]).toEqual([4, null])
})

test("what only another page can have is told apart", async () => {
  failures = 9
  isGone = true
  void parts.fetch(load)
  await settled()
  expect(parts.trouble.value).toBe("gone")
})
