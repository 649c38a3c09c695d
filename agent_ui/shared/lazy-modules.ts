import { systemClock } from "@parley/client/clock"
import { late } from "@parley/client/late"
import { type Component, defineAsyncComponent } from "vue"
import { createLazyModules } from "./models/lazy-modules"

/** One for the page, like the browser's own memory of what it has imported. */
export const lazyModules = createLazyModules(systemClock, () => late.isGone)

/** A component that is fetched when it is first drawn. */
export function lazyComponent<C extends Component>(load: () => Promise<{ default: C }>): C {
  return defineAsyncComponent(() => lazyModules.fetch(load))
}
