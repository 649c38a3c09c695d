import type { FormFieldView, WidgetSession } from "@parley/client/contract"

export const EMAIL: FormFieldView = { key: "email", kind: "email", label: "", options: [], is_required: true }

/** What is asked before a new conversation begins. A name or an address that is known is not asked again. */
export function askedFirst({ inbox, contact }: WidgetSession): FormFieldView[] {
  const fields = inbox.form?.when === "before" ? unknown(inbox.form.fields, contact) : []
  const needsEmail = inbox.email_prompt === "require" && !contact.email && !fields.some(it => it.kind === "email")
  if (needsEmail) return [EMAIL, ...fields]
  return inbox.email_prompt === "require"
    ? fields.map(it => (it.kind === "email" ? { ...it, is_required: true } : it))
    : fields
}

/** Without what is known already. */
export function unknown(fields: readonly FormFieldView[], contact: WidgetSession["contact"]): FormFieldView[] {
  return fields.filter(({ kind }) => !(kind === "name" && contact.name) && !(kind === "email" && contact.email))
}
