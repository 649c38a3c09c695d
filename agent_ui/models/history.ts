import type { ContactHistory, ConversationView } from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import type { Api } from "./api"

export type HistoryState = "idle" | "loading" | "ready" | "failed"

export interface History {
  conversations: Readonly<ShallowRef<readonly ConversationView[]>>
  state: Readonly<ShallowRef<HistoryState>>
  show(contactId: string): Promise<void>
  /** Somebody else is about to be shown. */
  forget(): void
}

/** What else a contact has talked with us about. */
export function createHistory(api: Api): History {
  const conversations = shallowRef<readonly ConversationView[]>([])
  const state = shallowRef<HistoryState>("idle")
  let wanted = ""
  return {
    conversations,
    state,
    forget() {
      wanted = ""
      conversations.value = []
      state.value = "idle"
    },
    async show(contactId) {
      wanted = contactId
      state.value = "loading"
      try {
        const said = await api.get<ContactHistory>(`/contacts/${contactId}/conversations`)
        if (wanted !== contactId) return
        conversations.value = said.conversations
        state.value = "ready"
      } catch {
        if (wanted === contactId) state.value = "failed"
      }
    },
  }
}
