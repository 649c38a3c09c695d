import type { ConversationView } from "@parley/client/contract"

const texts = new WeakMap<ConversationView, string>()

/** What can be found in a row, in small letters; made once for each row. */
function textOf(row: ConversationView): string {
  const held = texts.get(row)
  if (held !== undefined) return held
  const { contact, preview, ticket } = row
  const text = [contact.name, contact.email ?? "", preview, ticket?.title ?? "", ticket ? `#${ticket.number}` : ""]
    .join("\n")
    .toLowerCase()
  texts.set(row, text)
  return text
}

/** Whether every word stands somewhere in the row, as the server looks for them. */
export function finder(query: string): (row: ConversationView) => boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return row => {
    const text = textOf(row)
    return words.every(word => text.includes(word))
  }
}
