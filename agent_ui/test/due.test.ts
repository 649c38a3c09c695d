import { expect, test } from "vitest"
import { createConversations } from "../shared/models/conversations"
import { compareOf } from "../shared/models/order"
import { dueLevel, exactTime, roughTime, secondsThatAddUp } from "../sla/models/due"
import { at, conversation } from "./making"

const due = (minute: number) => ({ clock: "first_response", due_at: at(minute), warn_at: at(minute - 5) }) as const

test("a due time is calm, then at risk from its warning on, and late from the moment it has come", () => {
  const levels = [54, 55, 59, 60].map(minute => dueLevel(due(60), Date.parse(at(minute))))
  expect(levels).toEqual(["calm", "risk", "risk", "late"])
  expect(dueLevel({ due_at: at(60), warn_at: null }, Date.parse(at(59)))).toBe("calm")
})

test("a row says how long as roughly as it matters", () => {
  const keys = [42, 60, 3599, 3600, 7500, 86_400, 100_000].map(seconds => roughTime(seconds).key.slice(5))
  expect(keys).toEqual(["seconds", "minutes", "minutes", "hours", "hours_minutes", "days", "days_hours"])
  expect(roughTime(7500).values).toEqual({ d: 0, h: 2, m: 5, s: 0 })
})

test("an account counts hours past a day, and its seconds add up to the total", () => {
  expect(exactTime(40 * 3600)).toEqual({ key: "time.hours", values: { d: 0, h: 40, m: 0, s: 0 } })
  expect(exactTime(3661).key).toBe("time.hours_minutes_seconds")
  const minutes = Array.from({ length: 9 }, () => 1 / 3 + 0.01)
  const seconds = secondsThatAddUp(minutes)
  expect(seconds.reduce((sum, one) => sum + one, 0)).toBe(Math.round(9 * (1 / 3 + 0.01) * 60))
})

test("rows sort by what is due first, and those without a due time come last", () => {
  const rows = [
    conversation("1", 1),
    conversation("2", 2, { next_due: due(90) }),
    conversation("3", 3, { next_due: due(30) }),
    conversation("4", 4),
  ]
  expect(rows.sort(compareOf("due", () => 0)).map(it => it.id)).toEqual(["3", "2", "4", "1"])
})

test("a changed clock changes its row without a revision", () => {
  const store = createConversations()
  store.put(conversation("c", 1))
  store.setDue("c", due(60))
  expect(store.get("c")).toMatchObject({ rev: 1, next_due: { due_at: at(60) } })
  store.setDue("unknown", due(60))
  expect(store.get("unknown")).toBeUndefined()
})
