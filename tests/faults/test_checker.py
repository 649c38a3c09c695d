"""The judge is judged: a sound history passes, and each way to break it is found and called by its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from msgspec import structs

from tests.faults.checker import check, kinds
from tests.faults.history import Acked, AssignmentRecord, Claimed, History, Line, Owned, Seen, Sent, Shown, Stored

ANA, BEN = "agent-ana", "agent-ben"


@dataclass
class Tale:
    """A visitor asks, Ana answers and leaves a note, the visitor thanks her: told so that one thing can be changed."""

    lines: list[Line] = field(default_factory=list)
    acks: list[tuple[str, Line]] = field(default_factory=list)
    visitor_shows: list[Line] = field(default_factory=list)
    agent_shows: list[Line] = field(default_factory=list)
    holdings: list[AssignmentRecord] = field(default_factory=list)
    conversation: Owned | None = None
    claims: list[tuple[str, str]] = field(default_factory=list)
    capacity: int = 1
    said: dict[str, object] = field(default_factory=dict)
    sent: list[tuple[str, str]] = field(default_factory=list)

    def history(self) -> History:
        history = History()
        history.sent = [Sent(by=by, key=key, at=float(turn)) for turn, (by, key) in enumerate(self.sent)]
        history.acked = [Acked(by=by, key=line.key or "", at=turn + 0.5, line=line) for turn, (by, line) in enumerate(self.acks)]
        history.claimed = [Claimed(by=by, conversation_id=id, at=0.0) for by, id in self.claims]
        history.seen = [Seen(by="visitor", at=9.0, line=line) for line in self.visitor_shows]
        history.shown = [
            Shown(by="visitor", side="visitor", conversation_id="c", lines=self.visitor_shows),
            Shown(by="ana", side="agent", conversation_id="c", lines=self.agent_shows),
        ]
        assert self.conversation
        history.stored = Stored(
            lines=self.lines,
            conversations=[self.conversation],
            holdings=self.holdings,
            capacities={ANA: self.capacity, BEN: 1},
            said=self.said,
            recounted={"open": 1},
        )
        return history


def line(rev: int, seq: int | None, by: str, key: str | None, **more: str) -> Line:
    return Line(id=f"m{rev}", conversation_id="c", seq=seq, rev=rev, by=by, key=key, body=f"body of {key}", **more)


def for_visitors(lines: list[Line]) -> list[Line]:
    return [structs.replace(one, rev=None) for one in lines if one.visibility == "public"]


@pytest.fixture
def tale() -> Tale:
    ask, joined = line(1, 1, "contact v", "v-1"), line(3, 2, "system", None)
    answer, note = line(4, 3, f"agent {ANA}", "a-1"), line(5, None, f"agent {ANA}", "a-2", visibility="internal")
    thanks = line(6, 4, "contact v", "v-2")
    lines = [ask, joined, answer, note, thanks]
    public = for_visitors(lines)
    return Tale(
        lines=lines,
        sent=[("visitor", "v-1"), ("ana", "a-1"), ("ana", "a-2"), ("visitor", "v-2")],
        acks=[("visitor", public[0]), ("ana", answer), ("ana", note), ("visitor", public[3])],
        visitor_shows=public,
        agent_shows=list(lines),
        holdings=[AssignmentRecord(conversation_id="c", agent_id=ANA)],
        conversation=Owned(id="c", agent_id=ANA, is_open=True, seq=4, rev=6, unread_count=1, agent_read_seq=3),
        claims=[("ana", "c")],
        said={"open": 1},
    )


def lose_an_acked_message(tale: Tale) -> None:
    """Killed between the ack and the commit: nobody else ever saw it."""
    gone = tale.lines.pop()
    tale.visitor_shows.pop()
    tale.agent_shows.pop()
    assert tale.conversation
    assert gone.key == "v-2"
    tale.conversation = structs.replace(tale.conversation, seq=3, rev=5, unread_count=0)


def store_a_retry_as_another(tale: Tale) -> None:
    again = structs.replace(tale.lines[-1], id="m7", rev=7, seq=5)
    tale.lines.append(again)
    tale.agent_shows.append(again)
    tale.visitor_shows += for_visitors([again])
    assert tale.conversation
    tale.conversation = structs.replace(tale.conversation, seq=5, rev=7, unread_count=2)


def answer_a_retry_with_another_place(tale: Tale) -> None:
    tale.acks.append(("visitor", structs.replace(tale.acks[0][1], id="m9", seq=9)))


def draw_a_bubble_twice(tale: Tale) -> None:
    tale.agent_shows.append(structs.replace(tale.agent_shows[-1], id="local"))


def swap_what_a_sender_sent(tale: Tale) -> None:
    tale.sent = [("visitor", "v-2"), ("ana", "a-1"), ("ana", "a-2"), ("visitor", "v-1")]


def give_a_seq_twice(tale: Tale) -> None:
    for held in (tale.lines, tale.agent_shows):
        held[4] = structs.replace(held[4], seq=3)
    tale.visitor_shows[3] = structs.replace(tale.visitor_shows[3], seq=3)
    tale.acks[3] = ("visitor", tale.visitor_shows[3])
    assert tale.conversation
    tale.conversation = structs.replace(tale.conversation, seq=3, unread_count=0)


def forget_to_count(tale: Tale) -> None:
    assert tale.conversation
    tale.conversation = structs.replace(tale.conversation, seq=3)


def miss_a_message(tale: Tale) -> None:
    tale.visitor_shows.pop(2)


def draw_in_another_order(tale: Tale) -> None:
    tale.agent_shows[1:3] = reversed(tale.agent_shows[1:3])


def change_a_byte(tale: Tale) -> None:
    tale.visitor_shows[2] = structs.replace(tale.visitor_shows[2], body="body of a-1 ")


def ack_other_words(tale: Tale) -> None:
    tale.acks[1] = ("ana", structs.replace(tale.acks[1][1], body="something else"))


def show_a_note_to_the_visitor(tale: Tale) -> None:
    tale.visitor_shows.append(structs.replace(tale.lines[3], rev=None))


def show_a_rev_to_the_visitor(tale: Tale) -> None:
    tale.visitor_shows[0] = tale.lines[0]


def hold_it_twice(tale: Tale) -> None:
    tale.holdings.append(AssignmentRecord(conversation_id="c", agent_id=BEN))


def own_it_without_history(tale: Tale) -> None:
    tale.holdings = [AssignmentRecord(conversation_id="c", agent_id=BEN)]


def tell_two_agents_it_is_theirs(tale: Tale) -> None:
    tale.claims.append(("ben", "c"))


def hold_more_than_one_may(tale: Tale) -> None:
    tale.capacity = 0


def miscount_the_unread(tale: Tale) -> None:
    assert tale.conversation
    tale.conversation = structs.replace(tale.conversation, unread_count=0)


def miscount_the_wall(tale: Tale) -> None:
    tale.said = {"open": 2}


BROKEN: dict[Callable[[Tale], None], str] = {
    lose_an_acked_message: "lost",
    store_a_retry_as_another: "doubled",
    answer_a_retry_with_another_place: "doubled",
    draw_a_bubble_twice: "doubled",
    swap_what_a_sender_sent: "reordered",
    give_a_seq_twice: "gap",
    forget_to_count: "gap",
    miss_a_message: "unseen",
    draw_in_another_order: "disagreement",
    change_a_byte: "altered",
    ack_other_words: "altered",
    show_a_note_to_the_visitor: "leaked",
    show_a_rev_to_the_visitor: "leaked",
    hold_it_twice: "two_owners",
    own_it_without_history: "two_owners",
    tell_two_agents_it_is_theirs: "two_owners",
    hold_more_than_one_may: "over_capacity",
    miscount_the_unread: "miscounted",
    miscount_the_wall: "miscounted",
}


def test_a_sound_history_passes(tale: Tale) -> None:
    assert check(tale.history()) == []


@pytest.mark.parametrize(("breaks", "kind"), BROKEN.items(), ids=lambda it: getattr(it, "__name__", it))
def test_each_way_to_break_it_is_found_and_nothing_else(tale: Tale, breaks: Callable[[Tale], None], kind: str) -> None:
    breaks(tale)
    assert kinds(tale.history()) == {kind}


def test_a_message_that_was_never_acked_may_be_missing(tale: Tale) -> None:
    lose_an_acked_message(tale)
    tale.acks.pop()
    assert check(tale.history()) == []


def test_settled_when_the_last_screen_has_what_was_sent_before(tale: Tale) -> None:
    history = tale.history()
    assert history.settled_at(before=0.0) == 0.0
    assert history.settled_at(before=1.0) == 9.0
    assert history.seconds_to_ack(since=1.0, until=3.0) == [0.5, 0.5]
