"""An event reaches its audience and nobody else: a stranger before each room."""

from __future__ import annotations

from typing import get_args

import pytest

from app.contract.audiences import (
    Audience,
    ToAgent,
    ToAllAgents,
    ToContact,
    ToInboxAgents,
    ToInboxVisitors,
    ToNodes,
    ToSupervisors,
    ToVisitorWatchers,
    ToWall,
    ToWallRows,
)
from app.people.actors import SignedInAgent, Visitor
from app.people.permissions import ROLES, Grant
from realtime.rooms import WALL, WALL_ROWS, room_of, rooms_of_agent, rooms_of_visitor
from tests.running import Running

MIA, OLE = Visitor(contact_id="mia", inbox_id="shop"), Visitor(contact_id="ole", inbox_id="shop")
ANA = SignedInAgent(id="ana", name="Ana", role="agent", session="")
SAM = SignedInAgent(id="sam", name="Sam", role="supervisor", session="")
AUDIENCES: list[Audience] = [
    ToContact(contact_id="mia"),
    ToInboxVisitors(inbox_id="shop"),
    ToInboxAgents(inbox_id="shop"),
    ToAgent(agent_id="ana"),
    ToAllAgents(),
    ToWall(),
    ToWallRows(),
    ToVisitorWatchers(),
    ToNodes(),
    ToSupervisors(),
]


def hears(who: Visitor | SignedInAgent, audience: Audience, inboxes: list[str]) -> bool:
    rooms = rooms_of_visitor(who) if isinstance(who, Visitor) else rooms_of_agent(who, inboxes)
    return room_of(audience) in rooms


def test_every_audience_has_a_room_of_its_own() -> None:
    assert {type(audience) for audience in AUDIENCES} == set(get_args(Audience))
    assert len({room_of(audience) for audience in AUDIENCES}) == len(AUDIENCES)


@pytest.mark.parametrize("audience", AUDIENCES, ids=lambda audience: type(audience).__name__)
def test_a_stranger_stands_outside(audience: Audience) -> None:
    if not isinstance(audience, ToInboxVisitors):
        assert not hears(OLE, audience, [])
    assert not hears(Visitor(contact_id="shop", inbox_id="mia"), audience, []), "an id of another kind opens nothing"
    if not isinstance(audience, (ToAllAgents, ToSupervisors)):
        assert not hears(SAM, audience, ["other"])


def test_everybody_is_where_they_belong() -> None:
    assert [hears(MIA, audience, []) for audience in AUDIENCES] == [True, True, *[False] * 8]
    assert [hears(ANA, audience, ["shop"]) for audience in AUDIENCES] == [False, False, True, True, True, *[False] * 5]
    assert [hears(SAM, audience, ["shop"]) for audience in AUDIENCES] == [False, False, True, False, True, *[False] * 4, True]


def test_an_agent_who_may_view_nothing_hears_of_no_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ROLES, "agent", Grant(frozenset()))
    assert not hears(ANA, ToInboxAgents(inbox_id="shop"), ["shop"])


def test_nobody_is_at_the_wall_without_asking() -> None:
    assert not {WALL, WALL_ROWS} & set(rooms_of_agent(SAM, ["shop"]))


async def test_a_stranger_hears_nothing_of_a_whole_chat(running: Running) -> None:
    mia, stranger, ana = await running.visitor(), await running.visitor(), await running.agent()
    theirs = (await stranger.wire.ask("conversation.start", client_id="k", body="My own"))["conversation"]["id"]
    id = (await mia.wire.ask("conversation.start", client_id="k", body="CANARY"))["conversation"]["id"]
    await mia.wire.ask("typing.set", conversation_id=id, typing=True)
    await ana.wire.ask("message.send", client_id=f"a{id}", conversation_id=id, body="CANARY")
    await ana.wire.ask("message.send", client_id=f"n{id}", conversation_id=id, body="CANARY", visibility="internal")
    await ana.wire.ask("typing.set", conversation_id=id, typing=True)
    await ana.wire.ask("ticket.open", conversation_id=id, title="CANARY")
    await mia.wire.ask("contact.update", name="CANARY")
    await mia.wire.ask("conversation.end", conversation_id=id)
    await stranger.wire.ask("message.send", client_id="k2", conversation_id=theirs, body="Anything?")
    heard = str(stranger.wire.events)
    assert "CANARY" not in heard
    assert id not in heard
    assert {event["type"] for event in mia.wire.events} <= {
        "heads",
        "inbox.availability",
        "message.created",
        "message.marked",
        "conversation.changed",
        "conversation.queued",
        "typing.changed",
        "suggestions.ready",
    }
