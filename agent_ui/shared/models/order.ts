import type {
  Category,
  ConversationView,
  FilterView,
  Priority,
  Shelf,
  Sort,
  TicketListingView,
  ListView as View,
} from "@parley/client/contract"

export type { Shelf, Sort, View }

/** What one list shows. `query` is what stands in the search box; what is left out narrows nothing. */
export type Filter = Pick<FilterView, "view" | "shelf" | "query"> & Partial<FilterView>

export const VIEWS: readonly View[] = ["mine", "unassigned", "all"]
export const SORTS: readonly Sort[] = ["newest", "queue", "waiting", "due", "priority", "status", "topic"]
export const PRIORITIES: readonly Priority[] = ["urgent", "high", "medium", "low"]
const OPEN: readonly Category[] = ["new", "open", "waiting"]
const OF_WHAT_WAITS: readonly Sort[] = ["waiting", "queue", "due"]

/** Whoever waits for somebody is listed in the order they will be served. */
export const usualSort = ({ view, shelf }: Pick<Filter, "view" | "shelf">): Sort =>
  view === "unassigned" && shelf === "open" ? "queue" : "newest"

/** What has ended waits for nobody. */
export const sortsOn = (shelf: Shelf): Sort[] => SORTS.filter(sort => shelf === "open" || !OF_WHAT_WAITS.includes(sort))

export function sortOf(filter: Filter): Sort {
  const sort = filter.sort ?? usualSort(filter)
  return sortsOn(filter.shelf).includes(sort) ? sort : "newest"
}

/** What is shown first. */
export const FIRST: Filter = { view: "mine", shelf: "open", query: "" }

/** The filter with every field said, as the server keeps it. */
export function wholeFilter(filter: Filter): FilterView {
  return {
    view: filter.view,
    shelf: filter.shelf,
    query: filter.query,
    tag: filter.tag ?? "",
    priority: filter.priority ?? null,
    status: filter.status ?? "",
    team_id: filter.team_id ?? null,
    inbox_id: filter.inbox_id ?? null,
    agent_id: filter.agent_id ?? null,
    sort: sortOf(filter),
  }
}

export const filterKey = (filter: Filter): string => Object.values(wholeFilter(filter)).join("/")

export const isOpen = (row: Pick<ConversationView, "category">): boolean => OPEN.includes(row.category)

/** Whether the agent is asked to accept it, and has not answered. */
export const isOfferedTo = (row: Pick<ConversationView, "agent_id" | "offer_until"> | null, agentId: string): boolean =>
  row !== null && row.offer_until !== null && row.agent_id === agentId

/** Whether the contact waits for an answer: then a row says for how long, and no other time. */
export const isWaiting = (row: Pick<ConversationView, "category" | "waiting_since">): boolean =>
  row.waiting_since !== null && isOpen(row)

/** Whether a list with this filter shows the conversation. Words are looked for elsewhere. */
export function belongs(row: ConversationView, filter: Filter, me: string): boolean {
  if (isOpen(row) !== (filter.shelf === "open")) return false
  if (filter.view === "mine" && row.agent_id !== me) return false
  if (filter.view === "unassigned" && row.agent_id !== null) return false
  if (filter.tag && !row.tags.includes(filter.tag)) return false
  if (filter.priority && row.priority !== filter.priority) return false
  if (filter.status && row.status !== filter.status) return false
  if (filter.team_id && row.team_id !== filter.team_id) return false
  if (filter.inbox_id && row.inbox_id !== filter.inbox_id) return false
  return !filter.agent_id || row.agent_id === filter.agent_id
}

/** Whether a view of tickets holds it, as far as its ticket goes; a view of conversations does not look at that. */
export const isListed = (row: ConversationView, tickets: Pick<TicketListingView, "topic"> | null): boolean =>
  tickets === null || (row.ticket !== null && (tickets.topic === "" || row.ticket.topic === tickets.topic))

export type Compare = (a: ConversationView, b: ConversationView) => number

/** Latest message first. The id settles ties. */
export const byNewest: Compare = (a, b) => byTime(b.last_message_at, a.last_message_at) || compare(b.id, a.id)

/** As the server pages them. `positionOf` is where admins have put a status. */
export function compareOf(sort: Sort, positionOf: (status: string) => number): Compare {
  switch (sort) {
    case "newest":
      return byNewest
    case "waiting":
      return byTimeThere(row => row.waiting_since)
    case "due":
      return byTimeThere(row => row.next_due?.due_at)
    case "queue":
      return (a, b) =>
        byPriority(a, b) || byTime(a.queued_at ?? a.created_at, b.queued_at ?? b.created_at) || compare(a.id, b.id)
    case "priority":
      return (a, b) => byPriority(a, b) || byLatestId(a, b)
    case "status":
      return (a, b) => positionOf(a.status) - positionOf(b.status) || byLatestId(a, b)
    case "topic":
      return (a, b) =>
        Number(a.ticket === null) - Number(b.ticket === null) ||
        compare(a.ticket?.topic ?? "", b.ticket?.topic ?? "") ||
        byLatestId(a, b)
  }
}

/** Earliest first; rows without this time after all others. */
const byTimeThere =
  (of: (row: ConversationView) => string | null | undefined): Compare =>
  (a, b) => {
    const [one, other] = [of(a), of(b)]
    if (one && other) return byTime(one, other) || compare(a.id, b.id)
    return Number(!one) - Number(!other) || byLatestId(a, b)
  }

/** Whoever came last first: ids grow with time. */
const byLatestId: Compare = (a, b) => compare(b.id, a.id)

const byPriority: Compare = (a, b) => PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority)

/** Whole seconds come without a fraction, and "5Z" would sort after "5.5Z". */
function byTime(a: string, b: string): number {
  return a === b ? 0 : compare(a.replace("Z", ""), b.replace("Z", ""))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
