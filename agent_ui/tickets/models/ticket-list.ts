import type { TicketPage, TicketView } from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import type { Api } from "../../shared/models/api"

export interface TicketFilter {
  query: string
  /** A status's key; empty for all. */
  status: string
  sort: "newest" | "oldest"
}

export interface Tickets {
  filter: Readonly<ShallowRef<TicketFilter>>
  show(filter: TicketFilter): Promise<void>
  tickets: Readonly<ShallowRef<readonly TicketView[]>>
  state: Readonly<ShallowRef<"loading" | "ready" | "failed">>
  hasMore: Readonly<ShallowRef<boolean>>
  refresh(): Promise<void>
  more(): Promise<void>
  put(ticket: TicketView): void
}

const ALL: TicketFilter = { query: "", status: "", sort: "newest" }

/** The tickets a filter lets through, by number. */
export function createTickets(api: Api): Tickets {
  const tickets = shallowRef<readonly TicketView[]>([])
  const filter = shallowRef<TicketFilter>(ALL)
  const state = shallowRef<"loading" | "ready" | "failed">("loading")
  const hasMore = shallowRef(false)
  let cursor: string | null = null
  let run = 0

  function put(added: readonly TicketView[]) {
    const all = new Map([...tickets.value, ...added].map(ticket => [ticket.id, ticket]))
    const way = filter.value.sort === "oldest" ? -1 : 1
    tickets.value = [...all.values()].sort((a, b) => way * (b.number - a.number))
  }

  async function load(after: string | null) {
    const mine = ++run
    const { query, status, sort } = filter.value
    const asked = Object.entries({ q: query, status, sort: sort === "newest" ? "" : sort, after: after ?? "" })
    const parameters = new URLSearchParams(asked.filter(([, value]) => value !== ""))
    const page = await api.get<TicketPage>(`/tickets${parameters.size > 0 ? `?${parameters}` : ""}`)
    if (mine !== run) return
    if (!after) tickets.value = []
    put(page.tickets)
    cursor = page.next
    hasMore.value = page.next !== null
    state.value = "ready"
  }

  async function refresh() {
    if (tickets.value.length === 0) state.value = "loading"
    const mine = run + 1
    await load(null).catch(() => {
      // The rows of another filter would be taken for what was asked.
      if (mine === run) state.value = "failed"
    })
  }

  return {
    tickets,
    state,
    hasMore,
    filter,
    // What the server lets through only it can say.
    put: ticket => (filter.value === ALL ? put([ticket]) : void refresh()),
    refresh,
    show(next) {
      filter.value = next
      return refresh()
    },
    async more() {
      if (cursor) await load(cursor).catch(() => {})
    },
  }
}
