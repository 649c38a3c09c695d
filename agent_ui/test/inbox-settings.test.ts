import { expect, test } from "vitest"
import { copyDay, datesIn, isDate, isZone, nextPeriod, usualHours } from "../settings/hours/models/business-hours"
import {
  bodyOf,
  fieldProblem,
  greetingIn,
  INBOX_DEFAULTS,
  type InboxValue,
  isSite,
  keyFor,
  momentIn,
  placeOf,
  siteOf,
  snippetOf,
} from "../settings/inboxes/models/inbox-settings"

const value = (more: Partial<InboxValue> = {}): InboxValue => ({
  ...INBOX_DEFAULTS,
  team_id: null,
  name: "Shop",
  ...more,
})

test.each([
  ["shop.example.com", "https://shop.example.com"],
  [" HTTPS://Shop.example/path?x#y ", "https://shop.example"],
  ["http://localhost:8000/", "http://localhost:8000"],
  ["https://*.example.com", "https://*.example.com"],
  ["", ""],
])("%s is the site %s", (line, site) => {
  expect(siteOf(line)).toBe(site)
  if (site) expect(isSite(site)).toBe(true)
})

test("a field's key is made of its label and is unique", () => {
  expect(keyFor("Order number", [])).toBe("order_number")
  expect(keyFor("Order number", ["order_number"])).toBe("order_number_2")
  expect(keyFor("رقم الطلب", [])).toBe("field")
})

test("a text needs a label, a choice two options, an email neither", () => {
  const field = { key: "a", label: "", options: [], is_required: false }
  expect(fieldProblem({ ...field, kind: "text" })).toBe("label")
  expect(fieldProblem({ ...field, kind: "choice", label: "Topic", options: ["one", " one"] })).toBe("options")
  expect(fieldProblem({ ...field, kind: "choice", label: "Topic", options: ["one", "two"] })).toBeNull()
  expect(fieldProblem({ ...field, kind: "email" })).toBeNull()
})

test("the greeting of a language is its own, else the usual one, else the inbox's", () => {
  const it = value({ greeting: "Hi!", languages: ["de", "fr"], texts: [{ locale: "de", greeting: "Moin!", away: "" }] })
  expect(greetingIn(it, "de")).toBe("Moin!")
  expect(greetingIn(it, "ar")).toContain("مرحب")
  expect(greetingIn(it, "fr")).toBe("Hi!")
})

test("texts of a language that is no longer offered are not sent", () => {
  const it = value({ languages: ["de"], texts: ["de", "fr"].map(locale => ({ locale, greeting: "x", away: "" })) })
  expect(bodyOf(it).texts?.map(text => text.locale)).toEqual(["de"])
})

test.each(["html", "react", "wordpress", "tag_manager"] as const)("the snippet for %s names the inbox", kind => {
  const snippet = snippetOf(kind, "https://chat.example", "shop")
  expect(snippet).toContain("https://chat.example/widget.js?inbox=shop")
  expect(snippet).toMatch(/inbox(=| = |", )"shop"/)
})

test("an opening is said in the hours' own zone, with the day when it is another", () => {
  const now = Date.parse("2026-03-02T10:00:00Z")
  expect(momentIn("Europe/Berlin", "2026-03-02T16:00:00Z", now, "de")).toBe("17:00")
  expect(momentIn("Europe/Berlin", "2026-03-03T08:00:00Z", now, "en-GB")).toMatch(/Tuesday.*3 Mar.*9:00/)
  expect(placeOf("America/New_York")).toBe("New York")
})

test("a day is copied to the other weekdays and leaves the weekend alone", () => {
  const hours = usualHours("Office", "Europe/Berlin")
  hours.periods = [
    { day: 0, opens: "08:00", closes: "12:00" },
    { day: 2, opens: "10:00", closes: "11:00" },
    { day: 6, opens: "10:00", closes: "14:00" },
  ]
  const copied = copyDay(hours, 0)
  expect(copied.map(it => [it.day, it.opens])).toEqual([
    [0, "08:00"],
    [1, "08:00"],
    [2, "08:00"],
    [3, "08:00"],
    [4, "08:00"],
    [6, "10:00"],
  ])
  expect(nextPeriod(hours, 0)).toEqual({ day: 0, opens: "13:00", closes: "14:00" })
  expect(nextPeriod(hours, 5)).toEqual({ day: 5, opens: "09:00", closes: "17:00" })
})

test("dates and zones are checked before they are sent", () => {
  expect(datesIn("2026-12-24\n 2026-12-25,2026-12-24")).toEqual(["2026-12-24", "2026-12-25"])
  expect([isDate("2026-02-28"), isDate("2026-02-30"), isDate("24.12.2026")]).toEqual([true, false, false])
  expect([isZone("Europe/Berlin"), isZone("Mars/Base")]).toEqual([true, false])
})
