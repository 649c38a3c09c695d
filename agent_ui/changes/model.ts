import type { ActivityView, TimelinePage } from "@parley/client/contract"
import { type ShallowRef, shallowReactive, shallowRef } from "vue"
import type { AgentApp } from "../shared/models/agent-app"

/** The changes of one conversation, as far as they are held. */
export interface ConversationChanges {
  /** In the order in which they happened. */
  list: Readonly<ShallowRef<readonly ActivityView[]>>
  /** Fetch what is not held yet of the time from then on. */
  reach(at: number): Promise<void>
}

export interface ChangesModel {
  of(conversationId: string): ConversationChanges
  /** The name of an agent or a team, suspended and archived ones included. */
  name(id: string): string | undefined
  stop(): void
}

interface Held extends ConversationChanges {
  add(activities: readonly ActivityView[]): void
  again(): void
}

/** As many as threads are held. */
const HELD = 24

export function createChangesModel({ api, connection, people }: AgentApp): ChangesModel {
  const held = new Map<string, Held>()
  const names = shallowReactive(new Map<string, string>())

  function make(id: string): Held {
    const list = shallowRef<readonly ActivityView[]>([])
    /** What to ask for next; undefined before the first page, null when all is held. */
    let earlier: string | null | undefined
    let asking: Promise<boolean> | null = null

    async function fetchPage(): Promise<boolean> {
      const before = earlier ? `?before=${earlier}` : ""
      const page = await api.get<TimelinePage>(`/conversations/${id}/timeline${before}`).catch(() => null)
      if (!page) return false
      for (const one of page.names) names.set(one.id, one.name)
      earlier = page.earlier
      add(page.activities)
      return true
    }

    function add(activities: readonly ActivityView[]) {
      const known = new Map(list.value.map(it => [it.id, it]))
      for (const one of activities) known.set(one.id, one)
      list.value = [...known.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || (a.id < b.id ? -1 : 1))
    }

    async function reach(at: number) {
      while (earlier !== null && (earlier === undefined || Date.parse(list.value[0]?.at ?? "") > at)) {
        asking ??= fetchPage().finally(() => {
          asking = null
        })
        if (!(await asking)) return
      }
    }

    return {
      list,
      add,
      reach,
      /** From the newest page back: what lies between it and what is held may have been missed. */
      again() {
        const oldest = Date.parse(list.value[0]?.at ?? "")
        if (earlier === undefined) return
        earlier = undefined
        list.value = []
        void reach(Number.isNaN(oldest) ? Number.POSITIVE_INFINITY : oldest)
      },
    }
  }

  const stops = [
    connection.onEvent(event => {
      if (event.type === "activity.added") held.get(event.conversation_id)?.add(event.activities)
    }),
    connection.onConnected(() => {
      for (const one of held.values()) one.again()
    }),
  ]
  return {
    of(id) {
      const changes = held.get(id) ?? make(id)
      held.delete(id)
      held.set(id, changes)
      for (const oldest of held.keys()) {
        if (held.size <= HELD) break
        held.delete(oldest)
      }
      return changes
    },
    name: id => people.agent(id)?.name ?? people.team(id)?.name ?? names.get(id),
    stop() {
      for (const stop of stops) stop()
    },
  }
}
