import type { ClosedTickets, Step } from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import type { Api } from "../../shared/models/api"
import { localZone } from "./work-route"

export interface ClosedOverTime {
  closed: Readonly<ShallowRef<ClosedTickets | null>>
  state: Readonly<ShallowRef<"loading" | "ready" | "stale" | "failed">>
  show(step: Step): Promise<void>
}

/** How many tickets were closed in each of the latest days, weeks or months of the reader's time zone. */
export function createClosedOverTime(api: Api): ClosedOverTime {
  const closed = shallowRef<ClosedTickets | null>(null)
  const state = shallowRef<"loading" | "ready" | "stale" | "failed">("loading")
  let run = 0

  return {
    closed,
    state,
    async show(step) {
      const mine = ++run
      if (closed.value?.step !== step) {
        closed.value = null
        state.value = "loading"
      }
      try {
        const query = new URLSearchParams({ step, zone: localZone() })
        const found = await api.get<ClosedTickets>(`/tickets/closed?${query}`)
        if (mine !== run) return
        closed.value = found
        state.value = "ready"
      } catch {
        if (mine === run) state.value = closed.value ? "stale" : "failed"
      }
    },
  }
}
