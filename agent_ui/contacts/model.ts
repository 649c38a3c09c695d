import type { DecisionList } from "@parley/client/contract"
import { useApp } from "../shared/context"
import type { AgentApp } from "../shared/models/agent-app"
import { allMessages } from "../shared/models/all-messages"
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
    messages: (id: string) => allMessages(connection, id),
  }
}
