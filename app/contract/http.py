"""Every body of an HTTP request or response by name. Each is defined in the file of its feature."""

from __future__ import annotations

from app.contract.audit import AuditPage
from app.contract.bases import Body
from app.contract.connection import EventPage
from app.contract.contact_history import ContactHistory, ContactKnown
from app.contract.inboxes import InboxIs, InboxKey, SetInbox
from app.contract.lists import ConversationCounts, ConversationPage, ListFilter, SavedCount
from app.contract.messages import Uploaded
from app.contract.people import AgentIs, CreateAgent, CreateTeam, Password, TeamIs
from app.contract.proactive import (
    OrderProactiveMessages,
    ProactiveMessageIs,
    ProactiveMessages,
    SaveProactiveMessage,
    TellGreeting,
)
from app.contract.sign_in import Login, Me, SetUp, SetupState, SignedIn
from app.contract.tickets import TicketPage
from app.contract.toolbox import CannedResponseIs, Desk, MacroIs, MacroStep, SaveCannedResponse, SavedViewIs, SaveMacro, SaveView
from app.contract.visitors import TellVisit, VisitTold
from app.contract.warnings import DismissNotice, NoticeList
from app.contract.widget import OpenWidget, SignOutVisitor, VisitorToken, WidgetSession

__all__ = [
    "AgentIs",
    "AuditPage",
    "Body",
    "CannedResponseIs",
    "ContactHistory",
    "ContactKnown",
    "ConversationCounts",
    "ConversationPage",
    "CreateAgent",
    "CreateTeam",
    "Desk",
    "DismissNotice",
    "EventPage",
    "InboxIs",
    "InboxKey",
    "ListFilter",
    "Login",
    "MacroIs",
    "MacroStep",
    "Me",
    "NoticeList",
    "OpenWidget",
    "OrderProactiveMessages",
    "Password",
    "ProactiveMessageIs",
    "ProactiveMessages",
    "SaveCannedResponse",
    "SaveMacro",
    "SaveProactiveMessage",
    "SaveView",
    "SavedCount",
    "SavedViewIs",
    "SetInbox",
    "SetUp",
    "SetupState",
    "SignOutVisitor",
    "SignedIn",
    "TeamIs",
    "TellGreeting",
    "TellVisit",
    "TicketPage",
    "Uploaded",
    "VisitTold",
    "VisitorToken",
    "WidgetSession",
]
