import { expect, test } from "vitest"
import firstAr from "../i18n/ar.json"
import { age, ago, dayName, fileSize, timeOfDay } from "../i18n/dates"
import firstEn from "../i18n/en.json"
import moreAr from "../i18n/more.ar.json"
import moreEn from "../i18n/more.en.json"
import { createWords, type Key } from "../i18n/translate"

const en = { ...firstEn, ...moreEn }
const ar = { ...firstAr, ...moreAr }
const PLURAL = /_(zero|one|two|few|many|other)$/
const gaps = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()

test("Arabic says everything English says, with the same gaps", () => {
  const texts = ar as Record<string, string>
  const missing = Object.keys(en).filter(key => !(key in texts) && !PLURAL.test(key))
  expect(missing).toEqual([])
  for (const [key, text] of Object.entries(en)) {
    const other = texts[key]
    if (other !== undefined && !PLURAL.test(key)) expect([key, gaps(other)]).toEqual([key, gaps(text)])
  }
})

test("Arabic has every plural form it needs, and nothing English has not", () => {
  const forms = new Intl.PluralRules("ar").resolvedOptions().pluralCategories
  const stems = new Set(
    Object.keys(en)
      .filter(key => key.endsWith("_other"))
      .map(key => key.replace(PLURAL, "")),
  )
  for (const stem of stems) for (const form of forms) expect(Object.keys(ar)).toContain(`${stem}_${form}`)
  const known = new Set(Object.keys(en).map(key => key.replace(PLURAL, "")))
  expect(Object.keys(ar).filter(key => !known.has(key.replace(PLURAL, "")))).toEqual([])
})

test("a language is changed at once, with direction and plurals", async () => {
  const words = createWords()
  expect(words.count("row.unread", 1)).toBe("1 unread message")
  expect(words.count("thread.typing", 2, { names: "Ana and Ben" })).toBe("Ana and Ben are typing")
  await words.choose("ar")
  expect([words.locale, words.dir]).toEqual(["ar", "rtl"])
  expect(words.t("nav.inbox")).not.toBe("Inbox")
  await words.choose("tlh")
  expect(words.locale).toBe("ar")
})

test("dates follow the browser's country where it speaks the language, in either language", async () => {
  const words = createWords(["fr", "en-GB", "ar-EG"])
  expect([words.code, words.locale]).toEqual(["en", "en-GB"])
  expect(timeOfDay(NOW + 9000_000, words.locale)).toMatch(/^\d\d:\d\d$/)
  await words.choose("ar")
  expect([words.code, words.locale, words.dir]).toEqual(["ar", "ar-EG", "rtl"])
})

const NOW = Date.parse("2026-03-02T12:00:00Z")
const t = (key: Key) => en[key]

test.each([
  [0, "0s"],
  [59, "59s"],
  [60, "1m"],
  [3599, "59m"],
  [7200, "2h"],
  [200_000, "2d"],
])("%i seconds are %s", (seconds, text) => {
  expect(age(NOW - seconds * 1000, NOW, "en")).toBe(text)
})

test("times are told as people tell them", () => {
  expect(ago(new Date(NOW - 20_000).toISOString(), NOW, "en", t)).toBe("now")
  expect(ago(new Date(NOW - 30 * 86_400_000).toISOString(), NOW, "en", t)).toMatch(/Jan 31/)
  expect(dayName(new Date(NOW).toISOString(), NOW, "en", t)).toBe("Today")
  expect(dayName(new Date(NOW - 86_400_000).toISOString(), NOW, "en", t)).toBe("Yesterday")
  expect(fileSize(1_240_000, "en")).toBe("1.2MB")
})
