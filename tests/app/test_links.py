"""Links between tickets: seen from both sides, never in a circle, and said in both."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from app.contract.links import LinkKind, LinkTicket, SetWatching, TicketLinks
from app.contract.tickets import OpenTicket
from app.conversations.tickets import open_ticket
from app.errors import Conflict, Invalid, NotFound, ParleyError
from app.links.tickets import link_ticket, links_of, set_watching, unlink_ticket
from app.people.actors import SignedInAgent
from models import TicketLink
from tests.factories import House

NOBODY = "00000000-0000-7000-8000-000000000000"


async def tickets(house: House, agent: SignedInAgent, count: int) -> list[str]:
    ids: list[str] = []
    for _ in range(count):
        id, _ = await house.chat()
        await house.run(open_ticket, agent, OpenTicket(conversation_id=id))
        ids.append(id)
    return ids


async def link(house: House, agent: SignedInAgent, id: str, kind: LinkKind, number: int) -> TicketLinks:
    return await house.run(link_ticket, agent, id, LinkTicket(number=number, kind=kind))


async def seen(house: House, agent: SignedInAgent, id: str) -> list[tuple[str, int]]:
    async with house.works.read() as rows:
        return [(one.kind, one.number) for one in (await links_of(rows, agent, id)).links]


@pytest.mark.parametrize(
    ("kind", "other"),
    [
        ("related", "related"),
        ("parent", "child"),
        ("child", "parent"),
        ("duplicate_of", "duplicated_by"),
        ("duplicated_by", "duplicate_of"),
    ],
)
async def test_a_link_is_seen_from_both_sides_and_said_once(house: House, kind: LinkKind, other: LinkKind) -> None:
    ana = await house.agent("Ana")
    one, two = await tickets(house, ana, 2)
    for _ in range(2):
        await link(house, ana, one, kind, 2)
    assert (await seen(house, ana, one), await seen(house, ana, two)) == ([(kind, 2)], [(other, 1)])
    for id in (one, two):
        lines = [message for message in await house.messages(id) if message.system == "link_added"]
        assert [line.visibility for line in lines] == ["internal"]
    (made,) = await house.all(select(TicketLink))
    await house.run(unlink_ticket, ana, two, made.id)
    assert (await seen(house, ana, one), await seen(house, ana, two)) == ([], [])


async def test_parents_and_duplicates_make_no_circle(house: House) -> None:
    ana = await house.agent("Ana")
    one, two, three = await tickets(house, ana, 3)
    for kind in ("parent", "duplicate_of"):
        await link(house, ana, one, kind, 2)
        await link(house, ana, two, kind, 3)
        with pytest.raises(Invalid):
            await link(house, ana, three, kind, 1)
        for made in await house.all(select(TicketLink)):
            await house.run(unlink_ticket, ana, made.from_id, made.id)


async def test_a_child_has_one_parent_and_two_tickets_one_link(house: House) -> None:
    ana = await house.agent("Ana")
    one, _, three = await tickets(house, ana, 3)
    await link(house, ana, one, "parent", 2)
    with pytest.raises(Conflict, match="#2"):
        await link(house, ana, one, "parent", 3)
    with pytest.raises(Conflict):
        await link(house, ana, three, "child", 1)
    with pytest.raises(Conflict):
        await link(house, ana, one, "related", 2)


async def test_links_made_at_once_close_no_circle(house: House) -> None:
    ana = await house.agent("Ana")
    one, two, three = await tickets(house, ana, 3)
    async with house.another_node() as other:
        made = await asyncio.gather(
            house.works.run(link_ticket, ana, one, LinkTicket(number=2, kind="parent")),
            other.run(link_ticket, ana, two, LinkTicket(number=3, kind="parent")),
            house.works.run(link_ticket, ana, three, LinkTicket(number=1, kind="parent")),
            return_exceptions=True,
        )
    assert sum(isinstance(one, ParleyError) for one in made) == 1, made
    assert len(await house.all(select(TicketLink))) == 2


async def test_what_cannot_be_linked_is_refused(house: House) -> None:
    ana = await house.agent("Ana")
    (one,) = await tickets(house, ana, 1)
    without, _ = await house.chat()
    with pytest.raises(Invalid):
        await link(house, ana, one, "related", 1)
    with pytest.raises(NotFound):
        await link(house, ana, one, "related", 99)
    with pytest.raises(Invalid):
        await link(house, ana, without, "related", 1)
    with pytest.raises(NotFound):
        await link(house, ana, NOBODY, "related", 1)
    with pytest.raises(NotFound):
        await house.run(unlink_ticket, ana, one, NOBODY)


async def test_agents_follow_a_ticket_and_stop(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    (one,) = await tickets(house, ana, 1)
    for agent in (ben, ana, ana):
        found = await house.run(set_watching, agent, one, SetWatching(is_watching=True))
    assert [it.name for it in found.watchers] == ["Ana", "Ben"]
    found = await house.run(set_watching, ana, one, SetWatching(is_watching=False))
    assert [it.name for it in found.watchers] == ["Ben"]
