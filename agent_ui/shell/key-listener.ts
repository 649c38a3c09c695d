import type { Clock } from "@parley/client/clock"
import { onMounted, onUnmounted } from "vue"
import type { KeyAction, Keyboard } from "../models/keys"
import { createTypeAhead } from "./type-ahead"

const OVERLAYS = "[role=dialog],[role=alertdialog],[role=menu],[role=listbox]"
const WRITES = "input:not([type=checkbox]):not([type=radio]),textarea,select,[contenteditable=true]"
/** What is written in afterwards, and may have to be fetched first. */
const OPENS_FIELD: readonly KeyAction[] = ["palette", "assign", "tag", "reply", "note"]

/** Keys pressed anywhere on the page, unless something on top of it is using them. */
export function useKeyListener(keyboard: Keyboard, run: (action: KeyAction) => boolean, clock: Clock): void {
  const typeAhead = createTypeAhead(clock, target => target.matches(WRITES))

  function listen(event: KeyboardEvent) {
    if (event.defaultPrevented || event.isComposing) return
    const target = event.target instanceof Element ? event.target : document.body
    if (target.closest(OVERLAYS) || document.querySelector("[role=dialog]")) return
    if (typeAhead.keeps(event)) return event.preventDefault()
    const action = keyboard.press(event, target.matches(WRITES))
    if (!action || (action === "open" && !mayOpen(target))) return
    if (OPENS_FIELD.includes(action)) typeAhead.expect()
    if (run(action)) return event.preventDefault()
    typeAhead.stop()
    if (action === "back" && target instanceof HTMLElement) target.blur()
  }
  onMounted(() => {
    window.addEventListener("keydown", listen)
    window.addEventListener("focusin", typeAhead.arrive)
  })
  onUnmounted(() => {
    window.removeEventListener("keydown", listen)
    window.removeEventListener("focusin", typeAhead.arrive)
  })
}

/** Enter belongs to whatever has the focus; only the page itself and the list give it away. */
function mayOpen(target: Element): boolean {
  return target === document.body || target.closest("[data-conversation-list]") !== null
}
