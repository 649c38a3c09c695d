"""Views: one Struct per noun, each for the readers it names.

Fields have no defaults, so every key is always present on the wire. Times are RFC 3339 in UTC.
"""

from __future__ import annotations

from app.contract.views.contacts import ContactDetailsView, ContactView, FactView, PageView
from app.contract.views.conversations import (
    ConversationView,
    DraftView,
    NotChanged,
    QueueView,
    ScoreView,
    SuggestionView,
    TicketView,
    VisitorConversationView,
)
from app.contract.views.desk import CannedResponseView, FilterView, MacroStepView, MacroView, SavedViewView
from app.contract.views.inboxes import FormFieldView, InboxDetailsView, InboxFormView, InboxSightingView, InboxTextView
from app.contract.views.messages import AttachmentView, AuthorView, MarksView, MessageView
from app.contract.views.notices import NoticeView
from app.contract.views.people import (
    AgentView,
    AuditDetailView,
    AuditLineView,
    ChannelCapacityView,
    InboxView,
    PresenceReasonView,
    StatusView,
    TeamView,
)
from app.contract.views.visitors import GreetingView, ProactiveMessageView, VisitorView, WidgetContactView, WidgetInboxView
from app.contract.views.wall import (
    AgentWallView,
    ChatWallView,
    CsatWallView,
    QueueWallView,
    StuckWallView,
    ThresholdsView,
    WallView,
)

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
