"""Every view by name. Each is defined in the file of its feature."""

from __future__ import annotations

from app.contract.articles import SuggestionView
from app.contract.audit import AuditDetailView, AuditLineView
from app.contract.bulk_changes import NotChanged
from app.contract.contacts import ContactDetailsView, ContactView, FactView, WidgetContactView
from app.contract.conversations import ConversationView, VisitorConversationView
from app.contract.drafts import DraftView
from app.contract.inboxes import FormFieldView, InboxDetailsView, InboxFormView, InboxSightingView, InboxTextView, InboxView
from app.contract.messages import AttachmentView, AuthorView, MarksView, MessageView
from app.contract.people import AgentView, ChannelCapacityView, TeamView
from app.contract.presence import PresenceReasonView
from app.contract.proactive import GreetingView, ProactiveMessageView
from app.contract.queue import QueueView
from app.contract.sla import NextDueView
from app.contract.statuses import StatusView
from app.contract.surveys import ScoreView
from app.contract.tickets import TicketView
from app.contract.toolbox import CannedResponseView, FilterView, MacroStepView, MacroView, SavedViewView
from app.contract.visitors import PageView, VisitorView
from app.contract.wall import AgentWallView, ChatWallView, CsatWallView, QueueWallView, StuckWallView, ThresholdsView, WallView
from app.contract.warnings import NoticeView
from app.contract.widget import WidgetInboxView

__all__ = [
    "AgentView",
    "AgentWallView",
    "AttachmentView",
    "AuditDetailView",
    "AuditLineView",
    "AuthorView",
    "CannedResponseView",
    "ChannelCapacityView",
    "ChatWallView",
    "ContactDetailsView",
    "ContactView",
    "ConversationView",
    "CsatWallView",
    "DraftView",
    "FactView",
    "FilterView",
    "FormFieldView",
    "GreetingView",
    "InboxDetailsView",
    "InboxFormView",
    "InboxSightingView",
    "InboxTextView",
    "InboxView",
    "MacroStepView",
    "MacroView",
    "MarksView",
    "MessageView",
    "NextDueView",
    "NotChanged",
    "NoticeView",
    "PageView",
    "PresenceReasonView",
    "ProactiveMessageView",
    "QueueView",
    "QueueWallView",
    "SavedViewView",
    "ScoreView",
    "StatusView",
    "StuckWallView",
    "SuggestionView",
    "TeamView",
    "ThresholdsView",
    "TicketView",
    "VisitorConversationView",
    "VisitorView",
    "WallView",
    "WidgetContactView",
    "WidgetInboxView",
]
