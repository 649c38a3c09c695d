"""Widgets are told when somebody is there to answer, when nobody is any more, and when the inbox opens next."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import update

from app.clock import new_id
from app.people.actors import Visitor
from app.people.presence import lapse_leases, set_presence
from app.work import Work
from models import BusinessHours, Inbox
from realtime.availability import Availability
from realtime.connected_clients import ConnectedClients
from realtime.hub import LocalHub
from realtime.polling import PollStreams
from tests.app.asking import LEASE
from tests.factories import House, open_house
from tests.recording import Stream

WEEKDAYS = [{"day": day, "opens": "09:00", "closes": "17:00"} for day in range(5)]


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as house:
        yield house


class Node:
    """One node's widgets."""

    def __init__(self, house: House) -> None:
        self.hub = LocalHub()
        self.availability = Availability(house.works, self.hub)
        self.connected_clients = ConnectedClients(house.works, self.hub, LEASE, "1", self.availability)
        house.told.listeners.append(self.hub.publish)

    async def widget(self, visitor: Visitor) -> Stream:
        stream = Stream()
        await self.connected_clients.connected(stream, visitor)
        return stream


def told(stream: Stream) -> list[dict[str, Any]]:
    heard = [msgspec.json.decode(one.json) for one in stream.heard]
    return [event for event in heard if event["type"] == "inbox.availability"]


async def test_a_widget_is_told_who_is_there_on_connecting_and_whenever_that_changes(house: House) -> None:
    node = Node(house)
    widget = await node.widget(house.visitor())
    (first,) = told(widget)
    assert (first["is_open"], first["is_staffed"], first["agent_names"]) == (True, False, [])
    ana = await house.agent("Ana Duarte")
    await node.availability.look()
    assert (told(widget)[-1]["is_staffed"], told(widget)[-1]["agent_names"]) == (True, ["Ana Duarte"])
    await node.availability.look()
    assert len(told(widget)) == 2, "nothing has changed, nothing is said"
    await house.run(set_presence, ana.id, "busy", LEASE)
    await node.availability.look()
    assert told(widget)[-1]["is_staffed"] is False
    await house.run(set_presence, ana.id, "online", LEASE)
    house.clock.on(seconds=LEASE.total_seconds() + 1)
    await house.run(lapse_leases)
    await node.availability.look()
    assert told(widget)[-1]["is_staffed"] is False, "an agent who vanished is not there"
    assert "email" not in str(told(widget)), "names, and nothing that leads to anybody"


async def test_presence_wakes_the_look_and_other_events_do_not(house: House) -> None:
    node = Node(house)
    await node.widget(house.visitor())
    woken = node.availability._woken  # pyright: ignore[reportPrivateUsage]
    node.hub.enter(node.availability, ["agents"])
    await house.start()
    assert not woken.is_set()
    await house.agent()
    assert woken.is_set()


async def test_only_widgets_of_the_inbox_are_told_and_an_inbox_nobody_has_open_costs_nothing(house: House) -> None:
    node = Node(house)
    other = await house.inbox("other", await house.team("Other"))
    here, there = await node.widget(house.visitor()), await node.widget(house.visitor(other))
    await house.agent()
    await node.availability.look()
    assert [len(told(here)), len(told(there))] == [2, 1]
    await node.connected_clients.disconnected(here)
    await node.availability.look()
    assert list(node.availability._told) == [other]  # pyright: ignore[reportPrivateUsage]


async def test_hours_open_and_close_by_themselves(house: House) -> None:
    hours = new_id()
    await house.add(
        BusinessHours(id=hours, name="Weekdays", time_zone="UTC", periods=WEEKDAYS, closed_on=[], created_at=house.clock())
    )

    async def keep_hours(work: Work) -> None:
        await work.change(update(Inbox).where(Inbox.id == house.inbox_id).values(hours_id=hours))

    await house.run(keep_hours)
    await house.agent(lease=timedelta(days=30))
    node = Node(house)
    now = house.clock()
    monday = (now + timedelta(days=7 - now.weekday())).replace(hour=8, minute=59, second=0, microsecond=0)
    house.clock.on(seconds=(monday - now).total_seconds())
    widget = await node.widget(house.visitor())
    said = told(widget)[-1]
    assert (said["is_open"], said["is_staffed"], said["opens_at"]) == (False, False, f"{monday:%Y-%m-%d}T09:00:00Z")
    house.clock.on(seconds=60)
    await node.availability.look()
    said = told(widget)[-1]
    assert (said["is_open"], said["is_staffed"], said["opens_at"]) == (True, True, None)


async def test_a_widget_that_polls_is_told_too(house: House) -> None:
    node = Node(house)
    streams = PollStreams(node.connected_clients.connected, node.connected_clients.disconnected, LEASE)
    stream = await streams.open(house.visitor(), "address")
    await house.agent("Ana")
    await node.availability.look()
    events, _ = await stream.events_after(0)
    said = [one for one in map(msgspec.json.decode, events) if one["type"] == "inbox.availability"]
    assert [one["is_staffed"] for one in said] == [False, True]
