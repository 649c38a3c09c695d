import { expect, test } from "vitest"
import { createList } from "../inbox/models/list"
import { createConversations } from "../shared/models/conversations"
import type { Filter } from "../shared/models/order"
import { fakeApi } from "./fake-api"
import { at, conversation, ME, message, OTHER } from "./making"
import { settle } from "./travel"

const MINE: Filter = { view: "mine", shelf: "open", query: "" }

async function opened(filter: Filter = MINE, count = 5) {
  const api = fakeApi(Array.from({ length: count }, (_, index) => conversation(`c${index}`, index)))
  const store = createConversations()
  const list = createList(api, store, filter, ME)
  await list.refresh()
  const ids = () => list.rows.value.map(row => row.id)
  return { api, store, list, ids }
}

test("pages are read one after another until the end", async () => {
  const { list, ids, api } = await opened()
  expect(ids()).toEqual(["c4", "c3", "c2"])
  await list.more()
  expect(ids()).toEqual(["c4", "c3", "c2", "c1", "c0"])
  expect(list.hasMore.value).toBe(false)
  await list.more()
  expect(api.asked).toHaveLength(2)
})

test("a message moves its row to the top", async () => {
  const { store, ids } = await opened()
  store.advance(message("c3", 2))
  expect(ids()).toEqual(["c3", "c4", "c2"])
})

test("a conversation taken by a colleague leaves, one given to me comes", async () => {
  const { store, ids } = await opened()
  store.put(conversation("c4", 4, { rev: 2, agent_id: OTHER }))
  store.put(conversation("new", 9))
  expect(ids()).toEqual(["new", "c3", "c2"])
})

test("a row older than everything read so far waits for its page", async () => {
  const { store, list, ids } = await opened()
  store.put(conversation("c1", 1, { rev: 2 }))
  expect(ids()).toEqual(["c4", "c3", "c2"])
  await list.more()
  expect(ids()).toEqual(["c4", "c3", "c2", "c1", "c0"])
})

test("an event that overtakes the page is not undone by it", async () => {
  const { api, store, list, ids } = await opened()
  const release = api.hold()
  const refreshed = list.refresh()
  store.put(conversation("c2", 50, { rev: 7 }))
  store.put(conversation("fresh", 60))
  release()
  await refreshed
  expect(ids()).toEqual(["fresh", "c2", "c4", "c3"])
})

test("a refresh drops what has left while we were away, to the depth that was read", async () => {
  const { api, list, ids } = await opened()
  await list.more()
  api.held = api.held.filter(row => row.id !== "c3" && row.id !== "c0")
  await list.refresh()
  expect(ids()).toEqual(["c4", "c2", "c1"])
})

test("a failed first page says so, and a later refresh recovers", async () => {
  const api = fakeApi([conversation("a", 1)])
  const list = createList(api, createConversations(), MINE, ME)
  api.failNext()
  await list.refresh()
  expect(list.state.value).toBe("failed")
  await list.refresh()
  expect(list.state.value).toBe("ready")
})

test("a failed refresh keeps what is on the screen", async () => {
  const { api, list, ids } = await opened()
  api.failNext()
  await list.refresh()
  expect(ids()).toEqual(["c4", "c3", "c2"])
  expect(list.state.value).toBe("ready")
})

test("a search is live: what the server found stays, what has the words comes in, what has them not stays out", async () => {
  const { store, ids, list } = await opened({ view: "all", shelf: "open", query: "Hello" })
  store.put(conversation("c3", 99, { rev: 2, preview: "Changed" }))
  store.put(conversation("new", 100))
  store.put(conversation("other", 101, { preview: "Goodbye" }))
  expect(ids()).toEqual(["new", "c3", "c4", "c2"])
  expect(list.rows.value[1]?.preview).toBe("Changed")
})

test("a search shows at once what this screen holds, and then what the server adds", async () => {
  const api = fakeApi(["a", "b"].map((id, index) => conversation(id, index)))
  const store = createConversations()
  store.put(conversation("a", 0), false)
  store.put(conversation("x", 9, { preview: "Nothing of the kind" }), false)
  const list = createList(api, store, { view: "all", shelf: "open", query: "HELLO contact" }, ME)
  expect(list.rows.value.map(row => row.id)).toEqual(["a"])
  expect(list.state.value).toBe("ready")
  api.held = api.held.map(row => ({ ...row, preview: "HELLO contact" }))
  await list.refresh()
  expect(list.rows.value.map(row => row.id)).toEqual(["b", "a"])
})

test("ten thousand rows are searched within a blink", () => {
  const store = createConversations()
  for (let n = 0; n < 10_000; n++) store.put(conversation(`c${n}`, n, { preview: `Order number ${n} is late` }), false)
  const took = ["number 99 late", "order 9", "is late"].map(query => {
    const started = performance.now()
    const list = createList(fakeApi(), store, { view: "all", shelf: "open", query }, ME)
    expect(list.rows.value.length).toBeGreaterThan(100)
    return performance.now() - started
  })
  expect(Math.min(...took)).toBeLessThan(200)
})

test("ten thousand rows take a live change without being sorted anew", async () => {
  const { api, store, list, ids } = await opened(MINE, 10_000)
  api.pageSize = 10_000
  await list.refresh()
  const started = performance.now()
  for (let seq = 2; seq < 102; seq++) {
    store.put(conversation("c5", 0, { rev: seq, last_message_at: at(20_000 + seq) }))
    store.put(conversation("c6", 0, { rev: seq, last_message_at: at(20_000 + seq) }))
  }
  await settle()
  expect(ids().slice(0, 2)).toEqual(["c6", "c5"])
  expect(ids()).toHaveLength(10_000)
  expect((performance.now() - started) / 200).toBeLessThan(8)
})

test("a stopped list hears nothing any more", async () => {
  const { store, list, ids } = await opened()
  list.stop()
  store.put(conversation("new", 9))
  expect(ids()).toEqual(["c4", "c3", "c2"])
})
