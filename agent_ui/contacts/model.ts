import type { DecisionList, MessageView } from "@parley/client/contract"
import { useApp } from "../shared/context"
import type { AgentApp } from "../shared/models/agent-app"
import { createContact } from "./models/contact"
import { createHistory } from "./models/history"

export const useContact = () => {
  const { api, connection } = useApp()
  return createContact(api, connection)
}
export const useHistory = () => createHistory(useApp().api)

/** What lies behind a conversation. */
export const useRecords = () => useApp().model(createRecords)

function createRecords({ api, connection }: AgentApp) {
  return {
    /** Why it went where it is. Raises ApiError. */
    decisions: (id: string) => api.get<DecisionList>(`/conversations/${id}/decisions`),
    /** All its messages; raises when they cannot be had. */
    async messages(id: string): Promise<MessageView[]> {
      const held: MessageView[] = []
      for (let after_rev = 0, isComplete = false; !isComplete; ) {
        const reply = await connection.command({ type: "conversation.sync", conversation_id: id, after_rev })
        if (!reply.ok || !("is_complete" in reply)) throw new Error("refused")
        held.push(...reply.messages)
        isComplete = reply.is_complete || reply.messages.length === 0
        after_rev = reply.messages.at(-1)?.rev ?? after_rev
      }
      return held
    },
  }
}
