import { expect, test } from "vitest"
import { logItems } from "../conversation/components/log-items"
import { ME, row } from "./making"

const mine = { author: { kind: "agent" as const, id: ME, name: "Me" } }
const when = (time: string) => ({ created_at: new Date(`2026-03-02T${time}`).toISOString() })

test("messages of one person within minutes are one run", () => {
  const items = logItems([
    row({ seq: 1, ...when("10:00:00") }),
    row({ seq: 2, ...when("10:01:00") }),
    row({ seq: 3, ...mine, ...when("10:02:00") }),
    row({ seq: 4, ...mine, ...when("10:20:00") }),
  ])
  expect(items.map(item => [item.isFirst, item.isLast])).toEqual([
    [true, false],
    [false, true],
    [true, true],
    [true, true],
  ])
})

test("a note never joins a run of replies", () => {
  const items = logItems([
    row({ seq: 1, ...mine, ...when("10:00:00") }),
    row({ seq: 2, ...mine, ...when("10:00:10"), visibility: "internal" }),
  ])
  expect(items[1]?.isFirst).toBe(true)
})

test("each day is named once", () => {
  const items = logItems([
    row({ seq: 1, created_at: new Date(2026, 2, 1, 23, 59).toISOString() }),
    row({ seq: 2, created_at: new Date(2026, 2, 2, 0, 1).toISOString() }),
    row({ seq: 3, created_at: new Date(2026, 2, 2, 0, 2).toISOString() }),
  ])
  expect(items.map(item => item.day !== null)).toEqual([true, true, false])
  expect(items[1]?.isFirst).toBe(true)
})

test("only the furthest message of each step says how far it has come", () => {
  const items = logItems([
    row({ seq: 1, ...mine, progress: "read" }),
    row({ seq: 2, ...mine, progress: "read" }),
    row({ seq: 3, ...mine, progress: "delivered" }),
    row({ seq: 4, ...mine, progress: "sent" }),
    row({ seq: 5, ...mine, progress: "failed" }),
    row({ seq: 6, ...mine, progress: "failed" }),
  ])
  expect(items.map(item => item.showsProgress)).toEqual([false, true, true, true, true, true])
})
