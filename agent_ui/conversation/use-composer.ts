import { onScopeDispose, type ShallowRef, shallowRef, watch } from "vue"
import { type Composer, createComposer } from "../models/composer"
import type { Desk } from "../models/desk"
import type { AgentThread } from "../models/threads"
import { useDesk } from "../shell/context"

/** Composers that were left while files were on their way: those still arrive in their draft. */
const uploading = new WeakMap<Desk, Map<string, Composer>>()

/** What is being written in the conversation in view, taken up where it was left. */
export function useComposer(
  id: () => string,
  thread: Readonly<ShallowRef<AgentThread>>,
): Readonly<ShallowRef<Composer>> {
  const desk = useDesk()
  const { drafts, upload, maxFileBytes } = desk
  const left = uploading.get(desk) ?? new Map<string, Composer>()
  uploading.set(desk, left)

  function open(): Composer {
    const known = left.get(id())
    left.delete(id())
    return known ?? createComposer(id(), thread.value, drafts, upload, maxFileBytes)
  }

  function leave(leftId: string, it: Composer) {
    left.set(leftId, it)
    void it.uploaded().then(() => {
      if (left.get(leftId) !== it) return
      left.delete(leftId)
      it.stop()
    })
  }

  const composer = shallowRef(open())
  watch(id, (_, before) => {
    leave(before, composer.value)
    composer.value = open()
  })
  onScopeDispose(() => leave(id(), composer.value))
  return composer
}
