import type { Checklist } from "@parley/client/contract"
import { computed, type Ref, type ShallowRef, shallowRef } from "vue"
import type { Api } from "../../../shared/models/api"

/** The setup checklist, for admins: what is left until customers can reach someone. */
export interface Setup {
  checklist: Readonly<ShallowRef<Checklist | null>>
  state: Readonly<ShallowRef<"loading" | "failed" | "stale" | "ready">>
  /** To be offered beside everything else: there is something left, and it was not hidden. */
  isOffered: Readonly<Ref<boolean>>
  /** How many steps are left. */
  left: Readonly<Ref<number>>
  refresh(): Promise<void>
  hide(isHidden: boolean): Promise<void>
}

export function createSetup(api: Api, mayManage: () => boolean): Setup {
  const checklist = shallowRef<Checklist | null>(null)
  const state = shallowRef<"loading" | "failed" | "stale" | "ready">("loading")
  let asked = 0

  async function take(ask: () => Promise<Checklist>) {
    if (!mayManage()) return
    const mine = ++asked
    try {
      const answer = await ask()
      if (mine !== asked) return
      checklist.value = answer
      state.value = "ready"
    } catch {
      if (mine === asked) state.value = checklist.value ? "stale" : "failed"
    }
  }

  const left = computed(() => checklist.value?.items.filter(item => !item.is_done).length ?? 0)

  return {
    checklist,
    state,
    left,
    isOffered: computed(() => left.value > 0 && checklist.value?.is_hidden === false),
    refresh: () => take(() => api.get<Checklist>("/setup/checklist")),
    hide: isHidden => take(() => api.put<Checklist>("/setup/checklist", { is_hidden: isHidden })),
  }
}
