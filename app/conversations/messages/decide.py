"""The decision about one message: its effects on the conversation. Pure: the same situation and message always give the same
decision.

This is the only place that decides. A message that only writes itself is `Written` and goes to the database together with
others; one that needs more `Needs` steps, each a verb of its own in the same transaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from app.contract.values import OPEN_CATEGORIES
from app.conversations.assignments.history import UNNOTICED
from app.conversations.messages.asked_message import AskedMessage
from app.conversations.row_changes import NEW_SEQ, ONE_MORE
from app.errors import Invalid, NotFound, ParleyError

Step = Literal[
    "check_seen", "forget_draft", "files", "accept", "take", "join", "open", "wake", "reopen", "follow_up", "check_owner"
]
"""- check_seen: refuse an answer written before its author read what others wrote
- forget_draft: the author's draft of it is gone
- files: bind the files to the message
- accept: the conversation was offered to the author, who has it now
- take: nobody has it, so the author does
- join: the contact reads that the author joined
- open: the first answer opens a new conversation
- wake: a snoozed conversation is open again
- reopen: a resolved conversation is open again
- follow_up: the conversation is closed, so the message goes to another one that follows it
- check_owner: the owner has left, so the conversation may go back to the queue
"""


class Situation(Struct, frozen=True, gc=False, array_like=True):
    """A conversation as the message `message_id` finds it, its fields in the order they are read in.

    `latest` is when its row was last written. `joined_ids` is empty for conversations begun before it was kept; a list, or its
    JSON. `owner_*` are its owner's, empty without one, and `takes_on_reply` is its team's. `earlier_id` is the message that
    the author wrote under the same key.
    """

    message_id: str
    inbox_id: str
    contact_id: str
    contact_name: str
    channel: str
    category: str
    seq: int
    rev: int
    latest: datetime
    is_waiting: bool
    is_answered: bool
    agent_id: str | None
    is_offered: bool
    joined_ids: list[str] | str | None
    owner_is_active: bool | None
    owner_presence: str | None
    owner_lease_until: datetime | None
    owner_left_at: datetime | None
    takes_on_reply: bool | None
    has_draft: bool
    earlier_id: str | None


class Written(Struct, frozen=True, gc=False):
    """The message is written. `values` change in the conversation's row besides `seq`, `rev` and `changed_at`."""

    values: dict[str, Any]


class Needs(Struct, frozen=True, gc=False):
    """The message is written once these steps are done, in this order."""

    values: dict[str, Any]
    steps: tuple[Step, ...]


class Again(Struct, frozen=True, gc=False):
    """The author has written it already."""

    message_id: str


class Refused(Struct, frozen=True, gc=False):
    """The message is not written."""

    error: ParleyError


Decision = Written | Needs | Again | Refused


def decide(situation: Situation | None, asked: AskedMessage, now: datetime) -> Decision:
    """Return what the message does, at `now`, in the situation it finds; None is a conversation that does not exist."""
    if situation is None or not _may_write(situation, asked):
        return Refused(NotFound("conversation", asked.conversation_id))
    if situation.earlier_id is not None:
        return Again(situation.earlier_id)
    if not asked.body and not asked.has_files:
        return Refused(Invalid("Write a message first."))
    if asked.kind == "contact":
        steps, values = _contact_steps(situation, now), _contact_values(situation, asked, now)
    elif asked.kind == "answer":
        steps, values = _answer_steps(situation, asked), _answer_values(situation, asked, now)
    else:
        steps, values = _draft_steps(situation), {}
    if asked.has_files:
        steps.append("files")
    return Needs(values, tuple(steps)) if steps else Written(values)


def _owner_may_be_back(situation: Situation, now: datetime) -> bool:
    """Return if the owner is present, or gone so recently that a reload or a short loss of network may be all it is."""
    lease_until = situation.owner_lease_until
    has_lease = lease_until is not None and lease_until > now - UNNOTICED
    is_active = bool(situation.owner_is_active) and situation.owner_presence != "offline"
    return is_active and (has_lease or situation.owner_left_at is not None)


def _may_write(situation: Situation, asked: AskedMessage) -> bool:
    """Contacts write into their own conversations. Agents' permission is asked before, with the command."""
    if asked.kind != "contact":
        return True
    return situation.contact_id == asked.author_id and situation.inbox_id == asked.inbox_id


def _contact_steps(situation: Situation, now: datetime) -> list[Step]:
    if situation.category == "waiting":
        return ["wake"]
    if situation.category == "closed":
        return ["follow_up"]
    if situation.category not in OPEN_CATEGORIES:
        return ["reopen"]
    waits_already = situation.agent_id is None or situation.is_waiting  # one that waits is handed on when its owner leaves
    if waits_already or _owner_may_be_back(situation, now):
        return []
    return ["check_owner"]


def _contact_values(situation: Situation, asked: AskedMessage, now: datetime) -> dict[str, Any]:
    values = {
        "preview": asked.preview,
        "last_message_at": now,
        "unread_count": ONE_MORE,
        "contact_delivered_seq": NEW_SEQ,
        "contact_read_seq": NEW_SEQ,
    }
    if not situation.is_waiting:
        values["waiting_since"] = now
    return values


def _answer_steps(situation: Situation, asked: AskedMessage) -> list[Step]:
    steps: list[Step] = []
    if asked.seen_seq is not None and asked.seen_seq < situation.seq:
        steps.append("check_seen")
    steps += _draft_steps(situation)
    is_mine = situation.agent_id == asked.author_id
    is_free = situation.agent_id is None or (situation.is_offered and not is_mine)
    if situation.is_offered and is_mine:
        steps.append("accept")
    elif is_free and situation.category in OPEN_CATEGORIES and situation.takes_on_reply is not False:
        steps.append("take")
    elif situation.joined_ids is None or asked.author_id not in situation.joined_ids:
        steps.append("join")
    if situation.category == "new":
        steps.append("open")
    return steps


def _answer_values(situation: Situation, asked: AskedMessage, now: datetime) -> dict[str, Any]:
    values = {
        "preview": asked.preview,
        "last_message_at": now,
        "unread_count": 0,
        "agent_delivered_seq": NEW_SEQ,
        "agent_read_seq": NEW_SEQ,
    }
    if situation.is_waiting:
        values["waiting_since"] = None
    if not situation.is_answered:
        values["first_answered_at"] = now
    return values


def _draft_steps(situation: Situation) -> list[Step]:
    return ["forget_draft"] if situation.has_draft else []
