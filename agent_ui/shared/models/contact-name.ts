import type { Key, Values } from "../words/translate"

/** The random end of a visitor's id: two without a name differ by it. */
export const visitorMark = (id: string) => id.slice(-3).toUpperCase()

/** A visitor's name, or "Visitor 4F2", which tells those apart who have not said theirs. */
export function contactName(t: (key: Key, values?: Values) => string, id: string, name: string): string {
  return name || t("row.visitor_marked", { mark: visitorMark(id) })
}
