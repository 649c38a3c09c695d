// Written by tools/types from app/contract. Change the Structs, not this file.

import type { ActivityAdded } from "./activity"
import type { ArticlesFound, SearchArticles, SuggestArticles, SuggestionsReady } from "./articles"
import type {
  AcceptConversation,
  AssignConversation,
  AssignmentOffered,
  ClaimConversation,
  DeclineConversation,
  TransferConversation,
} from "./assignments"
import type { ChangeConversations, ManyChanged, UndoConversations } from "./bulk-changes"
import type { GoingAway, SignedOut } from "./connection"
import type { ContactChanged, ContactEdited, ContactIs, EditContact, UpdateContact } from "./contacts"
import type {
  AskEmail,
  Changed,
  ConversationChanged,
  ConversationView,
  EndConversation,
  Ended,
  SetPriority,
  SetStatus,
  SnoozeConversation,
  StartConversation,
  Started,
  ViewConversation,
  ViewersChanged,
  VisitorConversationChanged,
  VisitorConversationView,
} from "./conversations"
import type { DraftChanged, DraftIs, SaveDraft } from "./drafts"
import type { ConversationEscalated, DeescalateConversation, EscalateConversation } from "./escalations"
import type { SubmitForm } from "./forms"
import type { InboxAvailability } from "./inboxes"
import type { ConversationMoved, WatchScreen } from "./lists"
import type { AgentSendMessage, MessageCreated, Sent, SetTyping, TypingChanged, VisitorSendMessage } from "./messages"
import type { ForcePresence, PresenceChanged, PresenceForced, PresenceIs, PresenceMoved, SetPresence } from "./presence"
import type { InvitationMade, InviteVisitor } from "./proactive"
import type { ConversationQueued } from "./queue"
import type {
  AgentEarlier,
  AgentSync,
  AgentSynced,
  ConversationDelivered,
  EarlierMessages,
  Heads,
  MessageMarked,
  ReadConversation,
  VisitorEarlier,
  VisitorSync,
  VisitorSynced,
} from "./reading"
import type { Done, Refused } from "./replies"
import type { SlaChanged } from "./sla"
import type { PullBackConversation, TakeOverConversation, WatchConversation, WhisperConversation } from "./supervision"
import type { AnswerSurvey } from "./surveys"
import type { OpenTicket, TicketChanged, TicketIs, TicketOpened, UpdateTicket } from "./tickets"
import type { ToolboxChanged } from "./toolbox"
import type { ContactVisited, VisitPage, VisitorsChanged, VisitorsWatched, WatchVisitors } from "./visitors"
import type { SetThresholds, ThresholdsChanged, WallChanged, WallMoved, WatchWall, Watching } from "./wall"
import type { WarningsChanged } from "./warnings"
import type { ConfigChanged } from "./workspace"

export type VisitorCommand =
  | StartConversation
  | VisitorSendMessage
  | VisitorSync
  | VisitorEarlier
  | ReadConversation
  | ConversationDelivered
  | SetTyping
  | EndConversation
  | AnswerSurvey
  | SearchArticles
  | UpdateContact
  | SubmitForm
  | VisitPage

export type AgentCommand =
  | SetPresence
  | ForcePresence
  | AcceptConversation
  | DeclineConversation
  | AgentSendMessage
  | AgentSync
  | AgentEarlier
  | ReadConversation
  | ConversationDelivered
  | SetTyping
  | ClaimConversation
  | AssignConversation
  | TransferConversation
  | SetStatus
  | SetPriority
  | SnoozeConversation
  | EscalateConversation
  | DeescalateConversation
  | OpenTicket
  | UpdateTicket
  | ChangeConversations
  | UndoConversations
  | SaveDraft
  | ViewConversation
  | SearchArticles
  | SuggestArticles
  | WatchConversation
  | WhisperConversation
  | TakeOverConversation
  | PullBackConversation
  | SetThresholds
  | WatchWall
  | EditContact
  | AskEmail
  | WatchScreen
  | WatchVisitors
  | InviteVisitor

export type VisitorEvent =
  | MessageCreated
  | MessageMarked
  | VisitorConversationChanged
  | ConversationQueued
  | SuggestionsReady
  | TypingChanged
  | InvitationMade
  | InboxAvailability
  | Heads
  | GoingAway
  | SignedOut

export type AgentEvent =
  | MessageCreated
  | ActivityAdded
  | MessageMarked
  | ConversationChanged
  | ConversationMoved
  | AssignmentOffered
  | TicketOpened
  | TicketChanged
  | ConversationEscalated
  | SlaChanged
  | SuggestionsReady
  | PresenceChanged
  | PresenceMoved
  | PresenceForced
  | TypingChanged
  | ViewersChanged
  | DraftChanged
  | ToolboxChanged
  | WarningsChanged
  | ConfigChanged
  | ThresholdsChanged
  | WallChanged
  | WallMoved
  | ContactChanged
  | ContactVisited
  | VisitorsChanged
  | Heads
  | GoingAway
  | SignedOut

export type VisitorReply = Started | Sent | VisitorSynced | EarlierMessages | Done | Ended | ArticlesFound | ContactIs | Refused

export type AgentReply =
  | PresenceIs
  | Changed
  | Sent
  | AgentSynced
  | EarlierMessages
  | Done
  | TicketIs
  | ManyChanged
  | DraftIs
  | ArticlesFound
  | Watching
  | ContactEdited
  | VisitorsWatched
  | Refused

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
    "presence.force": PresenceIs
    "conversation.accept": Changed
    "conversation.decline": Changed
    "message.send": Sent
    "conversation.sync": AgentSynced
    "conversation.earlier": EarlierMessages
    "conversation.read": Done
    "conversation.delivered": Done
    "typing.set": Done
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
    "conversation.watch": Done
    "conversation.whisper": Sent
    "conversation.take_over": Changed
    "conversation.pull_back": Changed
    "team.set_thresholds": Done
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
