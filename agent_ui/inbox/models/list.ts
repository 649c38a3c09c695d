import type { ConversationPage, ConversationView } from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import type { Api } from "../../shared/models/api"
import type { Conversations } from "../../shared/models/conversations"
import { belongs, compareOf, type Filter, sortOf, wholeFilter } from "../../shared/models/order"
import { layPage, moveRow } from "../../shared/models/rows"
import { finder } from "../../shared/models/words-in"

export type ListState = "loading" | "ready" | "failed"

export interface List {
  readonly filter: Filter
  readonly rows: Readonly<ShallowRef<readonly ConversationView[]>>
  readonly state: Readonly<ShallowRef<ListState>>
  readonly isLoadingMore: Readonly<ShallowRef<boolean>>
  readonly hasMore: Readonly<ShallowRef<boolean>>
  /** The server is still reading older messages, so a search may lack some. */
  readonly isReading: Readonly<ShallowRef<boolean>>
  /** Where the reader left the list, so coming back returns there. */
  scrollTop: number
  /** Fetch from the start, keeping on screen what is there, to the depth read so far. */
  refresh(): Promise<void>
  more(): Promise<void>
  stop(): void
}

export const PAGE_SIZE = 100
/** Whoever scrolls on wants more of it. */
const NEXT_SIZE = 200

/** One filter's conversations in order: pages from the server, kept true by what the store hears. */
export function createList(
  api: Api,
  store: Conversations,
  filter: Filter,
  me: string,
  positionOf: (status: string) => number = () => 0,
): List {
  const compare = compareOf(sortOf(filter), positionOf)
  const holdsWords = finder(filter.query)
  const rows = shallowRef<readonly ConversationView[]>([])
  const state = shallowRef<ListState>("loading")
  const isLoadingMore = shallowRef(false)
  const hasMore = shallowRef(true)
  const isReading = shallowRef(false)
  const isSearch = filter.query !== ""
  let shown = new Map<string, ConversationView>()
  /** What changed since the running fetch was sent. */
  let touched = new Set<string>()
  let cursor: string | null = null
  let run = 0
  let isTaking = false

  function set(next: readonly ConversationView[]) {
    rows.value = next
    shown = new Map(next.map(row => [row.id, row]))
  }

  function replaceInPlace(before: ConversationView, now: ConversationView) {
    const next = rows.value.slice()
    next[next.indexOf(before)] = now
    shown.set(now.id, now)
    rows.value = next
  }

  const stop = store.onChange(now => {
    if (isTaking) return
    touched.add(now.id)
    const before = shown.get(now.id)
    // What the server found stays, whatever it says now: words further back are the server's to look for.
    const isIn = belongs(now, filter, me) && (!isSearch || before !== undefined || holdsWords(now))
    if (!before && !isIn) return
    if (before && isIn && compare(before, now) === 0) return replaceInPlace(before, now)
    const moved = moveRow(rows.value, before, isIn ? now : null, compare)
    const isPastEnd = isIn && hasMore.value && moved.at(-1) === now
    rows.value = isPastEnd ? moved.slice(0, -1) : moved
    if (isIn && !isPastEnd) shown.set(now.id, now)
    else shown.delete(now.id)
  })

  function fetchPage(after: string | null): Promise<ConversationPage> {
    const { view, shelf, query: q, ...narrowing } = wholeFilter(filter)
    const query = new URLSearchParams({ view, category: shelf, limit: String(after ? NEXT_SIZE : PAGE_SIZE) })
    if (q) query.set("q", q)
    for (const [name, value] of Object.entries(narrowing)) if (value) query.set(name, value)
    if (after) query.set("after", after)
    touched = new Set()
    return api.get<ConversationPage>(`/conversations?${query}`)
  }

  function take(page: ConversationPage, from: ConversationView | null) {
    isTaking = true
    for (const row of page.conversations) store.put(row, false)
    isTaking = false
    cursor = page.next
    hasMore.value = page.next !== null
    isReading.value = page.is_reading
    const known = page.conversations.map(row => store.get(row.id) ?? row)
    const mine = known.filter(row => belongs(row, filter, me))
    const held = rows.value.map(row => store.get(row.id) ?? row)
    set(layPage(held, { rows: mine, from, isLast: page.next === null }, touched, compare))
  }

  async function refresh() {
    const mine = ++run
    const depth = isSearch ? 0 : rows.value.length
    if (isSearch) cursor = null
    let from: ConversationView | null = null
    let seen = 0
    if (rows.value.length === 0) state.value = "loading"
    try {
      do {
        const page = await fetchPage(from && cursor)
        if (mine !== run) return
        take(page, from)
        from = page.conversations.at(-1) ?? null
        seen += page.conversations.length
        state.value = "ready"
      } while (hasMore.value && from !== null && seen < depth)
    } catch {
      if (mine === run && rows.value.length === 0) state.value = "failed"
    }
  }

  async function more() {
    if (isLoadingMore.value || state.value !== "ready" || cursor === null) return
    const mine = run
    isLoadingMore.value = true
    try {
      const page = await fetchPage(cursor)
      if (mine === run) take(page, rows.value.at(-1) ?? null)
    } catch {
      // The reader is still scrolling; the next row that comes into sight asks again.
    } finally {
      isLoadingMore.value = false
    }
  }

  if (isSearch) {
    // What this screen holds is searched at once; the server's answer completes it.
    const held = store.all().filter(row => belongs(row, filter, me) && holdsWords(row))
    if (held.length > 0) {
      set(held.sort(compare))
      state.value = "ready"
    }
  }

  return { filter, rows, state, isLoadingMore, hasMore, isReading, scrollTop: 0, refresh, more, stop }
}
