import type { FormFieldView, WidgetSession } from "@parley/client/contract"
import type { ThreadRow } from "@parley/client/rows"
import { expect, test } from "vitest"
import { askedFirst } from "../models/asked-first"
import { askedAfter, asksEmail, fieldsOf, skipEmail } from "../models/asking"

const field = (kind: FormFieldView["kind"], is_required = false): FormFieldView => ({
  key: kind,
  kind,
  label: kind,
  options: [],
  is_required,
})
const FIELDS = [field("name", true), field("email"), field("number")]

function visit(inbox: object, contact: object = {}): WidgetSession {
  return {
    inbox: { email_prompt: "ask", form: null, ...inbox },
    contact: { id: "me", name: "", email: null, is_verified: false, ...contact },
  } as WidgetSession
}

const keys = (fields: FormFieldView[]) => fields.map(it => it.key + (it.is_required ? "*" : ""))

test("an address is asked for first only where the inbox requires it and there is none", () => {
  expect(keys(askedFirst(visit({})))).toEqual([])
  expect(keys(askedFirst(visit({ email_prompt: "require" })))).toEqual(["email*"])
  expect(keys(askedFirst(visit({ email_prompt: "require" }, { email: "mia@example.com" })))).toEqual([])
})

test("the form stands before or after, without the name and address that are known", () => {
  const before = { form: { when: "before", fields: FIELDS } }
  expect(keys(askedFirst(visit(before)))).toEqual(["name*", "email", "number"])
  expect(keys(askedFirst(visit({ ...before, email_prompt: "require" })))).toEqual(["name*", "email*", "number"])
  expect(askedAfter(visit(before))).toEqual([])
  const after = visit({ form: { when: "after", fields: FIELDS } }, { name: "Mia" })
  expect(keys(askedAfter(after))).toEqual(["email", "number"])
  expect(askedFirst(after)).toEqual([])
})

test("name, address and phone go by themselves, other answers by their keys, and empty ones not at all", () => {
  const given = fieldsOf([...FIELDS, field("phone")], { name: " Mia ", email: "", number: "12", phone: "+49 30 1" })
  expect(given).toEqual({ name: "Mia", phone: "+49 30 1", more: [{ name: "number", value: "12" }] })
})

test("never does not ask, a skipped question stays away, and an agent may ask again", () => {
  const kept = new Map<string, string>()
  const storage = {
    get: (key: string) => kept.get(key) ?? null,
    set: (key: string, value: string | null) => void (value === null ? kept.delete(key) : kept.set(key, value)),
    clear: () => kept.clear(),
  }
  const row = (seq: number, system: string | null) => ({ message: { seq, system } }) as ThreadRow
  const rows = [row(1, null)]
  expect(asksEmail(visit({ email_prompt: "never" }), "c", rows, storage)).toBe(false)
  expect(asksEmail(visit({}), "c", [], storage)).toBe(false)
  expect(asksEmail(visit({}), "c", rows, storage)).toBe(true)
  skipEmail("c", rows, storage.set)
  expect(asksEmail(visit({}), "c", rows, storage)).toBe(false)
  const asked = [...rows, row(2, "email_asked")]
  expect(asksEmail(visit({ email_prompt: "never" }), "c", asked, storage)).toBe(true)
  skipEmail("c", asked, storage.set)
  expect(asksEmail(visit({}), "c", asked, storage)).toBe(false)
})
