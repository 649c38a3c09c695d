import { computed, type ShallowRef, shallowRef, watch } from "vue"
import { useApp } from "../../shared/context"
import { useConversation } from "../model"
import type { Composer } from "../models/composer"
import type { Snapshot } from "../models/threads"

/** Sending what is in the composer: not past a colleague who is writing too, and with time to take it back. */
export function useSending(
  id: () => string,
  model: Readonly<ShallowRef<Composer>>,
  snapshot: Readonly<ShallowRef<Snapshot>>,
) {
  const app = useApp()
  const { holdMs: hold, outbox, drafts, resolveWhenSent, actions } = useConversation()
  /** What is asked about before it is sent; `andResolve` is what was wanted. */
  const held = shallowRef<{ andResolve: boolean; names: string[] } | null>(null)
  let isForewarned = false

  const others = computed(() =>
    snapshot.value.typing.filter(it => it.kind === "agent" && it.id !== app.people.meId).map(it => it.name),
  )
  watch(others, now => {
    if (now.length === 0) isForewarned = false
  })
  watch(id, () => {
    held.value = null
    isForewarned = false
  })

  async function send(andResolve: boolean, isSure = false): Promise<void> {
    const conversationId = id()
    const composer = model.value
    const isReply = composer.mode.value === "public" && composer.canSend.value
    if (isReply && !isSure && !isForewarned && others.value.length > 0) {
      held.value = { andResolve, names: others.value }
      isForewarned = true
      return
    }
    held.value = null
    const isEmpty = composer.body.value.trim() === ""
    const holdMs = isReply ? hold.value : 0
    const entry = await composer.send(holdMs ? { hold_ms: holdMs } : {})
    if (entry && holdMs) {
      app.undo.done({
        key: "done.sending",
        isTimed: true,
        undo: async () => {
          await outbox.discard(entry.client_id)
          if (model.value === composer) composer.takeBack(entry)
          else drafts.takeBack(conversationId, entry)
        },
      })
    }
    if (!andResolve) return
    if (entry) resolveWhenSent(conversationId, entry.client_id)
    else if (isEmpty) await actions.resolve(conversationId)
  }

  return { send, held }
}
