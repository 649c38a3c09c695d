import type {
  AgentCommand,
  AgentEvent,
  AgentSynced,
  ArticlesFound,
  Changed,
  ContactEdited,
  ContactIs,
  ConversationView,
  Done,
  DraftIs,
  EarlierMessages,
  Ended,
  ManyChanged,
  PresenceIs,
  Refused,
  Sent,
  Started,
  TicketIs,
  VisitorCommand,
  VisitorConversationView,
  VisitorEvent,
  VisitorSynced,
  VisitorsWatched,
  Watching,
} from "./contract"

/** What a visitor may say and hear, and which reply answers which command. */
export interface VisitorSide {
  command: VisitorCommand
  event: VisitorEvent
  conversation: VisitorConversationView
  reply: {
    "conversation.start": Started
    "message.send": Sent
    "conversation.sync": VisitorSynced
    "conversation.earlier": EarlierMessages
    "conversation.read": Done
    "conversation.delivered": Done
    "typing.set": Done
    "conversation.end": Ended
    "survey.answer": Ended
    "article.search": ArticlesFound
    "contact.update": ContactIs
    "form.submit": ContactIs
    "page.visited": Done
  }
}

/** What an agent may say and hear, and which reply answers which command. */
export interface AgentSide {
  command: AgentCommand
  event: AgentEvent
  conversation: ConversationView
  reply: {
    "presence.set": PresenceIs
    "message.send": Sent
    "conversation.sync": AgentSynced
    "conversation.earlier": EarlierMessages
    "conversation.read": Done
    "conversation.delivered": Done
    "typing.set": Done
    "conversation.accept": Changed
    "conversation.decline": Changed
    "conversation.claim": Changed
    "conversation.assign": Changed
    "conversation.transfer": Changed
    "conversation.set_status": Changed
    "conversation.set_priority": Changed
    "conversation.snooze": Changed
    "conversation.escalate": Changed
    "conversation.deescalate": Changed
    "ticket.open": TicketIs
    "ticket.update": TicketIs
    "conversations.bulk": ManyChanged
    "conversations.undo": ManyChanged
    "draft.save": DraftIs
    "conversation.view": Done
    "article.search": ArticlesFound
    "article.suggest": ArticlesFound
    "wall.watch": Watching | Done
    "contact.edit": ContactEdited
    "contact.ask_email": Changed
    "screen.watch": Done
    "visitors.watch": VisitorsWatched
    "visitor.invite": Done
  }
}

export type Side = VisitorSide | AgentSide

/** The reply to a command: what it promises, or a refusal. */
export type Answer<S extends Side, T extends string> = (T extends keyof S["reply"] ? S["reply"][T] : never) | Refused
