import type {
  AgentEvent,
  AssignmentOffered,
  ConfigArea,
  ConversationEscalated,
  ConversationMoved,
  ConversationView,
  DraftView,
  HeadView,
  MessageView,
  WallMoved,
  WallView,
} from "@parley/client/contract"
import type { Conversations } from "./conversations"
import type { People } from "./people"
import type { RowRefetch } from "./row-refetch"

/** Who wants to hear what; threads listen for themselves. */
export interface EventHandlers {
  conversations: Conversations
  people: People
  rowRefetch: RowRefetch
  wall(wall: WallView): void
  wallMoved(rows: WallMoved): void
  draft(draft: DraftView): void
  /** Saved views, canned responses or macros are no longer what they were. */
  toolboxChanged(): void
  /** An admin changed what all share. */
  configChanged(area: ConfigArea): void
  /** What somebody should mend is no longer what it was. */
  warningsChanged(): void
  /** A contact wrote. */
  written(message: MessageView, row: ConversationView): void
  /** A colleague left a note in a conversation of this agent's. */
  noted(message: MessageView, row: ConversationView): void
  offered(event: AssignmentOffered): void
  /** A conversation this screen does not hold has moved. */
  moved(event: ConversationMoved): void
  /** A colleague asks supervisors to look. */
  escalated(event: ConversationEscalated): void
}

/** Hands each event to whoever keeps that part of the truth. */
export function createEvents(handlers: EventHandlers): (event: AgentEvent) => void {
  const { conversations, people, rowRefetch } = handlers

  function created(message: MessageView) {
    if (!conversations.advance(message)) rowRefetch.refetch(message.conversation_id)
    const row = conversations.get(message.conversation_id)
    if (!row) return
    if (message.author.kind === "contact") handlers.written(message, row)
    else if (isForMe(message, row)) handlers.noted(message, row)
  }

  const isForMe = ({ visibility, author, system }: MessageView, row: ConversationView) =>
    visibility === "internal" && system === null && row.agent_id === people.meId && author.id !== people.meId

  function headed(head: HeadView) {
    const row = conversations.get(head.conversation_id)
    if (!row || row.rev < head.rev) rowRefetch.refetch(head.conversation_id)
    else conversations.mark(head.conversation_id, head.marks)
  }

  return event => {
    switch (event.type) {
      case "message.created":
        return created(event.message)
      case "message.marked":
        return conversations.mark(event.conversation_id, event.marks)
      case "conversation.changed":
        return conversations.put(event.conversation)
      case "conversation.moved":
        if (!conversations.move(event)) handlers.moved(event)
        return
      case "ticket.opened":
      case "ticket.changed":
        return conversations.setTicket(event.ticket.conversation_id, event.ticket)
      case "presence.changed":
        return people.put(event.agent)
      case "presence.moved":
        return people.move(event)
      case "team.thresholds_changed":
        return people.setLongestWait(event.team_id, event.thresholds.longest_seconds)
      case "assignment.offered":
        return handlers.offered(event)
      case "conversation.escalated":
        return handlers.escalated(event)
      case "wall.changed":
        return handlers.wall(event.wall)
      case "wall.moved":
        return handlers.wallMoved(event)
      case "draft.changed":
        return handlers.draft(event.draft)
      case "desk.changed":
        return handlers.toolboxChanged()
      case "notices.changed":
        return handlers.warningsChanged()
      case "config.changed":
        return handlers.configChanged(event.area)
      case "heads":
        for (const head of event.heads) headed(head)
        return
    }
  }
}
