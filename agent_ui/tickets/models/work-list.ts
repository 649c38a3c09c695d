import type { Clock } from "@parley/client/clock"
import type { ConversationPage, ConversationView, TicketCount } from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import type { Api } from "../../shared/models/api"
import type { Conversations } from "../../shared/models/conversations"
import { belongs, type Filter, isListed, wholeFilter } from "../../shared/models/order"
import { finder } from "../../shared/models/words-in"
import { compareWork, NEWEST, type Positions } from "./work-order"

/** What the work list shows: what any list can be narrowed to, and what only tickets have. */
export interface WorkFilter {
  filter: Filter
  /** Empty for all. */
  topic: string
  order: string
  /** The span of time it was closed in, the end left out; empty for any. */
  closed_from: string | null
  closed_to: string | null
}

export interface WorkList {
  shown: Readonly<ShallowRef<WorkFilter>>
  /** As the list was laid: what has changed since stands where it was, as it is now. */
  rows: Readonly<ShallowRef<readonly ConversationView[]>>
  state: Readonly<ShallowRef<"loading" | "ready" | "failed">>
  isLoadingMore: Readonly<ShallowRef<boolean>>
  hasMore: Readonly<ShallowRef<boolean>>
  /** How many there are, counted up to 1,000; null before the server has said. */
  count: Readonly<ShallowRef<number | null>>
  /** How many rows are new, gone, or belong elsewhere by now. */
  changes: Readonly<ShallowRef<number>>
  /** The ticket opened last. */
  currentId: Readonly<ShallowRef<string | null>>
  /** Where the reader left the list. */
  scrollTop: number
  show(next: WorkFilter): Promise<void>
  /** Lay the list anew, to the depth read so far. */
  refresh(): Promise<void>
  more(): Promise<void>
  select(id: string | null): void
  neighbour(steps: number): ConversationView | undefined
  stop(): void
}

export const FIRST_WORK: WorkFilter = {
  filter: { view: "all", shelf: "open", query: "" },
  topic: "",
  order: NEWEST,
  closed_from: null,
  closed_to: null,
}
const PAGE_SIZE = 100
const NEXT_SIZE = 200
/** A list read further down than this begins anew when it is laid again. */
const MAX_DEPTH = 2000
const SETTLE_MS = 1500

export const workKey = ({ filter, topic, order, closed_from, closed_to }: WorkFilter): string =>
  [...Object.values({ ...wholeFilter(filter), sort: "" }), topic, order, closed_from, closed_to].join("/")

/** What the server is asked for: the list, its count, its file. */
export function workParameters({ filter, topic, closed_from, closed_to }: WorkFilter): URLSearchParams {
  const { view, shelf, query: q, sort: _, ...narrowing } = wholeFilter(filter)
  const asked = Object.entries({ ...narrowing, q, topic, closed_from, closed_to }).filter(([, value]) => value)
  return new URLSearchParams({ view, category: shelf, ...Object.fromEntries(asked) })
}

