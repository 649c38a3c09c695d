"""A small world for one scene: a shop's team of two agents, one visitor, everything open, and a pen."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import msgspec

from app.contract.routing import SetAgentRouting, SetTeamRouting
from app.knowledge.articles import ArticleDraft, publish_article
from app.people.actors import SignedInAgent, Visitor
from app.people.agents import list_agents
from app.people.presence import end_graces, lapse_leases, renew_leases
from app.people.team_routing import set_agent_routing, set_team_routing
from app.routing.dispatch import dispatch, hand_on
from app.work import Work
from realtime.hub import EncodedEvent, Subscriber
from tests.app.asking import LEASE, Doors, ask
from tests.factories import OPERATOR, House
from tests.recording import Stream

Act = Callable[[], Awaitable[Any]]
Actor = Visitor | SignedInAgent
AS_AFTER = "as after"
"""Stands for the conversation in a reply, when it is the one on that side's screen after the step."""


class World:
    """Ana, a supervisor, and Ben answer a shop's chats. Mia visits it. `id` is the conversation the scene is about."""

    ana: SignedInAgent
    ben: SignedInAgent
    mia: Visitor

    def __init__(self, house: House) -> None:
        self.house = house
        self.doors = Doors(house)
        self.id: str | None = None
        self.transcript: dict[str, Any] | None = None
        self.visitor_stream, self.agent_stream = Stream(), Stream()

    async def open(self) -> None:
        """Let everybody in."""
        self.ana = await self.house.agent("Ana Duarte", role="supervisor", presence=None)
        self.ben = await self.house.agent("Ben Okafor", presence=None)
        self.mia = self.house.visitor()
        await self.doors.connected_clients.connected(self.agent_stream, self.ana)
        await self.doors.connected_clients.connected(Stream(), self.ben)
        await self.doors.connected_clients.connected(self.visitor_stream, self.mia)

    # What has happened before the step; nothing of it is recorded.

    async def say(self, actor: Actor, type: str, conversation_id: str | None = None, **given: Any) -> dict[str, Any]:
        """Obey a command, as if it came over this actor's stream."""
        stream: Subscriber | None = self.agent_stream if actor == self.ana else self.visitor_stream if actor == self.mia else None
        if conversation_id:
            given["conversation_id"] = conversation_id
        reply = await ask(self.doors.gateway, actor, type, stream, **given)
        assert reply["ok"], reply
        return reply

    async def started(self, **given: Any) -> str:
        """Mia writes her first message."""
        reply = await self.say(self.mia, "conversation.start", client_id="start", body="My stove is cold", **given)
        self.id = reply["conversation"]["id"]
        return self.id

    async def claimed(self, agent: SignedInAgent) -> str:
        """Mia writes, and an agent takes it."""
        id = await self.started()
        await self.say(agent, "conversation.claim", id)
        return id

    async def answered(self, agent: SignedInAgent, body: str = "Let me look.") -> str:
        """Mia writes, an agent takes it and answers."""
        id = await self.claimed(agent)
        await self.say(agent, "message.send", id, client_id="answer", body=body)
        return id

    async def must_accept(self) -> str:
        """Mia writes to a team whose agents must accept what they are offered; only Ana is free."""
        id = await self.started()
        await self.house.run(set_team_routing, OPERATOR, self.house.team_id, SetTeamRouting(accept_seconds=20))
        for agent in (self.ana, self.ben):
            await self.house.run(set_agent_routing, OPERATOR, agent.id, SetAgentRouting(capacity=20))
        await self.say(self.ben, "presence.set", presence="busy")
        return id

    async def dispatch(self) -> None:
        """Give what waits to whoever is free."""
        await dispatch(self.house.works, self.house.team_id)

    async def dispatch_while_busy(self) -> None:
        """Nobody is free, so those who wait are only told their place."""
        for agent in (self.ana, self.ben):
            await self.say(agent, "presence.set", presence="busy")
        await self.dispatch()
        for agent in (self.ana, self.ben):
            await self.say(agent, "presence.set", presence="online")

    async def vanish(self, agent: SignedInAgent) -> None:
        """The lease of one agent lapses while the others' are renewed."""
        self.house.clock.on(hours=9)
        await self.house.run(renew_leases, [one.id for one in (self.ana, self.ben) if one != agent], LEASE)

        async def sweep(work: Work) -> None:
            await lapse_leases(work)
            await hand_on(work, await end_graces(work, timedelta(0)))

        await self.house.run(sweep)

    async def article(self) -> None:
        """The help centre has an article that fits what Mia asks."""
        text = "## A cold stove\n\nTurn the small stove on. It is cold."
        await self.house.run(publish_article, ArticleDraft(title="My stove is cold", category="Stoves", body=text))
        await self.doors.library.refresh()

    async def suggest(self) -> None:
        """Look for articles that answer the conversation."""
        assert self.id
        self.doors.suggester.wanted(self.id)
        await self.doors.suggester.settle()

    async def page(self, url: str, title: str) -> None:
        """Mia goes to a page, and agents who watch visitors are told."""
        await self.say(self.mia, "page.visited", url=url, title=title)
        await self.doors.visits.paint({self.mia.contact_id})

    # The step itself.

    async def command(self, actor: Actor, type: str, conversation_id: str | None = None, **given: Any) -> dict[str, Any]:
        """Record what a command does."""
        if conversation_id:
            given["conversation_id"] = conversation_id
        stream: Subscriber | None = self.agent_stream if actor == self.ana else self.visitor_stream if actor == self.mia else None
        reply: dict[str, Any] = {}

        async def act() -> None:
            reply.update(await ask(self.doors.gateway, actor, type, stream, **given))
            if self.id is None and "conversation" in reply:
                self.id = reply["conversation"]["id"]

        by = "visitor" if isinstance(actor, Visitor) else "agent"
        await self.record(act, {"by": by, "said": {"type": type, **given}, "reply": reply})
        return reply

    async def record(self, act: Act, asked: dict[str, Any] | None = None) -> None:
        """Record both screens before, what they hear, and both screens after."""
        assert self.transcript is None, "a scene records one step"
        self.house.clock.on(seconds=1)
        before, agents = await self.screens(), await self.agents()
        self.visitor_stream.heard.clear()
        self.agent_stream.heard.clear()
        await act()
        heard = {"visitor": heard_by(self.visitor_stream), "agent": heard_by(self.agent_stream)}
        after, agents_after = await self.screens(), await self.agents()
        if asked and "conversation" in asked["reply"] and asked["reply"]["conversation"] == after[asked["by"]]["conversation"]:
            asked = asked | {"reply": asked["reply"] | {"conversation": AS_AFTER}}
        moved = {it["id"] for it in agents_after if it not in agents} | agents_in(heard["agent"])
        self.transcript = {
            "conversation_id": self.id,
            "command": asked,
            "agents": {
                "before": [it for it in agents if it["id"] in moved],
                "after": [it for it in agents_after if it["id"] in moved],
            },
            "sides": {side: told(before[side], heard[side], after[side]) for side in ("visitor", "agent")},
        }

    async def screens(self) -> dict[str, Any]:
        """Return the screens of clients that have just synced."""
        if self.id is None:
            return {"visitor": None, "agent": None}
        shown: dict[str, Any] = {}
        for side, actor, after in (("visitor", self.mia, {"after_seq": 0}), ("agent", self.ana, {"after_rev": 0})):
            page = await self.say(actor, "conversation.sync", self.id, **after)
            assert page["is_complete"], page
            shown[side] = {name: page[name] for name in ("conversation", "messages", "is_complete")}
        return shown

    async def agents(self) -> list[Any]:
        async with self.house.works.read() as rows:
            return msgspec.to_builtins(await list_agents(rows, self.house.clock()))

    def heard_greeting(self) -> str:
        """The last thing an agent has said to the visitor first."""
        said = [it["greeting"]["id"] for it in heard_by(self.visitor_stream) if it["type"] == "invitation.made"]
        return said[-1]


