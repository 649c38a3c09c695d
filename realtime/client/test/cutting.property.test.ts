import fc from "fast-check"
import { expect, test } from "vitest"
import { firstOf, lastOf, toJson } from "../text"

/** Texts as pages, names and messages hold them: graphemes of several code points, right-to-left runs, and halves somebody else cut. */
const pieces = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 8 }),
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.constantFrom(
    "👩‍👩‍👧‍👦",
    "🏳️‍🌈",
    "🇩🇪",
    "👍🏽",
    "e\u0301",
    "ﷺ",
    "שלום",
    "مرحبا",
    "한",
    "ถึ",
    "नि",
    "\u200f",
    "\u202e",
    "\r\n",
  ),
  fc.constantFrom("\ud83d", "\udc4d", "\udfff\ud800"),
)
const texts = fc.array(pieces, { maxLength: 30 }).map(it => it.join(""))
const graphemesOf = (text: string) => [...new Intl.Segmenter().segment(text)].map(it => it.segment)
const RUNS = { numRuns: 2_000 }

test("W1: a cut text is a run of whole graphemes from its end, as long as fits", () => {
  fc.assert(
    fc.property(texts, fc.nat(120), (text, max) => {
      const whole = graphemesOf(text)
      const lengths = (from: string[]) => from.map(it => it.length)
      for (const [cut, kept] of [
        [firstOf(text, max), graphemesOf(firstOf(text, max))],
        [lastOf(text, max), graphemesOf(lastOf(text, max))],
      ] as const) {
        expect(cut.length).toBeLessThanOrEqual(max)
        if (text.isWellFormed()) expect(cut.isWellFormed()).toBe(true)
        expect(lengths(kept).reduce((sum, it) => sum + it, 0)).toBe(cut.length)
      }
      const first = graphemesOf(firstOf(text, max))
      expect(whole.slice(0, first.length)).toEqual(first)
      expect(text.startsWith(firstOf(text, max))).toBe(true)
      expect(text.endsWith(lastOf(text, max))).toBe(true)
      const next = whole[first.length]
      if (next) expect(firstOf(text, max).length + next.length).toBeGreaterThan(max)
    }),
    RUNS,
  )
})

test("W1: what is sent is well-formed whatever it is made of, and otherwise untouched", () => {
  const values = fc.letrec(tie => ({
    value: fc.oneof(
      texts,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 4 }),
      tie("object"),
    ),
    object: fc.dictionary(fc.constantFrom("body", "title", "url", "name", "fields"), tie("value"), { maxKeys: 4 }),
  })).value
  fc.assert(
    fc.property(values, value => {
      const sent = toJson(value)
      expect(sent.isWellFormed()).toBe(true)
      expect(/\\u[dD][89a-fA-F]/.test(sent)).toBe(false)
      const mended = JSON.parse(JSON.stringify(value), (_, it) => (typeof it === "string" ? it.toWellFormed() : it))
      expect(JSON.parse(sent)).toEqual(mended)
    }),
    RUNS,
  )
})
