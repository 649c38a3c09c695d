import type { MeasureLink } from "@parley/client/formatting"
import { type ShallowRef, shallowRef, watchEffect } from "vue"
import { lazyModules } from "../../shared/lazy-modules"

const measureLink = shallowRef<MeasureLink | null>(null)

/** What finds the links in a text, fetched when some text may hold one; until then an address is plain text. */
export function useLinks(isWanted: () => boolean): Readonly<ShallowRef<MeasureLink | null>> {
  watchEffect(() => {
    if (measureLink.value || !isWanted()) return
    void lazyModules
      .fetch(() => import("@parley/client/links"))
      .then(module => {
        measureLink.value = module.measureLink
      })
  })
  return measureLink
}
