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
import type { Healer } from "./healer"
import type { People } from "./people"

/** Who wants to hear what; threads listen for themselves. */
export interface Ears {
  conversations: Conversations
  people: People
  healer: Healer
  wall(wall: WallView): void
  wallMoved(rows: WallMoved): void
  draft(draft: DraftView): void
  /** Saved views, canned responses or macros are no longer what they were. */
  deskChanged(): void
  /** An admin changed what all share. */
  configChanged(area: ConfigArea): void
  /** What somebody should mend is no longer what it was. */
  noticesChanged(): void
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
export function createEvents(ears: Ears): (event: AgentEvent) => void {
  const { conversations, people, healer } = ears

  function created(message: MessageView) {
    if (!conversations.advance(message)) healer.heal(message.conversation_id)
    const row = conversations.get(message.conversation_id)
    if (!row) return
    if (message.author.kind === "contact") ears.written(message, row)
    else if (isForMe(message, row)) ears.noted(message, row)
  }

  const isForMe = ({ visibility, author, system }: MessageView, row: ConversationView) =>
    visibility === "internal" && system === null && row.agent_id === people.meId && author.id !== people.meId

  function headed(head: HeadView) {
    const row = conversations.get(head.conversation_id)
    if (!row || row.rev < head.rev) healer.heal(head.conversation_id)
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
        if (!conversations.move(event)) ears.moved(event)
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
        return ears.offered(event)
      case "conversation.escalated":
        return ears.escalated(event)
      case "wall.changed":
        return ears.wall(event.wall)
      case "wall.moved":
        return ears.wallMoved(event)
      case "draft.changed":
        return ears.draft(event.draft)
      case "desk.changed":
        return ears.deskChanged()
      case "notices.changed":
        return ears.noticesChanged()
      case "config.changed":
        return ears.configChanged(event.area)
      case "heads":
        for (const head of event.heads) headed(head)
        return
    }
  }
}
