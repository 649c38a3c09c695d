import type { AgentEvent, HeadView } from "@parley/client/contract"
import type { Conversations } from "./conversations"
import type { People } from "./people"
import type { RowRefetch } from "./row-refetch"

export interface EventHandlers {
  conversations: Conversations
  people: People
  rowRefetch: RowRefetch
}

/** Keeps the rows of conversations and of people as the server's events say; all else is heard by the models it is about. */
export function createEvents({ conversations, people, rowRefetch }: EventHandlers): (event: AgentEvent) => void {
  function headed(head: HeadView) {
    const row = conversations.get(head.conversation_id)
    if (!row || row.rev < head.rev) rowRefetch.refetch(head.conversation_id)
    else conversations.mark(head.conversation_id, head.marks)
  }

  return event => {
    switch (event.type) {
      case "message.created":
        if (!conversations.advance(event.message)) rowRefetch.refetch(event.message.conversation_id)
        return
      case "message.marked":
        return conversations.mark(event.conversation_id, event.marks)
      case "conversation.changed":
        return conversations.put(event.conversation)
      case "conversation.moved":
        return void conversations.move(event)
      case "sla.changed":
        return conversations.setDue(event.conversation_id, event.next_due)
      case "ticket.opened":
      case "ticket.changed":
        return conversations.setTicket(event.ticket.conversation_id, event.ticket)
      case "presence.changed":
        return people.put(event.agent)
      case "presence.moved":
        return people.move(event)
      case "team.thresholds_changed":
        return people.setLongestWait(event.team_id, event.thresholds.longest_seconds)
      case "heads":
        for (const head of event.heads) headed(head)
        return
    }
  }
}
