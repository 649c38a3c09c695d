import type { Connection } from "@parley/client/connection"
import type { AgentSide, ConversationView } from "@parley/client/contract"
import type { Conversations, Patch } from "./conversations"
import { wordsFor } from "./refusals"
import type { Notify } from "./toasts"

/** Take back my last change to conversations that stood like this before it. */
export type TakeBack = (before: readonly ConversationView[]) => Promise<boolean>

export interface TakeBackOptions {
  command: Connection<AgentSide>["command"]
  conversations: Conversations
  notify: Notify
}

/** The server puts back all that a change took, clocks and places included, and refuses where anything has happened since. */
export function createTakeBack({ command, conversations, notify }: TakeBackOptions): TakeBack {
  return async before => {
    const hide = before.map(row => conversations.patch(row.id, standing(row)))
    const conversation_ids = before.map(row => row.id)
    const answer = await command({ type: "conversations.undo", conversation_ids }).catch(() => null)
    if (answer?.ok) for (const row of answer.conversations) conversations.put(row)
    for (const show of hide) show()
    const code = answer === null ? null : answer.ok ? answer.failed[0]?.code : answer.code
    if (code === undefined) notify({ key: "done.undone", tone: "done" })
    else {
      const key = code === null ? "error.offline" : code === "conflict" ? "error.not_undone" : wordsFor(code)
      notify({ key, tone: "failed" })
    }
    return answer?.ok === true && answer.conversations.length > 0
  }
}

function standing(row: ConversationView): Patch {
  const { agent_id, team_id, status, category, priority, snoozed_until, tags } = row
  return { agent_id, team_id, status, category, priority, snoozed_until, tags }
}
