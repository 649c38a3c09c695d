import type { TicketPage, TicketView } from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import type { Api } from "./api"

export interface Tickets {
  tickets: Readonly<ShallowRef<readonly TicketView[]>>
  state: Readonly<ShallowRef<"loading" | "ready" | "failed">>
  hasMore: Readonly<ShallowRef<boolean>>
  refresh(): Promise<void>
  more(): Promise<void>
  put(ticket: TicketView): void
}

/** Every ticket, newest number first. */
export function createTickets(api: Api): Tickets {
  const tickets = shallowRef<readonly TicketView[]>([])
  const state = shallowRef<"loading" | "ready" | "failed">("loading")
  const hasMore = shallowRef(false)
  let cursor: string | null = null
  let run = 0

  function put(added: readonly TicketView[]) {
    const all = new Map([...tickets.value, ...added].map(ticket => [ticket.id, ticket]))
    tickets.value = [...all.values()].sort((a, b) => b.number - a.number)
  }

  async function load(after: string | null) {
    const mine = ++run
    const page = await api.get<TicketPage>(`/tickets${after ? `?after=${encodeURIComponent(after)}` : ""}`)
    if (mine !== run) return
    put(page.tickets)
    cursor = page.next
    hasMore.value = page.next !== null
    state.value = "ready"
  }

  return {
    tickets,
    state,
    hasMore,
    put: ticket => put([ticket]),
    async refresh() {
      if (tickets.value.length === 0) state.value = "loading"
      await load(null).catch(() => {
        if (tickets.value.length === 0) state.value = "failed"
      })
    },
    async more() {
      if (cursor) await load(cursor).catch(() => {})
    },
  }
}
