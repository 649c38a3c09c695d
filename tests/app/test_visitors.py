"""Who is on the site: told by every node to all, pushed to agents who watch, forgotten when a lease runs out."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from app.people.actors import SignedInAgent, Visitor
from app.people.permissions import ROLES, Grant, Permission
from app.visiting import visits
from app.visiting.visits import Whereabouts
from realtime import visiting
from realtime.hub import EncodedEvent, LocalHub
from realtime.visiting import Visits
from tests.app.asking import Doors, ask
from tests.factories import House
from tests.recording import Stream

SHOP = "https://shop.example"


def at(path: str = "/", **said: Any) -> Whereabouts:
    return Whereabouts(url=SHOP + path, **said)


async def watching(doors: Doors, agent: SignedInAgent) -> tuple[Stream, list[dict[str, Any]]]:
    stream = Stream()
    reply = await ask(doors.gateway, agent, "visitors.watch", stream, watching=True)
    assert reply["ok"], reply
    return stream, reply["visitors"]


async def painted(doors: Doors, stream: Stream, *visitors: Visitor) -> dict[str, Any]:
    """What the watcher hears of these."""
    stream.heard.clear()
    await doors.visits.paint({visitor.contact_id for visitor in visitors})
    (encoded,) = stream.heard
    return msgspec.json.decode(encoded.json)


async def test_the_list_says_where_they_are_since_when_and_with_whom(house: House) -> None:
    doors, ana = Doors(house), await house.agent()
    guest, visitor = house.visitor(), house.visitor()
    came = house.clock()
    await doors.visits.seen(guest, at("/", title=" Shop  front ", locale="de"))
    house.clock.on(minutes=3)
    await doors.visits.seen(guest, at("/tents"))
    id, _ = await house.chat(ana, visitor)
    await ask(doors.gateway, ana, "contact.edit", contact_id=visitor.contact_id, name="Mia Berg")
    await doors.visits.seen(visitor, at("/cart"))
    _, listed = await watching(doors, ana)
    first, second = listed
    assert (first["name"], first["is_contact"], first["conversation_id"], first["agent_id"]) == ("Mia Berg", True, id, ana.id)
    assert (second["url"], second["name"], second["is_contact"], second["conversation_id"]) == (f"{SHOP}/tents", "", False, None)
    assert msgspec.convert(second["came_at"], type(came)) == came
    assert msgspec.convert(second["page_since"], type(came)) == house.clock()


async def test_watchers_hear_who_comes_moves_on_and_leaves(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    doors, ana, visitor = Doors(house), await house.agent(), house.visitor()
    stream, listed = await watching(doors, ana)
    assert listed == []
    await doors.visits.seen(visitor, at("/"))
    assert [it["url"] for it in (await painted(doors, stream, visitor))["visitors"]] == [f"{SHOP}/"]
    await doors.visits.seen(visitor, at("/cart"))
    assert [it["url"] for it in (await painted(doors, stream, visitor))["visitors"]] == [f"{SHOP}/cart"]
    later = visiting.monotonic() + visits.LEASE_SECONDS + 1
    monkeypatch.setattr(visiting, "monotonic", lambda: later)
    await doors.visits.sweep()
    told = await painted(doors, stream, visitor)
    assert (told["visitors"], told["gone_ids"]) == ([], [visitor.contact_id])


async def test_a_closed_page_is_forgotten_soon_and_the_next_page_keeps_the_visit(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors, visitor = Doors(house), house.visitor()
    came = house.clock()
    await doors.visits.seen(visitor, at("/"))
    await doors.visits.seen(visitor, at("/"), is_leaving=True)
    house.clock.on(seconds=2)
    await doors.visits.seen(visitor, at("/cart"))
    later = visiting.monotonic() + visits.LEAVING_SECONDS + 1
    monkeypatch.setattr(visiting, "monotonic", lambda: later)
    await doors.visits.sweep()
    visit = doors.visits.find(visitor.contact_id)
    assert visit is not None
    assert visit.came_at == came
    await doors.visits.seen(visitor, at("/cart"), is_leaving=True)
    monkeypatch.setattr(visiting, "monotonic", lambda: later + visits.LEAVING_SECONDS + 1)
    await doors.visits.sweep()
    assert doors.visits.find(visitor.contact_id) is None


async def test_whoever_stops_watching_hears_nothing_more(house: House) -> None:
    doors, ana, visitor = Doors(house), await house.agent(), house.visitor()
    stream, _ = await watching(doors, ana)
    await ask(doors.gateway, ana, "visitors.watch", stream, watching=False)
    await doors.visits.seen(visitor, at())
    await doors.visits.paint({visitor.contact_id})
    assert stream.heard == []


async def test_another_node_knows_the_same_visitors(house: House) -> None:
    """Two nodes' memories joined by what they tell each other, as over Redis."""
    here, there = LocalHub(), LocalHub()
    ours, theirs = Visits(house.works, here), Visits(house.works, there)
    here.when_published(there.deliver_here)
    there.when_published(here.deliver_here)
    visitor = house.visitor()
    await ours.seen(visitor, at("/"))
    came = ours.find(visitor.contact_id)
    house.clock.on(minutes=1)
    await theirs.seen(visitor, at("/cart"))
    moved = ours.find(visitor.contact_id)
    assert came is not None
    assert moved is not None
    assert (moved.at.url, moved.came_at) == (f"{SHOP}/cart", came.came_at)


