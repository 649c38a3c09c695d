import { systemClock } from "@parley/client/clock"
import { late } from "@parley/client/late"
import { type Component, defineAsyncComponent } from "vue"
import { createLazyModules, type LazyModules } from "./models/lazy-modules"

/** One for the page, like the browser's own memory of what it has imported. */
const all = createLazyModules(systemClock, () => late.isGone)

export const lazyModules: LazyModules = {
  ...all,
  /** With the drawings that the first screen does without. */
  async fetch(load) {
    const [module] = await Promise.all([all.fetch(load), all.fetch(() => import("virtual:late-icons"))])
    return module
  },
}

/** A component that is fetched when it is first drawn. */
export function lazyComponent<C extends Component>(load: () => Promise<{ default: C }>): C {
  return defineAsyncComponent(() => lazyModules.fetch(load))
}
