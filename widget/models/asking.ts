import type { WidgetSession } from "@parley/client/contract"
import type { ThreadRow } from "@parley/client/rows"
import type { Storage } from "./storage"

const SKIPPED = "email_skipped"

/** Whether the question for an address stands: once by itself, and again when an agent asks. */
export function asksEmail(
  { inbox, contact }: WidgetSession,
  conversationId: string,
  rows: readonly ThreadRow[],
  storage: Storage,
): boolean {
  if (contact.email || !rows.length) return false
  if (askedSeq(rows) > Number(storage.get(`${SKIPPED}:${conversationId}`) ?? -1)) return true
  return inbox.asks_email && !storage.get(SKIPPED)
}

export function skipEmail(conversationId: string, rows: readonly ThreadRow[], keep: Storage["set"]): void {
  keep(`${SKIPPED}:${conversationId}`, String(askedSeq(rows)))
  keep(SKIPPED, "1")
}

function askedSeq(rows: readonly ThreadRow[]): number {
  return rows.findLast(row => row.message.system === "email_asked")?.message.seq ?? -1
}
