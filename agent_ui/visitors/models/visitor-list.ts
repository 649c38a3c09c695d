import type { AgentEvent, ErrorCode, VisitorView } from "@parley/client/contract"
import { timedId } from "@parley/client/outbox"
import { type ComputedRef, computed, type ShallowRef, shallowReactive, shallowRef } from "vue"
import type { Link } from "../../shared/models/link"

export interface VisitorsModel {
  /** Latest first, those on a page that holds the filter's words. */
  list: ComputedRef<readonly VisitorView[]>
  count: ComputedRef<number>
  filter: ShallowRef<string>
  state: Readonly<ShallowRef<"loading" | "ready" | ErrorCode | "offline">>
  watch(): Promise<void>
  /** Say something first. Why it was refused, or null when it is on its way. */
  invite(contactId: string, body: string): Promise<ErrorCode | "offline" | null>
  stop(): void
}

/** Who is on the site now: asked once, then told. */
export function createVisitors(link: Link, newId: () => string = timedId): VisitorsModel {
  const here = shallowReactive(new Map<string, VisitorView>())
  const filter = shallowRef("")
  const state = shallowRef<"loading" | "ready" | ErrorCode | "offline">("loading")

  async function watch(): Promise<void> {
    try {
      const reply = await link.command({ type: "visitors.watch", watching: true })
      if (!reply.ok) {
        state.value = reply.code
      } else if ("visitors" in reply) {
        here.clear()
        for (const visitor of reply.visitors) here.set(visitor.contact_id, visitor)
        state.value = "ready"
      }
    } catch {
      if (state.value === "loading") state.value = "offline"
    }
  }

  function onEvent(event: AgentEvent): void {
    if (event.type !== "visitors.changed") return
    for (const visitor of event.visitors) here.set(visitor.contact_id, visitor)
    for (const id of event.gone_ids) here.delete(id)
  }

  const stops = [link.onEvent(onEvent), link.onConnected(() => void watch())]
  const all = computed(() => [...here.values()].sort((a, b) => (a.came_at < b.came_at ? 1 : -1)))
  return {
    list: computed(() => all.value.filter(it => isOn(it, filter.value))),
    count: computed(() => here.size),
    filter,
    state,
    watch,
    async invite(contactId, body) {
      try {
        const reply = await link.command({ type: "visitor.invite", client_id: newId(), contact_id: contactId, body })
        return reply.ok ? null : reply.code
      } catch {
        return "offline"
      }
    },
    stop() {
      for (const stop of stops) stop()
      link.command({ type: "visitors.watch", watching: false }).catch(() => {})
    },
  }
}

function isOn({ url, title }: VisitorView, words: string): boolean {
  const said = `${url} ${title}`.toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every(word => said.includes(word))
}
