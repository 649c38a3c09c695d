import type { ConversationView } from "@parley/client/contract"
import { expect, test } from "vitest"
import { ApiError } from "../shared/models/api"
import { createConversations } from "../shared/models/conversations"
import { createTicketByNumber } from "../tickets/models/ticket-by-number"
import { fakeApi } from "./fake-api"
import { conversation, ticket } from "./making"

function numbered(number: number): ConversationView {
  return conversation(`c${number}`, number, { ticket: ticket(number) })
}

function opened(status = 200) {
  const store = createConversations()
  const asked: string[] = []
  const api = {
    ...fakeApi(),
    async get<T>(path: string): Promise<T> {
      asked.push(path)
      if (status !== 200) throw new ApiError(status, { code: "not_found", detail: "", retry_seconds: null, missed: [] })
      return numbered(Number(path.split("/").at(-1))) as T
    },
  }
  return { store, asked, found: createTicketByNumber(api, store) }
}

test("a ticket held here is shown without asking", async () => {
  const { store, asked, found } = opened()
  store.put(numbered(7))
  await found.show(7)
  expect([found.id.value, found.state.value, asked]).toEqual(["c7", "ready", []])
})

test("another one is fetched, and held from then on", async () => {
  const { store, asked, found } = opened()
  await found.show(8)
  expect([found.id.value, found.state.value, store.get("c8")?.ticket?.number]).toEqual(["c8", "ready", 8])
  await found.show(8)
  expect(asked).toEqual(["/tickets/8"])
})

test("the answer for a number that is no longer wanted changes nothing", async () => {
  const { found } = opened()
  const first = found.show(1)
  await found.show(2)
  await first
  expect(found.id.value).toBe("c2")
})

test("no such number and no answer are two things", async () => {
  const missing = opened(404).found
  await missing.show(1)
  const failed = opened(0).found
  await failed.show(1)
  expect([missing.state.value, failed.state.value]).toEqual(["missing", "failed"])
})
