"""A screen that says what it shows hears of that, of its agent's own conversations and of their teams' queues, and of no more."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from app.contract.assignments import AssignConversation
from app.contract.contacts import EditContact
from app.conversations.assignments.change import assign_conversation
from app.conversations.contact_details import edit_contact
from app.people.actors import SignedInAgent
from app.people.presence import announce_presence
from tests.app.asking import Doors, ask
from tests.factories import House
from tests.recording import Stream


@pytest.fixture
def doors(house: House) -> Doors:
    return Doors(house)


async def screen(doors: Doors, agent: SignedInAgent, **shows: Any) -> Stream:
    """A connection that has said what it shows, and heard nothing since."""
    stream = Stream()
    await doors.connected_clients.connected(stream, agent)
    assert (await ask(doors.gateway, agent, "screen.watch", stream, **shows))["ok"]
    stream.heard.clear()
    return stream


async def settle(doors: Doors) -> None:
    """Until whose each conversation is, is known."""
    while doors.connected_clients.interests.is_looking:
        await doors.connected_clients.interests.settle()
        await asyncio.sleep(0)


def types(stream: Stream) -> list[str]:
    return [msgspec.json.decode(encoded.json)["type"] for encoded in stream.heard]


def about(stream: Stream, *kinds: str) -> list[str]:
    """The types of what was heard, of these kinds."""
    found = [type for type in types(stream) if type.startswith(kinds)]
    stream.heard.clear()
    return found


def size_of(streams: Sequence[Stream]) -> int:
    return sum(len(encoded.frame("/agent")) for stream in streams for encoded in stream.heard)


async def test_a_message_is_heard_by_its_owner_and_by_whoever_shows_it(house: House, doors: Doors) -> None:
    orders = await house.team("Orders")
    ana, ben, eva = await house.agent("Ana"), await house.agent("Ben"), await house.agent("Eva", teams=[orders])
    id, visitor = await house.chat(ana)
    owner, idle = await screen(doors, ana), await screen(doors, ben, lists=[{"view": "mine", "shelf": "open"}])
    holding = await screen(doors, eva, conversation_ids=[id])
    listing = await screen(doors, eva, lists=[{"view": "all", "shelf": "open", "team_id": house.team_id}])
    other = await screen(doors, eva, lists=[{"view": "all", "shelf": "open", "team_id": orders}])
    await house.write(visitor, id)
    for stream in (owner, holding, listing):
        assert about(stream, "message.") == ["message.created"]
    for stream in (idle, other):
        assert types(stream) == []


async def test_a_queue_is_heard_by_its_team_until_somebody_takes_the_conversation(house: House, doors: Doors) -> None:
    orders = await house.team("Orders")
    ana, ben, eva = await house.agent("Ana"), await house.agent("Ben"), await house.agent("Eva", teams=[orders])
    shown = [{"view": "unassigned", "shelf": "open"}]
    mine, teams, elsewhere = await screen(doors, ana), await screen(doors, ben, lists=shown), await screen(doors, eva)
    id, visitor = await house.chat()
    await settle(doors)
    for stream in (mine, teams):
        assert "conversation.changed" in about(stream, "conversation.", "message.")
    assert types(elsewhere) == []
    await house.claim(ana, id)
    assert "conversation.changed" in about(mine, "conversation.")
    assert about(teams, "conversation.")[-1] == "conversation.moved"
    assert types(elsewhere) == []
    await house.write(visitor, id)
    assert about(mine, "message.") == ["message.created"]
    assert about(teams, "message.") == []


async def test_the_former_owner_hears_that_it_is_no_longer_theirs(house: House, doors: Doors) -> None:
    orders = await house.team("Orders")
    ana, ben = await house.agent("Ana"), await house.agent("Ben", teams=[orders])
    id, _ = await house.chat(ana)
    former, new = await screen(doors, ana), await screen(doors, ben)
    await house.run(assign_conversation, ana, AssignConversation(conversation_id=id, agent_id=ben.id, team_id=orders))
    *_, moved = [
        event for encoded in former.heard if (event := msgspec.json.decode(encoded.json))["type"] == "conversation.moved"
    ]
    assert (moved["conversation_id"], moved["agent_id"], moved["rev"]) == (id, ben.id, (await house.conversation(id)).rev)
    assert "conversation.changed" in types(new)


async def test_what_nothing_was_heard_of_yet_is_looked_up_and_told_in_order(house: House, doors: Doors) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    id, visitor = await house.chat(ana)
    await house.resolve(ana, id)
    owner, other = await screen(doors, ana), await screen(doors, ben)
    await house.write(visitor, id)
    await house.write(visitor, id, "And another thing.")
    await settle(doors)
    seqs = [event["message"]["seq"] for encoded in owner.heard if (event := msgspec.json.decode(encoded.json)).get("message")]
    assert seqs == sorted(seqs) != []
    assert "message.created" not in types(other)


async def test_presence_is_heard_by_the_same_team_and_by_screens_that_show_people(house: House, doors: Doors) -> None:
    orders = await house.team("Orders")
    ana, ben, eva = await house.agent("Ana"), await house.agent("Ben"), await house.agent("Eva", teams=[orders])
    mate, other, people = await screen(doors, ben), await screen(doors, eva), await screen(doors, eva, people=True)
    await house.run(announce_presence, ana.id)
    assert about(mate, "presence.") == about(people, "presence.") == ["presence.moved"]
    assert types(other) == []


async def test_what_is_known_of_a_contact_is_heard_where_they_are_shown(house: House, doors: Doors) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    id, visitor = await house.chat(ana)
    shows, other = await screen(doors, ana, conversation_ids=[id]), await screen(doors, ben)
    await house.run(edit_contact, ana, EditContact(contact_id=visitor.contact_id, name="Mia"))
    assert "contact.changed" in types(shows)
    assert "contact.changed" not in types(other)


async def test_whoever_never_says_what_they_show_hears_everything(house: House, doors: Doors) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    stream = Stream()
    await doors.connected_clients.connected(stream, ben)
    id, visitor = await house.chat(ana)
    stream.heard.clear()
    await house.write(visitor, id)
    assert types(stream) == ["message.created"]


async def test_an_inbox_that_is_added_is_heard_by_screens_too(house: House, doors: Doors) -> None:
    ana = await house.agent("Ana")
    stream = await screen(doors, ana)
    inbox_id = await house.inbox("second", house.team_id)
    await doors.connected_clients.enter_inboxes()
    await house.start(house.visitor(inbox_id))
    await settle(doors)
    assert "conversation.changed" in types(stream)


async def test_with_300_agents_a_message_costs_ten_kilobytes_and_a_claim_or_a_presence_twenty(house: House, doors: Doors) -> None:
    """Twelve agents a team, each with the usual screen; ids as long as they are."""
    teams = [await house.team(f"Team {number}") for number in range(25)]
    agents = [await house.agent(f"Agent {number}", teams=[teams[number % 25]], capacity=100) for number in range(300)]
    ana = agents[0]
    inbox_id = await house.inbox("orders", teams[0])
    streams = [await screen(doors, agent, lists=[{"view": "mine", "shelf": "open"}]) for agent in agents]
    visitor = house.visitor(inbox_id)
    id = (await house.start(visitor)).conversation.id
    await settle(doors)
    for stream in streams:
        stream.heard.clear()
    await house.claim(ana, id)
    claim = size_of(streams)
    for stream in streams:
        stream.heard.clear()
    await house.write(visitor, id, "Where is my parcel? I ordered it two weeks ago, and nobody has told me anything yet.")
    message = size_of(streams)
    for stream in streams:
        stream.heard.clear()
    await house.run(announce_presence, ana.id)
    presence = size_of(streams)
    assert 0 < message <= 10_000
    assert 0 < claim <= 20_000
    assert 0 < presence <= 20_000


async def test_a_stranger_may_not_say_what_a_screen_shows(house: House, doors: Doors) -> None:
    reply = await ask(doors.gateway, house.visitor(), "screen.watch", Stream(), lists=[])
    assert not reply["ok"]
