const graphemes = new Intl.Segmenter()
/** Where a grapheme around the cut is looked for; a longer one is cut inside, between whole code points. */
const MAX_GRAPHEME = 100

/** The first `max` characters at most, never half a letter, emoji or flag. */
export function firstOf(text: string, max: number): string {
  if (text.length <= max) return text
  const from = Math.max(0, max - MAX_GRAPHEME)
  const around = graphemes.segment(text.slice(from, max + MAX_GRAPHEME)).containing(max - from)
  const end = around && (around.index > 0 || from === 0) ? from + around.index : max
  return text.slice(0, isHalf(text, end) ? end - 1 : end)
}

/** The last `max` characters at most, never half a letter, emoji or flag. */
export function lastOf(text: string, max: number): string {
  if (text.length <= max) return text
  const start = text.length - max
  const from = Math.max(0, start - MAX_GRAPHEME)
  const around = graphemes.segment(text.slice(from, start + MAX_GRAPHEME)).containing(start - from)
  const isWhole = !around || from + around.index === start
  const begin = isWhole ? start : from + around.index + around.segment.length
  return text.slice(isHalf(text, begin) ? begin + 1 : begin)
}

/** JSON whose texts hold no half characters: what somebody else has cut (a page's title, a name) would be refused. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, it) => (typeof it === "string" ? it.toWellFormed() : it))
}

const isHalf = (text: string, at: number) =>
  /[\udc00-\udfff]/.test(text[at] ?? "") && /[\ud800-\udbff]/.test(text[at - 1] ?? "")
