import type { Clock } from "@parley/client/clock"
import type { ConversationCounts, ConversationView, SavedViewView } from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import type { Api } from "../../shared/models/api"
import type { Conversations } from "../../shared/models/conversations"
import { belongs, isListed, VIEWS, type View } from "../../shared/models/order"

export type Counts = Record<View, number>

/** How many each saved view holds, by its id. */
export type SavedCounts = ReadonlyMap<string, number>

export interface ViewCounts {
  /** Empty until the server has said. */
  now: Readonly<ShallowRef<Counts | null>>
  saved: Readonly<ShallowRef<SavedCounts>>
  refresh(): Promise<void>
  stop(): void
}

const SETTLE_MS = 1500
/** Of the views, those a reader sees without opening a menu, and some more. */
const MOST_COUNTED = 12

/**
 * How many open conversations each view holds. Moved at once by what this screen sees, then asked for again when
 * things have settled, because a screen does not hold every conversation.
 */
export function createCounts(
  api: Api,
  store: Conversations,
  clock: Clock,
  me: string,
  views: () => readonly SavedViewView[] = () => [],
): ViewCounts {
  const now = shallowRef<Counts | null>(null)
  const saved = shallowRef<SavedCounts>(new Map())
  let stopWaiting: (() => void) | null = null
  let isStopped = false

  async function refresh() {
    const shown = views().flatMap((view, place) => (place < MOST_COUNTED ? [view.id] : []))
    const query = new URLSearchParams({ views: shown.join(",") })
    const said = await api.get<ConversationCounts>(`/conversations/counts?${query}`).catch(() => null)
    if (!said || isStopped) return
    now.value = { mine: said.mine, unassigned: said.unassigned, all: said.all }
    saved.value = new Map(said.saved.map(({ id, count }) => [id, count]))
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

  function moveSaved(after: ConversationView, before: ConversationView) {
    const steps = views().flatMap(({ id, filter, tickets }) => {
      const isIn = (row: ConversationView) => belongs(row, filter, me) && isListed(row, tickets)
      const step = Number(isIn(after)) - Number(isIn(before))
      return step !== 0 && filter.query === "" ? [[id, step] as const] : []
    })
    if (steps.length === 0) return
    const next = new Map(saved.value)
    for (const [id, step] of steps) next.set(id, Math.max(0, (next.get(id) ?? 0) + step))
    saved.value = next
    settle()
  }

  const unsubscribe = store.onChange((after, before, isNews) => {
    if (!before && isNews) settle()
    if (!before) return
    moveSaved(after, before)
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
    saved,
    refresh,
    stop() {
      isStopped = true
      unsubscribe()
      stopWaiting?.()
    },
  }
}
