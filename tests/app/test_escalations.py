"""Escalations: agents read why, supervisors are told, the contact reads kind words, and it can be taken back."""

from __future__ import annotations

from app.contract.audiences import ToContact, ToSupervisors
from app.contract.bulk_changes import UndoConversations
from app.contract.conversations import ConversationChanged
from app.contract.escalations import ConversationEscalated, DeescalateConversation, EscalateConversation
from app.contract.messages import MessageCreated
from app.contract.warnings import WarningsChanged
from app.conversations.undo import undo_conversations
from app.escalation.requests import deescalate_conversation, escalate_conversation
from app.people.actors import SignedInAgent
from app.routing.warnings import list_notices
from tests.factories import House


async def escalated(house: House, agent: SignedInAgent, reason: str = "Refund over 500") -> str:
    id, _ = await house.chat(agent)
    house.told.forget()
    await house.run(escalate_conversation, agent, EscalateConversation(conversation_id=id, level=2, reason=reason))
    return id


async def noticed(house: House, agent: SignedInAgent) -> list[tuple[str, int]]:
    async with house.works.read() as rows:
        found = await list_notices(rows, agent, house.clock())
    return [(notice.key, notice.count) for notice in found if notice.kind == "escalation"]


async def test_agents_read_the_reason_and_the_contact_kind_words(house: House) -> None:
    ana = await house.agent("Ana")
    id = await escalated(house, ana)
    public, internal = (await house.messages(id))[-2:]
    assert (public.system, public.visibility, public.body) == ("escalated", "public", "Passed on to a specialist.")
    assert (internal.system, internal.visibility, internal.body) == ("escalation_reason", "internal", "Level 2: Refund over 500")
    assert house.told.all(ConversationChanged)[-1].conversation.escalation_reason == "Refund over 500"
    assert [event.message.system for event in house.told.all(MessageCreated, ToContact)] == ["escalated"]
    assert not any("Refund" in str(event) for event in house.told.to_contact())


async def test_supervisors_are_told_at_once_and_until_it_is_over(house: House) -> None:
    ana, sam = await house.agent("Ana"), await house.agent("Sam", role="supervisor")
    id = await escalated(house, ana)
    told = house.told.one(ConversationEscalated, ToSupervisors())
    assert (told.conversation_id, told.level, told.reason, told.by_name) == (id, 2, "Refund over 500", "Ana")
    assert house.told.all(WarningsChanged)
    assert await noticed(house, sam) == [(f"escalation:{id}:2", 2)]
    await house.resolve(ana, id)
    assert await noticed(house, sam) == []


async def test_raised_further_the_contact_reads_nothing_new(house: House) -> None:
    ana = await house.agent("Ana")
    id = await escalated(house, ana)
    house.told.forget()
    await house.run(escalate_conversation, ana, EscalateConversation(conversation_id=id, level=3, reason="Angry"))
    assert house.told.all(MessageCreated, ToContact) == []


async def test_an_escalation_is_taken_back(house: House) -> None:
    ana, sam = await house.agent("Ana"), await house.agent("Sam", role="supervisor")
    id = await escalated(house, ana)
    await house.run(deescalate_conversation, sam, DeescalateConversation(conversation_id=id))
    stands = await house.conversation(id)
    assert (stands.escalation_level, stands.escalation_reason) == (0, "")
    assert ((await house.messages(id))[-1].system, (await house.messages(id))[-1].visibility) == ("deescalated", "internal")
    assert await noticed(house, sam) == []
    count = len(await house.messages(id))
    await house.run(deescalate_conversation, sam, DeescalateConversation(conversation_id=id))
    assert len(await house.messages(id)) == count


async def test_an_escalation_is_undone(house: House) -> None:
    ana = await house.agent("Ana")
    id = await escalated(house, ana)
    assert not (await undo_conversations(house.works, ana, UndoConversations(conversation_ids=[id]))).failed
    stands = await house.conversation(id)
    assert (stands.escalation_level, stands.escalation_reason) == (0, "")
