import type { NoticeList, NoticeView } from "@parley/client/contract"
import { computed, type Ref, type ShallowRef, shallowRef } from "vue"
import type { Api } from "../../shared/models/api"

/** What somebody should mend, as long as it lasts. */
export interface Warnings {
  all: Readonly<ShallowRef<readonly NoticeView[]>>
  /** What this agent has not put aside. */
  open: Readonly<Ref<readonly NoticeView[]>>
  refresh(): Promise<void>
  /** Not to be told of it again. */
  dismiss(key: string): Promise<void>
}

/** For whoever may know; nobody else asks. */
export function createWarnings(api: Api, mayKnow: () => boolean): Warnings {
  const all = shallowRef<readonly NoticeView[]>([])
  let asked = 0

  async function refresh() {
    if (!mayKnow()) return
    const mine = ++asked
    const answer = await api.get<NoticeList>("/notices").catch(() => null)
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
