import { expect, test } from "vitest"
import { segmentsOf } from "../conversation/rich-text"

const kinds = (body: string) => segmentsOf(body).map(it => `${it.kind}:${it.text}`)

test.each([
  ["See https://a.example/x.", ["text:See ", "link:https://a.example/x", "text:."]],
  ["(https://a.example/x)", ["text:(", "link:https://a.example/x", "text:)"]],
  ["https://a.example/a_(b)", ["link:https://a.example/a_(b)"]],
  ["Use `npm ci` **now**", ["text:Use ", "code:npm ci", "text: ", "strong:now"]],
  ["2 * 3 ** 4", ["text:2 * 3 ** 4"]],
  ["javascript:alert(1)", ["text:javascript:alert(1)"]],
  ["<img src=x onerror=alert(1)>", ["text:<img src=x onerror=alert(1)>"]],
  ["", []],
])("%j", (body, expected) => {
  expect(kinds(body)).toEqual(expected)
})

test("whatever is written, nothing is lost but the marks", () => {
  const body = "a https://b.example/c?d=e&f=(g), h\n\ni"
  expect(
    segmentsOf(body)
      .map(it => it.text)
      .join(""),
  ).toBe(body)
})
