"""Splitting messages off into a ticket of their own, and the tickets that look like one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from app.clock import new_id
from app.contract.links import DismissLookalike, SplitOff, SplitTicket
from app.contract.tickets import OpenTicket
from app.conversations.tickets import open_ticket
from app.errors import Invalid, NotFound
from app.links.lookalikes import dismiss_lookalike, lookalikes_of
from app.links.splitting import split_ticket
from app.links.tickets import links_of
from app.people.actors import SignedInAgent, Visitor
from models import Attachment, Message
from tests.factories import House


async def ticket(house: House, ana: SignedInAgent, visitor: Visitor | None = None, body: str = "It leaks") -> tuple[str, Visitor]:
    visitor = visitor or house.visitor()
    id = (await house.start(visitor, body)).conversation.id
    await house.run(open_ticket, ana, OpenTicket(conversation_id=id, title=body, topic="Stoves"))
    return id, visitor


async def said(house: House, id: str) -> list[str]:
    return [one.body for one in await house.messages(id) if not one.system]


async def split(house: House, ana: SignedInAgent, id: str, *bodies: str) -> SplitOff:
    of_these = Message.conversation_id == id, Message.body.in_(bodies)
    ids = list(await house.all(select(Message.id).where(*of_these).order_by(Message.rev.desc())))
    return await house.run(split_ticket, ana, id, SplitTicket(message_ids=ids, title="Invoice"))


async def test_messages_begin_a_ticket_of_their_own_in_their_order(house: House) -> None:
    ana = await house.agent()
    id, visitor = await ticket(house, ana)
    for body in ("And my invoice is wrong", "It says 90 in place of 60"):
        await house.write(visitor, id, body)
    off = await split(house, ana, id, "And my invoice is wrong", "It says 90 in place of 60")
    assert (off.number, await said(house, off.conversation_id)) == (2, ["And my invoice is wrong", "It says 90 in place of 60"])
    assert len(await said(house, id)) == 3, "what the customer reads stays whole"
    async with house.works.read() as rows:
        (link,) = (await links_of(rows, ana, off.conversation_id)).links
    assert (link.kind, link.number) == ("related", 1)
    (line,) = [one for one in await house.messages(id) if one.system == "split"]
    assert line.body == "#2\n> And my invoice is wrong\n> It says 90 in place of 60"
    assert line.visibility == "internal"


async def test_the_same_split_twice_is_one_ticket(house: House) -> None:
    ana = await house.agent()
    id, visitor = await ticket(house, ana)
    await house.write(visitor, id, "Another thing")
    first, second = [await split(house, ana, id, "Another thing") for _ in range(2)]
    assert first == second


async def test_only_the_customers_own_words_can_be_split_off(house: House) -> None:
    ana = await house.agent()
    id, _ = await ticket(house, ana)
    await house.answer(ana, id, "We look into it")
    with pytest.raises(Invalid, match="Only what the customer wrote"):
        await split(house, ana, id, "We look into it")
    with pytest.raises(NotFound):
        await house.run(split_ticket, ana, id, SplitTicket(message_ids=[new_id()]))


async def test_files_go_along_and_stay(house: House) -> None:
    ana = await house.agent()
    id, visitor = await ticket(house, ana)
    file = await house.add(
        Attachment(
            id=new_id(),
            digest="a" * 64,
            name="invoice.pdf",
            content_type="application/pdf",
            size=3,
            uploader_kind="contact",
            uploader_id=visitor.contact_id,
            is_internal=False,
            created_at=house.clock(),
        )
    )
    await house.write(visitor, id, "See the file", attachment_ids=[file.id])
    off = await split(house, ana, id, "See the file")
    (copied,) = [one for one in await house.messages(off.conversation_id) if not one.system]
    assert [file["name"] for file in copied.attachments] == ["invoice.pdf"]
    kept = await house.all(select(Attachment.conversation_id).order_by(Attachment.id))
    assert sorted(kept) == sorted([id, off.conversation_id])


async def by_shared_words(text: str, others: Sequence[str]) -> list[float]:
    mine = set(text.lower().split())
    return [len(mine & set(one.lower().split())) / max(1, len(mine)) for one in others]


async def test_a_ticket_of_the_same_customer_about_the_same_is_offered(house: House) -> None:
    ana = await house.agent()
    first, visitor = await ticket(house, ana, body="The lid of my kettle broke")
    unlike, _ = await ticket(house, ana, body="The lid of my kettle broke")  # another customer
    off = await split(house, ana, first, "The lid of my kettle broke")
    found = await lookalikes_of(house.works, ana, unlike, by_shared_words)
    assert found.lookalikes == []
    linked = await lookalikes_of(house.works, ana, first, by_shared_words)
    assert linked.lookalikes == [], "those that are linked are known already"
    third = (await split_again(house, ana, visitor, off.conversation_id)).conversation_id
    (alike,) = (await lookalikes_of(house.works, ana, third, by_shared_words)).lookalikes
    assert (alike.conversation_id, alike.number, alike.is_likely) == (first, 1, True)
    await house.run(dismiss_lookalike, ana, third, DismissLookalike(other_id=first))
    await house.run(dismiss_lookalike, ana, first, DismissLookalike(other_id=third))
    assert (await lookalikes_of(house.works, ana, third, by_shared_words)).lookalikes == []


async def split_again(house: House, ana: SignedInAgent, visitor: Visitor, id: str) -> SplitOff:
    """A third ticket of the same customer, which is linked with the second one alone."""
    await house.write(visitor, id, "The lid of my kettle broke again")
    return await split(house, ana, id, "The lid of my kettle broke again")
