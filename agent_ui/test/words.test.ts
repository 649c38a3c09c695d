import { expect, test } from "vitest"
import chatEn from "../../widget/locales/en.json"
import { age, ago, dayName, fileSize, timeOfDay } from "../shared/words/dates"
import { createWords, type Key, LANGUAGES } from "../shared/words/translate"
import { packsOf, textsOf } from "./packs"

const CODES = ["en", "de", "ar"]
const en = textsOf("en")
const PLURAL = /_(zero|one|two|few|many|other)$/
const gaps = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()
const stemsOf = (pack: Record<string, string>) => new Set(Object.keys(pack).map(key => key.replace(PLURAL, "")))
const counted = Object.keys(en)
  .filter(key => key.endsWith("_other"))
  .map(key => key.replace(PLURAL, ""))

test("there is a pack for every language of the menu", () => {
  expect(LANGUAGES.map(({ code }) => code)).toEqual(CODES)
})

test.each(["de", "ar"])("%s says everything English says, in the same pack and with the same gaps", code => {
  expect(Object.keys(packsOf(code))).toEqual(Object.keys(packsOf("en")))
  for (const [place, of] of Object.entries(packsOf("en"))) {
    const pack = packsOf(code)[place] ?? {}
    expect([...stemsOf(pack)].sort()).toEqual([...stemsOf(of)].sort())
    for (const [key, text] of Object.entries(of))
      if (!PLURAL.test(key)) expect([key, gaps(pack[key] ?? "")]).toEqual([key, gaps(text)])
  }
})

test.each(CODES)("%s has every plural form of its language", code => {
  const texts = textsOf(code)
  const forms = new Intl.PluralRules(code).resolvedOptions().pluralCategories
  for (const stem of counted) {
    const found = Object.keys(texts).filter(key => key.replace(PLURAL, "") === stem)
    // None may have words of its own in any language.
    const needed = found.filter(key => !key.endsWith("_zero") || forms.includes("zero"))
    expect(needed.sort()).toEqual(forms.map(form => `${stem}_${form}`).sort())
  }
})

test("German says Sie, and Konversation for a conversation", () => {
  const texts = Object.entries(textsOf("de"))
  const familiar = /\b(du|dich|dir|dein\w*|euch|eure\w*)\b/i
  const asked =
    /(^|[.:] )(Schaffe|Halte|Tippe|Prüfe|Versuche|Gib|Wähle|Schreibe?|Entferne|Zeige|Füge|Erstelle|Kopiere|Melde|Lade|Sende|Warte) /
  expect(texts.filter(([, text]) => familiar.test(text) || asked.test(text))).toEqual([])
  expect(texts.filter(([, text]) => text.includes("Unterhaltung"))).toEqual([])
})

test("a key is one text's alone", () => {
  const keys = Object.values(packsOf("en")).flatMap(pack => Object.keys(pack))
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
})

test("a text with a number in it has plural forms", () => {
  expect(Object.keys(en).filter(key => en[key]?.includes("{n}") && !PLURAL.test(key))).toEqual([])
})

test("a language is changed at once, with direction and plurals", async () => {
  const words = createWords()
  expect(words.count("row.unread", 1)).toBe("1 unread message")
  expect(words.count("thread.typing", 2, { names: "Ana and Ben" })).toBe("Ana and Ben are typing")
  await words.choose("ar")
  expect([words.locale, words.dir]).toEqual(["ar", "rtl"])
  expect(words.t("nav.inbox")).not.toBe("Inbox")
  await words.choose("de")
  expect([words.locale, words.dir, words.t("nav.inbox")]).toEqual(["de", "ltr", "Posteingang"])
  expect(words.count("bulk.count", 3)).toBe("3 ausgewählt")
  await words.choose("tlh")
  expect(words.locale).toBe("de")
})

test("dates follow the browser's country where it speaks the language, in either language", async () => {
  const words = createWords(["fr", "en-GB", "ar-EG"])
  expect([words.code, words.locale]).toEqual(["en", "en-GB"])
  expect(timeOfDay(NOW + 9000_000, words.locale)).toMatch(/^\d\d:\d\d$/)
  await words.choose("ar")
  expect([words.code, words.locale, words.dir]).toEqual(["ar", "ar-EG", "rtl"])
})

const NOW = Date.parse("2026-03-02T12:00:00Z")
const t = (key: Key) => en[key] ?? key

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

/** Sentences that were hard to understand, or that promised by private words. */
const GONE = [
  "This is needed.",
  "do not go together",
  "Somebody else was faster",
  "took this conversation first",
  "The server did not accept this",
  "could not be fetched yet",
  "was given to you",
  "Nothing is waiting for you",
  "has somebody who looks after it",
  "Nothing fits",
  "Take it",
  "Back to the queue",
  "Pull back",
  "handed the conversation over",
  "Mark none",
  "Mark down",
  "is writing a reply too",
  "Keep it for now",
  "nobody touches a key",
  "Time to undo a reply",
  "Go away",
  "Waiting too long",
  "Order of the queue",
  "For everybody",
  "To be mended",
  "Do not tell me again",
  "Waved away",
  "Say hello",
  "Not greeted",
  "Whoever",
  "kept nowhere",
  "once and never again",
  "As written down of the contact",
  "Something here does not fit",
  "What would happen to this message",
  "nobody is told",
  "The server would not say",
  "has let it pass",
  "has more to do",
  "was served more lately",
  "Least to do first",
  "Taking turns",
  "none are given",
  "what nobody has taken",
  "Estimates kept",
  "Thresholds of",
  "is not told",
  "More facts",
  "Add a fact",
  "Nothing fitting yet",
  "First password",
  "gaps are yours to fill",
  "Who will read this",
  "Type to find answers",
  "Where may we reply if you leave",
  "You are being transferred",
  "Your place is kept",
  "Glad that helped",
  "Mail that Parley has written",
  "keeps these hours",
  "Handed between",
]

test("the old sentences are gone", () => {
  const said = [...Object.values(en), ...Object.values(chatEn)]
  expect(GONE.filter(old => said.some(text => text.includes(old)))).toEqual([])
})

test("one thing has one word in German, too", () => {
  const said = Object.values(textsOf("de"))
  expect(said.filter(text => /Postf(ach|äch)/.test(text))).toEqual([])
})
