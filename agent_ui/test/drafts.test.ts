import { expect, test } from "vitest"
import { createDrafts } from "../models/drafts"
import { memoryStorage } from "./memory-storage"

test("a draft outlives its page, one for each conversation and agent", () => {
  const storage = memoryStorage()
  createDrafts(storage, "ana").save("c1", { body: "Half a", mode: "internal", attachments: [] })
  const later = createDrafts(storage, "ana")
  expect(later.load("c1")).toEqual({ body: "Half a", mode: "internal", attachments: [] })
  expect(later.load("c2").body).toBe("")
  expect(createDrafts(storage, "ben").load("c1").body).toBe("")
})

test("an emptied draft leaves nothing behind", () => {
  const storage = memoryStorage()
  const drafts = createDrafts(storage, "ana")
  drafts.save("c1", { body: "x", mode: "public", attachments: [] })
  drafts.save("c1", { body: "", mode: "public", attachments: [] })
  expect(storage.length).toBe(0)
})

test("a damaged draft is an empty one, and a full storage costs nothing", () => {
  const storage = memoryStorage()
  storage.setItem("parley.draft.ana.c1", '{"body": 7}')
  expect(createDrafts(storage, "ana").load("c1").body).toBe("")
  storage.setItem("parley.draft.ana.c1", "{")
  expect(createDrafts(storage, "ana").load("c1").body).toBe("")
  const full = {
    ...storage,
    setItem() {
      throw new Error("full")
    },
  }
  expect(() => createDrafts(full, "ana").save("c1", { body: "x", mode: "public", attachments: [] })).not.toThrow()
})
