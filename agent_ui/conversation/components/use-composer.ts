import { onScopeDispose, type ShallowRef, shallowRef, watch } from "vue"
import { useApp } from "../../shared/context"
import type { AgentApp } from "../../shared/models/agent-app"
import { useConversation } from "../model"
import { type Composer, createComposer } from "../models/composer"
import type { AgentThread } from "../models/threads"

/** Composers that were left while files were on their way: those still arrive in their draft. */
const uploading = new WeakMap<AgentApp, Map<string, Composer>>()

/** What is being written in the conversation in view, taken up where it was left. */
export function useComposer(
  id: () => string,
  thread: Readonly<ShallowRef<AgentThread>>,
): Readonly<ShallowRef<Composer>> {
  const app = useApp()
  const { drafts, upload, maxFileBytes } = useConversation()
  const left = uploading.get(app) ?? new Map<string, Composer>()
  uploading.set(app, left)

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
