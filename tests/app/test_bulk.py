"""Many conversations at once, and tags: whole or not at all for each, told to everyone, put back as they were."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.clock import new_id
from app.contract.bulk_changes import Change, ChangeConversations, ManyChanged
from app.contract.conversations import ConversationChanged
from app.conversations.bulk_changes import change_conversations
from app.errors import Invalid
from app.people.actors import SignedInAgent
from models import ConversationTag
from tests.factories import House


async def change(house: House, agent: SignedInAgent, ids: list[str], **what: Any) -> ManyChanged:
    return await regroup(house, agent, Change(conversation_ids=ids, **what))


async def regroup(house: House, agent: SignedInAgent, *changes: Change) -> ManyChanged:
    return await change_conversations(house.works, agent, ChangeConversations(changes=list(changes)))


async def test_two_hundred_change_with_one_command_and_go_back_with_one(house: House) -> None:
    ana = await house.agent()
    ids = [(await house.chat())[0] for _ in range(20)]
    for id in ids[:10]:
        await house.claim(ana, id)
    house.told.forget()
    done = await change(house, ana, ids, status="resolved", add_tags=["Storm"])
    assert (len(done.conversations), done.failed) == (20, [])
    assert {(row.category, *row.tags) for row in done.conversations} == {("resolved", "storm")}
    assert {event.conversation.id for event in house.told.all(ConversationChanged) if event.conversation.tags} == set(ids)
    back = await regroup(
        house,
        ana,
        Change(conversation_ids=ids[:10], status="open", remove_tags=["storm"]),
        Change(conversation_ids=ids[10:], status="new", remove_tags=["storm"]),
    )
    assert (len(back.conversations), back.failed) == (20, [])
    assert {(row.status, row.agent_id, len(row.tags)) for row in back.conversations[:10]} == {("open", ana.id, 0)}
    assert {(row.status, row.agent_id, len(row.tags)) for row in back.conversations[10:]} == {("new", None, 0)}


async def test_what_is_refused_for_one_leaves_the_others_alone_and_itself_whole(house: House) -> None:
    ana = await house.agent()
    fine, ended = (await house.chat(ana))[0], (await house.chat(ana))[0]
    await house.resolve(ana, ended)
    missing = new_id()
    until = house.clock() + timedelta(hours=1)
    told = await change(house, ana, [fine, ended, missing], snooze_until=until, add_tags=["later"], priority="high")
    assert [row.id for row in told.conversations] == [fine]
    assert {one.conversation_id: one.code for one in told.failed} == {ended: "invalid", missing: "not_found"}
    row = await house.conversation(ended)
    assert (row.tags, row.priority) == (None, "medium"), "nothing of a refused change is kept"
    assert await house.all(ConversationTag.__table__.select()) == ["later"]


async def test_the_same_again_changes_nothing_more(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    for _ in range(2):
        await change(house, ana, [id], status="resolved", add_tags=["a", "A "], priority="low")
    messages = [message.system for message in await house.messages(id)]
    assert messages.count("resolved") == 1
    assert (await house.conversation(id)).tags == ["a"]


@pytest.mark.parametrize("count", [201, 0], ids=["too many", "twice the same"])
async def test_too_many_or_twice_the_same_is_refused_before_anything_happens(house: House, count: int) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    ids = [id, *(new_id() for _ in range(count))] if count else [id]
    changes = [Change(conversation_ids=ids[:200], status="resolved"), Change(conversation_ids=ids[200:] or [id], status="open")]
    with pytest.raises(Invalid):
        await regroup(house, ana, *changes)
    assert (await house.conversation(id)).category != "resolved"


async def test_giving_to_somebody_and_back_to_the_queue(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    id, _ = await house.chat(ana)
    (given,) = (await change(house, ana, [id], moves=True, agent_id=ben.id)).conversations
    assert given.agent_id == ben.id
    (queued,) = (await change(house, ana, [id], moves=True)).conversations
    assert (queued.agent_id, queued.team_id) == (None, house.team_id)


async def test_a_tag_is_one_word_however_it_is_typed_and_twenty_are_enough(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    (row,) = (await change(house, ana, [id], add_tags=["  Refund\n", "#refund", "VIP customer", "ä" * 40])).conversations
    assert row.tags == ["refund", "vip customer", "ä" * 40]
    (failed,) = (await change(house, ana, [id], add_tags=[f"t{n}" for n in range(20)])).failed
    assert failed.code == "invalid"
    (failed,) = (await change(house, ana, [id], add_tags=["\x00"])).failed
    assert failed.code == "invalid"
    (row,) = (await change(house, ana, [id], remove_tags=["Refund", "never there"])).conversations
    assert row.tags == ["vip customer", "ä" * 40]
    assert set(await house.all(ConversationTag.__table__.select())) == set(row.tags)
