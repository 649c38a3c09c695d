import { type Clock, systemClock } from "@parley/client/clock"
import type { ConversationView } from "@parley/client/contract"
import { type ComputedRef, computed, type ShallowRef, shallowRef } from "vue"
import type { Api } from "../../shared/models/api"
import type { Conversations } from "../../shared/models/conversations"
import { FIRST, type Filter, filterKey } from "../../shared/models/order"
import { createList, type List } from "./list"

export interface Inbox {
  list: Readonly<ShallowRef<List>>
  /** The row the keyboard stands on, and the conversation that is open: one and the same. */
  selectedId: Readonly<ShallowRef<string | null>>
  selectedIndex: ComputedRef<number>
  show(filter: Filter): void
  select(id: string | null): void
  /** The conversation `steps` further down (or up), even when the selected one has just left the list. */
  neighbour(steps: number): ConversationView | undefined
  /** Those the reader is likely to open next. */
  around(): string[]
  refresh(): Promise<void>
  stop(): void
}

const HELD = 6
/** While somebody types, the server is asked when they pause; what is held here is searched with every letter. */
const TYPING_MS = 120

/** Which list is shown, which row is selected. Lists seen lately are kept live, so coming back is instant. */
export function createInbox(
  api: Api,
  conversations: Conversations,
  me: string,
  clock: Clock = systemClock,
  positionOf: (status: string) => number = () => 0,
  /** Called before a list is asked for: what moves on it must be heard by then. */
  shown: (filter: Filter) => void = () => {},
): Inbox {
  const held = new Map<string, List>()
  let stopAsking = () => {}
  const list = shallowRef(open(FIRST))
  const selectedId = shallowRef<string | null>(null)
  /** Where the selected row stood while it was in the list. */
  let lastIndex = -1

  const selectedIndex = computed(() => {
    const at = list.value.rows.value.findIndex(row => row.id === selectedId.value)
    if (at >= 0) lastIndex = at
    return at
  })

  function open(filter: Filter): List {
    const key = filterKey(filter)
    const known = held.get(key)
    held.delete(key)
    const found = known ?? createList(api, conversations, filter, me, positionOf)
    held.set(key, found)
    stopAsking()
    if (!known && filter.query) stopAsking = clock.after(TYPING_MS, () => void found.refresh())
    else if (!known) void found.refresh()
    for (const [other, one] of held) {
      if (held.size <= HELD) break
      if (one === found || filterKey(one.filter) === filterKey(FIRST)) continue
      one.stop()
      held.delete(other)
    }
    return found
  }

  function neighbour(steps: number): ConversationView | undefined {
    const rows = list.value.rows.value
    const at = selectedIndex.value
    if (at >= 0) return rows[Math.min(rows.length - 1, Math.max(0, at + steps))]
    // What stood below has moved up into the empty place.
    const gone = Math.min(lastIndex, rows.length)
    if (lastIndex < 0) return rows[0]
    return rows[Math.min(rows.length - 1, Math.max(0, steps > 0 ? gone + steps - 1 : gone + steps))]
  }

  return {
    list,
    selectedId,
    selectedIndex,
    show(filter) {
      if (filterKey(filter) === filterKey(list.value.filter)) return
      shown(filter)
      const isHeld = held.has(filterKey(filter))
      list.value = open(filter)
      if (isHeld) void list.value.refresh() // nothing was heard of it while it was not shown
      lastIndex = -1
    },
    select(id) {
      selectedId.value = id
    },
    neighbour,
    around() {
      const ids = [1, -1, 2].map(steps => neighbour(steps)?.id)
      return ids.filter((id): id is string => id !== undefined && id !== selectedId.value)
    },
    async refresh() {
      await Promise.all([...held.values()].map(one => one.refresh()))
    },
    stop() {
      stopAsking()
      for (const one of held.values()) one.stop()
      held.clear()
    },
  }
}
