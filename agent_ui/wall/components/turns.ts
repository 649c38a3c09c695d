/** How long each part of a list stands on a television. */
const TURN_MS = 10_000

/** The part of a list whose turn it is: all of it when it fits, else `size` rows at a time. `turn` counts from 1. */
export function turnOf<T>(
  all: readonly T[],
  size: number,
  now: number,
): { items: readonly T[]; turn: number; count: number } {
  const count = Math.max(1, Math.ceil(all.length / size))
  const turn = (Math.floor(now / TURN_MS) % count) + 1
  return { items: all.slice((turn - 1) * size, turn * size), turn, count }
}
