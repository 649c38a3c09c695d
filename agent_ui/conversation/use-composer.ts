import { onScopeDispose, type ShallowRef, shallowRef, watch } from "vue"
import { type Composer, createComposer } from "../models/composer"
import type { AgentThread } from "../models/threads"
import { useDesk } from "../shell/context"

/** What is being written in the conversation in view, taken up where it was left. */
export function useComposer(
  id: () => string,
  thread: Readonly<ShallowRef<AgentThread>>,
): Readonly<ShallowRef<Composer>> {
  const { drafts, upload } = useDesk()
  const make = () => createComposer(id(), thread.value, drafts, upload)
  const composer = shallowRef(make())
  watch(id, () => {
    composer.value.stop()
    composer.value = make()
  })
  onScopeDispose(() => composer.value.stop())
  return composer
}
