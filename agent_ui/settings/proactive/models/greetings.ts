import type {
  InboxIs,
  InboxView,
  ProactiveMessageIs,
  ProactiveMessages,
  ProactiveMessageView,
  SaveProactiveMessage,
  SetInbox,
} from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import { type Api, ApiError } from "../../../shared/models/api"

type Refusal = ApiError["code"]

export interface Proactive {
  messages: Readonly<ShallowRef<readonly ProactiveMessageView[]>>
  state: Readonly<ShallowRef<"loading" | "ready" | "failed">>
  load(): Promise<void>
  /** Adds one without an id. Why it was refused, or null. */
  save(id: string | null, said: SaveProactiveMessage): Promise<Refusal | null>
  remove(id: string): Promise<Refusal | null>
  order(inboxId: string, ids: string[]): Promise<Refusal | null>
  set(inbox: InboxView, said: SetInbox): Promise<InboxView | Refusal>
}

/** The messages that are shown by rule, and the inboxes that show them. */
export function createProactive(api: Api): Proactive {
  const messages = shallowRef<readonly ProactiveMessageView[]>([])
  const state = shallowRef<"loading" | "ready" | "failed">("loading")

  async function attempt(act: () => Promise<void>): Promise<Refusal | null> {
    try {
      await act()
      return null
    } catch (error) {
      return error instanceof ApiError ? error.code : "internal"
    }
  }

  return {
    messages,
    state,
    async load() {
      const failed = await attempt(async () => {
        messages.value = (await api.get<ProactiveMessages>("/proactive-messages")).messages
      })
      if (!failed) state.value = "ready"
      else if (state.value === "loading") state.value = "failed"
    },
    save: (id, said) =>
      attempt(async () => {
        const { message } = await api.post<ProactiveMessageIs>(`/proactive-messages${id ? `/${id}` : ""}`, said)
        const isNew = messages.value.every(it => it.id !== message.id)
        messages.value = isNew
          ? [...messages.value, message]
          : messages.value.map(it => (it.id === message.id ? message : it))
      }),
    remove: id =>
      attempt(async () => {
        await api.delete(`/proactive-messages/${id}`)
        messages.value = messages.value.filter(it => it.id !== id)
      }),
    async order(inboxId, ids) {
      const before = messages.value
      const place = (it: ProactiveMessageView) => (it.inbox_id === inboxId ? ids.indexOf(it.id) : -1)
      messages.value = [...before].sort((a, b) => a.inbox_id.localeCompare(b.inbox_id) || place(a) - place(b))
      const refused = await attempt(
        async () => void (await api.post("/proactive-messages/order", { inbox_id: inboxId, ids })),
      )
      if (refused) messages.value = before
      return refused
    },
    async set(inbox, said) {
      try {
        return (await api.post<InboxIs>(`/inboxes/${inbox.id}`, said)).inbox
      } catch (error) {
        return error instanceof ApiError ? error.code : "internal"
      }
    },
  }
}
