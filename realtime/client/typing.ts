import type { Clock } from "./clock"
import { LIMITS } from "./contract"
import { lastOf } from "./text"

const REPEAT_MS = 3_000
const IDLE_MS = 5_000
/** What has been typed is said this often while it changes, and its end at last. */
const PREVIEW_MS = 250

/** Tells the others that this side types: now, every 3 s while it lasts, and when it has stopped. */
export interface TypingTeller {
  /** `preview` is what has been typed, where the other side is to see it. */
  set(isTyping: boolean, preview?: string): void
  close(): void
}

export function createTypingTeller(
  clock: Clock,
  say: (typing: boolean, preview: string) => Promise<unknown>,
): TypingTeller {
  let saidAt = Number.NEGATIVE_INFINITY
  let isTyping = false
  let said = ""
  let stopIdle = () => {}
  let stopLater = () => {}

  function tell(typing: boolean, preview: string): void {
    stopLater()
    isTyping = typing
    said = preview
    saidAt = clock.now()
    say(typing, preview).catch(() => {})
  }

  function set(typing: boolean, preview = ""): void {
    const last = typing ? lastOf(preview, LIMITS.preview) : ""
    stopIdle()
    stopLater()
    if (typing) stopIdle = clock.after(IDLE_MS, () => set(false))
    const rest = (last === said ? REPEAT_MS : PREVIEW_MS) - (clock.now() - saidAt)
    if (typing !== isTyping || (typing && rest <= 0)) tell(typing, last)
    else if (last !== said) stopLater = clock.after(rest, () => tell(typing, last))
  }

  return {
    set,
    close() {
      stopIdle()
      stopLater()
      if (isTyping) tell(false, "")
    },
  }
}
