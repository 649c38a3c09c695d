import type { PeoplePage } from "@parley/client/contract"
import { shallowRef } from "vue"
import { useFollow } from "../../shared/follow"
import { usePeopleModel } from "../model"

/** Everything the People page shows, asked for again whenever another screen changes people. */
export function usePeople() {
  const model = usePeopleModel()
  const page = shallowRef<PeoplePage | null>(null)
  const state = shallowRef<"loading" | "failed" | "stale" | "ready">("loading")
  let asked = 0

  async function load() {
    const mine = ++asked
    if (!page.value) state.value = "loading"
    try {
      const answer = await model.page()
      if (mine !== asked) return
      page.value = answer
      state.value = "ready"
    } catch {
      if (mine === asked) state.value = page.value ? "stale" : "failed"
    }
  }

  useFollow(["people", "inboxes", "routing"], load)
  return { page, state, load }
}
