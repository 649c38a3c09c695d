/** A text and what is selected in it. */
export interface Selected {
  text: string
  start: number
  end: number
}

/** Put `words` in place of what lies between `from` and `to`; then select from `start` to `end`. */
export interface Edit {
  from: number
  to: number
  words: string
  start: number
  end: number
}

export type MarkdownAction = "bold" | "italic" | "heading" | "list" | "link" | "code"

/** What a button of the toolbar does. Done twice, it is undone. */
export function editMarkdown(action: MarkdownAction, at: Selected): Edit {
  switch (action) {
    case "bold":
      return wrap(at, "**")
    case "italic":
      return wrap(at, "*")
    case "code":
      return at.text.slice(at.start, at.end).includes("\n") ? fence(at) : wrap(at, "`")
    case "heading":
      return prefixLines(at, "## ")
    case "list":
      return prefixLines(at, "- ")
    case "link":
      return link(at)
  }
}

function wrap({ text, start, end }: Selected, mark: string): Edit {
  const inside = text.slice(start, end)
  const { length } = mark
  const isAround =
    text.slice(start - length, start) === mark && text.slice(end, end + length) === mark && !isLonger(text, start, mark)
  if (isAround) {
    return { from: start - length, to: end + length, words: inside, start: start - length, end: end - length }
  }
  return { from: start, to: end, words: `${mark}${inside}${mark}`, start: start + length, end: end + length }
}

/** `*` inside `**` is not italic. */
const isLonger = (text: string, start: number, mark: string) => mark === "*" && text.slice(start - 2, start) === "**"

function fence({ text, start, end }: Selected): Edit {
  const words = `\`\`\`\n${text.slice(start, end)}\n\`\`\``
  return { from: start, to: end, words, start: start + 4, end: start + words.length - 4 }
}

function prefixLines({ text, start, end }: Selected, mark: string): Edit {
  const from = text.lastIndexOf("\n", start - 1) + 1
  const next = text.indexOf("\n", end)
  const to = next < 0 ? text.length : next
  const lines = text.slice(from, to).split("\n")
  const isMarked = lines.every(line => line.startsWith(mark) || (line === "" && lines.length > 1))
  const words = lines
    .map(line => {
      if (isMarked) return line.startsWith(mark) ? line.slice(mark.length) : line
      return line === "" && lines.length > 1 ? line : mark + line.replace(/^(#{1,6}|-)\s+/, "")
    })
    .join("\n")
  const isCaret = start === end
  const caret = Math.max(from, start + words.length - (to - from))
  return { from, to, words, start: isCaret ? caret : from, end: isCaret ? caret : from + words.length }
}

const ADDRESS = "https://"

function link({ text, start, end }: Selected): Edit {
  const inside = text.slice(start, end)
  if (/^https?:\/\/\S+$/.test(inside)) {
    return { from: start, to: end, words: `[](${inside})`, start: start + 1, end: start + 1 }
  }
  const words = `[${inside}](${ADDRESS})`
  const at = start + inside.length + 3
  return inside === ""
    ? { from: start, to: end, words, start: start + 1, end: start + 1 }
    : { from: start, to: end, words, start: at, end: at + ADDRESS.length }
}
