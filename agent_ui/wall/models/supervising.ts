import type { Connection } from "@parley/client/connection"
import type { AgentCommand, AgentSide, Presence, ThresholdsView } from "@parley/client/contract"
import type { Conversations } from "../../shared/models/conversations"
import { wordsFor } from "../../shared/models/refusals"
import type { Notify } from "../../shared/models/toasts"
import type { Key } from "../../shared/words/translate"

/** What a supervisor does from the wall. Each says how it went, and resolves to whether it went well. */
export interface Supervising {
  /** Read along: nobody is told, the audit is. */
  watch(id: string): Promise<boolean>
  whisper(id: string, body: string): Promise<boolean>
  takeOver(id: string): Promise<boolean>
  pullBack(id: string): Promise<boolean>
  setPresence(agentId: string, presence: Presence): Promise<boolean>
  setThresholds(teamId: string, thresholds: ThresholdsView): Promise<boolean>
}

export interface SupervisingOptions {
  command: Connection<AgentSide>["command"]
  conversations: Conversations
  notify: Notify
  newId(): string
}

export function createSupervising({ command, conversations, notify, newId }: SupervisingOptions): Supervising {
  async function ask(asked: AgentCommand, done: Key | null): Promise<boolean> {
    try {
      const reply = await command(asked)
      if (!reply.ok) {
        notify({ key: wordsFor(reply.code), tone: "failed" })
        return false
      }
      if ("conversation" in reply) conversations.put(reply.conversation)
      if (done) notify({ key: done, tone: "done" })
      return true
    } catch {
      notify({ key: "error.offline", tone: "failed" })
      return false
    }
  }

  return {
    watch: id => ask({ type: "conversation.watch", conversation_id: id }, null),
    whisper: (id, body) =>
      ask({ type: "conversation.whisper", client_id: newId(), conversation_id: id, body }, "done.whispered"),
    takeOver: id => ask({ type: "conversation.take_over", conversation_id: id }, "done.claimed"),
    pullBack: id => ask({ type: "conversation.pull_back", conversation_id: id }, "done.pulled_back"),
    setPresence: (agentId, presence) =>
      ask({ type: "presence.force", agent_id: agentId, presence }, "done.presence_set"),
    setThresholds: (teamId, thresholds) =>
      ask({ type: "team.set_thresholds", team_id: teamId, ...thresholds }, "done.thresholds_set"),
  }
}
