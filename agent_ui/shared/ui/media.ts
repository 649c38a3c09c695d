import { onScopeDispose, type ShallowRef, shallowRef } from "vue"

/** Whether a media query holds, as it changes. */
export function useMedia(query: string): Readonly<ShallowRef<boolean>> {
  const media = matchMedia(query)
  const matches = shallowRef(media.matches)
  const update = () => {
    matches.value = media.matches
  }
  media.addEventListener("change", update)
  onScopeDispose(() => media.removeEventListener("change", update))
  return matches
}

/** Room for list, thread and details side by side. */
export const WIDE = "(min-width: 1200px)"
/** Room for the list beside something else. */
export const MEDIUM = "(min-width: 768px)"
