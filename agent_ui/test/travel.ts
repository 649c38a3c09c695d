import type { Clock } from "@parley/client/clock"

export interface TravelClock extends Clock {
  travel(ms: number): void
}

/** A clock that moves when told. */
export function travelClock(start = Date.parse("2026-03-02T10:00:00Z")): TravelClock {
  let now = start
  let waiting: { at: number; run: () => void }[] = []
  return {
    now: () => now,
    after(ms, run) {
      const entry = { at: now + ms, run }
      waiting.push(entry)
      return () => {
        waiting = waiting.filter(it => it !== entry)
      }
    },
    travel(ms) {
      const end = now + ms
      for (;;) {
        const next = waiting.filter(it => it.at <= end).sort((a, b) => a.at - b.at)[0]
        if (!next) break
        waiting = waiting.filter(it => it !== next)
        now = next.at
        next.run()
      }
      now = end
    },
  }
}

/** Let promises that are already settled have their say. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await Promise.resolve()
}
