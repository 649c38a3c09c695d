import { expect, test } from "vitest"
import { createTranslator, dirOf, pickLocale, regionOf } from "../i18n"

const en = { hello: "Hello {name}", left: "{n} left", minutes_one: "{n} minute", minutes_other: "{n} minutes" }

test("values are filled in and unknown ones left", () => {
  const { t } = createTranslator("en", en)
  expect(t("hello", { name: "Ana" })).toBe("Hello Ana")
  expect(t("hello")).toBe("Hello {name}")
})

test("plural forms follow the language", () => {
  const ar = { ...en, minutes_two: "دقيقتان", minutes_few: "{n} دقائق" }
  const { count } = createTranslator("ar", ar)
  expect(count("minutes", 2)).toBe("دقيقتان")
  expect(createTranslator("en", en).count("minutes", 1)).toBe("1 minute")
  expect(createTranslator("en", en).count("minutes", 2)).toBe("2 minutes")
})

test("none has words of its own in any language that has them", () => {
  const texts = { ...en, minutes_zero: "no time" }
  expect(createTranslator("en", texts).count("minutes", 0)).toBe("no time")
  expect(createTranslator("en", en).count("minutes", 0)).toBe("0 minutes")
  expect(createTranslator("de", en, texts).count("minutes", 0)).toBe("0 minutes")
})

test("a missing text is taken from the fallback", () => {
  const { t } = createTranslator<typeof en>("de", { hello: "Hallo {name}" } as typeof en, en)
  expect(t("left", { n: 3 })).toBe("3 left")
})

test("the direction is the language's", () => {
  expect(dirOf("ar-EG")).toBe("rtl")
  expect(dirOf("de")).toBe("ltr")
})

test("a British browser gets British dates from an English pack, and an unknown country the language's own", () => {
  expect(regionOf("en", ["de-AT", "en-GB", "en-US"])).toBe("en-GB")
  expect(regionOf("en", ["en", "de-AT"])).toBe("en")
  expect(regionOf("en", ["en-", "en-GB"])).toBe("en-GB")
})

test("the first wanted language there is a pack for is picked", () => {
  expect(pickLocale(["fr-FR", "de-AT", "en"], ["en", "de", "ar"], "en")).toBe("de")
  expect(pickLocale(["fr"], ["en", "de"], "en")).toBe("en")
})
