import type { Clock } from "./clock"

const REPEAT_MS = 3_000
const IDLE_MS = 5_000

/** Tells the others that this side types: now, every 3 s while it lasts, and when it has stopped. */
export interface TypingTeller {
  set(isTyping: boolean): void
  close(): void
}

export function createTypingTeller(clock: Clock, say: (typing: boolean) => Promise<unknown>): TypingTeller {
  let saidAt = Number.NEGATIVE_INFINITY
  let isTyping = false
  let stopIdle = () => {}

  function tell(typing: boolean): void {
    isTyping = typing
    saidAt = clock.now()
    say(typing).catch(() => {})
  }

  function set(typing: boolean): void {
    stopIdle()
    if (typing) stopIdle = clock.after(IDLE_MS, () => set(false))
    if (typing !== isTyping || (typing && clock.now() - saidAt >= REPEAT_MS)) tell(typing)
  }

  return {
    set,
    close() {
      stopIdle()
      if (isTyping) tell(false)
    },
  }
}
