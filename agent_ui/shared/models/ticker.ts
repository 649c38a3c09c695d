import type { Clock } from "@parley/client/clock"
import { type ShallowRef, shallowRef } from "vue"

export interface Ticker {
  /** Moves once a second. Reading it in a component's own render redraws that component alone. */
  now: Readonly<ShallowRef<number>>
  stop(): void
}

/** One shared second hand for every age on the screen. */
export function createTicker(clock: Clock): Ticker {
  const now = shallowRef(clock.now())
  let stop = () => {}
  function tick() {
    now.value = clock.now()
    stop = clock.after(1000, tick)
  }
  tick()
  return { now, stop: () => stop() }
}
