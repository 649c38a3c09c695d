"""What a reader is shown: one Struct per noun, each for the eyes it names.

Fields have no defaults, so every key is always present on the wire. Times are RFC 3339 in UTC.
"""

from __future__ import annotations

from datetime import datetime

from app.contract.values import (
    AuthorKind,
    Category,
    Channel,
    ErrorCode,
    InvitationState,
    Presence,
    Priority,
    Role,
    RoutingMode,
    Said,
    Shelf,
    Sort,
    Staffing,
    StepKind,
    SystemCode,
    Unserved,
    View,
    Visibility,
    VisitorKind,
)


class AuthorView(Said):
    """Who wrote. `id` is empty for the system; a contact without a name has an empty name."""

    kind: AuthorKind
    id: str | None
    name: str


class AttachmentView(Said):
    """A file. Fetch `url` with the same credentials as everything else; pixels only for raster images shown inline."""

    id: str
    name: str
    content_type: str
    size: int
    width: int | None
    height: int | None
    url: str


class MessageView(Said):
    """One utterance.

    `seq` is its place in what both sides see, empty for an internal note. `rev` is the conversation's revision that
    brought it, shown to agents only. `system` names what happened for messages written by Parley; `body` says it in
    English for readers who do not know the code, `author.name` says who did it. `whispered` marks a supervisor's own words. `client_id` is the writer's own key.
    """

    id: str
    client_id: str | None
    conversation_id: str
    seq: int | None
    rev: int | None
    author: AuthorView
    visibility: Visibility
    channel: Channel
    system: SystemCode | None
    body: str
    attachments: list[AttachmentView]
    created_at: datetime


class MarksView(Said):
    """How far each side has come: every message with `seq` at most the figure was delivered to, or read by, that side.

    Whoever writes has read up to their own message; no `message.marked` says so besides.
    """

    contact_delivered_seq: int
    contact_read_seq: int
    agent_delivered_seq: int
    agent_read_seq: int


class QueueView(Said):
    """A place in the queue, 1 is next, and how long it may still take.

    Four waits in five end between `low_seconds` and `high_seconds`, if the next hour is like the last; `wait_seconds` is the
    middle. All are empty when there is nothing to estimate from, or nobody serves the queue.
    """

    position: int
    wait_seconds: int | None
    low_seconds: int | None
    high_seconds: int | None


class VisitorConversationView(Said):
    """A conversation as its contact sees it. `agent_name` is empty until somebody has it; `rating` once given."""

    id: str
    category: Category
    seq: int
    marks: MarksView
    agent_name: str | None
    queue: QueueView | None
    ticket_number: int | None
    rating: int | None
    preview: str
    last_message_at: datetime
    created_at: datetime


class ContactView(Said):
    """A person we help. `is_verified` only after a signed identity or an answered mail, never by their own word."""

    id: str
    name: str
    email: str | None
    is_verified: bool
    locale: str
    page_url: str | None
    last_seen_at: datetime | None
    created_at: datetime


class FactView(Said):
    """Something an agent has noted of a contact, under a name of their own."""

    name: str
    value: str


class ContactDetailsView(Said):
    """The rest of what is known of a contact. `timezone` and `browser` are the visitor's browser's own word."""

    contact_id: str
    phone: str
    company: str
    notes: str
    facts: list[FactView]
    timezone: str | None
    browser: str | None


class PageView(Said):
    """A page a contact was on, from when to when at least."""

    id: str
    url: str
    title: str
    visited_at: datetime
    left_at: datetime


class ScoreView(Said):
    """What a contact thought of a conversation: 1 (bad) to 5 (good)."""

    conversation_id: str
    score: int
    comment: str
    answered_at: datetime


class VisitorView(Said):
    """Who is on a site now. `name` is empty for somebody who has not said it, `conversation_id` for somebody who has not
    written; `invitation` tells how far our own first word to them has come."""

    contact_id: str
    inbox_id: str
    name: str
    is_contact: bool
    is_returning: bool
    url: str
    title: str
    locale: str
    came_at: datetime
    page_since: datetime
    conversation_id: str | None
    agent_id: str | None
    invitation: InvitationState


class GreetingView(Said):
    """What we say to a visitor first. Shown once they have been on the page for `after_seconds`, and then not again for
    `every_days`; both are 0 for the word of an agent, which is shown at once."""

    id: str
    author: AuthorView
    body: str
    after_seconds: int
    every_days: int


