import type { WarningPage, WarningView } from "@parley/client/contract"
import { computed, type Ref, type ShallowRef, shallowRef } from "vue"
import type { Api } from "../../shared/models/api"

/** What somebody should mend, as long as it lasts. */
export interface Warnings {
  all: Readonly<ShallowRef<readonly WarningView[]>>
  /** What this agent has not put aside. */
  open: Readonly<Ref<readonly WarningView[]>>
  refresh(): Promise<void>
  /** Not to be told of it again. */
  dismiss(key: string): Promise<void>
}

/** For whoever may know; nobody else asks. */
export function createWarnings(api: Api, mayKnow: () => boolean): Warnings {
  const all = shallowRef<readonly WarningView[]>([])
  let asked = 0

  async function refresh() {
    if (!mayKnow()) return
    const mine = ++asked
    const answer = await api.get<WarningPage>("/notices").catch(() => null)
    if (answer && mine === asked) all.value = answer.notices
  }

  return {
    all,
    open: computed(() => all.value.filter(warning => !warning.is_dismissed)),
    refresh,
    async dismiss(key) {
      const before = all.value
      all.value = before.map(warning => (warning.key === key ? { ...warning, is_dismissed: true } : warning))
      await api.post("/notices/dismiss", { key }).catch(() => {
        all.value = before
      })
    },
  }
}
