import type { WarningView } from "@parley/client/contract"
import { expect, test } from "vitest"
import { createWarnings } from "../warnings/models/warning-list"
import { fakeApi } from "./fake-api"

const warning = (key: string, is_dismissed = false): WarningView => ({
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
function serverWith(held: WarningView[]) {
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
  const { api, dismissed } = serverWith([warning("a", true), warning("b")])
  const warnings = createWarnings(api, () => true)
  await warnings.refresh()
  expect(warnings.open.value.map(it => it.key)).toEqual(["b"])
  await warnings.dismiss("b")
  expect(warnings.open.value).toEqual([])
  expect(warnings.all.value.length).toBe(2)
  expect(dismissed).toEqual([{ key: "b" }])
})

test("what could not be put aside comes back", async () => {
  const { api, refuse } = serverWith([warning("a")])
  const warnings = createWarnings(api, () => true)
  await warnings.refresh()
  refuse()
  await warnings.dismiss("a")
  expect(warnings.open.value.map(it => it.key)).toEqual(["a"])
})

test("who may not know does not ask", async () => {
  const { api } = serverWith([warning("a")])
  const warnings = createWarnings(api, () => false)
  await warnings.refresh()
  expect(warnings.all.value).toEqual([])
})
