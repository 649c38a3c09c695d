import { expect, test } from "vitest"
import { createNotices, NOTICE_MS } from "../models/notices"
import { travelClock } from "./travel"

function noticing() {
  const clock = travelClock()
  const notices = createNotices(clock)
  return { clock, notices, keys: () => notices.shown.value.map(notice => notice.key) }
}

test("a notice stands for a while and goes", () => {
  const { clock, notices, keys } = noticing()
  notices.notify({ key: "done.resolved", tone: "done" })
  clock.travel(NOTICE_MS - 1)
  expect(keys()).toEqual(["done.resolved"])
  clock.travel(1)
  expect(keys()).toEqual([])
})

test("what was done last takes the place of what was done before, so no stale undo remains", () => {
  const { notices, keys } = noticing()
  notices.notify({ key: "done.resolved", tone: "done" })
  notices.notify({ key: "error.offline", tone: "failed" })
  notices.notify({ key: "done.undone", tone: "done" })
  expect(keys()).toEqual(["error.offline", "done.undone"])
})

test("nothing disappears under a reader's pointer", () => {
  const { clock, notices, keys } = noticing()
  notices.notify({ key: "error.offline", tone: "failed" })
  notices.hold()
  clock.travel(60_000)
  expect(keys()).toEqual(["error.offline"])
  notices.release()
  clock.travel(NOTICE_MS)
  expect(keys()).toEqual([])
})

test("a flood shows the latest few", () => {
  const { notices } = noticing()
  for (let count = 0; count < 20; count++) notices.notify({ key: "error.offline", tone: "failed" })
  expect(notices.shown.value).toHaveLength(4)
  expect(notices.shown.value.at(-1)?.id).toBe(20)
})
