/** A piece of a message: plain text, or text with one kind of emphasis or a link. */
export interface Piece {
  kind: "text" | "strong" | "em" | "code" | "a"
  text: string
  href?: string
}

const URL = "https?://[^\\s<>\"'`]+"
const MARKS = new RegExp(
  [
    `\\[([^\\]\\n]{1,300})\\]\\((${URL}?)\\)`,
    `(${URL})`,
    "\\*\\*([^*\\n]+)\\*\\*",
    "`([^`\\n]+)`",
    "(?<![\\w*])\\*([^*\\s](?:[^*\\n]*[^*\\s])?)\\*(?![\\w*])",
    "(?<!\\w)_([^_\\s](?:[^_\\n]*[^_\\s])?)_(?!\\w)",
  ].join("|"),
  "g",
)

/** Links (http and https only), **strong**, *emphasis* and `code`. Everything else stays the text it is. */
export function piecesOf(body: string): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  const plain = (text: string) => {
    if (text) pieces.push({ kind: "text", text })
  }
  for (const found of body.matchAll(MARKS)) {
    plain(body.slice(from, found.index))
    from = found.index + found[0].length
    const [, label, target, url, strong, code, star, low] = found
    if (label && target) pieces.push({ kind: "a", text: label, href: target })
    else if (url) {
      const href = url.replace(/[.,;:!?)\]*_]+$/, "")
      pieces.push({ kind: "a", text: href, href })
      plain(url.slice(href.length))
    } else if (strong) pieces.push({ kind: "strong", text: strong })
    else if (code) pieces.push({ kind: "code", text: code })
    else pieces.push({ kind: "em", text: star ?? low ?? "" })
  }
  plain(body.slice(from))
  return pieces
}
