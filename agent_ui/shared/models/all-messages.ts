import type { MessageView } from "@parley/client/contract"
import type { AgentApp } from "./agent-app"

/** Every message of a conversation, page by page; raises when they cannot be had. */
export async function allMessages(connection: AgentApp["connection"], id: string): Promise<MessageView[]> {
  const held: MessageView[] = []
  for (let after_rev = 0, isComplete = false; !isComplete; ) {
    const reply = await connection.command({ type: "conversation.sync", conversation_id: id, after_rev })
    if (!reply.ok || !("is_complete" in reply)) throw new Error("refused")
    held.push(...reply.messages)
    isComplete = reply.is_complete || reply.messages.length === 0
    after_rev = reply.messages.at(-1)?.rev ?? after_rev
  }
  return held
}
