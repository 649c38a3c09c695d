import { onScopeDispose, type ShallowRef, shallowRef, watch } from "vue"
import { useConversation } from "../model"
import type { AgentThread, Snapshot } from "../models/threads"

export interface ThreadInView {
  thread: Readonly<ShallowRef<AgentThread>>
  snapshot: Readonly<ShallowRef<Snapshot>>
}

/** The thread of the conversation in view and its newest snapshot, as the id changes. */
export function useThread(id: () => string): ThreadInView {
  const { threads } = useConversation()
  const thread = shallowRef(threads.open(id()))
  const snapshot = shallowRef(thread.value.snapshot())
  let stop = follow()

  function follow() {
    const followed = thread.value
    return followed.subscribe(() => {
      snapshot.value = followed.snapshot()
    })
  }

  watch(id, now => {
    stop()
    thread.value = threads.open(now)
    snapshot.value = thread.value.snapshot()
    stop = follow()
  })
  onScopeDispose(() => stop())
  return { thread, snapshot }
}
