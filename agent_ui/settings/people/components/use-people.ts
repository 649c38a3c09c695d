import type { PeoplePage } from "@parley/client/contract"
import { onMounted, onUnmounted, shallowRef } from "vue"
import { useApp } from "../../../shared/context"
import { usePeopleModel } from "../model"

/** Everything the People page shows, asked for again whenever another screen changes people. */
export function usePeople() {
  const { connection: link } = useApp()
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

  const stops = [
    link.onEvent(event => {
      if (event.type === "config.changed" && (event.area === "people" || event.area === "inboxes")) void load()
    }),
    link.onConnected(() => void load()),
  ]
  onMounted(() => void load())
  onUnmounted(() => {
    for (const stop of stops) stop()
  })
  return { page, state, load }
}
