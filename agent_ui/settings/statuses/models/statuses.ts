import type { Category, ClockMode, SaveStatus, StatusColor, StatusList, StatusUseView } from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import type { Api } from "../../../shared/models/api"

export const CATEGORIES: readonly Category[] = ["new", "open", "waiting", "resolved", "closed"]
export const COLORS: readonly StatusColor[] = ["gray", "blue", "cyan", "teal", "green", "violet", "pink", "brown"]
export const CLOCKS: readonly ClockMode[] = ["runs", "pauses", "stops"]
/** What SLA clocks do where a status does not say it. */
export const USUAL_CLOCKS: Record<Category, ClockMode> = {
  new: "runs",
  open: "runs",
  waiting: "pauses",
  resolved: "stops",
  closed: "stops",
}

export interface Statuses {
  statuses: Readonly<ShallowRef<readonly StatusUseView[]>>
  state: Readonly<ShallowRef<"loading" | "failed" | "stale" | "ready">>
  load(): Promise<void>
  /** Adds one without a key. These three raise ApiError. */
  save(key: string | null, said: SaveStatus): Promise<void>
  retire(key: string, replaceBy: string | null): Promise<void>
  order(keys: readonly string[]): Promise<void>
}

/** Every status, with how much it is used. A change to one may move others, so all are read again. */
export function createStatuses(api: Api): Statuses {
  const statuses = shallowRef<readonly StatusUseView[]>([])
  const state = shallowRef<"loading" | "failed" | "stale" | "ready">("loading")

  async function read() {
    statuses.value = (await api.get<StatusList>("/statuses")).statuses
    state.value = "ready"
  }

  async function load() {
    if (state.value === "failed") state.value = "loading"
    await read().catch(() => {
      state.value = state.value === "loading" ? "failed" : "stale"
    })
  }

  return {
    statuses,
    state,
    load,
    async save(key, said) {
      await (key ? api.put(`/statuses/${key}`, said) : api.post("/statuses", said))
      await load()
    },
    async retire(key, replaceBy) {
      await api.post(`/statuses/${key}/retire`, { replace_by: replaceBy })
      await load()
    },
    async order(keys) {
      const before = statuses.value
      const placeOf = (it: StatusUseView) => (keys.includes(it.status.key) ? keys.indexOf(it.status.key) : keys.length)
      statuses.value = [...before].sort((a, b) => placeOf(a) - placeOf(b))
      try {
        statuses.value = (await api.put<StatusList>("/statuses", { keys })).statuses
      } catch (error) {
        statuses.value = before
        throw error
      }
    },
  }
}
