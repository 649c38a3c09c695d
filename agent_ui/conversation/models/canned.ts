import type { CannedResponseView, ConversationView } from "@parley/client/contract"

/** What a text may speak of. */
export interface Subject {
  conversation: ConversationView | null
  agentName: string
}

/** `{{contact.name}}`, or with words for when there is none: `{{contact.name|there}}`. */
const VARIABLE = /\{\{\s*([a-z.]+)\s*(?:\|([^{}\n]*))?\}\}/g
const GAP = /\[[^[\]\n]+\]/g
const ASKED = /(?:^|\s)\/([^\s/]*)$/

/** What was typed after a slash that begins a word, up to the caret; null when there is none. */
export function askedAt(text: string, caret: number): string | null {
  return ASKED.exec(text.slice(0, caret))?.[1] ?? null
}

/** Those whose shortcut begins with, or else whose text holds, what was typed. */
export function find(canned: readonly CannedResponseView[], asked: string): CannedResponseView[] {
  const words = asked.toLowerCase()
  const begins = canned.filter(it => it.shortcut.toLowerCase().startsWith(words))
  const holds = canned.filter(it => !begins.includes(it) && it.body.toLowerCase().includes(words))
  return [...begins, ...(words === "" ? [] : holds)].slice(0, 8)
}

/** A piece of a filled text: words, or a gap that the agent fills in. */
export interface Piece {
  text: string
  isGap: boolean
}

export interface Filled {
  text: string
  pieces: readonly Piece[]
  /** As they stand in the text: those its author left, and a variable that has no value here. */
  gaps: readonly string[]
  /** The variables without a value, as they stand in the text. */
  missing: readonly string[]
}

/** Fill in the variables of a text. One that has neither a value nor words of its own for that becomes a gap. */
export function fill(body: string, { conversation, agentName }: Subject): Filled {
  const values: Record<string, string | undefined> = {
    "contact.name": conversation?.contact.name || undefined,
    "contact.email": conversation?.contact.email ?? undefined,
    "agent.name": agentName,
    "ticket.number": conversation?.ticket ? `#${conversation.ticket.number}` : undefined,
  }
  const pieces: Piece[] = []
  const missing: string[] = []
  let end = 0
  for (const match of body.matchAll(VARIABLE)) {
    const [whole, name = "", instead] = match
    pieces.push(...piecesOf(body.slice(end, match.index)))
    end = match.index + whole.length
    const value = values[name] ?? instead?.trim()
    if (value !== undefined) pieces.push({ text: value, isGap: false })
    else {
      const gap = `[${name.replace(".", " ")}]`
      missing.push(gap)
      pieces.push({ text: gap, isGap: true })
    }
  }
  pieces.push(...piecesOf(body.slice(end)))
  const gaps = pieces.filter(piece => piece.isGap).map(piece => piece.text)
  return { text: pieces.map(piece => piece.text).join(""), pieces, gaps: [...new Set(gaps)], missing }
}

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = []
  let end = 0
  for (const match of text.matchAll(GAP)) {
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), isGap: false })
    pieces.push({ text: match[0], isGap: true })
    end = match.index + match[0].length
  }
  if (end < text.length) pieces.push({ text: text.slice(end), isGap: false })
  return pieces
}

export interface Gap {
  start: number
  end: number
}

/** Where the gaps of canned text still stand, in order. Brackets that the agent typed are words like any other. */
export function gapsLeft(text: string, gaps: readonly string[]): Gap[] {
  const found: Gap[] = []
  for (const gap of gaps) {
    for (let at = text.indexOf(gap); at >= 0; at = text.indexOf(gap, at + gap.length)) {
      found.push({ start: at, end: at + gap.length })
    }
  }
  return found.sort((a, b) => a.start - b.start)
}

/** The next gap at or after `from`, else the first. */
export function nextGap(gaps: readonly Gap[], from: number): Gap | null {
  return gaps.find(gap => gap.start >= from) ?? gaps[0] ?? null
}
