import type { MeasureLink } from "@parley/client/formatting"
import { type ShallowRef, shallowRef, watchEffect } from "vue"
import { parts } from "../shell/parts"

const measureLink = shallowRef<MeasureLink | null>(null)

/** What finds the links in a text, fetched when some text may hold one; until then an address is plain text. */
export function useLinks(isWanted: () => boolean): Readonly<ShallowRef<MeasureLink | null>> {
  watchEffect(() => {
    if (measureLink.value || !isWanted()) return
    void parts
      .fetch(() => import("@parley/client/links"))
      .then(part => {
        measureLink.value = part.measureLink
      })
  })
  return measureLink
}
