import type { ContactHistory, ConversationView } from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import type { Api } from "../../shared/models/api"

export type HistoryState = "idle" | "loading" | "ready" | "failed"

export interface History {
  conversations: Readonly<ShallowRef<readonly ConversationView[]>>
  state: Readonly<ShallowRef<HistoryState>>
  /** Whether there are older ones than those shown. */
  hasMore: Readonly<ShallowRef<boolean>>
  show(contactId: string): Promise<void>
  more(): Promise<void>
  /** Somebody else is about to be shown. */
  forget(): void
}

/** What else a contact has talked with us about, a page at a time. */
export function createHistory(api: Api): History {
  const conversations = shallowRef<readonly ConversationView[]>([])
  const state = shallowRef<HistoryState>("idle")
  const hasMore = shallowRef(false)
  let wanted = ""
  let next: string | null = null

  async function load(contactId: string, after: string | null): Promise<void> {
    state.value = "loading"
    try {
      const said = await api.get<ContactHistory>(
        `/contacts/${contactId}/conversations${after ? `?after=${after}` : ""}`,
      )
      if (wanted !== contactId) return
      const held = after ? conversations.value.filter(it => said.conversations.every(one => one.id !== it.id)) : []
      conversations.value = [...held, ...said.conversations]
      next = said.next
      hasMore.value = next !== null
      state.value = "ready"
    } catch {
      if (wanted === contactId) state.value = "failed"
    }
  }

  return {
    conversations,
    state,
    hasMore,
    forget() {
      wanted = ""
      next = null
      conversations.value = []
      hasMore.value = false
      state.value = "idle"
    },
    async show(contactId) {
      wanted = contactId
      await load(contactId, null)
    },
    async more() {
      if (next && state.value !== "loading") await load(wanted, next)
    },
  }
}
