import { expect, test } from "vitest"
import { nextTick, shallowRef } from "vue"
import { createAlerts } from "../inbox/models/alerts"
import type { Surroundings } from "../shared/models/browser-doors"
import { conversation, message } from "./making"
import { memoryStorage } from "./memory-storage"
import { settle, travelClock } from "./travel"

function alerting(change: Partial<Surroundings> = {}) {
  const heard = { beeps: 0, titles: [] as string[], shown: [] as string[] }
  const around: Surroundings = {
    isHidden: () => true,
    isFirstToRing: async () => true,
    beep: () => {
      heard.beeps += 1
    },
    setTitle: title => heard.titles.push(title),
    setBadge: () => {},
    canNotify: () => true,
    askToNotify: async () => true,
    notify: title => heard.shown.push(title),
    ...change,
  }
  const clock = travelClock()
  const unread = shallowRef(0)
  const isBusy = { now: false }
  const place = shallowRef("Parley")
  const alerts = createAlerts({
    around,
    clock,
    storage: memoryStorage(),
    words: { visitor: () => "Visitor", offered: () => "For you", escalated: () => "Escalated" },
    place: () => place.value,
    isBusy: () => isBusy.now,
    unread,
    open: () => {},
  })
  const tell = () => alerts.message(message("c", 2), conversation("c", 1))
  return { alerts, heard, clock, unread, isBusy, place, tell }
}

test("the title says the workspace's name once it has one", async () => {
  const { heard, unread, place } = alerting()
  place.value = "Juniper & Pine"
  unread.value = 2
  await nextTick()
  expect([heard.titles[0], heard.titles.at(-1)]).toEqual(["Parley", "(2) Juniper & Pine"])
})

test("the title counts what is unread", async () => {
  const { heard, unread } = alerting()
  unread.value = 2
  await nextTick()
  unread.value = 0
  await nextTick()
  expect(heard.titles).toEqual(["Parley", "(2) Parley", "Parley"])
})

test("a burst of messages rings once, the next one rings again", async () => {
  const { heard, clock, tell } = alerting()
  tell()
  tell()
  await settle()
  expect(heard.beeps).toBe(1)
  clock.travel(2000)
  tell()
  await settle()
  expect(heard.beeps).toBe(2)
})

test("of two tabs only the first rings", async () => {
  const { heard, tell } = alerting({ isFirstToRing: async () => false })
  tell()
  await settle()
  expect(heard.beeps).toBe(0)
})

test("a hidden tab shows a notification once it is allowed, a visible one never", async () => {
  const hidden = alerting()
  hidden.tell()
  expect(hidden.heard.shown).toEqual([])
  await hidden.alerts.setDesktop(true)
  hidden.tell()
  expect(hidden.heard.shown).toEqual(["Contact c"])
  const visible = alerting({ isHidden: () => false })
  await visible.alerts.setDesktop(true)
  visible.tell()
  expect(visible.heard.shown).toEqual([])
})

test("busy means silence, and so does the switch", async () => {
  const { alerts, heard, isBusy, tell } = alerting()
  await alerts.setDesktop(true)
  isBusy.now = true
  tell()
  isBusy.now = false
  alerts.setSound(false)
  tell()
  await settle()
  expect([heard.beeps, heard.shown.length]).toEqual([0, 1])
})

test("permission refused leaves the switch off", async () => {
  const { alerts } = alerting({ canNotify: () => false, askToNotify: async () => false })
  await alerts.setDesktop(true)
  expect(alerts.hasDesktop.value).toBe(false)
})
