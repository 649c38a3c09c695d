import { systemClock } from "@parley/client/clock"
import { late } from "@parley/client/late"
import { type Component, defineAsyncComponent } from "vue"
import { createParts } from "../models/parts"

/** One for the page, like the browser's own memory of what it has imported. */
export const parts = createParts(systemClock, () => late.isGone)

/** A component that is fetched when it is first drawn. */
export function part<C extends Component>(load: () => Promise<{ default: C }>): C {
  return defineAsyncComponent(() => parts.fetch(load))
}
