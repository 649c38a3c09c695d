import type { ConversationView } from "@parley/client/contract"
import { expect, test } from "vitest"
import { createConversations } from "../shared/models/conversations"
import { createColumns } from "../tickets/models/columns"
import { createWorkList, FIRST_WORK, type WorkFilter } from "../tickets/models/work-list"
import { canFollow, clickOrder, compareWork, parseOrder } from "../tickets/models/work-order"
import { workOf, workQuery } from "../tickets/models/work-route"
import { fakeApi } from "./fake-api"
import { conversation, ME, OTHER, ticket } from "./making"
import { memoryStorage } from "./memory-storage"
import { settle, travelClock } from "./travel"

const POSITIONS = {
  status: (key: string) => ["new", "open", "resolved"].indexOf(key),
  agent: (id: string) => [ME, OTHER].indexOf(id),
  team: () => 0,
}

const numbered = (number: number, change: Partial<ConversationView> = {}): ConversationView =>
  conversation(`c${number}`, number, { ticket: ticket(number), ...change })

/** A server that pages what it holds by threes, newest number first. */
async function opened(count = 5, shown: WorkFilter = FIRST_WORK) {
  const held = Array.from({ length: count }, (_, at) => numbered(at + 1))
  const asked: string[] = []
  const api = {
    ...fakeApi(),
    async get<T>(path: string): Promise<T> {
      const url = new URL(path, "http://parley.test")
      asked.push(path)
      if (url.pathname === "/tickets/count") return { count: held.length, ok: true } as T
      const after = Number(url.searchParams.get("after") ?? Number.POSITIVE_INFINITY)
      const found = held.filter(row => (row.ticket?.number ?? 0) < after)
      const rows = found.sort((a, b) => (b.ticket?.number ?? 0) - (a.ticket?.number ?? 0))
      const page = rows.slice(0, 3)
      const next = rows.length > 3 ? String(page.at(-1)?.ticket?.number) : null
      return { conversations: page, next, is_reading: false, ok: true } as T
    },
  }
  const store = createConversations()
  const clock = travelClock()
  const list = createWorkList(api, store, ME, POSITIONS, clock)
  await list.show(shown)
  await settle()
  const numbers = () => list.rows.value.map(row => row.ticket?.number)
  return { list, store, held, asked, numbers, clock }
}

test("pages follow each other, each ticket once", async () => {
  const { list, numbers } = await opened()
  expect(numbers()).toEqual([5, 4, 3])
  expect(list.count.value).toBe(5)
  await list.more()
  expect(numbers()).toEqual([5, 4, 3, 2, 1])
  expect(list.hasMore.value).toBe(false)
})

test("a row changes where it stands, and the new order is offered", async () => {
  const { list, store, numbers } = await opened(3, { ...FIRST_WORK, order: "priority" })
  store.put(numbered(1, { rev: 2, priority: "urgent" }))
  expect(numbers()).toEqual([3, 2, 1])
  expect(list.rows.value.at(-1)?.priority).toBe("urgent")
  expect(list.changes.value).toBe(1)
  store.put(numbered(1, { rev: 3, priority: "medium" }))
  expect(list.changes.value).toBe(0)
})

test("what has left the filter stays in sight until the list is laid again", async () => {
  const { list, store, held, numbers } = await opened(3)
  const gone = numbered(2, { rev: 2, status: "resolved", category: "resolved" })
  store.put(gone)
  expect([numbers(), list.changes.value]).toEqual([[3, 2, 1], 1])
  held.splice(1, 1)
  await list.refresh()
  expect([numbers(), list.changes.value]).toEqual([[3, 1], 0])
})

test("a new ticket is offered; one past what was read so far is not", async () => {
  const { list, store } = await opened(5)
  store.put(numbered(9))
  expect(list.changes.value).toBe(1)
  store.put(numbered(1))
  expect(list.changes.value).toBe(1)
})

test("next and previous go on from the ticket that was opened, even when it has left", async () => {
  const { list, held } = await opened(3)
  list.select("c2")
  expect([list.neighbour(1)?.id, list.neighbour(-1)?.id, list.neighbour(5)?.id]).toEqual(["c1", "c3", "c1"])
  held.splice(1, 1)
  await list.refresh()
  expect(list.neighbour(0)?.id).toBe("c1")
})

test("a click on a header sorts by it, and turns it round; with Shift it follows where there is an index", () => {
  expect(clickOrder("-number", "priority", "open", false)).toBe("priority")
  expect(clickOrder("priority", "priority", "open", false)).toBe("-priority")
  expect(clickOrder("status", "priority", "open", true)).toBe("status,priority")
  expect(clickOrder("status,priority", "priority", "open", true)).toBe("status,-priority")
  expect(clickOrder("status", "active", "open", true)).toBe("status")
  expect(canFollow("status", "priority", "resolved")).toBe(false)
  expect(parseOrder("nonsense")).toEqual([{ name: "number", isTurned: true }])
})

test("rows compare as the server pages them", () => {
  const rows = [
    numbered(1, { priority: "low", agent_id: OTHER }),
    numbered(2, { priority: "urgent", agent_id: null }),
    numbered(3, { priority: "low", agent_id: ME }),
  ]
  const by = (order: string) => [...rows].sort(compareWork(order, "open", POSITIONS)).map(row => row.ticket?.number)
  expect(by("priority")).toEqual([2, 3, 1])
  expect(by("priority,number")).toEqual([2, 1, 3])
  expect(by("owner")).toEqual([3, 1, 2])
  expect(by("-owner")).toEqual([2, 1, 3])
  expect(by("active")).toEqual([1, 2, 3])
  const due = (at: string) => ({ clock: "resolution" as const, due_at: at, warn_at: null })
  const late = numbered(4, { next_due: due("2026-03-02T10:00:00Z") })
  const later = numbered(5, { next_due: due("2026-03-02T12:00:00Z") })
  const order = compareWork("-due", "open", POSITIONS)
  expect([numbered(1), late, numbered(2), later].sort(order).map(row => row.ticket?.number)).toEqual([5, 4, 2, 1])
})

test("a list stands in its URL, and what is usual is left out", () => {
  expect(workQuery(FIRST_WORK)).toEqual({})
  const work = workOf({ view: "mine", topic: "Tents", order: "status,priority", priority: "high" })
  expect(workQuery(work)).toEqual({ view: "mine", topic: "Tents", order: "status,priority", priority: "high" })
})

test("columns are kept as the agent has put them, and nonsense is not", () => {
  const storage = memoryStorage()
  const columns = createColumns(storage, ME)
  columns.resize("contact", 5)
  columns.show("title", false)
  columns.show("team", true)
  columns.order(["team", "number", "title"])
  const again = createColumns(storage, ME).all.value
  expect(again.find(column => column.name === "contact")?.width).toBe(56)
  expect(again.find(column => column.name === "title")?.isShown).toBe(true)
  expect(again.find(column => column.name === "team")?.isShown).toBe(true)
  storage.setItem(`parley.tickets.columns.${ME}`, "{")
  expect(createColumns(storage, ME).all.value[0]?.name).toBe("number")
})
