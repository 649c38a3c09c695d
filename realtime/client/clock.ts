/** Time as the models see it, so that tests can travel. */
export interface Clock {
  now(): number
  /** Returns what undoes it. */
  after(ms: number, run: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise(done => {
    clock.after(ms, done)
  })
}

const FIRST_MS = 300
const MOST_MS = 10_000

/** Full jitter: anywhere between nothing and a bound that doubles with every failure. */
export function backoff(failures: number, random: () => number): number {
  return random() * Math.min(MOST_MS, FIRST_MS * 2 ** failures)
}
