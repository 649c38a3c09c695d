import { expect, test } from "vitest"
import { piecesOf } from "../models/text"

const kinds = (body: string) => piecesOf(body).map(({ kind, text }) => `${kind}:${text}`)

test("plain text stays as it is, markup and all", () => {
  expect(kinds("<b>5 < 6 && 7 > 2</b>")).toEqual(["text:<b>5 < 6 && 7 > 2</b>"])
})

test("emphasis of each kind", () => {
  expect(kinds("**a** *b* _c_ `d`")).toEqual(["strong:a", "text: ", "em:b", "text: ", "em:c", "text: ", "code:d"])
})

test("stars and underscores inside words and sums are not emphasis", () => {
  expect(kinds("2*3*4 snake_case_name")).toEqual(["text:2*3*4 snake_case_name"])
})

test("an address is a link, without the full stop after it", () => {
  expect(piecesOf("See https://a.test/b?c=1. Good")).toEqual([
    { kind: "text", text: "See " },
    { kind: "a", text: "https://a.test/b?c=1", href: "https://a.test/b?c=1" },
    { kind: "text", text: "." },
    { kind: "text", text: " Good" },
  ])
})

test("a named link", () => {
  expect(piecesOf("[the form](https://a.test/f)")).toEqual([{ kind: "a", text: "the form", href: "https://a.test/f" }])
})

test.each(["javascript:alert(1)", "[x](javascript:alert(1))", "[x](data:text/html,1)", "ftp://a.test"])(
  "%s is never a link",
  body => {
    expect(piecesOf(body).some(it => it.kind === "a")).toBe(false)
  },
)

test("nothing is lost", () => {
  const body = "a **b** https://c.test, `d` _e_ [f](https://g.test) *h"
  const whole = piecesOf(body)
    .map(it => it.text)
    .join("")
  expect(whole).toBe("a b https://c.test, d e f *h")
})

test("ten thousand characters of the worst kind take no time", () => {
  const started = performance.now()
  piecesOf("[".repeat(10_000))
  piecesOf("*a ".repeat(3_300))
  piecesOf("_".repeat(10_000))
  expect(performance.now() - started).toBeLessThan(200)
})
