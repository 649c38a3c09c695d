import { onScopeDispose, type ShallowRef, watch } from "vue"
import { useApp } from "../../shared/context"
import { isOfferedTo } from "../../shared/models/order"
import { useConversation } from "../model"
import type { ThreadInView } from "./use-thread"

/** Passing over conversations with j is not reading them. */
const SETTLE_MS = 350

/**
 * While a conversation is in front of the agent: colleagues see who looks, and what is on a visible screen is read.
 * `seen` is the newest message in sight: what lies below it is not read.
 */
export function useAttention(
  id: () => string,
  { thread, snapshot }: ThreadInView,
  seen: Readonly<ShallowRef<number>>,
): void {
  const { clock, conversations, people } = useApp()
  const { view, leave } = useConversation()
  let isSettled = false
  let stopSettling = () => {}

  /** The server takes looking for accepting: what is offered is looked at in private until it is accepted. */
  const isOffered = () => isOfferedTo(conversations.get(id()) ?? null, people.meId)

  function look() {
    if (!isSettled || isOffered()) return
    view(id())
    if (!document.hidden && document.hasFocus()) thread.value.read(seen.value)
  }

  function arrive() {
    isSettled = false
    stopSettling()
    stopSettling = clock.after(SETTLE_MS, () => {
      isSettled = true
      look()
    })
  }

  watch(id, arrive, { immediate: true })
  watch([snapshot, seen, isOffered], look)
  document.addEventListener("visibilitychange", look)
  window.addEventListener("focus", look)
  onScopeDispose(() => {
    stopSettling()
    document.removeEventListener("visibilitychange", look)
    window.removeEventListener("focus", look)
    leave(id())
  })
}
