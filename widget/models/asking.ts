import type { FormFieldView, PrechatFields, WidgetSession } from "@parley/client/contract"
import type { ThreadRow } from "@parley/client/rows"
import { unknown } from "./asked-first"
import type { Storage } from "./storage"

/** What a visitor fills in, by the keys of the fields. */
export type Answers = Record<string, string>

/** What is asked once the first message is there. */
export function askedAfter({ inbox, contact }: WidgetSession): FormFieldView[] {
  return inbox.form?.when === "after" ? unknown(inbox.form.fields, contact) : []
}

/** What goes over the wire: a name, an address and a phone number by themselves, the others by their keys. */
export function fieldsOf(fields: readonly FormFieldView[], answers: Answers): PrechatFields {
  const given: PrechatFields = { more: [] }
  for (const { key, kind } of fields) {
    const value = (answers[key] ?? "").trim()
    if (!value) continue
    if (kind === "name" || kind === "email" || kind === "phone") given[kind] = value
    else given.more?.push({ name: key, value })
  }
  return given
}

const SKIPPED = "email_skipped"

/** Whether the question for an address stands: once by itself, and again when an agent asks. */
export function asksEmail(
  { inbox, contact }: WidgetSession,
  conversationId: string,
  rows: readonly ThreadRow[],
  storage: Storage,
): boolean {
  if (contact.email || !rows.length) return false
  const asked = askedSeq(rows)
  if (asked > Number(storage.get(`${SKIPPED}:${conversationId}`) ?? -1)) return true
  return inbox.email_prompt !== "never" && !storage.get(SKIPPED)
}

export function skipEmail(conversationId: string, rows: readonly ThreadRow[], keep: Storage["set"]): void {
  keep(`${SKIPPED}:${conversationId}`, String(askedSeq(rows)))
  keep(SKIPPED, "1")
}

function askedSeq(rows: readonly ThreadRow[]): number {
  return rows.findLast(row => row.message.system === "email_asked")?.message.seq ?? -1
}
