"""What one message does, as a table: the situation it finds and what is asked, and the values and steps that follow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import msgspec
import pytest

from app.conversations.assignments.history import UNNOTICED
from app.conversations.messages.asked_message import AskedMessage, Kind
from app.conversations.messages.decide import Again, Needs, Refused, Situation, Step, Written, decide
from app.conversations.row_changes import NEW_SEQ, ONE_MORE
from app.errors import Invalid, NotFound

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
ANA, BEN, MIA = "ana", "ben", "mia"
SECOND = timedelta(seconds=1)

HELD: dict[str, Any] = {
    "message_id": "message",
    "inbox_id": "inbox",
    "contact_id": MIA,
    "contact_name": "Mia",
    "channel": "chat",
    "category": "open",
    "seq": 7,
    "rev": 9,
    "latest": NOW,
    "is_waiting": True,
    "is_answered": True,
    "agent_id": ANA,
    "is_offered": False,
    "joined_ids": [ANA],
    "owner_is_active": True,
    "owner_presence": "online",
    "owner_lease_until": NOW + SECOND,
    "owner_left_at": None,
    "takes_on_reply": True,
    "has_draft": False,
    "earlier_id": None,
}
"""An open conversation that Ana has, whose contact waits for an answer."""
FREE = {"agent_id": None, "owner_is_active": None, "owner_presence": None, "owner_lease_until": None}
OFFERED = {"is_offered": True}
SAYS: dict[str, Any] = {"preview": "Hello", "last_message_at": NOW, "unread_count": ONE_MORE}
SAYS |= {"contact_delivered_seq": NEW_SEQ, "contact_read_seq": NEW_SEQ}
BEGINS_TO_WAIT = SAYS | {"waiting_since": NOW}
ANSWERS: dict[str, Any] = {"preview": "Hello", "last_message_at": NOW, "unread_count": 0}
ANSWERS |= {"agent_delivered_seq": NEW_SEQ, "agent_read_seq": NEW_SEQ}
ENDS_WAIT = ANSWERS | {"waiting_since": None}


def asked(kind: Kind = "contact", by: str | None = None, **more: Any) -> AskedMessage:
    given: dict[str, Any] = {
        "kind": kind,
        "id": "message",
        "conversation_id": "conversation",
        "author_id": by or (MIA if kind == "contact" else ANA),
        "author_name": "",
        "inbox_id": "inbox" if kind == "contact" else None,
        "client_id": "key",
        "body": "Hello",
        "preview": "" if kind == "note" else "Hello",
        "seen_seq": None,
        "has_files": False,
    }
    return AskedMessage(**given | more)


CONTACT: list[tuple[str, dict[str, Any], dict[str, Any], tuple[Step, ...]]] = [
    ("who waits already", {}, SAYS, ()),
    ("who had been answered", {"is_waiting": False}, BEGINS_TO_WAIT, ()),
    ("in a new conversation", {**FREE, "category": "new", "is_answered": False}, SAYS, ()),
    ("in the queue", FREE, SAYS, ()),
    ("in the queue, answered once", {**FREE, "is_waiting": False}, BEGINS_TO_WAIT, ()),
    ("whose owner is away", {"is_waiting": False, "owner_presence": "away"}, BEGINS_TO_WAIT, ()),
    ("whose owner is offline", {"is_waiting": False, "owner_presence": "offline"}, BEGINS_TO_WAIT, ("check_owner",)),
    ("whose owner is suspended", {"is_waiting": False, "owner_is_active": False}, BEGINS_TO_WAIT, ("check_owner",)),
    ("whose owner never came", {"is_waiting": False, "owner_lease_until": None}, BEGINS_TO_WAIT, ("check_owner",)),
    ("whose owner's lease ends now", {"is_waiting": False, "owner_lease_until": NOW}, BEGINS_TO_WAIT, ()),
    (
        "whose owner's lease lapsed unnoticed",
        {"is_waiting": False, "owner_lease_until": NOW - UNNOTICED + SECOND},
        BEGINS_TO_WAIT,
        (),
    ),
    (
        "whose owner's lease lapsed long ago",
        {"is_waiting": False, "owner_lease_until": NOW - UNNOTICED},
        BEGINS_TO_WAIT,
        ("check_owner",),
    ),
    (
        "whose owner left within the grace",
        {"is_waiting": False, "owner_lease_until": NOW - UNNOTICED, "owner_left_at": NOW - SECOND},
        BEGINS_TO_WAIT,
        (),
    ),
    (
        "whose owner left within the grace and is offline",
        {"is_waiting": False, "owner_presence": "offline", "owner_left_at": NOW - SECOND},
        BEGINS_TO_WAIT,
        ("check_owner",),
    ),
    ("who waits while the owner has left", {"owner_lease_until": None}, SAYS, ()),
    ("to an agent who was offered it", OFFERED, SAYS, ()),
    ("in a snoozed one", {"category": "waiting"}, SAYS, ("wake",)),
    ("in a snoozed one, answered", {"category": "waiting", "is_waiting": False}, BEGINS_TO_WAIT, ("wake",)),
    ("in a snoozed one of nobody", {**FREE, "category": "waiting"}, SAYS, ("wake",)),
    ("in a resolved one", {"category": "resolved", "is_waiting": False}, BEGINS_TO_WAIT, ("reopen",)),
    ("in a closed one", {"category": "closed", "is_waiting": False}, BEGINS_TO_WAIT, ("follow_up",)),
    ("in a resolved one of nobody", {**FREE, "category": "resolved", "is_waiting": False}, BEGINS_TO_WAIT, ("reopen",)),
    ("whose draft is no draft of theirs", {"has_draft": True}, SAYS, ()),
    ("whose team takes nothing", {"takes_on_reply": False}, SAYS, ()),
]

ANSWER: list[tuple[str, dict[str, Any], dict[str, Any], tuple[Step, ...]]] = [
    ("to one of theirs", {}, ENDS_WAIT, ()),
    ("to one of theirs that waits for nothing", {"is_waiting": False}, ANSWERS, ()),
    ("first", {"is_answered": False}, ENDS_WAIT | {"first_answered_at": NOW}, ()),
    ("with a draft", {"has_draft": True}, ENDS_WAIT, ("forget_draft",)),
    ("before the contact reads of them", {"joined_ids": []}, ENDS_WAIT, ("join",)),
    ("in one begun before joining was kept", {"joined_ids": None}, ENDS_WAIT, ("join",)),
    ("as the JSON of SQLite says", {"joined_ids": f'["{ANA}"]'}, ENDS_WAIT, ()),
    ("that SQLite's JSON does not name", {"joined_ids": f'["{BEN}"]'}, ENDS_WAIT, ("join",)),
    ("to a new one of theirs", {"category": "new"}, ENDS_WAIT, ("open",)),
    ("to a new one of nobody", {**FREE, "category": "new", "joined_ids": []}, ENDS_WAIT, ("take", "open")),
    ("to one of nobody", {**FREE, "joined_ids": []}, ENDS_WAIT, ("take",)),
    ("to one of nobody where they joined before", FREE, ENDS_WAIT, ("take",)),
    ("to one of nobody and of no team", {**FREE, "takes_on_reply": None}, ENDS_WAIT, ("take",)),
    ("to one of nobody whose team takes by hand", {**FREE, "takes_on_reply": False}, ENDS_WAIT, ()),
    ("the same, not joined", {**FREE, "takes_on_reply": False, "joined_ids": []}, ENDS_WAIT, ("join",)),
    ("the same, new", {**FREE, "takes_on_reply": False, "category": "new"}, ENDS_WAIT, ("open",)),
    ("to what they were offered", OFFERED, ENDS_WAIT, ("accept",)),
    ("to what they were offered, not joined", {**OFFERED, "joined_ids": []}, ENDS_WAIT, ("accept",)),
    ("to what they were offered, new", {**OFFERED, "category": "new"}, ENDS_WAIT, ("accept", "open")),
    ("to what Ben was offered", {**OFFERED, "agent_id": BEN}, ENDS_WAIT, ("take",)),
    ("to what Ben was offered by a team by hand", {**OFFERED, "agent_id": BEN, "takes_on_reply": False}, ENDS_WAIT, ()),
    ("to one of Ben's", {"agent_id": BEN}, ENDS_WAIT, ()),
    ("to one of Ben's, not joined", {"agent_id": BEN, "joined_ids": [BEN]}, ENDS_WAIT, ("join",)),
    ("to a snoozed one", {"category": "waiting"}, ENDS_WAIT, ()),
    ("to a snoozed one of nobody", {**FREE, "category": "waiting"}, ENDS_WAIT, ("take",)),
    ("to a resolved one", {"category": "resolved", "is_waiting": False}, ANSWERS, ()),
    ("to a resolved one of nobody", {**FREE, "category": "resolved", "is_waiting": False}, ANSWERS, ()),
    ("to a closed one, not joined", {"category": "closed", "joined_ids": [], "is_waiting": False}, ANSWERS, ("join",)),
    ("with everything to do", {**FREE, "category": "new", "has_draft": True}, ENDS_WAIT, ("forget_draft", "take", "open")),
]

NOTE: list[tuple[str, dict[str, Any], dict[str, Any], tuple[Step, ...]]] = [
    ("of the owner", {}, {}, ()),
    ("of a colleague", {"agent_id": BEN}, {}, ()),
    ("in a new one of nobody", {**FREE, "category": "new"}, {}, ()),
    ("on what was offered to them", OFFERED, {}, ()),
    ("in a snoozed one", {"category": "waiting"}, {}, ()),
    ("in a closed one", {"category": "closed"}, {}, ()),
    ("that had a draft", {"has_draft": True}, {}, ("forget_draft",)),
    ("of one who never joined", {"joined_ids": []}, {}, ()),
]
CASES = [(kind, *case) for kind, cases in (("contact", CONTACT), ("answer", ANSWER), ("note", NOTE)) for case in cases]


@pytest.mark.parametrize(
    ("kind", "case", "differs", "values", "steps"), CASES, ids=[f"{kind} {case}" for kind, case, *_ in CASES]
)
def test_what_a_message_does(
    kind: Kind, case: str, differs: dict[str, Any], values: dict[str, Any], steps: tuple[Step, ...]
) -> None:
    situation = Situation(**HELD | differs)
    expected = Needs(values, steps) if steps else Written(values)
    assert decide(situation, asked(kind), NOW) == expected
    with_files = decide(situation, asked(kind, body="", has_files=True), NOW)
    assert with_files == Needs(values, (*steps, "files")), "files come last, and need no words"
    again = decide(msgspec.structs.replace(situation, earlier_id="first"), asked(kind), NOW)
    assert again == Again("first"), "whatever has become of the conversation meanwhile"


@pytest.mark.parametrize(
    ("seen_seq", "steps"), [(None, ()), (7, ()), (8, ()), (6, ("check_seen",)), (0, ("check_seen",)), (-1, ("check_seen",))]
)
def test_an_answer_says_how_far_its_author_has_read(seen_seq: int | None, steps: tuple[Step, ...]) -> None:
    expected = Needs(ENDS_WAIT, steps) if steps else Written(ENDS_WAIT)
    assert decide(Situation(**HELD), asked("answer", seen_seq=seen_seq), NOW) == expected
    assert decide(Situation(**HELD), asked("note", seen_seq=seen_seq), NOW) == Written({}), "a note answers nobody"


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.parametrize("differs", [None, {}, {"earlier_id": "first"}])
def test_a_message_without_a_word_or_a_conversation_is_refused(kind: Kind, differs: dict[str, Any] | None) -> None:
    situation = None if differs is None else Situation(**HELD | differs)
    found = decide(situation, asked(kind, body=""), NOW)
    if differs is None:
        assert isinstance(found, Refused)
        assert isinstance(found.error, NotFound)
    elif differs:
        assert found == Again("first")
    else:
        assert isinstance(found, Refused)
        assert isinstance(found.error, Invalid)


@pytest.mark.parametrize("differs", [{"by": "a stranger"}, {"inbox_id": "another inbox"}])
def test_a_contact_writes_into_their_own_conversations_only(differs: dict[str, Any]) -> None:
    found = decide(Situation(**HELD | {"earlier_id": "first"}), asked("contact", **differs), NOW)
    assert isinstance(found, Refused)
    assert isinstance(found.error, NotFound)
