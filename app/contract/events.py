"""Events, sent to those who may know of them. Events are hints: a client that misses one finds it in the rows."""

from __future__ import annotations

from app.contract.activity import ActivityAdded
from app.contract.articles import SuggestionsReady
from app.contract.assignments import AssignmentOffered
from app.contract.connection import GoingAway, SignedOut
from app.contract.contacts import ContactChanged
from app.contract.conversations import ConversationChanged, ViewersChanged, VisitorConversationChanged
from app.contract.drafts import DraftChanged
from app.contract.escalations import ConversationEscalated
from app.contract.inboxes import InboxAvailability
from app.contract.lists import ConversationMoved
from app.contract.messages import MessageCreated, TypingChanged
from app.contract.presence import PresenceChanged, PresenceForced, PresenceMoved
from app.contract.proactive import InvitationMade
from app.contract.queue import ConversationQueued
from app.contract.reading import Heads, MessageMarked
from app.contract.sla import SlaChanged
from app.contract.tickets import TicketChanged, TicketOpened
from app.contract.toolbox import ToolboxChanged
from app.contract.visitors import ContactVisited, VisitorsChanged
from app.contract.wall import ThresholdsChanged, WallChanged, WallMoved
from app.contract.warnings import WarningsChanged
from app.contract.workspace import ConfigChanged

VisitorEvent = (
    MessageCreated
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
)

AgentEvent = (
    MessageCreated
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
)
