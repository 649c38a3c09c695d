import type { Clock } from "./clock"

/** Says how far this side has come, at most once per pause, and again after a reconnect until it was heard. */
export interface Marker {
  reach(seq: number): void
  /** The server's own figure, or a new connection: repeat if it is still behind. */
  flush(): void
  close(): void
}

const PAUSE_MS = 200

export function createMarker(clock: Clock, confirmed: () => number, say: (seq: number) => Promise<unknown>): Marker {
  let wanted = 0
  let said = 0
  let stop: (() => void) | null = null

  function speak(): void {
    stop = null
    if (wanted <= Math.max(said, confirmed())) return
    const seq = wanted
    said = seq
    say(seq).catch(() => {
      said = Math.min(said, confirmed())
    })
  }

  return {
    reach(seq) {
      wanted = Math.max(wanted, seq)
      if (wanted > Math.max(said, confirmed())) stop ??= clock.after(PAUSE_MS, speak)
    },
    flush: speak,
    close: () => stop?.(),
  }
}
