import type { CannedResponseView } from "@parley/client/contract"
import { computed, nextTick, type ShallowRef, shallowRef } from "vue"
import { askedAt, fill, find, nextGap, type Subject } from "../models/canned"
import type { Composer } from "../models/composer"

export interface CannedOptions {
  field: Readonly<ShallowRef<HTMLTextAreaElement | null>>
  model: () => Composer
  canned: Readonly<ShallowRef<readonly CannedResponseView[]>>
  subject: () => Subject
}

/** The menu behind a slash, and Tab from one gap to the next. */
export function useCanned({ field, model, canned, subject }: CannedOptions) {
  /** What was typed after the slash; null while there is no menu. */
  const asked = shallowRef<string | null>(null)
  const at = shallowRef(0)
  const found = computed(() => (asked.value === null ? [] : find(canned.value, asked.value)))
  const isOpen = computed(() => asked.value !== null && canned.value.length > 0)

  function look() {
    const element = field.value
    const before = asked.value
    asked.value = element ? askedAt(element.value, element.selectionStart) : null
    if (asked.value !== before) at.value = 0
  }

  async function choose(chosen: CannedResponseView) {
    const element = field.value
    if (!element || asked.value === null) return
    const end = element.selectionStart
    const start = end - asked.value.length - 1
    asked.value = null
    const text = fill(chosen.body, subject())
    model().replace(text, start, end)
    await nextTick()
    element.focus()
    element.setSelectionRange(start + text.length, start + text.length)
    const gap = nextGap(text, 0)
    if (gap) element.setSelectionRange(start + gap.start, start + gap.end)
  }

  function toNextGap(): boolean {
    const element = field.value
    const gap = element ? nextGap(element.value, element.selectionEnd) : null
    if (!element || !gap) return false
    element.setSelectionRange(gap.start, gap.end)
    return true
  }

  /** Whether the key was for the menu or a gap. */
  function press(event: KeyboardEvent): boolean {
    if (isOpen.value) {
      const chosen = found.value[at.value]
      if (event.key === "Escape") asked.value = null
      else if (event.key === "ArrowDown") at.value = (at.value + 1) % Math.max(1, found.value.length)
      else if (event.key === "ArrowUp") at.value = (at.value - 1 + found.value.length) % Math.max(1, found.value.length)
      else if ((event.key === "Enter" || event.key === "Tab") && chosen) void choose(chosen)
      else return false
      return true
    }
    return event.key === "Tab" && !event.shiftKey && toNextGap()
  }

  function close() {
    asked.value = null
  }

  return { at, found, isOpen, look, choose, press, close }
}
