import type { Category, ConversationView } from "@parley/client/contract"

export type View = "mine" | "unassigned" | "all"
export type Shelf = "open" | "resolved"

/** What one list shows. `query` is what stands in the search box. */
export interface Filter {
  view: View
  shelf: Shelf
  query: string
}

export const VIEWS: readonly View[] = ["mine", "unassigned", "all"]
const OPEN: readonly Category[] = ["new", "open", "waiting"]

export const filterKey = (filter: Filter): string => `${filter.view}/${filter.shelf}/${filter.query}`

export const isOpen = (row: Pick<ConversationView, "category">): boolean => OPEN.includes(row.category)

/** Whether a list with this filter shows the conversation. A search is answered by the server alone. */
export function belongs(row: ConversationView, filter: Filter, me: string): boolean {
  if (isOpen(row) !== (filter.shelf === "open")) return false
  if (filter.view === "mine") return row.agent_id === me
  if (filter.view === "unassigned") return row.agent_id === null
  return true
}

/** Latest message first, as the server pages them. The id settles ties. */
export function byNewest(a: ConversationView, b: ConversationView): number {
  return byTime(b.last_message_at, a.last_message_at) || compare(b.id, a.id)
}

/** Whole seconds come without a fraction, and "5Z" would sort after "5.5Z". */
function byTime(a: string, b: string): number {
  return a === b ? 0 : compare(a.replace("Z", ""), b.replace("Z", ""))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