async def test_an_invitation_reaches_a_launcher_that_waits_and_agents_see_how_far_it_came(house: House) -> None:
    doors, ana, visitor = Doors(house), await house.agent(), house.visitor()
    stream, _ = await watching(doors, ana)
    await doors.visits.seen(visitor, at())
    waits = asyncio.create_task(doors.visits.wait(visitor.contact_id, 30))
    await asyncio.sleep(0)
    reply = await ask(
        doors.gateway, ana, "visitor.invite", stream, client_id="i", contact_id=visitor.contact_id, body="Need a hand?"
    )
    assert reply["ok"], reply
    greeting = await asyncio.wait_for(waits, 5)
    assert greeting is not None
    assert greeting.body == "Need a hand?"
    for outcome in ("shown", "dismissed"):
        doors.visits.greeted(visitor, outcome)
        (listed,) = (await painted(doors, stream, visitor))["visitors"]
        assert listed["invitation"] == outcome
    assert await doors.visits.wait(visitor.contact_id, 0.01) is None, "a greeting that was shown is not handed out again"


async def test_nobody_is_invited_who_is_not_here(house: House) -> None:
    doors, ana = Doors(house), await house.agent()
    gone = house.visitor().contact_id
    reply = await ask(doors.gateway, ana, "visitor.invite", client_id="i", contact_id=gone, body="Hello?")
    assert (reply["ok"], reply["code"]) == (False, "conflict")


@pytest.mark.parametrize(
    ("permission", "type"), [("visitor.view", "visitors.watch"), ("visitor.invite", "visitor.invite")], ids=["list", "invite"]
)
async def test_a_role_without_the_permission_neither_sees_nor_invites(
    house: House, monkeypatch: pytest.MonkeyPatch, permission: str, type: str
) -> None:
    doors, ana, visitor = Doors(house), await house.agent(), house.visitor()
    await doors.visits.seen(visitor, at())
    monkeypatch.setitem(ROLES, "agent", Grant(ROLES["agent"].names - {Permission(permission)}))
    given = {
        "visitors.watch": {"watching": True},
        "visitor.invite": {"client_id": "i", "contact_id": visitor.contact_id, "body": "?"},
    }
    reply = await ask(doors.gateway, ana, type, **given[type])
    assert (reply["ok"], reply["code"]) == (False, "forbidden")


async def test_a_conversation_that_begins_or_changes_hands_is_told_at_once(house: House) -> None:
    doors, ana, visitor = Doors(house), await house.agent(), house.visitor()
    stream, _ = await watching(doors, ana)
    await doors.visits.seen(visitor, at())
    painting = asyncio.create_task(doors.visits.paint_forever())
    id, _ = await house.chat(ana, visitor)

    def told() -> list[tuple[Any, Any]]:
        events = [msgspec.json.decode(it.json) for it in stream.heard if isinstance(it, EncodedEvent)]
        return [(one["conversation_id"], one["agent_id"]) for event in events for one in event["visitors"]]

    async with asyncio.timeout(10):
        while (id, ana.id) not in told():
            await asyncio.sleep(0.02)
    painting.cancel()


async def test_the_memory_has_an_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visiting, "MAX_VISITS", 20)
    visits = Visits(house.works, LocalHub())
    for _ in range(50):
        await visits.seen(house.visitor(), at())
    assert len(await visits.list()) == 20


async def test_l11_every_visitor_reaches_the_list_some_at_a_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visiting, "MAX_SHOWN", 4)
    doors, ana = Doors(house), await house.agent()
    visitors = [house.visitor() for _ in range(10)]
    for visitor in visitors:
        await doors.visits.seen(visitor, at("/"))
        house.clock.on(seconds=1)
    stream, listed = await watching(doors, ana)
    assert [it["contact_id"] for it in listed] == [visitor.contact_id for visitor in visitors[:-5:-1]]
    await doors.visits.paint({visitor.contact_id for visitor in visitors})
    told = [msgspec.json.decode(encoded.json)["visitors"] for encoded in stream.heard]
    assert [len(some) for some in told] == [4, 4, 2]
    assert {it["contact_id"] for some in told for it in some} == {visitor.contact_id for visitor in visitors}
    painting = asyncio.create_task(doors.visits.paint_forever())
    stream.heard.clear()
    monkeypatch.setattr(visiting, "PAUSE_SECONDS", 0)
    await doors.visits.list()
    async with asyncio.timeout(10):
        while len({it["contact_id"] for one in stream.heard for it in msgspec.json.decode(one.json)["visitors"]}) < 6:
            await asyncio.sleep(0)
    painting.cancel()
