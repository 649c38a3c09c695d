"""Events, sent to those who may know of them. Events are hints: a client that misses one finds it in the rows."""

from __future__ import annotations

from datetime import datetime
from typing import dataclass_transform

from msgspec import Struct, field

from app.contract.values import Category, ConfigArea, Presence, Priority, View
from app.contract.views import (
    AgentView,
    AgentWallView,
    ContactDetailsView,
    ContactView,
    ConversationView,
    CsatWallView,
    DraftView,
    GreetingView,
    MarksView,
    MessageView,
    PageView,
    QueueView,
    QueueWallView,
    StuckWallView,
    SuggestionView,
    ThresholdsView,
    TicketView,
    VisitorConversationView,
    VisitorView,
    WallView,
)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Event(Struct, frozen=True, kw_only=True, tag_field="type"):
    """Something that happened."""


class MessageCreated(Event, tag="message.created"):
    """A message was written. Notes reach agents only; visitors are never shown a `rev`."""

    message: MessageView


class MessageMarked(Event, tag="message.marked"):
    """A side has received or read further. Figures never go back."""

    conversation_id: str
    marks: MarksView


class ConversationChanged(Event, tag="conversation.changed"):
    """The conversation as agents see it now. Older than what you hold (`rev`): drop it."""

    conversation: ConversationView


class ConversationMoved(Event, tag="conversation.moved"):
    """A conversation that is not this agent's, or no longer, as a list shows it. Fields are as in the conversation. Older
    than what you hold (`rev`): drop it. Not held and now on the list you show: ask for it."""

    conversation_id: str
    inbox_id: str
    rev: int
    seq: int
    status: str
    category: Category
    priority: Priority
    agent_id: str | None
    offer_until: datetime | None
    team_id: str | None
    unread_count: int
    preview: str
    last_message_at: datetime
    waiting_since: datetime | None
    queued_at: datetime | None
    snoozed_until: datetime | None
    escalation_level: int
    escalation_reason: str
    tags: list[str]


class VisitorConversationChanged(Event, tag="conversation.changed"):
    """The conversation as its contact sees it now."""

    conversation: VisitorConversationView


class ConversationQueued(Event, tag="conversation.queued"):
    """The contact's place in the queue changed; `queue` is empty once somebody has the conversation."""

    conversation_id: str
    queue: QueueView | None


class AssignmentOffered(Event, tag="assignment.offered"):
    """You were given this conversation, and why. With `until` you have until then to accept it, or it goes on."""

    conversation_id: str
    reason: str
    until: datetime | None


class TicketOpened(Event, tag="ticket.opened"):
    """A conversation was given a number."""

    ticket: TicketView


class TicketChanged(Event, tag="ticket.changed"):
    """A ticket has another title, topic or priority."""

    ticket: TicketView


class ConversationEscalated(Event, tag="conversation.escalated"):
    """A colleague asks supervisors and admins to look at a conversation."""

    conversation_id: str
    contact_name: str
    level: int
    reason: str
    by_id: str
    by_name: str


class SuggestionsReady(Event, tag="suggestions.ready"):
    """Articles that may answer the contact's last messages, best first. `seq` is the last message considered. `is_by_words`:
    articles are not encoded yet, so only words were compared."""

    conversation_id: str
    seq: int
    suggestions: list[SuggestionView]
    is_by_words: bool


class PresenceChanged(Event, tag="presence.changed"):
    """An agent came, went, or holds more or less than before."""

    agent: AgentView


class PresenceMoved(Event, tag="presence.moved"):
    """A colleague came, went, or holds more or less than before; all else is as it was. Fields are as in the agent."""

    agent_id: str
    presence: Presence
    presence_since: datetime
    reason: str
    is_idle: bool
    load: int
    weight: float
    takes_chats: bool


class PresenceForced(Event, tag="presence.forced"):
    """A supervisor has set your presence."""

    agent: AgentView
    by_id: str
    by_name: str


