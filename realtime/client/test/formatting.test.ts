import { expect, test } from "vitest"
import { blocksOf, type MeasureLink, piecesOf } from "../formatting"
import { measureLink } from "../links"

const kinds = (body: string, find: MeasureLink | null = measureLink) =>
  piecesOf(body, find).map(({ kind, text }) => `${kind}:${text}`)
const links = (body: string) => piecesOf(body, measureLink).flatMap(it => (it.kind === "a" ? [it.href] : []))

test.each([
  ["plain <b>5 < 6 && 7 > 2</b>", ["text:plain <b>5 < 6 && 7 > 2</b>"]],
  ["**a** *b* _c_ `d`", ["strong:a", "text: ", "em:b", "text: ", "em:c", "text: ", "code:d"]],
  ["2*3*4 snake_case_name", ["text:2*3*4 snake_case_name"]],
  ["2 * 3 ** 4 ** 5", ["text:2 * 3 ** 4 ** 5"]],
  ["имя_файла_тест", ["text:имя_файла_тест"]],
  ["文件_名称_版本", ["text:文件_名称_版本"]],
  ["ملف_جديد_هنا", ["text:ملف_جديد_هنا"]],
  ["это _важно_!", ["text:это ", "em:важно", "text:!"]],
  ["这很**重要**的", ["text:这很", "strong:重要", "text:的"]],
  ["`a_b_c` *h", ["code:a_b_c", "text: *h"]],
  ["**see https://a.test/x**", ["strong:see ", "a:https://a.test/x"]],
  ["", []],
])("%j", (body, expected) => {
  expect(kinds(body)).toEqual(expected)
})

test.each([
  ["See https://a.test/b?c=1. Good", ["https://a.test/b?c=1"]],
  ["(https://a.test/x)", ["https://a.test/x"]],
  ["见 https://a.test/x。然后", ["https://a.test/x"]],
  ["见https://a.test/x，然后", ["https://a.test/x"]],
  ["（https://a.test/x）", ["https://a.test/x"]],
  ["انظر https://a.test/x؟ نعم، https://a.test/y، ثم", ["https://a.test/x", "https://a.test/y"]],
  ["https://en.test/wiki/Curtain_(disambiguation)", ["https://en.test/wiki/Curtain_(disambiguation)"]],
  ["[film](https://en.test/wiki/Curtain_(film))", ["https://en.test/wiki/Curtain_(film)"]],
  ["https://a.test/snake_case_name", ["https://a.test/snake_case_name"]],
  ["*https://a.test/x*", ["https://a.test/x"]],
  ["https://пример.test/путь_а", ["https://пример.test/путь_а"]],
  ["javascript:alert(1) [x](javascript:alert(1)) [x](data:text/html,1) ftp://a.test //b.test mailto:c@d.test", []],
])("links in %j", (body, expected) => {
  expect(links(body)).toEqual(expected)
})

test("lists keep the numbers they were written with, and what stands around them", () => {
  const blocks = blocksOf("First:\n1. one\n3) three\n\n- a **b**\n• c\nend", measureLink)
  expect(
    blocks.map(it => [it.kind, it.lines.map(line => [line.number, line.pieces.map(piece => piece.text).join("")])]),
  ).toEqual([
    ["text", [[0, "First:"]]],
    ["ol", [[1, "one"], [3, "three"]]], // biome-ignore format: a row a block
    ["text", [[0, ""]]],
    ["ul", [[0, "a b"], [0, "c"]]], // biome-ignore format: a row a block
    ["text", [[0, "end"]]],
  ])
})

test("a line that only looks like a list stays text", () => {
  for (const body of ["-5 degrees", "1.5 litres", "---", "2024. was good", "*emphasis* first"])
    expect(blocksOf(body, measureLink).map(it => it.kind)).toEqual(["text"])
})

test("until the links can be found, an address is text, underscores and all", () => {
  expect(kinds("see https://a.test/b_c_d *now*", null)).toEqual(["text:see https://a.test/b_c_d ", "em:now"])
})

test("nothing is lost but the marks", () => {
  const body = "a **b** https://c.test, `d` _e_ [f](https://g.test) *h\n\ni"
  expect(
    piecesOf(body, measureLink)
      .map(it => it.text)
      .join(""),
  ).toBe("a b https://c.test, d e f *h\n\ni")
})

/** Steps of the regular expressions cannot be counted, so the growth is: four times the text in far less than sixteen times the time. */
test.each(["[", "*a ", "_", "`", "**", "*", "[a](", "http://x.", "(https://a.test/", "http://x(", "1. ", "- \n"])(
  "%j ten thousand times over grows in proportion",
  unit => {
    const spent = (length: number) => {
      const body = `http://x${unit.repeat(Math.ceil(length / unit.length))}`
      const times = [1, 2, 3].map(() => {
        const started = performance.now()
        blocksOf(body, measureLink)
        return performance.now() - started
      })
      return Math.min(...times)
    }
    spent(2_500)
    expect(spent(40_000)).toBeLessThan(12 * spent(10_000) + 20)
  },
)

test.each(["http://x", "https://a.test/b http://x", "[a](http://x"])(
  "of %j and ten thousand dots, no more is searched for links than was written, and never over 2,000 characters at once",
  head => {
    const searched = (body: string) => {
      const lengths: number[] = []
      piecesOf(body, text => {
        lengths.push(text.length)
        return measureLink(text)
      })
      return { most: Math.max(0, ...lengths), total: lengths.reduce((sum, it) => sum + it, 0) }
    }
    for (const length of [100, 1_980, 9_980, 40_000]) {
      const body = head + ".".repeat(length)
      const { most, total } = searched(body)
      expect(most).toBeLessThanOrEqual(2_000)
      expect(total).toBeLessThanOrEqual(body.length)
    }
    const many = searched(`${head}${".".repeat(1_900)} `.repeat(5))
    expect(many.total).toBeLessThanOrEqual(5 * (head.length + 1_901))
  },
)

test("an address over 2,000 characters is text, and one just below is a link", () => {
  expect(links(`https://a.test/${"b".repeat(1_900)}`)).toHaveLength(1)
  expect(links(`https://a.test/${"b".repeat(2_100)}`)).toEqual([])
})
