import { expect, test } from "vitest"
import { createToasts, TOAST_MS } from "../shared/models/toasts"
import { travelClock } from "./travel"

function noticing() {
  const clock = travelClock()
  const toasts = createToasts(clock)
  return { clock, toasts, keys: () => toasts.shown.value.map(toast => toast.key) }
}

test("a toast stands for a while and goes", () => {
  const { clock, toasts, keys } = noticing()
  toasts.notify({ key: "done.resolved", tone: "done" })
  clock.travel(TOAST_MS - 1)
  expect(keys()).toEqual(["done.resolved"])
  clock.travel(1)
  expect(keys()).toEqual([])
})

test("what was done last takes the place of what was done before, so no stale undo remains", () => {
  const { toasts, keys } = noticing()
  toasts.notify({ key: "done.resolved", tone: "done" })
  toasts.notify({ key: "error.offline", tone: "failed" })
  toasts.notify({ key: "done.undone", tone: "done" })
  expect(keys()).toEqual(["error.offline", "done.undone"])
})

test("nothing disappears under a reader's pointer", () => {
  const { clock, toasts, keys } = noticing()
  toasts.notify({ key: "error.offline", tone: "failed" })
  toasts.hold()
  clock.travel(60_000)
  expect(keys()).toEqual(["error.offline"])
  toasts.release()
  clock.travel(TOAST_MS)
  expect(keys()).toEqual([])
})

test("a flood shows the latest few", () => {
  const { toasts } = noticing()
  for (let count = 0; count < 20; count++) toasts.notify({ key: "error.offline", tone: "failed" })
  expect(toasts.shown.value).toHaveLength(4)
  expect(toasts.shown.value.at(-1)?.id).toBe(20)
})
