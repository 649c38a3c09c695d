"""Writing: idempotent by client_id, ordered by the conversation's row, told to those who may read."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from app.contract.audiences import ToContact, ToInboxAgents
from app.contract.conversations import ConversationChanged
from app.contract.messages import AgentSendMessage, MessageCreated, VisitorSendMessage
from app.conversations.access import access_conversation
from app.conversations.messages.outbox import MessageOutbox
from app.conversations.messages.send import add_system_message, post_agent_message, post_visitor_message
from app.errors import Conflict, Invalid, NotFound
from app.people.actors import SignedInAgent, Visitor
from app.work import Work, Works
from models import Message
from tests.factories import House, Travel


async def test_what_is_written_is_kept_and_told_to_both_sides(house: House) -> None:
    id, visitor = await house.chat()
    house.told.forget()
    said = await house.write(visitor, id, "Where is my parcel?")
    (stored,) = [message for message in await house.messages(id) if message.id == said.id]
    assert (stored.body, stored.seq, stored.author_kind, stored.author_id) == (
        "Where is my parcel?",
        2,
        "contact",
        visitor.contact_id,
    )
    for_contact = house.told.one(MessageCreated, ToContact(contact_id=visitor.contact_id)).message
    for_agents = house.told.one(MessageCreated, ToInboxAgents(inbox_id=house.inbox_id)).message
    assert for_contact == said
    assert (for_contact.rev, for_agents.rev) == (None, stored.rev)


async def test_the_same_client_id_is_one_message_and_is_told_again(house: House) -> None:
    id, visitor = await house.chat()
    first = await house.write(visitor, id, "Once", client_id="k1")
    house.told.forget()
    again = await house.write(visitor, id, "Once", client_id="k1")
    assert again == first
    assert [message.body for message in await house.messages(id)] == ["Hello?", "Once"]
    assert house.told.one(MessageCreated, ToContact).message == first


async def test_one_client_id_raced_by_twenty_on_two_nodes_is_one_message(house: House) -> None:
    id, visitor = await house.chat()
    command = VisitorSendMessage(client_id="raced", conversation_id=id, body="Only once, please")
    async with house.another_node() as other:
        nodes = [house.works, other] * 10
        answers = await asyncio.gather(*(works.run(post_visitor_message, visitor, command) for works in nodes))
    assert {answer.id for answer in answers} == {answers[0].id}
    assert [message.body for message in await house.messages(id)].count("Only once, please") == 1
    assert (await house.conversation(id)).seq == 2


async def test_an_agents_client_id_raced_on_two_nodes_is_one_message(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    before = (await house.conversation(id)).seq
    command = AgentSendMessage(client_id="raced", conversation_id=id, body="On its way.")
    async with house.another_node() as other:
        answers = await asyncio.gather(*(works.run(post_agent_message, ana, command) for works in [house.works, other] * 10))
    assert len({answer.id for answer in answers}) == 1
    assert (await house.conversation(id)).seq == before + 1


async def test_a_client_id_belongs_to_its_author(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    mine, theirs = await house.write(visitor, id, "Mine", client_id="k"), await house.answer(ana, id, "Theirs", client_id="k")
    assert (mine.body, theirs.body) == ("Mine", "Theirs")


async def test_eight_writers_at_once_leave_no_gap_and_no_repeat(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    before = (await house.conversation(id)).seq

    async def talk(works: Works, writer: int) -> list[int]:
        seqs: list[int] = []
        for turn in range(10):
            key, body = f"{writer}-{turn}", f"writer {writer} turn {turn}"
            if writer % 2:
                sent = await works.run(post_agent_message, ana, AgentSendMessage(client_id=key, conversation_id=id, body=body))
            else:
                sent = await works.run(
                    post_visitor_message, visitor, VisitorSendMessage(client_id=key, conversation_id=id, body=body)
                )
            assert sent.seq is not None
            seqs.append(sent.seq)
        return seqs

    async with house.another_node() as other:
        each = await asyncio.gather(*(talk((house.works, other)[writer % 2], writer) for writer in range(8)))
    assert all(seqs == sorted(seqs) for seqs in each), "a writer's own order was changed"
    public = [message for message in await house.messages(id) if message.seq is not None]
    assert [message.seq for message in public] == list(range(1, before + 81))
    told = [event.message for event in house.told.all(MessageCreated, ToContact)]
    assert sorted({message.seq for message in told if message.seq}) == [message.seq for message in public]


async def test_b39_a_note_takes_a_rev_but_no_seq_and_is_told_to_agents_only(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    before = await house.conversation(id)
    house.told.forget()
    note = await house.note(ana, id, "He sounds upset.")
    after = await house.conversation(id)
    assert (note.seq, note.rev) == (None, before.rev + 1)
    assert (after.seq, after.rev) == (before.seq, before.rev + 1)
    assert (after.preview, after.last_message_at) == (before.preview, before.last_message_at)
    assert house.told.to_contact() == []
    assert house.told.one(MessageCreated, ToInboxAgents).message == note


async def test_an_answer_that_missed_a_message_is_refused_with_what_was_missed(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    id, visitor = await house.chat(ana)
    seen = (await house.conversation(id)).seq
    await house.write(visitor, id, "Wait, I found it!")
    await house.answer(ben, id, "Glad to hear.")
    with pytest.raises(Conflict) as refused:
        await house.answer(ana, id, "We are still looking.", seen_seq=seen)
    assert [message.body for message in refused.value.missed] == ["Wait, I found it!", "Glad to hear."]
    assert "We are still looking." not in [message.body for message in await house.messages(id)]
    seen = (await house.conversation(id)).seq
    assert (await house.answer(ana, id, "Wonderful.", seen_seq=seen)).seq == seen + 1


async def test_what_parley_or_oneself_wrote_is_not_missed(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat()
    await house.claim(ana, id)  # "Ana joined." stands there now
    await house.answer(ana, id, "Hello.", seen_seq=1)
    assert (await house.answer(ana, id, "And welcome.", seen_seq=1)).body == "And welcome."


async def test_a_note_is_never_stale(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    await house.write(visitor, id)
    assert (await house.answer(ana, id, "Note.", "internal", seen_seq=0)).seq is None


async def test_a_first_answer_opens_a_new_conversation_and_ends_the_wait(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat()
    assert (await house.conversation(id)).waiting_since == house.clock()
    house.clock.on(minutes=1)
    house.told.forget()
    await house.answer(ana, id)
    stands = await house.conversation(id)
    assert (stands.status, stands.category, stands.waiting_since) == ("open", "open", None)
    assert stands.first_answered_at == house.clock()
    assert house.told.one(ConversationChanged).conversation.status == "open"


async def test_waiting_counts_from_the_first_unanswered_message(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    await house.answer(ana, id)
    asked = house.clock.on(minutes=1)
    await house.write(visitor, id, "One")
    house.clock.on(minutes=1)
    await house.write(visitor, id, "Two")
    assert (await house.conversation(id)).waiting_since == asked


async def test_unread_counts_the_contacts_messages_and_an_answer_clears_it(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    await house.write(visitor, id)
    await house.note(ana, id)
    assert (await house.conversation(id)).unread_count == 2
    await house.answer(ana, id)
    assert (await house.conversation(id)).unread_count == 0


async def test_a_writer_has_read_what_they_wrote(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat()
    await house.answer(ana, id)
    await house.write(visitor, id)
    stands = await house.conversation(id)
    assert (stands.contact_read_seq, stands.contact_delivered_seq) == (4, 4)
    assert (stands.agent_read_seq, stands.agent_delivered_seq) == (3, 3)


async def test_the_preview_is_the_last_public_line_cut_at_a_word(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    await house.write(visitor, id, "First line\nsecond line " + "word " * 60)
    preview = (await house.conversation(id)).preview
    assert preview.startswith("First line second line word")
    assert preview.endswith("word…")
    assert len(preview) <= 160


@pytest.mark.parametrize("nothing", ["", "   ", "\n\t\n", "\x00\x07"])
async def test_nothing_is_not_a_message(house: House, nothing: str) -> None:
    id, visitor = await house.chat()
    with pytest.raises(Invalid):
        await house.write(visitor, id, nothing)
    assert (await house.conversation(id)).seq == 1


async def test_a_message_reopens_a_resolved_conversation(house: House) -> None:
    from app.contract.conversations import SetStatus
    from app.conversations.lifecycle import set_status

    ana = await house.agent()
    id, visitor = await house.chat(ana)
    await house.run(set_status, ana, SetStatus(conversation_id=id, status="resolved"))
    house.told.forget()
    await house.write(visitor, id, "It broke again.")
    stands = await house.conversation(id)
    assert (stands.status, stands.category, stands.reopened_count, stands.resolved_at) == ("reopened", "open", 1, None)
    assert stands.agent_id == ana.id, "sticky: Ana is still here"
    assert [message.system for message in await house.messages(id)][-1] == "reopened"
    assert house.told.one(ConversationChanged).conversation.status == "reopened"


async def test_a_message_to_a_waiting_conversation_wakes_it_without_calling_it_reopened(house: House) -> None:
    from app.contract.conversations import SetStatus
    from app.conversations.lifecycle import set_status

    ana = await house.agent()
    id, visitor = await house.chat(ana)
    await house.run(set_status, ana, SetStatus(conversation_id=id, status="responded"))
    house.told.forget()
    await house.write(visitor, id, "Here is the number.")
    stands = await house.conversation(id)
    assert (stands.status, stands.reopened_count, stands.agent_id) == ("open", 0, ana.id)
    assert "reopened" not in [message.system for message in await house.messages(id)]
    assert house.told.one(ConversationChanged).conversation.category == "open"


async def test_a_message_to_an_ended_conversation_reopens_it_beside_one_that_is_open(house: House) -> None:
    ana = await house.agent()
    old, visitor = await house.chat(ana)
    await house.resolve(ana, old)
    new = (await house.start(visitor, "Something else")).conversation.id
    assert new != old
    said = await house.write(visitor, old, "About the old one")
    assert said.conversation_id == old
    assert {(await house.conversation(id)).category for id in (old, new)} == {"new", "open"}


async def test_nobody_waits_for_an_agent_who_has_left(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    await house.answer(ana, id)
    house.clock.on(hours=9)  # her lease is long over
    house.told.forget()
    await house.write(visitor, id, "Are you still there?")
    stands = await house.conversation(id)
    assert (stands.agent_id, stands.queued_at) == (None, house.clock())
    assert house.told.all(ConversationChanged)[-1].conversation.agent_id is None


async def test_a_strangers_conversation_takes_no_message(house: House) -> None:
    id, _ = await house.chat()
    with pytest.raises(NotFound):
        await house.write(house.visitor(), id)
    assert len(await house.messages(id)) == 1


async def test_system_lines_take_a_seq_when_the_contact_sees_them(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    joined: Message = (await house.messages(id))[-1]
    assert (joined.system, joined.seq, joined.author_kind, joined.author_id, joined.author_name) == (
        "joined",
        2,
        "system",
        None,
        "Ana",
    )


async def write_on(works: Works, way: str, author: Visitor | SignedInAgent, command: Any) -> None:
    if way == "batch":
        await MessageOutbox(works).send(author, command)
    elif isinstance(author, Visitor):
        await works.run(post_visitor_message, author, command)
    else:
        await works.run(post_agent_message, author, command)


@pytest.mark.parametrize("way", ["verb", "batch"])
async def test_w8_time_never_goes_back_along_the_messages_of_a_conversation(house: House, way: str) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    behind = Works(house.database, house.told, Travel(house.clock()), house.works.unread_after)

    async def add_line(work: Work) -> None:
        await add_system_message(work, await access_conversation(work, ana, id), "reopened", "Reopened.", "")

    house.clock.on(seconds=3)
    for turn in range(3):
        await write_on(house.works, way, visitor, VisitorSendMessage(client_id=f"a{turn}", conversation_id=id, body="Hello"))
        await write_on(behind, way, visitor, VisitorSendMessage(client_id=f"b{turn}", conversation_id=id, body="Hello"))
        await write_on(behind, way, ana, AgentSendMessage(client_id=f"c{turn}", conversation_id=id, body="Hello"))
        note = AgentSendMessage(client_id=f"d{turn}", conversation_id=id, body="Hello", visibility="internal")
        await write_on(behind, way, ana, note)
        await behind.run(add_line)
        house.clock.on(seconds=0.1)
    messages = await house.messages(id)
    written = [message.created_at for message in messages]
    assert written == sorted(written)
    assert (await house.conversation(id)).last_message_at == written[-2]
    kept = {message.id: message.created_at for message in messages}
    told = [event.message for event in house.told.all(MessageCreated)]
    assert [message.created_at for message in told] == [kept[message.id] for message in told]


@pytest.mark.parametrize("way", ["verb", "batch"])
async def test_w8_a_wildly_wrong_clock_does_not_stop_time(house: House, way: str) -> None:
    id, visitor = await house.chat(await house.agent())
    wrong = Works(house.database, house.told, Travel(house.clock() + timedelta(hours=1)), house.works.unread_after)
    for works, key in ((wrong, "a"), (house.works, "b")):
        await write_on(works, way, visitor, VisitorSendMessage(client_id=key, conversation_id=id, body="Hello"))
    assert (await house.messages(id))[-1].created_at == house.clock()
