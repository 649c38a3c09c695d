import { expect, test } from "vitest"
import { localName } from "../shared/models/local-name"
import { createPeople } from "../shared/models/people"
import { me } from "./making"

test("a name is read in the reader's language, else as it is written for everyone", () => {
  const names = [
    { locale: "de", name: "Offen" },
    { locale: "pt-BR", name: "Aberto" },
  ]
  const said = { name: "Open", names }
  expect(["de-AT", "pt-BR", "pt", "ar"].map(locale => localName(said, locale))).toEqual([
    "Offen",
    "Aberto",
    "Open",
    "Open",
  ])
})

test("only a status that may follow is the first of its category; a retired one keeps its name", () => {
  const first = me()
  const statuses = first.statuses.map(it => (it.key === "new" ? { ...it, next_keys: ["responded"] } : it))
  const retired = { ...first.statuses[1], key: "old", name: "Old", is_retired: true } as (typeof statuses)[number]
  const people = createPeople({ ...first, statuses: [...statuses, retired] })
  expect(people.mayFollow("new", "open")).toBe(false)
  expect(people.mayFollow("open", "new")).toBe(true)
  expect(people.firstStatus("waiting", "new")).toBe("responded")
  expect(people.firstStatus("open", "new")).toBe("open")
  expect(people.statuses.value.map(it => it.key)).not.toContain("old")
  expect(people.status("old")?.name).toBe("Old")
})
