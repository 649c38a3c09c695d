import { onMounted, onUnmounted } from "vue"
import type { KeyAction, Keyboard } from "../models/keys"

const OVERLAYS = "[role=dialog],[role=alertdialog],[role=menu],[role=listbox]"
const WRITES = "input:not([type=checkbox]):not([type=radio]),textarea,select,[contenteditable=true]"

/** Keys pressed anywhere on the page, unless something on top of it is using them. */
export function useKeyListener(keyboard: Keyboard, run: (action: KeyAction) => boolean): void {
  function listen(event: KeyboardEvent) {
    if (event.defaultPrevented || event.isComposing) return
    const target = event.target instanceof Element ? event.target : document.body
    if (target.closest(OVERLAYS) || document.querySelector("[role=dialog]")) return
    const action = keyboard.press(event, target.matches(WRITES))
    if (!action || (action === "open" && !mayOpen(target))) return
    if (run(action)) event.preventDefault()
    else if (action === "back" && target instanceof HTMLElement) target.blur()
  }
  onMounted(() => window.addEventListener("keydown", listen))
  onUnmounted(() => window.removeEventListener("keydown", listen))
}

/** Enter belongs to whatever has the focus; only the page itself and the list give it away. */
function mayOpen(target: Element): boolean {
  return target === document.body || target.closest("[data-conversation-list]") !== null
}
