import type { CannedResponseView } from "@parley/client/contract"
import { computed, nextTick, type ShallowRef, shallowRef } from "vue"
import { askedAt, type Filled, fill, find, type Gap, nextGap, type Subject } from "../models/canned"
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
  const isOpen = computed(() => asked.value !== null)
  /** What each would put into the text. */
  const filled = computed<Filled[]>(() => found.value.map(it => fill(it.body, subject())))

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
    const { text, gaps } = fill(chosen.body, subject())
    model().replace(text, start, end, gaps)
    await nextTick()
    element.focus()
    element.setSelectionRange(start + text.length, start + text.length)
    const gap = nextGap(model().gaps(), start)
    if (gap) select(gap)
  }

  function select({ start, end }: Gap) {
    field.value?.focus()
    field.value?.setSelectionRange(start, end)
  }

  function toNextGap(): boolean {
    const element = field.value
    if (!element) return false
    const { selectionStart, selectionEnd } = element
    // A gap that is selected and left as it is has been decided on: Tab leads out of the last one.
    const gaps = model().gaps()
    const isAt = gaps.findIndex(gap => gap.start === selectionStart && gap.end === selectionEnd)
    const gap = isAt >= 0 ? gaps[isAt + 1] : nextGap(gaps, selectionEnd)
    if (gap) select(gap)
    return gap !== undefined && gap !== null
  }

  /** Whether the key was for the menu or a gap. */
  function press(event: KeyboardEvent): boolean {
    if (isOpen.value) {
      const chosen = found.value[at.value]
      if (event.key === "Escape") asked.value = null
      else if (event.key === "ArrowDown") at.value = (at.value + 1) % Math.max(1, found.value.length)
      else if (event.key === "ArrowUp") at.value = (at.value - 1 + found.value.length) % Math.max(1, found.value.length)
      else if ((event.key === "Enter" || event.key === "Tab") && chosen) void choose(chosen)
      // Enter with nothing to choose closes the menu: "/" alone is not what anybody wants to say.
      else if (event.key === "Enter") asked.value = null
      else return false
      return true
    }
    return event.key === "Tab" && !event.shiftKey && toNextGap()
  }

  function close() {
    asked.value = null
  }

  return { at, found, filled, isOpen, look, choose, select, press, close }
}
