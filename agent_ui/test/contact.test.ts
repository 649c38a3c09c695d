import type { AgentEvent, ContactDetailsView, ContactKnown, PageView } from "@parley/client/contract"
import { beforeEach, expect, test } from "vitest"
import { createContact, withPage } from "../contacts/models/contact"
import { moveItem } from "../settings/shared/move-item"
import type { Api } from "../shared/models/api"
import { browserName, localTime } from "../shared/models/browser-name"
import type { Link } from "../shared/models/link"
import { pageLink } from "../shared/models/page-link"
import { createVisitors } from "../visitors/models/visitor-list"
import { at, conversation } from "./making"

const CONTACT = conversation("c", 1).contact
const DETAILS: ContactDetailsView = {
  contact_id: CONTACT.id,
  phone: "",
  company: "",
  notes: "",
  facts: [],
  timezone: null,
  browser: null,
}
const page = (id: string, change: Partial<PageView> = {}): PageView => ({
  id,
  url: `https://shop.test/${id}`,
  title: id,
  visited_at: at(1),
  left_at: at(2),
  ...change,
})
const known = (): ContactKnown => ({
  ok: true,
  contact: CONTACT,
  details: DETAILS,
  pages: [page("a")],
  tickets: [],
  scores: [],
})

let told: (event: AgentEvent) => void
let connected: () => void
let said: { type: string }[]
let answer: unknown
let link: Link

beforeEach(() => {
  said = []
  answer = { ok: true }
  link = {
    command: (async (command: { type: string }) => {
      said.push(command)
      if (answer === null) throw new Error("gone")
      return answer
    }) as unknown as Link["command"],
    onEvent(listener) {
      told = listener
      return () => {}
    },
    onConnected(listener) {
      connected = listener
      return () => {}
    },
  }
})

function open(asked: string[] = []) {
  const api = {
    async get(path: string) {
      asked.push(path)
      return known()
    },
  } as unknown as Api
  return createContact(api, link)
}

test("what is told of the contact is shown, what is told of others is not", async () => {
  const model = open()
  await model.show(CONTACT.id)
  told({ type: "contact.changed", contact: CONTACT, details: { ...DETAILS, company: "Berg" } })
  told({ type: "contact.changed", contact: { ...CONTACT, id: "else" }, details: { ...DETAILS, company: "Else" } })
  expect(model.known.value?.details.company).toBe("Berg")
  told({ type: "contact.visited", contact_id: CONTACT.id, page: page("b") })
  told({ type: "contact.visited", contact_id: "else", page: page("x") })
  expect(model.known.value?.pages.map(it => it.id)).toEqual(["b", "a"])
})

test("a longer stay on a page is the same page", () => {
  const pages = withPage([page("b"), page("a")], page("b", { left_at: at(9) }))
  expect(pages.map(it => [it.id, it.left_at])).toEqual([
    ["b", at(9)],
    ["a", at(2)],
  ])
})

test("after a reconnect the contact is asked for again", async () => {
  const asked: string[] = []
  const model = open(asked)
  connected()
  expect(asked).toEqual([])
  await model.show(CONTACT.id)
  connected()
  expect(asked).toEqual([`/contacts/${CONTACT.id}`, `/contacts/${CONTACT.id}`])
})

test("an edit is kept, or says why not", async () => {
  const model = open()
  await model.show(CONTACT.id)
  answer = { ok: true, contact: { ...CONTACT, name: "Mia" }, details: { ...DETAILS, notes: "Tea" } }
  expect(await model.edit({ name: "Mia", notes: "Tea" })).toBeNull()
  expect(said.at(-1)).toMatchObject({ type: "contact.edit", contact_id: CONTACT.id, notes: "Tea" })
  expect([model.known.value?.contact.name, model.known.value?.details.notes]).toEqual(["Mia", "Tea"])
  answer = { ok: false, code: "forbidden" }
  expect(await model.edit({ name: "Eve" })).toBe("forbidden")
  answer = null
  expect(await model.edit({ name: "Eve" })).toBe("offline")
  expect(model.known.value?.contact.name).toBe("Mia")
})

test("visitors come, move on, are filtered by page, and leave", async () => {
  const guest = {
    contact_id: "g",
    inbox_id: "i",
    name: "",
    is_contact: false,
    is_returning: false,
    url: "https://shop.test/tents",
    title: "Small tents",
    locale: "de",
    came_at: at(1),
    page_since: at(1),
    conversation_id: null,
    agent_id: null,
    invitation: "none",
  } as const
  answer = { ok: true, visitors: [guest] }
  const model = createVisitors(link, () => "id")
  await model.watch()
  told({
    type: "visitors.changed",
    visitors: [{ ...guest, contact_id: "h", came_at: at(2), url: "https://shop.test/cart", title: "Cart" }],
    gone_ids: [],
  })
  expect(model.list.value.map(it => it.contact_id)).toEqual(["h", "g"])
  model.filter.value = "TENTS small"
  expect(model.list.value.map(it => it.contact_id)).toEqual(["g"])
  model.filter.value = ""
  told({ type: "visitors.changed", visitors: [], gone_ids: ["h"] })
  expect(model.count.value).toBe(1)
  answer = { ok: false, code: "conflict" }
  expect(await model.invite("g", "Hello?")).toBe("conflict")
  model.stop()
  expect(said.at(-1)).toMatchObject({ type: "visitors.watch", watching: false })
})

test.each([
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox, Windows"],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
    "Safari, macOS",
  ],
  [
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Mobile Safari/537.36",
    "Chrome, Android",
  ],
  [
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36 Edg/141.0",
    "Edge, Windows",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 CriOS/141.0 Mobile Safari/604.1",
    "Chrome, iOS",
  ],
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0.0.0 Safari/537.36",
    "Chrome, Linux",
  ],
  [
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36",
    "Chrome, ChromeOS",
  ],
  [
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36 OPR/122.0",
    "Opera, Windows",
  ],
  [
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36",
    "Samsung Internet, Android",
  ],
  [
    "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 EdgiOS/141.0 Version/18.0 Safari/604.1",
    "Edge, iPadOS",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 FxiOS/143.0 Mobile Safari/605.1.15",
    "Firefox, iOS",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 OPiOS/16.0 Mobile Safari/9537.53",
    "Opera, iOS",
  ],
  ["curl/8", ""],
])("%s is %s", (said, name) => {
  expect(browserName(said)).toBe(name)
})

test("the contact's time, where their browser named a zone", () => {
  const noon = Date.parse("2026-03-02T12:00:00Z")
  expect(localTime("Asia/Tokyo", noon, "en")).toContain("9:00")
  expect(localTime("Nowhere/Else", noon, "en")).toBeNull()
  expect(localTime(null, noon, "en")).toBeNull()
})

test("only an address of the web is a link", () => {
  expect(pageLink("https://shop.test/a?b=1")).toEqual({ href: "https://shop.test/a?b=1", text: "shop.test/a" })
  for (const said of ["javascript:alert(1)", "data:text/html,x", "", null]) expect(pageLink(said)).toBeNull()
})

test("one is put in another place", () => {
  expect(moveItem(["a", "b", "c"], "a", 2)).toEqual(["b", "c", "a"])
  expect(moveItem(["a", "b", "c"], "c", 0)).toEqual(["c", "a", "b"])
})
