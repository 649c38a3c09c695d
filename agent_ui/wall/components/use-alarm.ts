import type { WallView } from "@parley/client/contract"
import { onScopeDispose, type ShallowRef, watch } from "vue"
import { crossed } from "./levels"

/** Rings once when a figure goes over its threshold; again only after it has come back. What was over already is no news. */
export function useAlarm(
  wall: Readonly<ShallowRef<WallView | null>>,
  now: Readonly<ShallowRef<number>>,
  ring: (figure: string) => void,
): void {
  let before: Set<string> | null = null
  const stop = watch(
    [wall, now],
    () => {
      if (!wall.value) return
      const over = crossed(wall.value.queues, now.value)
      const news = before ? [...over].find(figure => !before?.has(figure)) : undefined
      before = over
      if (news !== undefined) ring(news)
    },
    { immediate: true },
  )
  onScopeDispose(stop)
}
