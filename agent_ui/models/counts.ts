import type { Clock } from "@parley/client/clock"
import type { ConversationCounts, ConversationView } from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import type { Api } from "./api"
import type { Conversations } from "./conversations"
import { belongs, VIEWS, type View } from "./order"

export type Counts = Record<View, number>

export interface ViewCounts {
  /** Empty until the server has said. */
  now: Readonly<ShallowRef<Counts | null>>
  refresh(): Promise<void>
  stop(): void
}

const SETTLE_MS = 1500

/**
 * How many open conversations each view holds. Moved at once by what this screen sees, then asked for again when
 * things have settled, because a screen does not hold every conversation.
 */
export function createCounts(api: Api, store: Conversations, clock: Clock, me: string): ViewCounts {
  const now = shallowRef<Counts | null>(null)
  let stopWaiting: (() => void) | null = null
  let isStopped = false

  async function refresh() {
    const said = await api.get<ConversationCounts>("/conversations/counts").catch(() => null)
    if (said && !isStopped) now.value = { mine: said.mine, unassigned: said.unassigned, all: said.all }
  }

  function settle() {
    stopWaiting ??= clock.after(SETTLE_MS, () => {
      stopWaiting = null
      void refresh()
    })
  }

  function moved(view: View, after: ConversationView, before: ConversationView): number {
    const filter = { view, shelf: "open", query: "" } as const
    return Number(belongs(after, filter, me)) - Number(belongs(before, filter, me))
  }

  const unsubscribe = store.onChange((after, before, isNews) => {
    if (!before && isNews) settle()
    if (!before) return
    const counts = now.value
    const steps = VIEWS.map(view => [view, moved(view, after, before)] as const)
    if (!counts || steps.every(([, step]) => step === 0)) return
    const next = { ...counts }
    for (const [view, step] of steps) next[view] = Math.max(0, next[view] + step)
    now.value = next
    settle()
  })

  return {
    now,
    refresh,
    stop() {
      isStopped = true
      unsubscribe()
      stopWaiting?.()
    },
  }
}
