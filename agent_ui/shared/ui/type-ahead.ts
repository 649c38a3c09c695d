import type { Clock } from "@parley/client/clock"

/** How long a field may be on its way, from the last key that was kept for it. */
export const PATIENCE_MS = 3000

/**
 * Keeps what is typed between a key that opens something to write in and that being there: over a slow line the letters
 * of a search would be commands otherwise.
 */
export function createTypeAhead(clock: Pick<Clock, "now">, isField: (target: Element) => boolean) {
  let held: string | null = null
  let until = 0

  /** The field has the focus: it gets what is kept. */
  function arrive({ target }: FocusEvent) {
    if (held === null || !(target instanceof Element) || !isField(target)) return
    const text = clock.now() > until ? "" : held
    held = null
    // The one way of writing that tells the field's owner as typing does, and that can be undone.
    if (text) document.execCommand("insertText", false, text)
  }

  return {
    arrive,
    /** A field is on its way. */
    expect() {
      held = ""
      until = clock.now() + PATIENCE_MS
    },
    stop() {
      held = null
    },
    /** Whether the key is kept, and means nothing else. */
    keeps({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
      if (held === null) return false
      if (key === "Escape" || clock.now() > until || ctrlKey || metaKey || altKey) {
        held = null
        return false
      }
      until = clock.now() + PATIENCE_MS
      if (key === "Backspace") held = held.slice(0, -1)
      else if (key.length === 1) held += key
      else return key === "Enter"
      return true
    },
  }
}
