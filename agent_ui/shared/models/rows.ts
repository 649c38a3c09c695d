import type { ConversationView } from "@parley/client/contract"

type Compare = (a: ConversationView, b: ConversationView) => number
type Rows = readonly ConversationView[]

/** Where `row` stands, or would stand, among sorted `rows`. */
export function placeOf(rows: Rows, row: ConversationView, compare: Compare): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = rows[middle]
    if (other && compare(other, row) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** The rows with `before` taken out and `now` put in its place. The input is left alone. */
export function moveRow(
  rows: Rows,
  before: ConversationView | undefined,
  now: ConversationView | null,
  compare: Compare,
): Rows {
  const next = rows.slice()
  if (before) {
    const guess = placeOf(next, before, compare)
    const at = next[guess]?.id === before.id ? guess : next.findIndex(row => row.id === before.id)
    if (at >= 0) next.splice(at, 1)
  }
  if (now) next.splice(placeOf(next, now, compare), 0, now)
  return next
}

export interface Page {
  rows: Rows
  /** The last row of the page before this one, empty for the first. */
  from: ConversationView | null
  isLast: boolean
}

/**
 * Lay a fetched page over what is held: the stretch it covers (after `from`, up to its own last row, or to the end
 * when no page follows) becomes what it says, except rows in `kept`, which changed while it was on its way.
 */
export function layPage(rows: Rows, page: Page, kept: ReadonlySet<string>, compare: Compare): Rows {
  const { from } = page
  const to = page.isLast ? null : (page.rows.at(-1) ?? from)
  const fresh = new Map(page.rows.map(row => [row.id, row]))
  const isCovered = (row: ConversationView) => {
    if (from !== null && compare(row, from) <= 0) return false
    return to === null ? page.isLast : compare(row, to) <= 0
  }
  const held = rows.filter(row => kept.has(row.id) || !(fresh.has(row.id) || isCovered(row)))
  for (const row of held) fresh.delete(row.id)
  return [...held, ...fresh.values()].sort(compare)
}
