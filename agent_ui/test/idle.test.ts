import { expect, test } from "vitest"
import { shallowRef } from "vue"
import { createIdle, type Touch, type UserActivity } from "../shell/idle"
import { agent, ME } from "./making"
import { travelClock } from "./travel"

const MINUTES = 60_000

/** Tabs of one browser: what is touched in one is told to the others. */
function browser(idleMinutes: number | null = 10) {
  const clock = travelClock()
  const me = shallowRef(agent(ME, { idle_seconds: idleMinutes && idleMinutes * 60 }))
  const told: string[] = []
  const channel = new Map<string, (touch: Touch, isHere: boolean) => void>()

  function tab(name: string) {
    let connected = () => {}
    const activity: UserActivity = {
      onTouch(listener) {
        channel.set(name, listener)
        return () => channel.delete(name)
      },
      share(touch) {
        for (const [other, listener] of channel) if (other !== name) listener(touch, false)
      },
      stop: () => {},
    }
    const idle = createIdle({
      clock,
      me,
      activity,
      onConnected(tell) {
        connected = tell
        return () => {}
      },
      tell: isIdle => told.push(`${name} ${isIdle ? "idle" : "back"}`),
      goAway() {
        me.value = { ...me.value, presence: "away" }
      },
    })
    return { ...idle, touch: (touch: Touch) => channel.get(name)?.(touch, true), connect: () => connected() }
  }
  return { clock, me, told, tab }
}

test("who touches nothing is asked a minute before, and is away when the time is over", () => {
  const { clock, told, tab } = browser()
  const { secondsLeft } = tab("one")
  clock.travel(9 * MINUTES - 1)
  expect(secondsLeft.value).toBeNull()
  clock.travel(1)
  expect(secondsLeft.value).toBe(60)
  clock.travel(20_000)
  expect(secondsLeft.value).toBe(40)
  expect(told).toEqual([])
  clock.travel(40_000)
  expect([secondsLeft.value, told]).toEqual([null, ["one idle"]])
})

test("what else is told of the agent answers no question: a chat that arrives finds them away", () => {
  const { clock, me, told, tab } = browser()
  const { secondsLeft } = tab("one")
  clock.travel(9 * MINUTES + 20_000)
  me.value = { ...me.value, load: 1 }
  expect(secondsLeft.value).toBe(40)
  clock.travel(40_000)
  expect(told).toEqual(["one idle"])
})

test("whoever works is never asked", () => {
  const { clock, told, tab } = browser()
  const { secondsLeft, touch } = tab("one")
  for (let minute = 0; minute < 60; minute++) {
    touch("moved")
    clock.travel(MINUTES)
    expect(secondsLeft.value).toBeNull()
  }
  expect(told).toEqual([])
})

test("a key answers the question, a moving mouse only makes it wait", () => {
  const { clock, told, tab } = browser()
  const { secondsLeft, touch } = tab("one")
  clock.travel(9 * MINUTES + 30_000)
  touch("moved")
  clock.travel(45_000)
  expect(secondsLeft.value).toBe(15)
  touch("acted")
  expect(secondsLeft.value).toBeNull()
  clock.travel(9 * MINUTES - 1)
  expect([secondsLeft.value, told]).toEqual([null, []])
})

test("work in one tab keeps all of them from asking, and an answer in one closes the question in all", () => {
  const { clock, told, tab } = browser()
  const [one, two] = [tab("one"), tab("two")]
  for (let minute = 0; minute < 20; minute++) {
    one.touch("acted")
    clock.travel(MINUTES)
  }
  expect([one.secondsLeft.value, two.secondsLeft.value]).toEqual([null, null])
  clock.travel(8 * MINUTES + 10_000)
  expect([one.secondsLeft.value, two.secondsLeft.value]).toEqual([50, 50])
  two.stay()
  expect([one.secondsLeft.value, two.secondsLeft.value, told]).toEqual([null, null, []])
})

test("the first touch in any tab brings the agent back, and every tab says so", () => {
  const { clock, me, told, tab } = browser()
  const [one] = [tab("one"), tab("two")]
  clock.travel(10 * MINUTES)
  me.value = { ...me.value, presence: "away", is_idle: true }
  told.length = 0
  clock.travel(60 * MINUTES)
  one.touch("moved")
  expect(told.sort()).toEqual(["one back", "two back"])
  me.value = { ...me.value, presence: "online", is_idle: false }
  clock.travel(9 * MINUTES)
  expect(one.secondsLeft.value).toBe(60)
})

test("who is still available, because another browser was open, is reported again", () => {
  const { clock, me, told, tab } = browser()
  tab("one")
  clock.travel(10 * MINUTES + 30_000)
  expect(told).toEqual(["one idle", "one idle"])
  me.value = { ...me.value, presence: "away", is_idle: true }
  clock.travel(60 * MINUTES)
  expect(told).toHaveLength(2)
})

test("what an agent chose themself stays", () => {
  const { clock, me, told, tab } = browser()
  const { secondsLeft, leave, touch } = tab("one")
  clock.travel(9 * MINUTES)
  leave()
  expect([me.value.presence, secondsLeft.value]).toEqual(["away", null])
  clock.travel(60 * MINUTES)
  touch("acted")
  expect(told).toEqual([])
})

test("who wants no such thing is left alone", () => {
  const { clock, told, tab } = browser(null)
  const { secondsLeft } = tab("one")
  clock.travel(600 * MINUTES)
  expect([secondsLeft.value, told]).toEqual([null, []])
})

test("a new connection is told that nobody is there", () => {
  const { clock, told, tab } = browser()
  const { connect } = tab("one")
  connect()
  expect(told).toEqual([])
  clock.travel(10 * MINUTES)
  connect()
  expect(told).toEqual(["one idle", "one idle"])
})
