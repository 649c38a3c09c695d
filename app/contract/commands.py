"""Commands of visitors and agents, over a socket or `POST /api/v1/commands`.

Unknown names and unknown fields are refused. A command that writes carries a `client_id`: sent again, it has no
second effect and gets the first reply.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, dataclass_transform

from msgspec import Meta, Struct, field

from app.contract.values import (
    ClientId,
    Counter,
    Id,
    Line,
    ListView,
    MessageBody,
    Presence,
    Preview,
    Priority,
    Shelf,
    StatusKey,
    Tag,
    Visibility,
)

Url = Annotated[str, Meta(max_length=2000)]
Attachments = Annotated[list[Id], Meta(max_length=10)]
Email = Annotated[
    str,
    Meta(
        max_length=254,
        pattern=r"^[^\s\x00-\x1f\x7f@<>\",;:\\()\[\]]{1,64}@[^\s\x00-\x1f\x7f@<>\",;:\\()\[\]]{1,185}\.[^\s\x00-\x1f\x7f@<>\",;:\\()\[\]]{2,63}$(?!\n)",
    ),
]

EmailOrNone = Annotated[
    str,
    Meta(
        max_length=254,
        pattern=r"^([^\s\x00-\x1f\x7f@<>\",;:\\()\[\]]{1,64}@[^\s\x00-\x1f\x7f@<>\",;:\\()\[\]]{1,185}\.[^\s\x00-\x1f\x7f@<>\",;:\\()\[\]]{2,63})?$(?!\n)",
    ),
]


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Command(Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """Something a client asks for."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class FieldValue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One field of a form and what was filled in."""

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    value: Line


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class PrechatFields(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A visitor's own details from the form before the chat. Unverified until proven. `more` are the form's other fields, by
    their keys."""

    name: Line | None = None
    email: Email | None = None
    phone: Annotated[str, Meta(max_length=40)] | None = None
    more: Annotated[list[FieldValue], Meta(max_length=20)] = []


class StartConversation(Command, tag="conversation.start"):
    """A visitor's first message, with the form's fields where the inbox asks for them before it. Refused as `invalid` while
    one that is required is missing. While one conversation is open in the inbox, the message goes there. An answer to what
    we said first names it (`greeting_id`), and the conversation begins with that."""

    client_id: ClientId
    body: MessageBody
    fields: PrechatFields | None = None
    attachment_ids: Attachments = []
    page_url: Url | None = None
    greeting_id: Id | None = None


class VisitorSendMessage(Command, tag="message.send"):
    """A visitor writes. Reopens a resolved conversation."""

    client_id: ClientId
    conversation_id: Id
    body: MessageBody
    attachment_ids: Attachments = []


class VisitorSync(Command, tag="conversation.sync"):
    """Ask for what was missed since `after_seq` (0 for everything), oldest first, in pages. With `newest`, a client that
    missed more than a page is given the newest page instead (`is_snapshot`), and reads back with conversation.earlier."""

    conversation_id: Id
    after_seq: Counter
    newest: bool = False


class VisitorEarlier(Command, tag="conversation.earlier"):
    """A page of the messages before `before_seq`."""

    conversation_id: Id
    before_seq: Counter


class ReadConversation(Command, tag="conversation.read"):
    """Everything up to `seq` was seen on a visible screen. Never goes back."""

    conversation_id: Id
    seq: Counter


class ConversationDelivered(Command, tag="conversation.delivered"):
    """Everything up to `seq` has arrived in this client, seen or not. Never goes back."""

    conversation_id: Id
    seq: Counter


class SetTyping(Command, tag="typing.set"):
    """The writer started or stopped typing. Readers let it lapse after 6 s without a repeat. `preview` is what a visitor
    has typed so far (the last of it, when it is long); it is passed on only where the inbox says so, and kept nowhere."""

    conversation_id: Id
    typing: bool
    preview: Preview = ""


class EndConversation(Command, tag="conversation.end"):
    """The visitor has finished; the conversation is resolved."""

    conversation_id: Id


class AnswerSurvey(Command, tag="survey.answer"):
    """CSAT: 1 (bad) to 5 (good) and a comment, once per conversation; a later answer replaces the earlier."""

    conversation_id: Id
    score: Annotated[int, Meta(ge=1, le=5)]
    comment: Annotated[str, Meta(max_length=2000)] = ""


class SearchArticles(Command, tag="article.search"):
    """Find help-centre passages for what the visitor has typed so far."""

    query: Annotated[str, Meta(min_length=1, max_length=500)]


class UpdateContact(Command, tag="contact.update"):
    """The visitor leaves a name or an email address, unverified. Fields left out stay as they are."""

    name: Line | None = None
    email: Email | None = None


class SubmitForm(Command, tag="form.submit"):
    """The visitor fills in the form that the inbox asks for after the first message. Refused as `invalid` while a required
    field is empty. Sent again, it replaces what it said before."""

    conversation_id: Id
    fields: PrechatFields


class VisitPage(Command, tag="page.visited"):
    """The visitor is on this page now, said on arriving and every so often while they stay. Kept for contacts; of
    somebody who has not written, only for as long as they are here."""

    url: Url
    title: Line = ""
    timezone: Annotated[str, Meta(max_length=60)] | None = None
    browser: Annotated[str, Meta(max_length=400)] | None = None


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


class SetPresence(Command, tag="presence.set"):
    """The agent is available (`online`) or not. Kept until changed, and true only while the lease lives.

    `reason_id` names why. With `is_automatic` the browser speaks: away because nobody touched a key, online because
    somebody did; that never changes what the agent chose, and counts only once every open tab says so.
    """

    presence: Presence
    reason_id: Id | None = None
    is_automatic: bool = False


class ForcePresence(Command, tag="presence.force"):
    """A supervisor sets a colleague's presence; the colleague is told by whom, and may change it again."""

    agent_id: Id
    presence: Presence
    reason_id: Id | None = None


class AcceptConversation(Command, tag="conversation.accept"):
    """Take what was offered. Answering or opening it does the same. Refused as `conflict` once it has gone on."""

    conversation_id: Id


class DeclineConversation(Command, tag="conversation.decline"):
    """Not me: what was offered goes on at once."""

    conversation_id: Id


class AgentSendMessage(Command, tag="message.send"):
    """An agent writes. With `seen_seq`, refused as `conflict` if the contact or a colleague has written since."""

    client_id: ClientId
    conversation_id: Id
    body: MessageBody
    visibility: Visibility = "public"
    seen_seq: Counter | None = None
    attachment_ids: Attachments = []


class AgentSync(Command, tag="conversation.sync"):
    """Ask for what changed since `after_rev` (0 for everything), oldest first, in pages. With `newest`, a client that missed
    more than a page is given the newest page instead (`is_snapshot`), and reads back with conversation.earlier."""

    conversation_id: Id
    after_rev: Counter
    newest: bool = False


class AgentEarlier(Command, tag="conversation.earlier"):
    """A page of the messages and notes before `before_rev`."""

    conversation_id: Id
    before_rev: Counter


class ClaimConversation(Command, tag="conversation.claim"):
    """Take an unassigned conversation. Refused as `conflict` if a colleague was first."""

    conversation_id: Id


class AssignConversation(Command, tag="conversation.assign"):
    """Give to an agent, to a team's queue, or (both empty) back to the queue it came from."""

    conversation_id: Id
    agent_id: Id | None = None
    team_id: Id | None = None


class TransferConversation(Command, tag="conversation.transfer"):
    """Hand over to an agent or a team, with a note for whoever takes it."""

    conversation_id: Id
    agent_id: Id | None = None
    team_id: Id | None = None
    note: MessageBody = ""


class SetStatus(Command, tag="conversation.set_status"):
    """Set a status by key. Resolving frees the agent; setting an open status reopens."""

    conversation_id: Id
    status: StatusKey


class SetPriority(Command, tag="conversation.set_priority"):
    """Set the priority; the queue is served in this order first."""

    conversation_id: Id
    priority: Priority


class SnoozeConversation(Command, tag="conversation.snooze"):
    """Set aside until a time; it comes back open to the same agent, or at once when the contact writes."""

    conversation_id: Id
    until: datetime


class EscalateConversation(Command, tag="conversation.escalate"):
    """Raise the level, with the reason."""

    conversation_id: Id
    level: Annotated[int, Meta(ge=1, le=3)]
    reason: Annotated[str, Meta(min_length=1, max_length=2000)]


class DeescalateConversation(Command, tag="conversation.deescalate"):
    """Take an escalation back: level 0, without a reason."""

    conversation_id: Id


class UpdateTicket(Command, tag="ticket.update"):
    """Change a ticket's title, topic or priority. Fields left out stay as they are."""

    conversation_id: Id
    title: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    topic: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    priority: Priority | None = None


class OpenTicket(Command, tag="ticket.open"):
    """Give the conversation a number. Title, topic and priority are proposed from the content where left out."""

    conversation_id: Id
    title: Line | None = None
    topic: Annotated[str, Meta(max_length=60)] | None = None
    priority: Priority | None = None


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Change(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes to some conversations, all of it or nothing for each. With `moves`, the owner becomes `agent_id` or `team_id`,
    or nobody."""

    conversation_ids: Annotated[list[Id], Meta(min_length=1, max_length=200)]
    status: StatusKey | None = None
    priority: Priority | None = None
    snooze_until: datetime | None = None
    moves: bool = False
    agent_id: Id | None = None
    team_id: Id | None = None
    add_tags: Annotated[list[Tag], Meta(max_length=20)] = []
    remove_tags: Annotated[list[Tag], Meta(max_length=20)] = []


class ChangeConversations(Command, tag="conversations.bulk"):
    """Change up to 200 conversations at once, or put them back, each group in its own way. What is refused for one leaves
    the others alone. The same again changes nothing more."""

    changes: Annotated[list[Change], Meta(min_length=1, max_length=200)]


class UndoConversations(Command, tag="conversations.undo"):
    """Take back my last change to each of these, whichever it was: status, clocks, place in the queue, owner, offer, snooze,
    priority and tags are as before it. Refused as `conflict` for one to which anything has happened since."""

    conversation_ids: Annotated[list[Id], Meta(min_length=1, max_length=200)]


class SaveDraft(Command, tag="draft.save"):
    """Keep what has been written so far, for this agent alone. Without words, files and note mode it is forgotten."""

    conversation_id: Id
    body: Annotated[str, Meta(max_length=20_000)]
    visibility: Visibility = "public"
    attachment_ids: Attachments = []


class ViewConversation(Command, tag="conversation.view"):
    """The agent looks at this conversation now (empty: at none). Colleagues are told."""

    conversation_id: Id | None


class SuggestArticles(Command, tag="article.suggest"):
    """Look for articles that answer what the contact of a conversation asks for. Refused while the server is strained."""

    conversation_id: Id


class WatchConversation(Command, tag="conversation.watch"):
    """A supervisor reads along from now on. Nobody is told, no mark moves; a line in the audit says so."""

    conversation_id: Id


class WhisperConversation(Command, tag="conversation.whisper"):
    """A supervisor's note for whoever has the conversation, marked `whispered`. Contacts never see it."""

    client_id: ClientId
    conversation_id: Id
    body: MessageBody


class TakeOverConversation(Command, tag="conversation.take_over"):
    """A supervisor takes a conversation, whoever has it."""

    conversation_id: Id


class PullBackConversation(Command, tag="conversation.pull_back"):
    """A supervisor takes a conversation from its agent and puts it at the head of its queue."""

    conversation_id: Id


class SetThresholds(Command, tag="team.set_thresholds"):
    """From which figures on a team's queue needs somebody, on every wall; times in seconds."""

    team_id: Id
    waiting_count: Annotated[int, Meta(ge=1, le=100_000)]
    longest_seconds: Annotated[int, Meta(ge=1, le=604_800)]
    p90_seconds: Annotated[int, Meta(ge=1, le=604_800)]
    answer_seconds: Annotated[int, Meta(ge=1, le=604_800)]


class WatchWall(Command, tag="wall.watch"):
    """Start or stop receiving `wall.changed` on this connection; with `by_rows` mostly `wall.moved` instead. For
    supervisors."""

    watching: bool
    by_rows: bool = False


class FactGiven(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact under a name of the agent's own."""

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    value: Annotated[str, Meta(max_length=500)]


class EditContact(Command, tag="contact.edit"):
    """An agent writes down what they know. Fields left out stay; empty ones are cleared; `facts` replaces them all.
    Refused for a name or address that the site itself has vouched for."""

    contact_id: Id
    name: Line | None = None
    email: EmailOrNone | None = None
    phone: Annotated[str, Meta(max_length=40)] | None = None
    company: Line | None = None
    notes: MessageBody | None = None
    facts: Annotated[list[FactGiven], Meta(max_length=30)] | None = None


class AskEmail(Command, tag="contact.ask_email"):
    """Ask the visitor for an email address: their widget shows the question. Refused as `conflict` when there is one; asked
    again before anything else was said, it changes nothing."""

    conversation_id: Id


class WatchedList(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list a screen shows. Narrower filters are the screen's own: it is told of all that these fields let through."""

    view: ListView
    shelf: Shelf
    team_id: Id | None = None
    inbox_id: Id | None = None


class WatchScreen(Command, tag="screen.watch"):
    """Say what this connection shows, as often as that changes: from then on it hears of the agent's own conversations, of
    what waits in their teams' queues, and of this. One that never says so hears of every inbox the agent may view.

    `conversation_ids` are the conversations it keeps at hand, all of whose events it hears. Of what `lists` hold it hears
    messages, and changes as `conversation.moved`. With `people` it hears of every colleague's presence, else of those in the
    same teams; with `tickets` of every ticket."""

    lists: Annotated[list[WatchedList], Meta(max_length=8)] = []
    conversation_ids: Annotated[list[Id], Meta(max_length=80)] = []
    people: bool = False
    tickets: bool = False


class WatchVisitors(Command, tag="visitors.watch"):
    """Start or stop receiving `visitors.changed` on this connection."""

    watching: bool


class InviteVisitor(Command, tag="visitor.invite"):
    """Say something first to a visitor who is here. It becomes a conversation when they answer."""

    client_id: ClientId
    contact_id: Id
    body: Annotated[str, Meta(min_length=1, max_length=500)]


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