class ProactiveMessageView(Said):
    """A message that is shown by rule, and how it has fared. `position` orders them: a visitor sees the first that fits."""

    id: str
    inbox_id: str
    name: str
    position: int
    is_on: bool
    page: str
    locale: str
    visitor: VisitorKind
    staffing: Staffing
    after_seconds: int
    every_days: int
    body: str
    agent_id: str | None
    shown_count: int
    answered_count: int


class TicketView(Said):
    """A conversation's number and promise."""

    id: str
    number: int
    conversation_id: str
    title: str
    topic: str
    priority: Priority
    status: str
    category: Category
    agent_id: str | None
    team_id: str | None
    contact_name: str
    opened_at: datetime
    closed_at: datetime | None


class ConversationView(Said):
    """A conversation as agents see it.

    While `offer_until` is set, `agent_id` has been offered it and has until then to accept. `status` is the key of a status, `category` what it amounts to. `waiting_since` is when the contact began to wait
    for an answer, empty when it is their turn. `unread_count` counts the contact's messages no agent has read.
    """

    id: str
    inbox_id: str
    channel: Channel
    contact: ContactView
    status: str
    category: Category
    priority: Priority
    agent_id: str | None
    offer_until: datetime | None
    team_id: str | None
    seq: int
    rev: int
    marks: MarksView
    preview: str
    last_message_at: datetime
    waiting_since: datetime | None
    queued_at: datetime | None
    snoozed_until: datetime | None
    escalation_level: int
    unread_count: int
    tags: list[str]
    ticket: TicketView | None
    created_at: datetime


class NotChanged(Said):
    """A conversation that was left as it was, and why."""

    conversation_id: str
    code: ErrorCode
    detail: str


class DraftView(Said):
    """What an agent has begun to write in a conversation; for their eyes alone. Empty once it is sent or given up."""

    conversation_id: str
    visibility: Visibility
    body: str
    attachments: list[AttachmentView]
    changed_at: datetime


class FilterView(Said):
    """What a list shows and in which order. Empty fields narrow nothing."""

    view: View
    shelf: Shelf
    query: str
    tag: str
    priority: Priority | None
    status: str
    team_id: str | None
    inbox_id: str | None
    sort: Sort


class SavedViewView(Said):
    """A filter with a name, one agent's or everybody's."""

    id: str
    name: str
    is_shared: bool
    filter: FilterView


class CannedResponseView(Said):
    """A text found by its shortcut. `{{contact.name}}`, `{{agent.name}}` and `{{ticket.number}}` are filled in; what
    stands in [square brackets] is left for the agent."""

    id: str
    shortcut: str
    body: str
    is_shared: bool


class MacroStepView(Said):
    """One action. `value` is a status, a priority, `me`, `queue`, `agent:` or `team:` and an id, seconds of snooze, a tag,
    or the text of a reply or note."""

    do: StepKind
    value: str


class MacroView(Said):
    """A named list of actions, done in order."""

    id: str
    name: str
    is_shared: bool
    steps: list[MacroStepView]


class ChannelCapacityView(Said):
    """How many conversations of one channel an agent is given at most."""

    channel: Channel
    capacity: int


class AgentView(Said):
    """Someone who answers. `presence` is what others may count on now: offline as soon as the lease has lapsed.

    `reason` is the name of why they are not available, `is_idle` that they only have not touched a key, `forced_by_id` the
    supervisor who set their presence. `load` counts their conversations, `weight` is what these take of `capacity`: less
    for some channels, and half for one that has been silent for ten minutes. `idle_seconds` is after how long without a
    touch their browser reports them idle, empty for never.
    """

    id: str
    name: str
    email: str
    role: Role
    presence: Presence
    presence_since: datetime
    reason: str
    is_idle: bool
    forced_by_id: str | None
    load: int
    weight: float
    capacity: int
    channel_capacity: list[ChannelCapacityView]
    skills: list[str]
    languages: list[str]
    idle_seconds: int | None
    team_ids: list[str]


class TeamView(Said):
    """A group of agents. An offer may stay untaken for `accept_seconds` (0: nobody needs to accept), then it goes on, at
    last to the lead. Whoever waits for `longest_seconds` has waited too long, and is near it from four fifths on."""

    id: str
    name: str
    mode: RoutingMode
    accept_seconds: int
    lead_id: str | None
    longest_seconds: int


