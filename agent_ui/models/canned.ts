import type { CannedResponseView, ConversationView } from "@parley/client/contract"

/** What a text may speak of. */
export interface Subject {
  conversation: ConversationView | null
  agentName: string
}

const VARIABLE = /\{\{\s*([a-z.]+)\s*\}\}/g
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

/** The text with its variables filled in; one that has no value becomes a gap for the agent to fill. */
export function fill(body: string, { conversation, agentName }: Subject): string {
  const values: Record<string, string | undefined> = {
    "contact.name": conversation?.contact.name || undefined,
    "contact.email": conversation?.contact.email ?? undefined,
    "agent.name": agentName,
    "ticket.number": conversation?.ticket ? `#${conversation.ticket.number}` : undefined,
  }
  return body.replace(VARIABLE, (_, name: string) => values[name] ?? `[${name.replace(".", " ")}]`)
}

/** Where the next gap stands at or after `from`, else the first one in the text. */
export function nextGap(text: string, from: number): { start: number; end: number } | null {
  const gaps = [...text.matchAll(GAP)].map(match => ({ start: match.index, end: match.index + match[0].length }))
  return gaps.find(gap => gap.start >= from) ?? gaps[0] ?? null
}
