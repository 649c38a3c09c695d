import type { DraftView } from "@parley/client/contract"
import { expect, test } from "vitest"
import type { Draft } from "../conversation/models/drafts"
import { at, draftsOn } from "./making"
import { memoryStorage } from "./memory-storage"
import { settle, travelClock } from "./travel"

test("a draft outlives its page, one for each conversation and agent", () => {
  const storage = memoryStorage()
  draftsOn(storage, "ana").save("c1", { body: "Half a", mode: "internal", attachments: [] })
  const later = draftsOn(storage, "ana")
  expect(later.load("c1")).toEqual({ body: "Half a", mode: "internal", attachments: [] })
  expect(later.load("c2").body).toBe("")
  expect(draftsOn(storage, "ben").load("c1").body).toBe("")
})

test("an emptied draft leaves nothing behind once the server knows", async () => {
  const storage = memoryStorage()
  const clock = travelClock()
  const drafts = draftsOn(storage, "ana", { clock, push: async () => true })
  drafts.save("c1", { body: "x", mode: "public", attachments: [] })
  drafts.save("c1", { body: "", mode: "public", attachments: [] })
  clock.travel(1000)
  await settle()
  expect(storage.length).toBe(0)
})

test("a damaged draft is an empty one, and a full storage costs nothing", () => {
  const storage = memoryStorage()
  storage.setItem("parley.draft.ana.c1", '{"body": 7}')
  expect(draftsOn(storage, "ana").load("c1").body).toBe("")
  storage.setItem("parley.draft.ana.c1", "{")
  expect(draftsOn(storage, "ana").load("c1").body).toBe("")
  const full = {
    ...storage,
    length: 0,
    setItem() {
      throw new Error("full")
    },
  }
  expect(() => draftsOn(full, "ana").save("c1", { body: "x", mode: "public", attachments: [] })).not.toThrow()
})

const draft = (body: string): Draft => ({ body, mode: "public", attachments: [] })
const view = (body: string): DraftView => ({
  conversation_id: "c1",
  visibility: "public",
  body,
  attachments: [],
  changed_at: at(0),
})

function syncing() {
  const clock = travelClock()
  const said: [string, string][] = []
  let isReached = true
  const drafts = draftsOn(memoryStorage(), "ana", {
    clock,
    push: async ({ conversation_id, body }) => {
      said.push([conversation_id, body])
      return isReached
    },
  })
  const heard: string[] = []
  function reach(on: boolean) {
    isReached = on
  }
  drafts.onChange((_, now) => heard.push(now.body))
  return { clock, drafts, said, heard, reach }
}

test("the server is told once the writer pauses, and of the last word only", async () => {
  const { clock, drafts, said } = syncing()
  for (const body of ["D", "De", "Dear"]) {
    drafts.save("c1", draft(body))
    clock.travel(100)
  }
  expect(said).toEqual([])
  clock.travel(1000)
  expect(said).toEqual([["c1", "Dear"]])
})

test("what was written elsewhere is taken, unless something newer was written here", async () => {
  const { clock, drafts, heard } = syncing()
  drafts.take(view("From the phone"))
  expect(drafts.load("c1").body).toBe("From the phone")
  drafts.save("c1", draft("From here"))
  drafts.take(view("From the phone again"))
  expect(drafts.load("c1").body).toBe("From here")
  clock.travel(1000)
  await settle()
  drafts.take(view(""))
  expect(drafts.load("c1").body).toBe("")
  expect(heard).toEqual(["From the phone", ""])
})

test("what is not on the server any more was sent elsewhere; what never reached it is said again", async () => {
  const { clock, drafts, said, reach } = syncing()
  drafts.take(view("Known there"))
  reach(false)
  drafts.save("c2", draft("Written offline"))
  clock.travel(1000)
  await settle()
  reach(true)
  drafts.takeAll([])
  await settle()
  expect(drafts.load("c1").body).toBe("")
  expect(drafts.load("c2").body).toBe("Written offline")
  expect(said).toEqual([
    ["c2", "Written offline"],
    ["c2", "Written offline"],
  ])
})

test("sending forgets the draft on the server, so what was begun since is kept again", async () => {
  const { clock, drafts, said } = syncing()
  drafts.save("c1", draft("The next one"))
  clock.travel(1000)
  await settle()
  drafts.sent("c1")
  expect(said).toEqual([
    ["c1", "The next one"],
    ["c1", "The next one"],
  ])
})