def told(before: Any, events: list[Any], after: Any) -> dict[str, Any]:
    """One side of a step. Its screen after it is told by what is not as before."""
    if before is None or after is None:
        return {"before": before, "events": events, "after": after}
    changed = {
        "conversation": {key: it for key, it in after["conversation"].items() if before["conversation"].get(key) != it},
        "messages": [it for it in after["messages"] if it not in before["messages"]],
    }
    assert screen_after(before, changed) == after
    return {"before": before, "events": events, "after": changed}


def screen_after(before: Any, after: Any) -> Any:
    """The whole screen after a step, from what is not as before. The front end's tests do the same."""
    if before is None or after is None:
        return after
    changed = {it["id"]: it for it in after["messages"]}
    messages = [changed.pop(it["id"], it) for it in before["messages"]]
    return before | {"conversation": before["conversation"] | after["conversation"], "messages": [*messages, *changed.values()]}


def agents_in(events: list[Any]) -> set[str]:
    """The agents whose presence these events tell."""
    told = [it for it in events if it["type"] in ("presence.changed", "presence.moved")]
    return {it["agent"]["id"] if "agent" in it else it["agent_id"] for it in told}


def heard_by(stream: Stream) -> list[Any]:
    return [json.loads(told.json) for told in stream.heard if isinstance(told, EncodedEvent)]
