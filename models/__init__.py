"""Nouns at rest: SQLAlchemy tables and nothing else."""

from models.accounts import AgentInvitation, PasswordReset, Workspace
from models.activity import Activity
from models.base import Base
from models.conversation import Assignment, Attachment, Conversation, ConversationTag, CsatScore, Message, Undo
from models.desk import CannedResponse, Draft, Macro, SavedView
from models.escalation import Escalation
from models.inbox import Inbox, InboxSighting
from models.job import Job
from models.knowledge import Article, ArticleVote, Passage
from models.link import DismissedLookalike, Merge, TicketLink, TicketWatcher
from models.mail import OutgoingMail
from models.people import Agent, AgentSession, ApiToken, Contact, Team, TeamMember, VoidedVisitorSession
from models.routing import BusinessHours, PresenceReason, Routing, RoutingRule, WaitPromise
from models.sequence import Sequence
from models.sla import HoursVersion, SlaClock, SlaEvent, SlaPolicy, SlaPolicyVersion
from models.solution import Solution
from models.status import Status
from models.ticket import Ticket
from models.ticket_field import TicketField, TicketFieldValue
from models.timekeeping import ClockJump, DismissedNotice, NodeClock, NodeWarning
from models.visiting import Invitation, PageVisit, ProactiveMessage
from models.watching import TeamThresholds

__all__ = [
    "Activity",
    "Agent",
    "AgentInvitation",
    "AgentSession",
    "ApiToken",
    "Article",
    "ArticleVote",
    "Assignment",
    "Attachment",
    "Base",
    "BusinessHours",
    "CannedResponse",
    "ClockJump",
    "Contact",
    "Conversation",
    "ConversationTag",
    "CsatScore",
    "DismissedLookalike",
    "DismissedNotice",
    "Draft",
    "Escalation",
    "HoursVersion",
    "Inbox",
    "InboxSighting",
    "Invitation",
    "Job",
    "Macro",
    "Merge",
    "Message",
    "NodeClock",
    "NodeWarning",
    "OutgoingMail",
    "PageVisit",
    "Passage",
    "PasswordReset",
    "PresenceReason",
    "ProactiveMessage",
    "Routing",
    "RoutingRule",
    "SavedView",
    "Sequence",
    "SlaClock",
    "SlaEvent",
    "SlaPolicy",
    "SlaPolicyVersion",
    "Solution",
    "Status",
    "Team",
    "TeamMember",
    "TeamThresholds",
    "Ticket",
    "TicketField",
    "TicketFieldValue",
    "TicketLink",
    "TicketWatcher",
    "Undo",
    "VoidedVisitorSession",
    "WaitPromise",
    "Workspace",
]
