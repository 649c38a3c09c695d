import { expect, test } from "vitest"
import { createCounts } from "../inbox/models/counts"
import { createConversations } from "../shared/models/conversations"
import { wholeFilter } from "../shared/models/order"
import { fakeApi } from "./fake-api"
import { conversation, ME } from "./making"
import { settle, travelClock } from "./travel"

async function counting() {
  const api = fakeApi([conversation("a", 1), conversation("b", 2, { agent_id: null })])
  const store = createConversations()
  for (const row of api.held) store.put(row, false)
  const clock = travelClock()
  const counts = createCounts(api, store, clock, ME)
  await counts.refresh()
  return { api, store, clock, counts }
}

test("a claimed conversation moves from unassigned to mine at once", async () => {
  const { store, counts } = await counting()
  store.patch("b", { agent_id: ME })
  expect(counts.now.value).toEqual({ mine: 2, unassigned: 0, all: 2 })
})

test("a resolved conversation leaves the counts, and comes back when that was refused", async () => {
  const { store, counts } = await counting()
  const takeBack = store.patch("a", { category: "resolved" })
  expect(counts.now.value).toEqual({ mine: 0, unassigned: 1, all: 1 })
  takeBack()
  expect(counts.now.value).toEqual({ mine: 1, unassigned: 1, all: 2 })
})

test("a conversation never seen before is counted by the server, asked once for many", async () => {
  const { api, store, clock, counts } = await counting()
  for (const id of ["c", "d"]) {
    api.held.push(conversation(id, 5))
    store.put(conversation(id, 5))
  }
  clock.travel(2000)
  await settle()
  expect(api.asked).toHaveLength(2)
  expect(counts.now.value).toEqual({ mine: 3, unassigned: 1, all: 4 })
})

test("a saved view's count moves with what it lets through, and the server has the last word", async () => {
  const { api, store, clock } = await counting()
  const filter = wholeFilter({ view: "all", shelf: "open", query: "", tag: "refund" })
  api.savedCounts = [{ id: "v", count: 4 }]
  const counts = createCounts(api, store, clock, ME, () => [
    { id: "v", name: "Refunds", is_shared: false, tickets: null, filter },
  ])
  await counts.refresh()
  store.patch("a", { tags: ["refund"] })
  expect(counts.saved.value.get("v")).toBe(5)
  api.savedCounts = [{ id: "v", count: 6 }]
  clock.travel(2000)
  await settle()
  expect(counts.saved.value.get("v")).toBe(6)
})

test("scrolling through pages asks for no counts", async () => {
  const { api, store, clock } = await counting()
  store.put(conversation("old", 0), false)
  clock.travel(5000)
  await settle()
  expect(api.asked).toHaveLength(1)
})
