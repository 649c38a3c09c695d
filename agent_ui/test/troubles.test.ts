import type { NoticeView } from "@parley/client/contract"
import { expect, test } from "vitest"
import { createTroubles } from "../models/troubles"
import { fakeApi } from "./fake-api"

const notice = (key: string, is_dismissed = false): NoticeView => ({
  key,
  kind: "rule",
  subject: "Nights",
  problem: "never_matches",
  count: 0,
  seconds: 0,
  until: null,
  is_dismissed,
})

/** A server that holds these, and notes what it is asked to put aside. */
function serverWith(held: NoticeView[]) {
  const dismissed: unknown[] = []
  let refuses = false
  const api = {
    ...fakeApi(),
    get: async <T>() => ({ notices: held, ok: true }) as T,
    post: async <T>(_: string, body: unknown) => {
      if (refuses) throw new Error("refused")
      dismissed.push(body)
      return { ok: true } as T
    },
  }
  return { api, dismissed, refuse: () => (refuses = true) }
}

test("what was put aside is not told again, and still there", async () => {
  const { api, dismissed } = serverWith([notice("a", true), notice("b")])
  const troubles = createTroubles(api, () => true)
  await troubles.refresh()
  expect(troubles.open.value.map(it => it.key)).toEqual(["b"])
  await troubles.dismiss("b")
  expect(troubles.open.value).toEqual([])
  expect(troubles.all.value.length).toBe(2)
  expect(dismissed).toEqual([{ key: "b" }])
})

test("what could not be put aside comes back", async () => {
  const { api, refuse } = serverWith([notice("a")])
  const troubles = createTroubles(api, () => true)
  await troubles.refresh()
  refuse()
  await troubles.dismiss("a")
  expect(troubles.open.value.map(it => it.key)).toEqual(["a"])
})

test("who may not know does not ask", async () => {
  const { api } = serverWith([notice("a")])
  const troubles = createTroubles(api, () => false)
  await troubles.refresh()
  expect(troubles.all.value).toEqual([])
})
