import type { Clock } from "@parley/client/clock"
import type { SlaClockList, SlaClockView } from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import type { Api } from "../../shared/models/api"
import type { Link } from "../../shared/models/link"

export type SlaState = "idle" | "loading" | "ready" | "failed"

export interface SlaClocks {
  /** The clocks something was promised for, each in its last cycle: the open ones first, in the order they are due. */
  clocks: Readonly<ShallowRef<readonly SlaClockView[]>>
  state: Readonly<ShallowRef<SlaState>>
  /** Ask for those of a conversation; what was shown of another one goes. */
  show(conversationId: string): void
  retry(): void
  stop(): void
}

/** Agents pass by many conversations on the way to one. */
const SETTLE_MS = 250

/** The SLA clocks of the conversation that is shown, asked for again whenever one of them changes. */
export function createSlaClocks(
  api: Pick<Api, "get">,
  link: Pick<Link, "onEvent" | "onConnected">,
  clock: Clock,
): SlaClocks {
  const clocks = shallowRef<readonly SlaClockView[]>([])
  const state = shallowRef<SlaState>("idle")
  let shown = ""
  let run = 0
  let stopWaiting = () => {}

  async function load() {
    const mine = ++run
    if (state.value !== "ready") state.value = "loading"
    try {
      const found = await api.get<SlaClockList>(`/conversations/${shown}/sla`)
      if (mine !== run) return
      clocks.value = inOrder(found.clocks)
      state.value = "ready"
    } catch {
      // What is held still ticks; what was never had is said to be missing.
      if (mine === run && state.value !== "ready") state.value = "failed"
    }
  }

  const stops = [
    link.onEvent(event => {
      if (event.type === "sla.changed" && event.conversation_id === shown) void load()
    }),
    link.onConnected(() => {
      if (state.value === "ready" || state.value === "failed") void load()
    }),
  ]

  return {
    clocks,
    state,
    show(conversationId) {
      if (conversationId === shown) return
      stopWaiting()
      run++
      shown = conversationId
      clocks.value = []
      state.value = "idle"
      stopWaiting = clock.after(SETTLE_MS, () => void load())
    },
    retry: () => void load(),
    stop() {
      stopWaiting()
      run++
      for (const stop of stops) stop()
    },
  }
}

function inOrder(found: readonly SlaClockView[]): SlaClockView[] {
  const last = new Map(found.filter(it => it.account !== null).map(it => [it.clock, it]))
  const rank = ({ ended_at, due_at }: SlaClockView) => (ended_at !== null ? 2 : due_at === null ? 1 : 0)
  return [...last.values()].sort(
    (a, b) => rank(a) - rank(b) || Date.parse(a.due_at ?? a.started_at) - Date.parse(b.due_at ?? b.started_at),
  )
}
