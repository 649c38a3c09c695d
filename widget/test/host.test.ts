import { expect, test } from "vitest"
import { createHost } from "../models/host"
import type { HostSays } from "../protocol"

const ORIGIN = "https://shop.test"
const words: HostSays = { parley: 1, url: "", is_open: true }

function setUp() {
  const frame = new EventTarget() as unknown as Window
  const posted: [unknown, string][] = []
  const page = { postMessage: (said: unknown, to: string) => posted.push([said, to]) } as unknown as Window
  const heard: HostSays[] = []
  const host = createHost(ORIGIN, page, frame)
  const stop = host.onSaid(it => heard.push(it))
  const arrive = (data: unknown, origin: string, source: unknown) =>
    frame.dispatchEvent(Object.assign(new Event("message"), { data, origin, source }))
  return { host, page, posted, heard, stop, arrive }
}

test("only the page around is heard, and only from its own origin", () => {
  const { page, heard, arrive } = setUp()
  arrive(words, ORIGIN, page)
  arrive(words, "https://evil.test", page)
  arrive(words, ORIGIN, {})
  arrive("something else", ORIGIN, page)
  expect(heard).toEqual([words])
})

test.each([
  null,
  1,
  { parley: 1 },
  { ...words, is_open: "yes" },
  { ...words, url: {} },
  { ...words, title: 42 },
  { ...words, color: [] },
  { ...words, identity_token: {} },
])("words of another shape are not heard: %j", data => {
  const { page, heard, arrive } = setUp()
  arrive(data, ORIGIN, page)
  expect(heard).toEqual([])
})

test("words go to that origin and no other", () => {
  const { host, posted } = setUp()
  host.say({ type: "ready" })
  expect(posted).toEqual([[{ parley: 1, type: "ready" }, ORIGIN]])
})

test("it stops listening", () => {
  const { page, heard, stop, arrive } = setUp()
  stop()
  arrive(words, ORIGIN, page)
  expect(heard).toEqual([])
})
