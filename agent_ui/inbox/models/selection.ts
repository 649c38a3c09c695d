import type { ConversationView } from "@parley/client/contract"
import { type ComputedRef, computed, type ShallowRef, shallowRef } from "vue"
import { MOST } from "../../shared/models/bulk"

export interface Selection {
  /** In the order of the list; empty when nothing is marked. */
  ids: ComputedRef<readonly string[]>
  /** The row the range was last drawn to. */
  headId: Readonly<ShallowRef<string | null>>
  has(id: string): boolean
  /** Draw the range one row on, beginning at `from`. Returns the row it ends at. */
  extend(steps: number, from: string | null): ConversationView | undefined
  extendTo(id: string, from: string | null): void
  toggle(id: string): void
  clear(): void
}

/** Rows marked to be changed together: a range between two rows, and single ones. They stay marked when the list moves. */
export function createSelection(rows: () => readonly ConversationView[]): Selection {
  const marked = shallowRef<ReadonlySet<string>>(new Set())
  const headId = shallowRef<string | null>(null)
  let anchorId: string | null = null

  const indexOf = (id: string | null) => rows().findIndex(row => row.id === id)

  function draw(anchor: number, head: number) {
    const [from, to] = anchor < head ? [anchor, head] : [head, anchor]
    const range = rows().slice(from, to + 1)
    marked.value = new Set((anchor < head ? range.slice(0, MOST) : range.slice(-MOST)).map(row => row.id))
    headId.value = rows()[head]?.id ?? null
  }

  function extendTo(id: string, from: string | null) {
    const head = indexOf(id)
    if (head < 0) return
    const held = indexOf(anchorId)
    const begins = held >= 0 ? held : indexOf(from)
    const anchor = begins >= 0 ? begins : head
    anchorId = rows()[anchor]?.id ?? null
    draw(anchor, head)
  }

  return {
    ids: computed(() => {
      if (marked.value.size === 0) return []
      const inList = rows().filter(row => marked.value.has(row.id))
      return inList.map(row => row.id)
    }),
    headId,
    has: id => marked.value.has(id),
    extend(steps, from) {
      const all = rows()
      const start = headId.value !== null && marked.value.size > 0 ? indexOf(headId.value) : indexOf(from)
      const head = start < 0 ? 0 : Math.min(all.length - 1, Math.max(0, start + steps))
      const row = all[head]
      if (row) extendTo(row.id, from ?? row.id)
      return row
    },
    extendTo,
    toggle(id) {
      const next = new Set(marked.value)
      if (!next.delete(id) && next.size < MOST) next.add(id)
      marked.value = next
      anchorId = id
      headId.value = id
    },
    clear() {
      marked.value = new Set()
      headId.value = null
      anchorId = null
    },
  }
}
