"""Commands of visitors and agents, over a socket or `POST /api/v1/commands`.

Unknown names and unknown fields are refused. A command that writes carries a `client_id`: sent again, it has no
second effect and gets the first reply.
"""

from __future__ import annotations

from app.contract.articles import SearchArticles, SuggestArticles
from app.contract.assignments import (
    AcceptConversation,
    AssignConversation,
    ClaimConversation,
    DeclineConversation,
    TransferConversation,
)
from app.contract.bulk_changes import ChangeConversations, UndoConversations
from app.contract.contacts import EditContact, UpdateContact
from app.contract.conversations import (
    AskEmail,
    EndConversation,
    SetPriority,
    SetStatus,
    SnoozeConversation,
    StartConversation,
    ViewConversation,
)
from app.contract.drafts import SaveDraft
from app.contract.escalations import DeescalateConversation, EscalateConversation
from app.contract.forms import SubmitForm
from app.contract.lists import WatchScreen
from app.contract.messages import AgentSendMessage, SetTyping, VisitorSendMessage
from app.contract.presence import ForcePresence, SetPresence
from app.contract.proactive import InviteVisitor
from app.contract.reading import AgentEarlier, AgentSync, ConversationDelivered, ReadConversation, VisitorEarlier, VisitorSync
from app.contract.supervision import PullBackConversation, TakeOverConversation, WatchConversation, WhisperConversation
from app.contract.surveys import AnswerSurvey
from app.contract.tickets import OpenTicket, UpdateTicket
from app.contract.visitors import VisitPage, WatchVisitors
from app.contract.wall import SetThresholds, WatchWall

VisitorCommand = (
    StartConversation
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
)

AgentCommand = (
    SetPresence
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
)
