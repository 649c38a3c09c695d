import type { Clock } from "@parley/client/clock"
import type { WallView } from "@parley/client/contract"
import { onScopeDispose, type ShallowRef, shallowRef, watch } from "vue"
import { figuresOf } from "./figures"

const PAUSE_MS = 10_000

/** A sentence for those who listen rather than look, at most once in ten seconds. */
export function useSummary(
  wall: Readonly<ShallowRef<WallView | null>>,
  clock: Clock,
  say: (waiting: number, online: number) => string,
): Readonly<ShallowRef<string>> {
  const summary = shallowRef("")
  let stop: (() => void) | null = null
  function speak() {
    if (!wall.value) return
    const { waiting, online } = figuresOf(wall.value)
    summary.value = say(waiting, online)
  }
  watch(wall, () => {
    if (stop) return
    speak()
    stop = clock.after(PAUSE_MS, () => {
      stop = null
      speak()
    })
  })
  onScopeDispose(() => stop?.())
  return summary
}
