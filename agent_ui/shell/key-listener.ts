import { isComposing } from "@parley/client/composing"
import { onMounted, onUnmounted } from "vue"
import type { CommandId } from "../shared/commands/commands"
import { createKeyboard, type KeyboardOptions } from "../shared/commands/keys"
import { createTypeAhead } from "../shared/ui/type-ahead"

const OVERLAYS = "[role=dialog],[role=alertdialog],[role=menu],[role=listbox]"
const WRITES = "input:not([type=checkbox]):not([type=radio]),textarea,select,[contenteditable=true]"
/** What is written in afterwards, and may have to be fetched first. */
const OPENS_FIELD: readonly CommandId[] = ["palette", "assign", "tag", "reply", "note", "view", "sort", "filter"]

/** Keys pressed anywhere on the page, unless something on top of it is using them. */
export function useKeyListener(options: Omit<KeyboardOptions, "due">, run: (id: CommandId) => boolean): void {
  const typeAhead = createTypeAhead(options.clock, target => target.matches(WRITES))
  const keyboard = createKeyboard({ ...options, due: id => void act(id) })

  function act(id: CommandId): boolean {
    if (OPENS_FIELD.includes(id)) typeAhead.expect()
    const isDone = run(id)
    if (!isDone) typeAhead.stop()
    return isDone
  }

  function listen(event: KeyboardEvent) {
    if (event.defaultPrevented || isComposing(event)) return
    const target = event.target instanceof Element ? event.target : document.body
    if (target.closest(OVERLAYS) || document.querySelector("[role=dialog]")) return
    if (typeAhead.keeps(event)) return event.preventDefault()
    const id = keyboard.press(event, target.matches(WRITES))
    if (!id || (id === "open" && !mayOpen(target))) return
    if (act(id)) return event.preventDefault()
    if (id === "back" && target instanceof HTMLElement) target.blur()
  }
  onMounted(() => {
    window.addEventListener("keydown", listen)
    window.addEventListener("pointerdown", keyboard.touch, true)
    window.addEventListener("focusin", typeAhead.arrive)
  })
  onUnmounted(() => {
    keyboard.stop()
    window.removeEventListener("keydown", listen)
    window.removeEventListener("pointerdown", keyboard.touch, true)
    window.removeEventListener("focusin", typeAhead.arrive)
  })
}

/** Enter belongs to whatever has the focus; only the page itself and the list give it away. */
function mayOpen(target: Element): boolean {
  return target === document.body || target.closest("[data-conversation-list]") !== null
}
