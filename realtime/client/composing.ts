/** A key that belongs to an input method. Safari ends the composition before its Enter, which only carries the code 229. */
export function isComposing({ isComposing, keyCode }: Pick<KeyboardEvent, "isComposing" | "keyCode">): boolean {
  return isComposing || keyCode === 229
}