class PresenceReasonView(Said):
    """A name admins gave to being away, busy or offline."""

    id: str
    name: str
    presence: Presence


class StatusView(Said):
    """A status as admins named it."""

    key: str
    name: str
    category: Category


class InboxView(Said):
    """A doorway conversations arrive by, as agents see it."""

    id: str
    key: str
    name: str
    channel: Channel
    team_id: str | None
    shows_visitors: bool
    previews_typing: bool
    hours_id: str | None


class WidgetInboxView(Said):
    """What the widget needs to know of its inbox. `is_staffed`: somebody could answer now. `previews_typing`: agents see
    what is typed before it is sent, and the visitor is told so."""

    key: str
    name: str
    greeting: str
    color: str
    locale: str
    is_staffed: bool
    reply_seconds: int | None
    asks_email: bool
    previews_typing: bool


class WidgetContactView(Said):
    """The visitor as the widget knows them."""

    id: str
    name: str
    email: str | None
    is_verified: bool


class SuggestionView(Said):
    """A passage of an article that may answer. `score` is the cosine in -1..1 (with what words and feedback added)."""

    article_id: str
    title: str
    heading: str
    passage: str
    url: str
    score: float
    why: str


class AuditDetailView(Said):
    """Something more about what was done."""

    name: str
    value: str


class AuditLineView(Said):
    """Something done by right of a role: `action` is the command's name, `agent_id` the colleague it concerned, `detail`
    what was asked for besides."""

    id: str
    action: str
    by_id: str
    by_name: str
    conversation_id: str | None
    agent_id: str | None
    team_id: str | None
    detail: list[AuditDetailView]
    created_at: datetime


class ThresholdsView(Said):
    """When a queue needs somebody: a figure that has come this far is too much, and near it from four fifths on.

    `answer_seconds` is how soon after the contact's first message an answer is promised.
    """

    waiting_count: int
    longest_seconds: int
    p90_seconds: int
    answer_seconds: int


class QueueWallView(Said):
    """One team's queue now, and its day (UTC) so far. `team_id` is empty for conversations no team has.

    `at_risk_count` have waited four fifths of `thresholds.longest_seconds` or more; the next one will have at
    `next_at_risk_at`. `wait_p50_seconds` and `wait_p90_seconds` are of the waits that ended today in an agent's hands,
    empty without one. `abandoned_today` were ended by their contact before anybody answered. Of `answered_today`, the
    first answers given today, `answered_in_time_today` came within `thresholds.answer_seconds`; `unanswered_late_count`
    wait for theirs now and have for longer than that, and the next one will have at `next_late_at`. Of `promised_today`,
    the ranges of waiting time told to contacts today whose wait is over, `kept_today` held. `unserved` says why nobody will
    be given what waits, as long as nothing changes: nobody is in the team, none of it may hold anything, none of it is online.
    """

    team_id: str | None
    name: str
    waiting_count: int
    unserved: Unserved | None
    oldest_waiting_at: datetime | None
    at_risk_count: int
    next_at_risk_at: datetime | None
    open_count: int
    online_count: int
    wait_p50_seconds: float | None
    wait_p90_seconds: float | None
    abandoned_today: int
    answered_today: int
    answered_in_time_today: int
    unanswered_late_count: int
    next_late_at: datetime | None
    promised_today: int
    kept_today: int
    thresholds: ThresholdsView


class ChatWallView(Said):
    """A conversation an agent holds, since when, and since when its contact waits for an answer (empty: they do not)."""

    conversation_id: str
    contact_name: str
    since: datetime
    waiting_since: datetime | None


class AgentWallView(Said):
    """An agent and what they hold now, longest first. `chats` stays empty when they hold more than twelve.

    `missed_today` offers went on because the agent did not take them in time.
    """

    agent: AgentView
    missed_today: int
    chat_count: int
    chats: list[ChatWallView]


class CsatWallView(Said):
    """What contacts thought today (UTC). `average` of 1 to 5, empty without an answer; 4 and 5 are satisfied."""

    average: float | None
    answered_count: int
    satisfied_count: int


class WallView(Said):
    """What a supervisor watches: every queue and every agent now, and the day (UTC) so far."""

    queues: list[QueueWallView]
    agents: list[AgentWallView]
    csat: CsatWallView
    opened_today: int
    resolved_today: int
    made_at: datetime
