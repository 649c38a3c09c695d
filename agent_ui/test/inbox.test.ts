import { expect, test } from "vitest"
import { createInbox } from "../inbox/models/inbox"
import { createConversations } from "../shared/models/conversations"
import { fakeApi } from "./fake-api"
import { conversation, ME, message } from "./making"
import { settle } from "./travel"

async function opened() {
  const api = fakeApi(["a", "b", "c", "d"].map((id, index) => conversation(id, index)))
  api.pageSize = 50
  const store = createConversations()
  const inbox = createInbox(api, store, ME)
  await settle()
  return { api, store, inbox }
}

test("the first step selects the first row, the next ones move and stop at the ends", async () => {
  const { inbox } = await opened()
  expect(inbox.neighbour(1)?.id).toBe("d")
  inbox.select("d")
  expect(inbox.neighbour(1)?.id).toBe("c")
  expect(inbox.neighbour(-1)?.id).toBe("d")
  inbox.select("a")
  expect(inbox.neighbour(1)?.id).toBe("a")
})

test("a message in another conversation moves rows, not the selection", async () => {
  const { store, inbox } = await opened()
  inbox.select("c")
  store.advance(message("a", 2))
  expect(inbox.selectedId.value).toBe("c")
  expect(inbox.selectedIndex.value).toBe(2)
})

test("after resolving the selected row, down goes to what moved into its place and up to what stood above", async () => {
  const { store, inbox } = await opened()
  inbox.select("c")
  expect(inbox.selectedIndex.value).toBe(1)
  store.patch("c", { category: "resolved" })
  expect(inbox.neighbour(1)?.id).toBe("b")
  expect(inbox.neighbour(-1)?.id).toBe("d")
})

test("coming back to a list finds the place it was left at, and asks for what was not heard meanwhile", async () => {
  const { api, inbox } = await opened()
  const mine = inbox.list.value
  mine.scrollTop = 480
  inbox.show({ view: "all", shelf: "open", query: "" })
  await settle()
  const asked = api.asked.length
  inbox.show({ view: "mine", shelf: "open", query: "" })
  expect(inbox.list.value).toBe(mine)
  expect(inbox.list.value.scrollTop).toBe(480)
  expect(api.asked).toHaveLength(asked + 1)
})

test("the neighbours of the selection are ready to be fetched", async () => {
  const { inbox } = await opened()
  inbox.select("c")
  expect(inbox.around()).toEqual(["b", "d", "a"])
})
