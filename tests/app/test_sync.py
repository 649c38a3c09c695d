"""Catching up by seq or rev, and marks that never go back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from app.clock import new_id
from app.contract.audiences import ToContact, ToInboxAgents
from app.contract.reading import (
    AgentEarlier,
    AgentSync,
    AgentSynced,
    ConversationDelivered,
    MessageMarked,
    ReadConversation,
    VisitorEarlier,
    VisitorSync,
    VisitorSynced,
)
from app.conversations.reading import sync as sync_module
from app.conversations.reading.heads import heads_for_agent, heads_for_visitor
from app.conversations.reading.sync import (
    earlier_for_agent,
    earlier_for_visitor,
    mark_delivered,
    mark_read,
    sync_for_agent,
    sync_for_visitor,
)
from app.people.actors import SignedInAgent, Visitor
from app.work import Work
from models import Conversation, Message
from realtime.transport.engine import MAX_QUEUED_BYTES
from tests.factories import House, open_house
from tests.servers.databases import SqliteFiles


async def visitor_sync(house: House, visitor: Visitor, id: str, after: int) -> VisitorSynced:
    async with house.works.read() as rows:
        return await sync_for_visitor(rows, visitor, VisitorSync(conversation_id=id, after_seq=after))


async def agent_sync(house: House, agent: SignedInAgent, id: str, after: int) -> AgentSynced:
    async with house.works.read() as rows:
        return await sync_for_agent(rows, agent, AgentSync(conversation_id=id, after_rev=after))


async def test_a_visitor_is_shown_what_they_missed_in_order(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    await house.answer(ana, id, "One")
    await house.answer(ana, id, "Two")
    synced = await visitor_sync(house, visitor, id, 2)
    assert [(message.seq, message.body) for message in synced.messages] == [(3, "One"), (4, "Two")]
    assert (synced.is_complete, synced.conversation.seq) == (True, 4)


async def test_a_visitor_can_neither_see_nor_count_notes(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    for turn in range(5):
        await house.note(ana, id, f"secret {turn}")
        await house.answer(ana, id, f"public {turn}")
    synced = await visitor_sync(house, visitor, id, 0)
    assert [message.seq for message in synced.messages] == list(range(1, 8))
    assert {message.rev for message in synced.messages} == {None}
    assert not any("secret" in message.body for message in synced.messages)
    async with house.works.read() as rows:
        (head,) = await heads_for_visitor(rows, visitor.contact_id)
    assert (head.seq, head.rev) == (7, 0)


async def test_an_agent_is_shown_notes_and_revisions(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    note = await house.note(ana, id)
    await house.answer(ana, id)
    everything = await agent_sync(house, ana, id, 0)
    assert [message.rev for message in everything.messages] == sorted(message.rev or 0 for message in everything.messages)
    assert note in everything.messages
    since = await agent_sync(house, ana, id, note.rev or 0)
    assert [message.body for message in since.messages] == ["Certainly."]
    assert since.conversation.rev == (await house.conversation(id)).rev


async def test_a_long_absence_is_caught_up_in_pages_without_gap_or_repeat(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync_module, "PAGE", 10)
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    for number in range(25):
        await (house.answer(ana, id, str(number)) if number % 2 else house.write(visitor, id, str(number)))
    seqs: list[int] = []
    revs: list[int] = []
    while True:
        page = await visitor_sync(house, visitor, id, seqs[-1] if seqs else 0)
        seqs += [message.seq or 0 for message in page.messages]
        if page.is_complete:
            break
        assert len(page.messages) == 10
    assert seqs == list(range(1, (await house.conversation(id)).seq + 1))
    while True:
        told = await agent_sync(house, ana, id, revs[-1] if revs else 0)
        revs += [message.rev or 0 for message in told.messages]
        if told.is_complete:
            break
    assert revs == [message.rev for message in await house.messages(id)]


async def many_messages(house: House, id: str, count: int, body: str = "Before") -> None:
    """As many messages as years of writing would leave, written at once."""
    stands = await house.conversation(id)

    async def write(work: Work) -> None:
        for number in range(1, count + 1):
            await work.add(
                Message(
                    id=new_id(),
                    conversation_id=id,
                    seq=stands.seq + number,
                    rev=stands.rev + number,
                    author_kind="contact",
                    author_id=stands.contact_id,
                    author_name="",
                    client_id=f"{id}{number}",
                    visibility="public",
                    channel="chat",
                    body=f"{body} {number}",
                    attachments=[],
                    created_at=work.now,
                )
            )
        values = {"seq": stands.seq + count, "rev": stands.rev + count}
        await work.change(update(Conversation).where(Conversation.id == id).values(**values))

    await house.run(write)


async def test_whoever_missed_more_than_a_page_is_given_the_newest_and_reads_back(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    await many_messages(house, id, 700)
    last = (await house.conversation(id)).seq
    async with house.works.read() as rows:
        synced = await sync_for_visitor(rows, visitor, VisitorSync(conversation_id=id, after_seq=2, newest=True))
        held = list(synced.messages)
        assert (synced.is_snapshot, synced.is_complete, synced.has_earlier) == (True, True, True)
        assert [message.seq for message in held] == list(range(last - sync_module.PAGE + 1, last + 1))
        has_earlier = True
        while has_earlier:
            before = VisitorEarlier(conversation_id=id, before_seq=held[0].seq or 0)
            earlier = await earlier_for_visitor(rows, visitor, before)
            held, has_earlier = [*earlier.messages, *held], earlier.has_earlier
        assert [message.seq for message in held] == list(range(1, last + 1))
        told = await sync_for_agent(rows, ana, AgentSync(conversation_id=id, after_rev=0, newest=True))
        assert (told.is_snapshot, told.messages[-1].rev) == (True, told.conversation.rev)
        since = AgentEarlier(conversation_id=id, before_rev=told.messages[0].rev or 0)
        assert (await earlier_for_agent(rows, ana, since)).messages[-1].rev == (told.messages[0].rev or 0) - 1


async def test_whoever_missed_less_than_a_page_is_given_the_difference(house: House) -> None:
    id, visitor = await house.chat()
    await many_messages(house, id, sync_module.PAGE)
    async with house.works.read() as rows:
        synced = await sync_for_visitor(rows, visitor, VisitorSync(conversation_id=id, after_seq=2, newest=True))
    assert (synced.is_snapshot, synced.is_complete, len(synced.messages)) == (False, True, sync_module.PAGE - 1)


@pytest.mark.parametrize("newest", [True, False])
async def test_a_page_of_long_messages_is_short_enough_for_a_socket(house: House, newest: bool) -> None:
    """A socket that is handed more than a megabyte is closed as slow: with two hundred letters it would never catch up."""
    id, visitor = await house.chat()
    await many_messages(house, id, 150, "x" * 10_000)
    async with house.works.read() as rows:
        synced = await sync_for_visitor(rows, visitor, VisitorSync(conversation_id=id, after_seq=1, newest=newest))
    assert len(msgspec.json.encode(synced)) < MAX_QUEUED_BYTES / 2
    assert (synced.is_snapshot, synced.is_complete) == (newest, newest)
    assert len(synced.messages) > 10


async def test_notes_are_no_part_of_what_a_visitor_reads_back(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    await house.note(ana, id, "secret")
    await house.answer(ana, id, "public")
    async with house.works.read() as rows:
        earlier = await earlier_for_visitor(rows, visitor, VisitorEarlier(conversation_id=id, before_seq=10**6))
    assert [message.seq for message in earlier.messages] == [1, 2, 3]
    assert (earlier.has_earlier, {message.rev for message in earlier.messages}) == (False, {None})


async def test_whoever_is_ahead_or_even_missed_nothing(house: House) -> None:
    id, visitor = await house.chat()
    for after in (1, 2, 10**6):
        synced = await visitor_sync(house, visitor, id, after)
        assert (synced.messages, synced.is_complete) == ([], True)


async def test_a_mark_is_told_to_both_sides(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    house.told.forget()
    await house.run(mark_delivered, ana, ConversationDelivered(conversation_id=id, seq=1))
    await house.run(mark_read, ana, ReadConversation(conversation_id=id, seq=2))
    for to in (ToContact(contact_id=visitor.contact_id), ToInboxAgents(inbox_id=house.inbox_id)):
        delivered, read = house.told.all(MessageMarked, to)
        assert (delivered.marks.agent_delivered_seq, delivered.marks.agent_read_seq) == (1, 0)
        assert (read.marks.agent_delivered_seq, read.marks.agent_read_seq) == (2, 2)


async def test_reading_counts_down_what_is_unread(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)  # seq 1, and 2 for "Ana joined."
    for _ in range(3):
        await house.write(visitor, id)
    await house.run(mark_read, ana, ReadConversation(conversation_id=id, seq=3))
    assert (await house.conversation(id)).unread_count == 2
    await house.run(mark_read, ana, ReadConversation(conversation_id=id, seq=10**9))
    stands = await house.conversation(id)
    assert (stands.unread_count, stands.agent_read_seq) == (0, stands.seq)


async def test_a_mark_moves_nothing_else(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    await house.answer(ana, id)
    before = await house.conversation(id)
    await house.run(mark_read, visitor, ReadConversation(conversation_id=id, seq=3))
    after = await house.conversation(id)
    assert (after.seq, after.rev, after.agent_read_seq, after.unread_count) == (before.seq, before.rev, 3, before.unread_count)
    assert (after.contact_read_seq, after.contact_delivered_seq) == (3, 3)


async def test_two_tabs_that_mark_at_once_end_at_the_furthest(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    for _ in range(8):
        await house.answer(ana, id)
    async with house.another_node() as other:
        await asyncio.gather(
            *(
                works.run(mark_read, visitor, ReadConversation(conversation_id=id, seq=seq))
                for seq in (9, 3, 7, 10, 4, 8)
                for works in (house.works, other)
            )
        )
    assert (await house.conversation(id)).contact_read_seq == 10


MARKS = st.tuples(st.sampled_from(["read", "delivered"]), st.sampled_from(["contact", "agent"]), st.integers(0, 12))


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(marks=st.lists(MARKS, max_size=12))
def test_marks_never_go_back_and_nothing_is_read_before_it_arrived(
    sqlite_files: SqliteFiles, tmp_path: Path, marks: list[tuple[str, str, int]]
) -> None:
    async def story() -> None:
        async with open_house(sqlite_files.copy_to(tmp_path / f"{new_id()}.db")) as house:
            ana = await house.agent()
            id, visitor = await house.chat(ana)
            for _ in range(5):
                await house.answer(ana, id)
            before = await house.conversation(id)
            for kind, side, seq in marks:
                actor = visitor if side == "contact" else ana
                if kind == "read":
                    await house.run(mark_read, actor, ReadConversation(conversation_id=id, seq=seq))
                else:
                    await house.run(mark_delivered, actor, ConversationDelivered(conversation_id=id, seq=seq))
                now = await house.conversation(id)
                for name in ("contact_read_seq", "contact_delivered_seq", "agent_read_seq", "agent_delivered_seq"):
                    assert getattr(before, name) <= getattr(now, name) <= now.seq
                assert now.contact_read_seq <= now.contact_delivered_seq
                assert now.agent_read_seq <= now.agent_delivered_seq
                before = now

    asyncio.run(story())


async def test_heads_are_of_what_an_agent_holds_or_looks_at(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    held, viewed, others = [await house.chat(agent) for agent in (ana, ben, ben)]
    async with house.works.read() as rows:
        heads = {head.conversation_id: head for head in await heads_for_agent(rows, ana.id, viewed[0])}
    assert set(heads) == {held[0], viewed[0]}
    stands = await house.conversation(held[0])
    assert (heads[held[0]].seq, heads[held[0]].rev) == (stands.seq, stands.rev)
    assert others[0] not in heads