class TypingChanged(Event, tag="typing.changed"):
    """Somebody started or stopped typing. To visitors `author_id` is empty. Lapses after 6 s. `preview` is what a visitor has
    typed so far; only agents are told, and only of an inbox with `previews_typing`."""

    conversation_id: str
    author_kind: str
    author_id: str | None
    author_name: str
    typing: bool
    preview: str


class ViewersChanged(Event, tag="viewers.changed"):
    """The agents who look at the conversation now."""

    conversation_id: str
    agent_ids: list[str]


class DraftChanged(Event, tag="draft.changed"):
    """You wrote, sent or gave up a draft, here or elsewhere."""

    draft: DraftView


class DeskChanged(Event, tag="desk.changed"):
    """Saved views, canned responses or macros changed: ask `GET /api/v1/desk`."""


class NoticesChanged(Event, tag="notices.changed"):
    """The warnings for supervisors and admins may have changed: ask `GET /api/v1/notices`."""


class ConfigChanged(Event, tag="config.changed"):
    """An admin changed settings: ask for what you show of this area again."""

    area: ConfigArea


class ThresholdsChanged(Event, tag="team.thresholds_changed"):
    """From which figures on a team's queue needs somebody was set anew."""

    team_id: str
    thresholds: ThresholdsView


class WallChanged(Event, tag="wall.changed"):
    """The wall, whole, at most once a second."""

    wall: WallView


class WallMoved(Event, tag="wall.moved"):
    """Changes since the wall made at `after`: queues and agents that replace those of the same id, and all single figures;
    `stuck` is empty while it is as it was. A wall older than `after` cannot be brought up to date by it: watch anew."""

    after: datetime
    queues: list[QueueWallView]
    agents: list[AgentWallView]
    stuck: list[StuckWallView] | None
    csat: CsatWallView
    opened_today: int
    resolved_today: int
    made_at: datetime


class ContactChanged(Event, tag="contact.changed"):
    """A contact as agents know them now."""

    contact: ContactView
    details: ContactDetailsView


class ContactVisited(Event, tag="contact.visited"):
    """A contact is on this page now; one of the same id replaces it."""

    contact_id: str
    page: PageView


class VisitorsChanged(Event, tag="visitors.changed"):
    """Visitors came, moved on or left; sent at most twice a second."""

    visitors: list[VisitorView]
    gone_ids: list[str]


class InvitationMade(Event, tag="invitation.made"):
    """An agent says something to a visitor who has not asked."""

    greeting: GreetingView


class HeadView(View):
    """The position a conversation has reached on the server. `rev` is 0 for visitors."""

    conversation_id: str
    seq: int
    rev: int
    marks: MarksView


class InboxAvailability(Event, tag="inbox.availability"):
    """The inbox opened, closed, or is staffed now or no longer; said on connecting, too. `agent_names` are of up to four
    agents who are there; `opens_at` is when it opens next, empty while it is open."""

    is_open: bool
    is_staffed: bool
    opens_at: datetime | None
    reply_seconds: int | None
    agent_names: list[str]


class Heads(Event, tag="heads"):
    """Sent on connecting and every few seconds: if you are behind, ask with conversation.sync. A new `epoch` means
    the data was restored from a backup: forget cursors and sync from 0."""

    epoch: str
    heads: list[HeadView]


class GoingAway(Event, tag="going_away"):
    """This node is about to stop; connect again after `retry_seconds`."""

    retry_seconds: float


class SignedOut(Event, tag="signed_out"):
    """Your session or token was revoked; the connection closes."""


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
    | MessageMarked
    | ConversationChanged
    | ConversationMoved
    | AssignmentOffered
    | TicketOpened
    | TicketChanged
    | ConversationEscalated
    | SuggestionsReady
    | PresenceChanged
    | PresenceMoved
    | PresenceForced
    | TypingChanged
    | ViewersChanged
    | DraftChanged
    | DeskChanged
    | NoticesChanged
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
