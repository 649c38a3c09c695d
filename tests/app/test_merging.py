"""Merging: one thread from two, nothing lost, nothing sent to the wrong person, and undone for a day."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from app.contract.conversations import SetStatus
from app.contract.links import MergeTicket, SetWatching
from app.contract.sla import SaveSlaPolicy, SlaConditions, SlaTarget
from app.contract.tickets import OpenTicket
from app.conversations.lifecycle import set_status
from app.conversations.tags import change_tags
from app.conversations.tickets import open_ticket
from app.errors import Conflict, Invalid, NotFound
from app.links.merging import merge_ticket, preview_merge, undo_merge
from app.links.tickets import UNDO_FOR, links_of, set_watching
from app.people.actors import SignedInAgent, Visitor
from app.sla.policies import save_policy
from app.sla.tracking import run_clocks
from app.work import Work
from models import Activity, Conversation, Draft, Merge, SlaClock, Ticket
from tests.factories import House


async def ticket(house: House, ana: SignedInAgent, visitor: Visitor | None = None, body: str = "It leaks") -> tuple[str, Visitor]:
    visitor = visitor or house.visitor()
    id = (await house.start(visitor, body)).conversation.id
    await house.run(open_ticket, ana, OpenTicket(conversation_id=id, title=body, topic="Stoves"))
    return id, visitor


async def two(house: House, ana: SignedInAgent) -> tuple[str, str, Visitor]:
    """Two tickets of one contact: number 1 was resolved before the second began, and was reopened beside it."""
    source, visitor = await ticket(house, ana)
    await house.run(set_status, ana, SetStatus(conversation_id=source, status="resolved"))
    target, _ = await ticket(house, ana, visitor, "It still leaks")
    await house.write(visitor, source, "Hello? Here too")
    return source, target, visitor


async def merge(house: House, ana: SignedInAgent, source: str, number: int, **more: Any) -> None:
    await house.run(merge_ticket, ana, source, MergeTicket(number=number, **more))


async def lines(house: House, id: str) -> list[str]:
    return [one.system for one in await house.messages(id) if one.system and "merged" in one.system]


async def said(house: House, id: str) -> list[str]:
    return [one.body for one in await house.messages(id) if not one.system]


async def test_a_merged_ticket_ends_and_both_say_so(house: House) -> None:
    ana = await house.agent()
    source, target, _ = await two(house, ana)
    await merge(house, ana, source, 2)
    stands = await house.conversation(source)
    assert (stands.status, stands.category, stands.waiting_since, stands.queued_at) == ("duplicate", "closed", None, None)
    assert (await lines(house, source), await lines(house, target)) == (["merged_into"], ["merged"])
    async with house.works.read() as rows:
        (ours,), (theirs,) = (await links_of(rows, ana, target)).merges, (await links_of(rows, ana, source)).merges
    assert (ours.is_into, ours.number, ours.title, ours.conversation_id) == (False, 1, "It leaks", source)
    assert (theirs.is_into, theirs.number, theirs.conversation_id) == (True, 2, target)
    actions = await house.all(select(Activity.action).where(Activity.action.like("%merge%")))
    assert sorted(actions) == ["conversation.merge", "ticket.merge"]


async def test_the_contact_reads_nothing_of_a_merge(house: House) -> None:
    ana = await house.agent()
    source, target, _ = await two(house, ana)
    before = [len([one for one in await house.messages(id) if one.seq]) for id in (source, target)]
    await merge(house, ana, source, 2)
    assert [len([one for one in await house.messages(id) if one.seq]) for id in (source, target)] == before


async def test_words_to_a_merged_ticket_arrive_in_the_one_that_took_it(house: House) -> None:
    ana = await house.agent()
    source, target, visitor = await two(house, ana)
    await merge(house, ana, source, 2)
    sent = await house.write(visitor, source, "Any news?")
    assert (sent.conversation_id, (await said(house, target))[-1]) == (target, "Any news?")
    assert (await house.conversation(source)).category == "closed"
    await house.run(set_status, ana, SetStatus(conversation_id=target, status="resolved"))
    assert (await house.write(visitor, source, "And now?")).conversation_id == target
    assert (await house.conversation(target)).status == "reopened"


async def test_two_customers_are_merged_only_when_asked_and_never_read_each_other(house: House) -> None:
    ana = await house.agent()
    source, mia = await ticket(house, ana)
    target, _ = await ticket(house, ana)
    with pytest.raises(Conflict, match="two customers"):
        await merge(house, ana, source, 2)
    await merge(house, ana, source, 2, is_other_contact=True)
    sent = await house.write(mia, source, "Mine alone")
    assert sent.conversation_id not in (source, target)
    assert "Mine alone" not in await said(house, target)


async def test_undo_puts_everything_back_for_a_day(house: House) -> None:
    ana = await house.agent()
    source, target, visitor = await two(house, ana)
    before = await house.conversation(source)

    async def tag(work: Work) -> None:
        row = await work.one(select(Conversation).where(Conversation.id == source))
        assert row is not None
        await change_tags(work, row, ["vip"], (), by=ana)

    await house.run(tag)
    await house.run(set_watching, ana, source, SetWatching(is_watching=True))
    await house.add(
        Draft(agent_id=ana.id, conversation_id=source, visibility="public", body="We", attachments=[], changed_at=house.clock())
    )
    await merge(house, ana, source, 2)
    taken = await house.conversation(target)
    assert taken.tags == ["vip"]
    assert await house.all(select(Draft.conversation_id)) == [target]
    await house.write(visitor, source, "Meanwhile")
    (id,) = await house.all(select(Merge.id))
    await house.run(undo_merge, ana, id)
    await house.run(undo_merge, ana, id)
    after = await house.conversation(source)
    for name in ("status", "category", "agent_id", "team_id", "waiting_since", "queued_at", "priority"):
        assert getattr(after, name) == getattr(before, name), name
    assert after.tags == ["vip"]
    assert (await house.conversation(target)).tags == []
    assert "Meanwhile" in await said(house, target)
    assert (await lines(house, source), await lines(house, target)) == (["merged_into", "unmerged"], ["merged", "unmerged"])
    assert await house.all(select(Ticket.closed_at).where(Ticket.conversation_id == source)) == [None]


async def test_undo_stands_beside_a_chat_begun_meanwhile(house: House) -> None:
    ana = await house.agent()
    source, visitor = await ticket(house, ana)
    await ticket(house, ana)
    await merge(house, ana, source, 2, is_other_contact=True)
    begun = (await house.start(visitor, "Something new")).conversation.id
    (id,) = await house.all(select(Merge.id))
    await house.run(undo_merge, ana, id)
    stands, other = await house.conversation(source), await house.conversation(begun)
    assert (stands.category != "closed", stands.is_extra, other.is_extra) == (True, True, False)


async def test_a_merge_is_final_after_a_day(house: House) -> None:
    ana = await house.agent()
    source, _, _ = await two(house, ana)
    await merge(house, ana, source, 2)
    house.clock.on(seconds=UNDO_FOR.total_seconds() + 1)
    (id,) = await house.all(select(Merge.id))
    with pytest.raises(Invalid, match="for a day"):
        await house.run(undo_merge, ana, id)


async def test_what_cannot_be_merged_is_refused(house: House) -> None:
    ana = await house.agent()
    source, target, visitor = await two(house, ana)
    with pytest.raises(Invalid, match="into itself"):
        await merge(house, ana, source, 1)
    with pytest.raises(NotFound):
        await merge(house, ana, source, 99)
    await merge(house, ana, source, 2)
    await merge(house, ana, source, 2)  # the same again
    with pytest.raises(Conflict, match="merged into another"):
        await merge(house, ana, target, 1)
    third, _ = await ticket(house, ana)
    with pytest.raises(Conflict, match="merged into another"):
        await merge(house, ana, source, 3, is_other_contact=True)
    with pytest.raises(Conflict, match="merged into ticket #2"):
        await house.run(set_status, ana, SetStatus(conversation_id=source, status="open"))
    await house.run(set_status, ana, SetStatus(conversation_id=target, status="resolved"))
    with pytest.raises(Invalid, match="has ended"):
        await merge(house, ana, third, 2, is_other_contact=True)
    assert visitor


async def test_each_into_the_other_at_once_merges_one(house: House) -> None:
    ana = await house.agent()
    for turn in range(10):
        one, visitor = await ticket(house, ana)
        await house.run(set_status, ana, SetStatus(conversation_id=one, status="resolved"))
        other, _ = await ticket(house, ana, visitor)
        await house.write(visitor, one, "Reopened")
        ended = await asyncio.gather(
            merge(house, ana, one, 2 * turn + 2), merge(house, ana, other, 2 * turn + 1), return_exceptions=True
        )
        assert sorted(type(it).__name__ for it in ended) == ["Conflict", "NoneType"]
        of_these = Merge.source_id.in_((one, other))
        assert len(await house.all(select(Merge.id).where(of_these))) == 1


async def test_a_preview_shows_both_in_the_order_they_were_written(house: House) -> None:
    ana = await house.agent()
    source, _, _ = await two(house, ana)
    async with house.works.read() as rows:
        shown = await preview_merge(rows, ana, source, 2)
    assert [(one.is_moved, one.body) for one in shown.messages] == [
        (True, "It leaks"),
        (False, "It still leaks"),
        (True, "Hello? Here too"),
    ]
    assert (shown.number, shown.is_other_contact) == (2, False)


async def test_a_merged_ticket_never_breaches_its_promise(house: House) -> None:
    ada, ana = await house.agent("Ada", role="admin"), await house.agent()
    targets = [SlaTarget(clock="first_response", priority="medium", minutes=60)]
    await house.run(save_policy, ada, SaveSlaPolicy(name="Gold", conditions=SlaConditions(), targets=targets))
    source, _ = await ticket(house, ana)
    await ticket(house, ana)
    await run_clocks(house.works)
    await merge(house, ana, source, 2, is_other_contact=True)
    house.clock.on(seconds=2 * 3600)
    await run_clocks(house.works)
    promised = select(SlaClock).where(SlaClock.clock == "first_response")
    ends = {one.conversation_id: (one.progress, one.breached_at is not None) for one in await house.all(promised)}
    assert ends.pop(source)[1] is False
    assert [missed for _, missed in ends.values()] == [True]
