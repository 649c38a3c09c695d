import { expect, test } from "vitest"
import { belongs, byNewest, type Filter } from "../models/order"
import { conversation, ME, OTHER } from "./making"

const open = (view: Filter["view"]): Filter => ({ view, shelf: "open", query: "" })

test.each([
  ["mine", ME, true],
  ["mine", OTHER, false],
  ["mine", null, false],
  ["unassigned", null, true],
  ["unassigned", ME, false],
  ["all", OTHER, true],
] as const)("the view %s shows a conversation of %s: %s", (view, holder, isShown) => {
  expect(belongs(conversation("a", 1, { agent_id: holder }), open(view), ME)).toBe(isShown)
})

test.each([
  ["new", "open"],
  ["open", "open"],
  ["waiting", "open"],
  ["resolved", "resolved"],
  ["closed", "resolved"],
] as const)("%s conversations stand on the shelf %s", (category, shelf) => {
  const row = conversation("a", 1, { category })
  expect(belongs(row, { view: "all", shelf: "open", query: "" }, ME)).toBe(shelf === "open")
  expect(belongs(row, { view: "all", shelf: "resolved", query: "" }, ME)).toBe(shelf === "resolved")
})

test("the latest message comes first, and equal times are settled by the id as on the server", () => {
  const rows = [conversation("a", 1), conversation("c", 5), conversation("b", 5)]
  expect(rows.sort(byNewest).map(row => row.id)).toEqual(["c", "b", "a"])
})

test("a whole second sorts before a part of the same second", () => {
  const whole = conversation("a", 0, { last_message_at: "2026-03-02T09:00:05Z" })
  const later = conversation("b", 0, { last_message_at: "2026-03-02T09:00:05.5Z" })
  expect([whole, later].sort(byNewest).map(row => row.id)).toEqual(["b", "a"])
})
