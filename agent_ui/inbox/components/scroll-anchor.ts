interface Keyed {
  id: string
}

/** How many rows to look at for one that stayed where it was among its neighbours. */
const CANDIDATES = 3

/**
 * By how many rows the list must scroll so that what the reader looks at stays put when rows above come and go.
 * The row that itself moved is not what they look at, so the smallest shift among the first visible rows counts.
 */
export function shiftOf(before: readonly Keyed[], now: readonly Keyed[], firstVisible: number): number {
  let best: number | null = null
  for (let index = firstVisible; index < firstVisible + CANDIDATES; index++) {
    const row = before[index]
    if (!row) break
    const at = now[index]?.id === row.id ? index : now.findIndex(other => other.id === row.id)
    if (at < 0) continue
    const shift = at - index
    if (best === null || Math.abs(shift) < Math.abs(best)) best = shift
  }
  return best ?? 0
}
