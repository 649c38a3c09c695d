import { onMounted, onUnmounted, type ShallowRef, watch } from "vue"
import { PATIENCE_MS } from "./type-ahead"

/**
 * What was asked for and has to be fetched first may come much later, and would then take the keys from whatever is being done.
 * So it is given up with Escape, with a click, and with the first key after a while.
 */
export function useCancelOverlay(shown: ShallowRef<unknown>): void {
  let until = 0
  watch(shown, () => {
    until = performance.now() + PATIENCE_MS
  })

  function look(event: Event) {
    if (shown.value === null || document.querySelector("[role=dialog]")) return
    const isKey = event instanceof KeyboardEvent
    const isEscape = isKey && event.key === "Escape"
    if (isKey && !isEscape && performance.now() < until) return
    shown.value = null
    // Escape takes back one thing at a time.
    if (isEscape) event.stopImmediatePropagation()
  }
  onMounted(() => {
    window.addEventListener("keydown", look, true)
    window.addEventListener("pointerdown", look, true)
  })
  onUnmounted(() => {
    window.removeEventListener("keydown", look, true)
    window.removeEventListener("pointerdown", look, true)
  })
}