/** The tickets that a filter lets through. Rows change in place; another order is offered, never forced. */
export function createWorkList(
  api: Api,
  store: Conversations,
  me: string,
  positions: Positions,
  clock: Clock,
): WorkList {
  const shown = shallowRef(FIRST_WORK)
  const rows = shallowRef<readonly ConversationView[]>([])
  const state = shallowRef<"loading" | "ready" | "failed">("loading")
  const isLoadingMore = shallowRef(false)
  const hasMore = shallowRef(false)
  const count = shallowRef<number | null>(null)
  const changes = shallowRef(0)
  const currentId = shallowRef<string | null>(null)
  let places = new Map<string, number>()
  /** Those that are new, gone, or belong elsewhere. */
  let strays = new Set<string>()
  let cursor: string | null = null
  let run = 0
  let isTaking = false
  let lastPlace = -1
  let stopCounting: (() => void) | null = null

  const compare = () => compareWork(shown.value.order, shown.value.filter.shelf, positions)

  function isIn(row: ConversationView): boolean {
    const { filter, topic, closed_from, closed_to } = shown.value
    if (!belongs(row, filter, me) || !isListed(row, { topic })) return false
    const closed = row.ticket?.closed_at ?? null
    if (closed_from && (!closed || Date.parse(closed) < Date.parse(closed_from))) return false
    if (closed_to && (!closed || Date.parse(closed) >= Date.parse(closed_to))) return false
    return filter.query === "" || places.has(row.id) || finder(filter.query)(row)
  }

  function lay(next: readonly ConversationView[]) {
    rows.value = next
    places = new Map(next.map((row, place) => [row.id, place]))
  }

  function isPlaced(row: ConversationView, place: number): boolean {
    const order = compare()
    const before = rows.value[place - 1]
    const after = rows.value[place + 1]
    return (!before || order(before, row) <= 0) && (!after || order(row, after) <= 0)
  }

  function stray(id: string, is: boolean) {
    if (strays.has(id) === is) return
    if (is) strays.add(id)
    else strays.delete(id)
    changes.value = strays.size
    settle()
  }

  const stopHearing = store.onChange(now => {
    if (isTaking || state.value !== "ready") return
    const place = places.get(now.id)
    if (place === undefined) {
      const last = rows.value.at(-1)
      const isPastEnd = hasMore.value && last !== undefined && compare()(last, now) < 0
      return stray(now.id, isIn(now) && !isPastEnd)
    }
    const next = rows.value.slice()
    next[place] = now
    rows.value = next
    stray(now.id, !isIn(now) || !isPlaced(now, place))
  })

  function fetchPage(after: string | null): Promise<ConversationPage> {
    const query = workParameters(shown.value)
    query.set("order", shown.value.order)
    query.set("limit", String(after ? NEXT_SIZE : PAGE_SIZE))
    if (after) query.set("after", after)
    return api.get<ConversationPage>(`/tickets/list?${query}`)
  }

  function take(page: ConversationPage): ConversationView[] {
    isTaking = true
    for (const row of page.conversations) store.put(row, false)
    isTaking = false
    return page.conversations.map(row => store.get(row.id) ?? row)
  }

  async function recount() {
    const asked = workKey(shown.value)
    const said = await api.get<TicketCount>(`/tickets/count?${workParameters(shown.value)}`).catch(() => null)
    if (said && asked === workKey(shown.value)) count.value = said.count
  }

  function settle() {
    stopCounting ??= clock.after(SETTLE_MS, () => {
      stopCounting = null
      void recount()
    })
  }

  async function refresh() {
    const mine = ++run
    const depth = rows.value.length > MAX_DEPTH ? 0 : rows.value.length
    if (rows.value.length === 0) state.value = "loading"
    void recount()
    const found = new Map<string, ConversationView>()
    let after: string | null = null
    try {
      do {
        const page: ConversationPage = await fetchPage(after)
        if (mine !== run) return
        for (const row of take(page)) found.set(row.id, row)
        after = page.next
      } while (after && found.size < depth)
    } catch {
      if (mine === run) state.value = rows.value.length === 0 ? "failed" : state.value
      return
    }
    cursor = after
    hasMore.value = after !== null
    lay([...found.values()])
    strays = new Set()
    changes.value = 0
    state.value = "ready"
  }

  async function more() {
    if (isLoadingMore.value || state.value !== "ready" || cursor === null) return
    const mine = run
    isLoadingMore.value = true
    try {
      const page = await fetchPage(cursor)
      if (mine !== run) return
      const fresh = take(page).filter(row => !places.has(row.id))
      for (const row of fresh) stray(row.id, false)
      cursor = page.next
      hasMore.value = page.next !== null
      lay([...rows.value, ...fresh])
    } catch {
      // The reader is still scrolling; the next row that comes into sight asks again.
    } finally {
      isLoadingMore.value = false
    }
  }

  const list: WorkList = {
    shown,
    rows,
    state,
    isLoadingMore,
    hasMore,
    count,
    changes,
    currentId,
    scrollTop: 0,
    async show(next) {
      const isSame = workKey(next) === workKey(shown.value)
      shown.value = next
      if (isSame && state.value === "ready") return
      lay([])
      list.scrollTop = 0
      count.value = null
      await refresh()
    },
    refresh,
    more,
    select(id) {
      currentId.value = id
      lastPlace = places.get(id ?? "") ?? lastPlace
    },
    neighbour(steps) {
      const place = places.get(currentId.value ?? "") ?? lastPlace
      if (place < 0) return rows.value[0]
      return rows.value[Math.min(rows.value.length - 1, Math.max(0, place + steps))]
    },
    stop() {
      stopHearing()
      stopCounting?.()
    },
  }
  return list
}
