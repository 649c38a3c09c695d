import { expect, test } from "vitest"
import { createConversations } from "../shared/models/conversations"
import { conversation, ME, message, NO_MARKS } from "./making"

function holding(change = {}) {
  const store = createConversations()
  store.put(conversation("c", 1, change))
  return store
}

test("an older word of the server is dropped", () => {
  const store = holding({ rev: 5, status: "open" })
  store.put(conversation("c", 1, { rev: 4, status: "new" }))
  expect(store.get("c")?.status).toBe("open")
})

test("a contact's message brings preview, time, unread count and waiting forward", () => {
  const store = holding({ unread_count: 1 })
  const said = message("c", 2, { body: "Where is\nmy parcel?" })
  expect(store.advance(said)).toBe(true)
  expect(store.get("c")).toMatchObject({
    seq: 2,
    rev: 2,
    preview: "Where is my parcel?",
    last_message_at: said.created_at,
    unread_count: 2,
    waiting_since: said.created_at,
  })
})

test("an agent's answer ends the waiting and the unread count", () => {
  const store = holding({ unread_count: 2, waiting_since: "2026-03-02T09:00:00Z" })
  store.advance(message("c", 2, { author: { kind: "agent", id: ME, name: "Me" } }))
  expect(store.get("c")).toMatchObject({ unread_count: 0, waiting_since: null })
})

test("a note moves the revision and nothing a list shows", () => {
  const store = holding({ preview: "Before" })
  store.advance(message("c", 9, { seq: null, rev: 2, visibility: "internal" }))
  expect(store.get("c")).toMatchObject({ rev: 2, seq: 1, preview: "Before" })
})

test("a message beyond the next revision asks for the row instead", () => {
  const store = holding()
  expect(store.advance(message("c", 3))).toBe(false)
  expect(store.get("c")?.rev).toBe(1)
  expect(store.advance(message("unknown", 1))).toBe(false)
})

test("the same message twice counts once", () => {
  const store = holding()
  store.advance(message("c", 2))
  expect(store.advance(message("c", 2))).toBe(true)
  expect(store.get("c")?.unread_count).toBe(1)
})

test("marks never go back, and reading to the end clears the unread count", () => {
  const store = holding({ seq: 4, unread_count: 3 })
  store.mark("c", { ...NO_MARKS, agent_read_seq: 4 })
  store.mark("c", { ...NO_MARKS, agent_read_seq: 2 })
  expect(store.get("c")).toMatchObject({ unread_count: 0, marks: { agent_read_seq: 4 } })
})

test("what was asked for is shown at once and taken back when it was refused", () => {
  const store = holding()
  const takeBack = store.patch("c", { status: "resolved", category: "resolved" })
  expect(store.get("c")?.category).toBe("resolved")
  takeBack()
  expect(store.get("c")?.category).toBe("open")
})

test("news about a conversation do not undo what was just asked for", () => {
  const store = holding()
  const first = store.patch("c", { priority: "high" })
  store.patch("c", { agent_id: null })
  store.put(conversation("c", 1, { rev: 2, preview: "News" }))
  expect(store.get("c")).toMatchObject({ priority: "high", agent_id: null, preview: "News" })
  first()
  expect(store.get("c")).toMatchObject({ priority: "medium", agent_id: null })
})

test("only open conversations with something unread count, for whoever holds them", () => {
  const store = holding({ unread_count: 2 })
  store.put(conversation("d", 1, { unread_count: 1, category: "resolved" }))
  store.put(conversation("e", 1, { unread_count: 1, agent_id: null }))
  expect(store.unreadOf(ME)).toBe(1)
  store.patch("c", { agent_id: null })
  expect(store.unreadOf(ME)).toBe(0)
})
