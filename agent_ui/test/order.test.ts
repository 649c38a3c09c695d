import type { ConversationView, Sort } from "@parley/client/contract"
import { expect, test } from "vitest"
import { belongs, byNewest, compareOf, type Filter, sortOf } from "../shared/models/order"
import { at, conversation, ME, OTHER } from "./making"

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

const place = (key: string) => ["new", "open", "responded"].indexOf(key)
const ordered = (sort: Sort, ...rows: ConversationView[]) => rows.sort(compareOf(sort, place)).map(row => row.id)

test("each order puts first what it promises", () => {
  const late = conversation("late", 1, { waiting_since: at(1), queued_at: at(9) })
  const urgent = conversation("urgent", 2, { priority: "urgent", waiting_since: at(3), status: "responded" })
  const calm = conversation("calm", 3, { status: "new" })
  const rows = [late, urgent, calm]
  expect(ordered("newest", ...rows)).toEqual(["calm", "urgent", "late"])
  expect(ordered("waiting", ...rows)).toEqual(["late", "urgent", "calm"])
  expect(ordered("queue", ...rows)).toEqual(["urgent", "calm", "late"])
  expect(ordered("priority", ...rows)).toEqual(["urgent", "late", "calm"])
  expect(ordered("status", ...rows)).toEqual(["calm", "late", "urgent"])
})

test("of equals whoever came last is first, however they write, and whoever waits comes before all who do not", () => {
  const [early, last] = [conversation("1", 9, { waiting_since: null }), conversation("2", 5, { waiting_since: null })]
  const waiting = conversation("0", 1, { waiting_since: at(8) })
  for (const sort of ["priority", "status", "topic"] as const)
    expect(ordered(sort, early, last, waiting)).toEqual(["2", "1", "0"])
  expect(ordered("waiting", early, last, waiting)).toEqual(["0", "2", "1"])
})

test("what has ended is not listed by how long it waits", () => {
  expect(sortOf({ view: "all", shelf: "resolved", query: "", sort: "waiting" })).toBe("newest")
  expect(sortOf({ view: "all", shelf: "resolved", query: "", sort: "queue" })).toBe("newest")
  expect(sortOf({ view: "all", shelf: "resolved", query: "", sort: "topic" })).toBe("topic")
})

test("whoever waits for somebody is listed in the order of the queue, unless asked otherwise", () => {
  expect(sortOf({ view: "unassigned", shelf: "open", query: "" })).toBe("queue")
  expect(sortOf({ view: "unassigned", shelf: "open", query: "", sort: "newest" })).toBe("newest")
  expect(sortOf({ view: "unassigned", shelf: "resolved", query: "" })).toBe("newest")
})

test.each([
  [{ tag: "refund" }, true],
  [{ tag: "other" }, false],
  [{ priority: "urgent" as const }, true],
  [{ priority: "low" as const }, false],
  [{ status: "open" }, true],
  [{ status: "new" }, false],
  [{ team_id: "team" }, true],
  [{ team_id: "other" }, false],
  [{ inbox_id: "inbox" }, true],
  [{ inbox_id: "other" }, false],
])("narrowed by %o: %s", (narrowing, isShown) => {
  const row = conversation("a", 1, { tags: ["refund"], priority: "urgent", team_id: "team" })
  expect(belongs(row, { ...open("all"), ...narrowing }, ME)).toBe(isShown)
})

test("a whole second sorts before a part of the same second", () => {
  const whole = conversation("a", 0, { last_message_at: "2026-03-02T09:00:05Z" })
  const later = conversation("b", 0, { last_message_at: "2026-03-02T09:00:05.5Z" })
  expect([whole, later].sort(byNewest).map(row => row.id)).toEqual(["b", "a"])
})
