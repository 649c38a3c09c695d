"""Undo: status, clocks, place in the queue, owner, offer, snooze, priority and tags as they were, if nothing happened since."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.contract.assignments import AssignConversation, AssignmentOffered, TransferConversation
from app.contract.bulk_changes import Change, ChangeConversations, UndoConversations
from app.contract.conversations import SetPriority, SetStatus, SnoozeConversation
from app.contract.routing import SetTeamRouting
from app.contract.tickets import OpenTicket
from app.conversations.assignments.change import assign_conversation, transfer_conversation
from app.conversations.bulk_changes import change_conversations
from app.conversations.lifecycle import set_priority, set_status, snooze_conversation
from app.conversations.snooze import wake_conversations
from app.conversations.tickets import open_ticket
from app.conversations.undo import undo_conversations
from app.people.actors import SignedInAgent
from app.people.presence import set_presence
from app.routing.dispatch import dispatch, serve_team_anew
from models import Assignment, Routing, Team, Ticket
from tests.factories import LEASE, OPERATOR, House

TAKEN = (
    "status category priority priority_rank agent_id team_id waiting_since queued_at assigned_at offer_until snoozed_until"
    " reopened_count resolved_at ended_by escalation_level tags"
).split()


async def stands(house: House, id: str) -> dict[str, Any]:
    conversation = await house.conversation(id)
    return {name: getattr(conversation, name) or None for name in TAKEN}


async def undo(house: House, agent: SignedInAgent, *ids: str) -> list[str]:
    """Take back the last change; the codes of what was refused."""
    return [
        one.code for one in (await undo_conversations(house.works, agent, UndoConversations(conversation_ids=list(ids)))).failed
    ]


async def do(house: House, what: str, agent: SignedInAgent, other: SignedInAgent, id: str) -> None:
    match what:
        case "resolve":
            await house.run(set_status, agent, SetStatus(conversation_id=id, status="resolved"))
        case "snooze":
            until = house.clock() + timedelta(hours=1)
            await house.run(snooze_conversation, agent, SnoozeConversation(conversation_id=id, until=until))
        case "priority":
            await house.run(set_priority, agent, SetPriority(conversation_id=id, priority="urgent"))
        case "assign":
            await house.run(assign_conversation, agent, AssignConversation(conversation_id=id, agent_id=other.id))
        case "unassign":
            await house.run(assign_conversation, agent, AssignConversation(conversation_id=id))
        case "transfer":
            team_id = await house.team("Orders")
            await house.run(transfer_conversation, agent, TransferConversation(conversation_id=id, team_id=team_id, note="Look"))
        case _:
            change = Change(conversation_ids=[id], status="resolved", priority="low", add_tags=["vip"], remove_tags=["new"])
            assert not (await change_conversations(house.works, agent, ChangeConversations(changes=[change]))).failed


@pytest.mark.parametrize(
    ("what", "owned"),
    [
        *((what, True) for what in ("resolve", "snooze", "priority", "assign", "unassign", "transfer", "bulk")),
        *((what, False) for what in ("resolve", "snooze", "priority", "assign", "transfer", "bulk")),
    ],
)
async def test_undo_puts_back_all_that_a_change_took(house: House, what: str, owned: bool) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    id, _ = await house.chat()
    tags = Change(conversation_ids=[id], add_tags=["new"])
    await change_conversations(house.works, ana, ChangeConversations(changes=[tags]))
    if owned:
        await house.claim(ana, id)
    house.clock.on(minutes=7)
    before = await stands(house, id)
    await do(house, what, ana, ben, id)
    house.clock.on(seconds=5)
    assert await undo(house, ana, id) == []
    assert await stands(house, id) == before
    open_ones = await house.all(select(Assignment).where(Assignment.conversation_id == id, Assignment.ended_at.is_(None)))
    assert [one.agent_id for one in open_ones if one.agent_id] == ([ana.id] if owned else [])


async def test_undo_puts_back_the_waiting_clock(house: House) -> None:
    """Resolved by mistake and undone: the contact has waited since they wrote, and stands where they stood."""
    ana = await house.agent("Ana", capacity=0)
    first, _ = await house.chat()
    began = house.clock()
    house.clock.on(minutes=3)
    second, _ = await house.chat()
    house.clock.on(minutes=3)
    await house.resolve(ana, first)
    house.clock.on(minutes=1)
    assert await undo(house, ana, first) == []
    now = await house.conversation(first)
    assert (now.waiting_since, now.queued_at, now.reopened_count) == (began, began, 0)
    assert began < ((await house.conversation(second)).queued_at or began)


async def test_reopening_an_unanswered_one_keeps_its_clock(house: House) -> None:
    ana = await house.agent("Ana", capacity=0)
    id, _ = await house.chat()
    began = house.clock()
    house.clock.on(minutes=3)
    await house.resolve(ana, id)
    house.clock.on(minutes=3)
    await house.run(set_status, ana, SetStatus(conversation_id=id, status="open"))
    now = await house.conversation(id)
    assert (now.waiting_since, now.queued_at) == (began, began)


async def test_reopening_an_answered_one_starts_no_clock(house: House) -> None:
    ana = await house.agent("Ana")
    id, _ = await house.chat(ana)
    await house.answer(ana, id)
    await house.resolve(ana, id)
    await house.run(set_status, ana, SetStatus(conversation_id=id, status="open"))
    assert (await house.conversation(id)).waiting_since is None


async def test_once_something_has_happened_nothing_is_undone(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    id, visitor = await house.chat(ana)
    await house.resolve(ana, id)
    assert await undo(house, ben, id) == ["conflict"], "another's change"
    await house.write(visitor, id)
    before = await stands(house, id)
    assert await undo(house, ana, id) == ["conflict"]
    assert await stands(house, id) == before


async def test_undone_twice_is_undone_once(house: House) -> None:
    ana = await house.agent("Ana")
    id, _ = await house.chat(ana)
    await house.resolve(ana, id)
    assert await undo(house, ana, id) == []
    before = await stands(house, id), len(await house.messages(id))
    assert await undo(house, ana, id) == []
    assert (await stands(house, id), len(await house.messages(id))) == before


async def test_an_offer_that_a_change_took_stands_again(house: House) -> None:
    ana, sam = await house.agent("Ana"), await house.agent("Sam", role="supervisor", takes_chats=False)
    await house.run(serve_team_anew, OPERATOR, house.team_id, SetTeamRouting(accept_seconds=60))
    id, _ = await house.chat()
    await dispatch(house.works, house.team_id)
    until = (await house.conversation(id)).offer_until
    await house.resolve(sam, id)
    assert await undo(house, sam, id) == []
    now = await house.conversation(id)
    assert (now.agent_id, now.offer_until) == (ana.id, until)
    assert until is not None


async def test_a_ticket_that_a_change_closed_is_open_again(house: House) -> None:
    ana = await house.agent("Ana", capacity=0)
    id, _ = await house.chat()
    await house.run(set_presence, ana.id, "offline", LEASE)
    await dispatch(house.works, house.team_id)
    await house.resolve(ana, id)
    assert await undo(house, ana, id) == []
    (ticket,) = await house.all(select(Ticket))
    assert ticket.closed_at is None


async def test_replying_to_a_conversation_nobody_has_takes_it(house: House) -> None:
    ana = await house.agent("Ana", capacity=0)
    id, _ = await house.chat()
    await house.answer(ana, id)
    now = await house.conversation(id)
    assert (now.agent_id, now.waiting_since) == (ana.id, None)
    (open_one,) = await house.all(select(Assignment).where(Assignment.conversation_id == id, Assignment.ended_at.is_(None)))
    assert (open_one.agent_id, open_one.made_by, open_one.reason) == (ana.id, ana.id, "replied")


async def test_a_note_or_a_reply_to_a_colleagues_takes_nothing(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    free, _ = await house.chat()
    await house.note(ana, free)
    assert (await house.conversation(free)).agent_id is None
    theirs, _ = await house.chat(ben)
    await house.answer(ana, theirs)
    assert (await house.conversation(theirs)).agent_id == ben.id


async def test_a_team_may_want_that_replies_take_nothing(house: House) -> None:
    ana = await house.agent("Ana")
    await house.run(serve_team_anew, OPERATOR, house.team_id, SetTeamRouting(takes_on_reply=False))
    id, _ = await house.chat()
    await house.answer(ana, id)
    assert (await house.conversation(id)).agent_id is None
    assert (await house.all(select(Team.takes_on_reply).where(Team.id == house.team_id))) == [False]


async def test_replying_to_what_is_offered_to_a_colleague_takes_it_from_the_offer(house: House) -> None:
    ana = await house.agent("Ana")
    await house.run(serve_team_anew, OPERATOR, house.team_id, SetTeamRouting(accept_seconds=60))
    id, _ = await house.chat()
    await dispatch(house.works, house.team_id)
    ben = await house.agent("Ben")
    assert house.told.one(AssignmentOffered).conversation_id == id
    assert (await house.conversation(id)).agent_id == ana.id
    await house.answer(ben, id)
    now = await house.conversation(id)
    assert (now.agent_id, now.offer_until) == (ben.id, None)


async def test_undoing_what_a_reply_took_gives_it_to_somebody_else(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    id, _ = await house.chat()
    await house.answer(ana, id)
    assert await undo(house, ana, id) == []
    assert (await house.conversation(id)).agent_id is None
    assert (await house.all(select(Routing.givers)))[0] == [ana.id]
    await dispatch(house.works, house.team_id)
    assert (await house.conversation(id)).agent_id == ben.id


async def test_a_snoozed_one_whose_owner_left_stands_in_the_queue_since_its_contact_began_to_wait(house: House) -> None:
    ana = await house.agent("Ana")
    id, _ = await house.chat(ana)
    began = house.clock()
    until = began + timedelta(hours=1)
    await house.run(snooze_conversation, ana, SnoozeConversation(conversation_id=id, until=until))
    await house.run(set_presence, ana.id, "offline", LEASE)
    house.clock.on(hours=2)
    await house.run(wake_conversations)
    now = await house.conversation(id)
    assert (now.agent_id, now.queued_at) == (None, began)


async def test_a_topic_that_several_tickets_were_given_is_taken_back(house: House) -> None:
    ana = await house.agent("Ana")
    ids = [(await house.chat(ana))[0] for _ in range(3)]
    for id, topic in zip(ids[:2], ("Tents", "Stoves"), strict=True):
        await house.run(open_ticket, ana, OpenTicket(conversation_id=id, title="One", topic=topic))
    change = Change(conversation_ids=ids, topic="Refunds")
    done = await change_conversations(house.works, ana, ChangeConversations(changes=[change]))
    assert [one.ticket.topic for one in done.conversations if one.ticket] == ["Refunds", "Refunds"]
    assert [(one.conversation_id, one.code) for one in done.failed] == [(ids[2], "not_found")]
    assert await undo(house, ana, *ids[:2]) == []
    assert sorted(await house.all(select(Ticket.topic))) == ["Stoves", "Tents"]
    assert [(await house.conversation(id)).topic for id in ids] == ["Tents", "Stoves", None]
