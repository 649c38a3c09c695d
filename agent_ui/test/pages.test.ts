import { expect, test } from "vitest"
import { searchPages, settingsPageAt, settingsPagesFor } from "../shared/manifest"
import { AREAS, RAIL_PAGES, SETTINGS_PAGES } from "../shell/areas"
import { textsOf } from "./packs"

const texts = textsOf("en")
const SUB_PAGES = AREAS.flatMap(area => area.others ?? [])
const find = (query: string) => searchPages(SETTINGS_PAGES, query, key => texts[key] ?? key).map(page => page.name)

test("every page has an address of its own, and a sub-page begins with its page's", () => {
  const all = [...RAIL_PAGES, ...SETTINGS_PAGES, ...SUB_PAGES]
  expect(new Set(all.map(page => page.name)).size).toBe(all.length)
  expect(new Set(all.map(page => page.path)).size).toBe(all.length)
  for (const page of SUB_PAGES) expect(all.some(one => page.path.startsWith(`${one.path}/`))).toBe(true)
})

test("settings are found by title, by description and by words other products use", () => {
  expect(find("macros")).toEqual(["replies"])
  expect(find("saved repl")).toEqual(["replies"])
  expect(find("ROLES invite")).toEqual(["people"])
  expect(find("round")).toEqual([])
  expect(find("")).toHaveLength(SETTINGS_PAGES.length)
})

test("an agent is shown only what they may open", () => {
  expect(settingsPagesFor(SETTINGS_PAGES, () => false).every(page => page.permission === undefined)).toBe(true)
  expect(settingsPagesFor(SETTINGS_PAGES, () => true)).toHaveLength(SETTINGS_PAGES.length)
  expect(settingsPageAt(SETTINGS_PAGES, "/settings/people/7")?.name).toBe("people")
})
