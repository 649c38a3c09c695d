import { isComposing } from "@parley/client/composing"

/** Makes a text field as high as its text, up to what the style sheet allows. Runs after every drawing. */
export function grow(field: HTMLTextAreaElement | null): void {
  if (!field) return
  field.style.height = "auto"
  field.style.height = `${field.scrollHeight}px`
}

/** What Enter does in a field to write in: it sends, unless a new line or a candidate of an input method is meant. */
export function onEnter(send: () => unknown) {
  return (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return
    event.preventDefault()
    send()
  }
}

export function onSubmit(act: () => unknown) {
  return (event: Event) => {
    event.preventDefault()
    act()
  }
}

/** The field to write in; on a touch screen only the panel, so that no keyboard jumps up uninvited. */
export function focusFirst(): void {
  const isTouch = matchMedia("(pointer: coarse)").matches
  document.querySelector<HTMLElement>(isTouch ? "button" : "[data-focus]")?.focus({ preventScroll: true })
}
