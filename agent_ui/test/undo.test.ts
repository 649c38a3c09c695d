import { expect, test } from "vitest"
import { createNotices, NOTICE_MS } from "../models/notices"
import { createUndo } from "../models/undo"
import { settle, travelClock } from "./travel"

function undoing() {
  const clock = travelClock()
  const notices = createNotices(clock)
  const undo = createUndo(notices.notify)
  const back: string[] = []
  const deed = (name: string) => ({ key: "done.resolved" as const, undo: () => back.push(name) })
  return { clock, notices, undo, back, deed }
}

test("the last thing done is taken back once, while its notice stands", async () => {
  const { undo, back, deed, clock } = undoing()
  undo.done(deed("first"))
  undo.done(deed("second"))
  clock.travel(NOTICE_MS - 1)
  undo.run()
  undo.run()
  await settle()
  expect(back).toEqual(["second"])
})

test("without its notice it is too late", async () => {
  const { undo, back, deed, clock } = undoing()
  undo.done(deed("first"))
  clock.travel(NOTICE_MS)
  undo.run()
  await settle()
  expect(back).toEqual([])
})

test("a notice that is being read keeps its undo, and is about its own deed", () => {
  const { undo, back, deed, clock, notices } = undoing()
  undo.done(deed("first"))
  notices.hold()
  clock.travel(60_000)
  const [notice] = notices.shown.value
  notices.dismiss(notice?.id ?? 0)
  notice?.act?.run()
  expect(back).toEqual(["first"])
})

test("a message that leaves at its time is not held back by a reader", () => {
  const { undo, deed, clock, notices } = undoing()
  undo.done({ ...deed("sending"), isTimed: true })
  notices.hold()
  clock.travel(NOTICE_MS)
  expect(notices.shown.value).toEqual([])
})

test("news does not crowd out what can be taken back", async () => {
  const { undo, back, deed, notices } = undoing()
  undo.done(deed("first"))
  for (let count = 0; count < 9; count++) notices.notify({ key: "done.open", tone: "news" })
  expect(notices.shown.value).toHaveLength(4)
  undo.run()
  await settle()
  expect(back).toEqual(["first"])
})

test("asked for before the server has answered, it is taken back as soon as it has", async () => {
  const { undo, back, deed } = undoing()
  let answer = (_: boolean) => {}
  undo.done(deed("before"))
  void undo.during(
    new Promise<boolean>(done => {
      answer = done
    }).then(() => undo.done(deed("under way"))),
  )
  undo.run()
  await settle()
  expect(back).toEqual([])
  answer(true)
  await settle()
  expect(back).toEqual(["under way"])
})

test("what the server refused takes nothing else back with it", async () => {
  const { undo, back, deed } = undoing()
  undo.done(deed("before"))
  void undo.during(Promise.resolve(false))
  undo.run()
  await settle()
  expect(back).toEqual([])
})
