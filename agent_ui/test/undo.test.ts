import { expect, test } from "vitest"
import { createToasts, TOAST_MS } from "../shared/models/toasts"
import { createUndo } from "../shared/models/undo"
import { settle, travelClock } from "./travel"

function undoing() {
  const clock = travelClock()
  const toasts = createToasts(clock)
  const undo = createUndo(toasts.notify)
  const back: string[] = []
  const action = (name: string) => ({ key: "done.resolved" as const, undo: () => back.push(name) })
  return { clock, toasts, undo, back, action }
}

test("the last thing done is taken back once, while its toast stands", async () => {
  const { undo, back, action, clock } = undoing()
  undo.done(action("first"))
  undo.done(action("second"))
  clock.travel(TOAST_MS - 1)
  undo.run()
  undo.run()
  await settle()
  expect(back).toEqual(["second"])
})

test("without its toast it is too late", async () => {
  const { undo, back, action, clock } = undoing()
  undo.done(action("first"))
  clock.travel(TOAST_MS)
  undo.run()
  await settle()
  expect(back).toEqual([])
})

test("a toast that is being read keeps its undo, and is about its own action", () => {
  const { undo, back, action, clock, toasts } = undoing()
  undo.done(action("first"))
  toasts.hold()
  clock.travel(60_000)
  const [toast] = toasts.shown.value
  toasts.dismiss(toast?.id ?? 0)
  toast?.act?.run()
  expect(back).toEqual(["first"])
})

test("a message that leaves at its time is not held back by a reader", () => {
  const { undo, action, clock, toasts } = undoing()
  undo.done({ ...action("sending"), isTimed: true })
  toasts.hold()
  clock.travel(TOAST_MS)
  expect(toasts.shown.value).toEqual([])
})

test("news does not crowd out what can be taken back", async () => {
  const { undo, back, action, toasts } = undoing()
  undo.done(action("first"))
  for (let count = 0; count < 9; count++) toasts.notify({ key: "done.open", tone: "news" })
  expect(toasts.shown.value).toHaveLength(4)
  undo.run()
  await settle()
  expect(back).toEqual(["first"])
})

test("asked for before the server has answered, it is taken back as soon as it has", async () => {
  const { undo, back, action } = undoing()
  let answer = (_: boolean) => {}
  undo.done(action("before"))
  void undo.during(
    new Promise<boolean>(done => {
      answer = done
    }).then(() => undo.done(action("under way"))),
  )
  undo.run()
  await settle()
  expect(back).toEqual([])
  answer(true)
  await settle()
  expect(back).toEqual(["under way"])
})

test("what the server refused takes nothing else back with it", async () => {
  const { undo, back, action } = undoing()
  undo.done(action("before"))
  void undo.during(Promise.resolve(false))
  undo.run()
  await settle()
  expect(back).toEqual([])
})
