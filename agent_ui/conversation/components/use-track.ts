import { type ComputedRef, computed, shallowRef } from "vue"
import type { Track } from "../../changes"
import { useApp } from "../../shared/context"
import { lazyModules } from "../../shared/lazy-modules"

/** The changes of a conversation, once the part of the program that shows them is there. */
export function useTrack(id: () => string | null): ComputedRef<Track | null> {
  const app = useApp()
  const open = shallowRef<((id: string) => Track) | null>(null)
  void lazyModules
    .fetch(() => import("../../changes"))
    .then(({ trackOf }) => {
      open.value = id => trackOf(app, id)
    })
  return computed(() => {
    const now = id()
    return now ? (open.value?.(now) ?? null) : null
  })
}
