import type { DryRun, DryRunIs, RuleIs, RuleList, RuleView, SaveRule } from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import { type Api, ApiError } from "../../../shared/models/api"

type Refusal = ApiError["code"]

export interface Rules {
  rules: Readonly<ShallowRef<readonly RuleView[]>>
  state: Readonly<ShallowRef<"loading" | "ready" | "failed">>
  load(): Promise<void>
  /** Adds one without an id. Why it was refused, or null. */
  save(id: string | null, said: SaveRule): Promise<Refusal | null>
  remove(id: string): Promise<Refusal | null>
  order(ids: string[]): Promise<Refusal | null>
  /** What would happen to this message; null when the server would not say. */
  tryOut(message: DryRun): Promise<DryRunIs | null>
}

/** Routing's rules in the order they are tried. A change to one may mend or break another, so all are read again. */
export function createRules(api: Api): Rules {
  const rules = shallowRef<readonly RuleView[]>([])
  const state = shallowRef<"loading" | "ready" | "failed">("loading")

  async function attempt(act: () => Promise<unknown>): Promise<Refusal | null> {
    try {
      await act()
      return null
    } catch (error) {
      return error instanceof ApiError ? error.code : "internal"
    }
  }

  async function read(): Promise<void> {
    rules.value = (await api.get<RuleList>("/routing/rules")).rules
  }

  async function change(act: () => Promise<unknown>): Promise<Refusal | null> {
    const refused = await attempt(act)
    if (!refused) await attempt(read)
    return refused
  }

  return {
    rules,
    state,
    async load() {
      if (!(await attempt(read))) state.value = "ready"
      else if (state.value === "loading") state.value = "failed"
    },
    save: (id, said) =>
      change(() => (id ? api.put<RuleIs>(`/routing/rules/${id}`, said) : api.post<RuleIs>("/routing/rules", said))),
    remove: id => change(() => api.delete(`/routing/rules/${id}`)),
    async order(ids) {
      const before = rules.value
      rules.value = [...before].sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
      const refused = await attempt(async () => {
        rules.value = (await api.put<RuleList>("/routing/rules", { rule_ids: ids })).rules
      })
      if (refused) rules.value = before
      return refused
    },
    async tryOut(message) {
      return api.post<DryRunIs>("/routing/dry-run", message).catch(() => null)
    },
  }
}
