import { expect, test } from "vitest"
import { createForm } from "../settings/shared/form"
import { ApiError } from "../shared/models/api"

interface Settings {
  name: string
  color: string
  languages: string[]
}

/** A form over a server that another admin writes to as well. */
async function opened() {
  const server = { kept: { name: "Shop", color: "#112233", languages: ["en"] } as Settings, refusing: false, writes: 0 }
  const form = createForm<Settings>({
    load: async () => structuredClone(server.kept),
    save: async value => {
      if (server.refusing) throw new ApiError(503, { code: "unavailable", detail: "", retry_seconds: null, missed: [] })
      server.kept = value
      server.writes += 1
      return structuredClone(value)
    },
    defaults: { color: "#112233" },
    check: ({ name }) => (name.trim() === "" ? { name: "Required" } : {}),
  })
  await form.load()
  return { form, server }
}

test("a field that differs is counted, and discarding puts it back", async () => {
  const { form } = await opened()
  expect(form.isChanged.value).toBe(false)
  form.value.languages.push("de")
  expect(form.changed.value).toEqual(["languages"])
  form.discard()
  expect(form.value.languages).toEqual(["en"])
  expect(form.isChanged.value).toBe(false)
})

test("saving writes once and leaves nothing changed", async () => {
  const { form, server } = await opened()
  form.value.name = "Store"
  expect(await form.save()).toBe(true)
  expect([server.kept.name, server.writes, form.isChanged.value, form.saving.value]).toEqual([
    "Store",
    1,
    false,
    "saved",
  ])
})

test("a wrong field keeps the form from being written", async () => {
  const { form, server } = await opened()
  form.value.name = " "
  expect(await form.save()).toBe(false)
  expect([form.errors.value.name, server.writes]).toEqual(["Required", 0])
})

test("a refused write keeps what was typed and says why", async () => {
  const { form, server } = await opened()
  server.refusing = true
  form.value.name = "Store"
  expect(await form.save()).toBe(false)
  expect([form.value.name, form.saving.value, form.refusal.value]).toEqual(["Store", "failed", "unavailable"])
})

test("a field only the other admin changed is taken over and shown", async () => {
  const { form, server } = await opened()
  form.value.name = "Store"
  server.kept = { ...server.kept, color: "#ff0000" }
  await form.look()
  form.name("color", "Colour")
  expect(form.value).toEqual({ name: "Store", color: "#ff0000", languages: ["en"] })
  expect(form.news.value).toMatchObject([{ name: "color", before: "#112233", after: "#ff0000", isDisputed: false }])
  await form.save()
  expect(server.kept).toEqual({ name: "Store", color: "#ff0000", languages: ["en"] })
})

test("a field both changed is never overwritten before one version was chosen", async () => {
  const { form, server } = await opened()
  form.value.name = "Store"
  server.kept = { ...server.kept, name: "Market" }
  expect(await form.save()).toBe(false)
  expect([server.kept.name, form.news.value[0]?.isDisputed]).toEqual(["Market", true])
  form.settle("mine")
  expect(await form.save()).toBe(true)
  expect(server.kept.name).toBe("Store")
  server.kept = { ...server.kept, name: "Bazaar" }
  form.value.name = "Stall"
  await form.look()
  form.settle("theirs")
  expect([form.value.name, form.isChanged.value]).toEqual(["Bazaar", false])
})

test("a setting that differs from its default has a way back", async () => {
  const { form } = await opened()
  expect([form.isDefault("color"), form.isDefault("name")]).toEqual([true, true])
  form.value.color = "#00ff00"
  expect(form.isDefault("color")).toBe(false)
  form.reset("color")
  expect(form.isChanged.value).toBe(false)
})
