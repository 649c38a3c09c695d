/** A piece of a line: plain text, or text with one kind of emphasis, or a link. */
export interface Piece {
  kind: "text" | "strong" | "em" | "code" | "a"
  text: string
  href?: string
}

/** Lines that belong together: a paragraph, or a list whose numbers are as they were written. */
export interface Block {
  kind: "text" | "ul" | "ol"
  lines: readonly { number: number; pieces: readonly Piece[] }[]
}

/** How long the address is that a text begins with, without the punctuation of the sentence around it; 0 for none. */
export type MeasureLink = (text: string) => number

const MAX_LINK = 2000
const ADDRESS = "https?:\\/\\/"
const MARKS = new RegExp(
  [
    "`([^`\\n]+)`",
    `\\[([^[\\]\\n]{1,300})\\]\\((${ADDRESS}(?:[^\\s<>"'\`()]|\\([^\\s<>"'\`()]{0,300}\\)){1,${MAX_LINK}})\\)`,
    `(${ADDRESS}(?:(?!\\*\\*)[^\\s<>"\`]){1,${MAX_LINK}})`,
    "\\*\\*([^*\\n]+)\\*\\*",
    "\\*([^*\\n]+)\\*",
    "_([^_\\n]+)_",
  ].join("|"),
  "g",
)
const LIST_LINE = /^ {0,3}(?:[-*•]|(\d{1,3})[.)])[ \t]+(\S.*)$/
const WORD = /[\p{L}\p{N}\p{M}_*]/u

export const mayHoldLinks = (body: string) => body.includes("://")

/**
 * A message as both sides show it: **strong**, *emphasis*, _emphasis_, `code`, [links](https://...), addresses, and lists.
 * Everything else stays the text it is. Takes time in proportion to the length, whatever is written.
 */
export function blocksOf(body: string, measureLink: MeasureLink | null): Block[] {
  const blocks: { kind: Block["kind"]; lines: { number: number; text: string }[] }[] = []
  for (const line of body.split("\n")) {
    const [, number, item] = LIST_LINE.exec(line) ?? []
    const kind = item === undefined ? "text" : number === undefined ? "ul" : "ol"
    const entry = { number: Number(number ?? 0), text: item ?? line }
    const last = blocks.at(-1)
    if (last?.kind === kind) last.lines.push(entry)
    else blocks.push({ kind, lines: [entry] })
  }
  return blocks.map(({ kind, lines }) => {
    const whole = kind === "text" ? [{ number: 0, text: lines.map(it => it.text).join("\n") }] : lines
    return { kind, lines: whole.map(({ number, text }) => ({ number, pieces: piecesOf(text, measureLink) })) }
  })
}

/** The pieces of a text that holds no list. */
export function piecesOf(text: string, measureLink: MeasureLink | null): Piece[] {
  const pieces: Piece[] = []
  const marks = new RegExp(MARKS)
  let from = 0
  /** Takes what stands before as text, then this, and goes on behind it. */
  function take(start: number, end: number, ...found: Piece[]): void {
    if (start > from) pieces.push({ kind: "text", text: text.slice(from, start) })
    pieces.push(...found)
    from = marks.lastIndex = end
  }
  for (let match = marks.exec(text); match; match = marks.exec(text)) {
    const [whole, code, label, target, address, strong, star, low] = match
    const start = match.index
    const end = start + whole.length
    if (code) take(start, end, { kind: "code", text: code })
    else if (label && target) take(start, end, { kind: "a", text: label, href: target })
    else if (address) {
      // Marks at the end belong to the emphasis around the address, or to nothing.
      const length = whole.length < MAX_LINK ? (measureLink?.(address.replace(/[*_]+$/, "")) ?? 0) : 0
      if (length) take(start, start + length, linkTo(address.slice(0, length)))
    } else {
      const words = strong ?? star ?? low ?? ""
      if (isTight(words) && (strong || !isInWord(text, start, end)))
        take(start, end, ...stressed(strong ? "strong" : "em", piecesOf(words, measureLink)))
      else marks.lastIndex = start + 1
    }
  }
  take(text.length, text.length)
  return pieces
}

/** Links and code inside an emphasis stay what they are. */
const stressed = (kind: Piece["kind"], pieces: Piece[]) => pieces.map(it => (it.kind === "text" ? { ...it, kind } : it))
const linkTo = (address: string): Piece => ({ kind: "a", text: address, href: address })
const isTight = (words: string) => words !== "" && words.trim() === words

/** Stars and underscores inside words of any script are letters of the word. */
function isInWord(text: string, start: number, end: number): boolean {
  const before = [...text.slice(Math.max(0, start - 2), start)].at(-1) ?? ""
  const [after = ""] = text.slice(end, end + 2)
  return WORD.test(before) || WORD.test(after)
}
