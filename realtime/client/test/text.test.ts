import { expect, test } from "vitest"
import { firstOf, lastOf, toJson } from "../text"

const TEXTS = [
  "plain words that are long enough to be cut somewhere",
  "🎉🎊🥳 Sale 🛍️ 👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪🇫🇷 done",
  "e\u0301e\u0301e\u0301 combining",
  "한국어 ภาษาไทย हिन्दी العربية",
  "z\u0300\u0301\u0302\u0303\u0304\u0305\u0306".repeat(3),
  `${"\u0301".repeat(400)}x`,
]
const graphemesOf = (text: string) => [...new Intl.Segmenter().segment(text)].map(it => it.segment)

test("a text is cut between graphemes, at every length, from either end", () => {
  for (const text of TEXTS.slice(0, -1)) {
    const whole = graphemesOf(text)
    for (let max = 0; max <= text.length; max++) {
      for (const cut of [firstOf(text, max), lastOf(text, max)]) {
        expect(cut.length).toBeLessThanOrEqual(max)
        expect(cut.isWellFormed()).toBe(true)
      }
      const first = graphemesOf(firstOf(text, max))
      expect(first).toEqual(whole.slice(0, first.length))
      const last = graphemesOf(lastOf(text, max))
      expect(last).toEqual(whole.slice(whole.length - last.length))
    }
  }
})

test("as much is kept as fits", () => {
  expect(firstOf("ab🎉cd", 4)).toBe("ab🎉")
  expect(firstOf("ab🎉cd", 3)).toBe("ab")
  expect(lastOf("ab🎉cd", 4)).toBe("🎉cd")
  expect(lastOf("ab🎉cd", 3)).toBe("cd")
  expect(firstOf("short", 100)).toBe("short")
  expect(firstOf(`${"x".repeat(199)}🎉`, 200)).toBe("x".repeat(199))
})

test("a grapheme without end is cut between code points", () => {
  const text = TEXTS.at(-1) as string
  expect(firstOf(text, 300).length).toBe(300)
  expect(lastOf("🎉".repeat(3) + text, 402).isWellFormed()).toBe(true)
})

test("what somebody else has cut is sent whole", () => {
  expect(JSON.parse(toJson({ title: "Sale \ud83c", nested: [{ name: "\udf89" }], n: 1 }))).toEqual({
    title: "Sale \ufffd",
    nested: [{ name: "\ufffd" }],
    n: 1,
  })
})
