import type { ConversationView } from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import { type Api, ApiError } from "../../shared/models/api"
import type { Conversations } from "../../shared/models/conversations"

export type TicketState = "loading" | "ready" | "missing" | "failed"

export interface TicketByNumber {
  /** The conversation of the ticket in view; empty until it is known. */
  id: Readonly<ShallowRef<string | null>>
  state: Readonly<ShallowRef<TicketState>>
  show(number: number): Promise<void>
}

/** Finds the conversation of a ticket's number: among those held here at once, else at the server. */
export function createTicketByNumber(api: Api, conversations: Conversations): TicketByNumber {
  const id = shallowRef<string | null>(null)
  const state = shallowRef<TicketState>("loading")
  const known = new Map<number, string>()
  let run = 0

  function isHeld(number: number): string | undefined {
    const found = known.get(number)
    if (found && conversations.get(found)?.ticket?.number === number) return found
    return conversations.all().find(row => row.ticket?.number === number)?.id
  }

  return {
    id,
    state,
    async show(number) {
      const mine = ++run
      const held = isHeld(number)
      id.value = held ?? null
      state.value = held ? "ready" : "loading"
      if (held) return
      try {
        const row = await api.get<ConversationView>(`/tickets/${number}`)
        if (mine !== run) return
        conversations.put(row, false)
        known.set(number, row.id)
        id.value = row.id
        state.value = "ready"
      } catch (error) {
        if (mine === run) state.value = error instanceof ApiError && error.status === 404 ? "missing" : "failed"
      }
    },
  }
}
