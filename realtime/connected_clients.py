"""Clients connected to this node: agents' leases while they are connected, and which conversation each looks at."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol

from sqlalchemy import select

from app.clock import monotonic
from app.contract.audiences import ToInboxAgents
from app.contract.bases import Event
from app.contract.connection import SignedOut
from app.contract.conversations import ViewersChanged
from app.contract.reading import Heads, HeadView
from app.conversations.reading.heads import heads_for_agent, heads_for_agents, heads_for_visitor, heads_for_visitors, together
from app.people.actors import SignedInAgent, Visitor
from app.people.presence import arrive, renew_leases
from app.people.sessions import note_sessions_seen
from app.people.sign_in import still_signed_in
from app.people.visitor_sessions import recently_voided, session_of
from app.work import Announcement, Works
from models import Conversation, Inbox
from realtime.availability import Availability
from realtime.hub import EncodedEvent, Hub, Subscriber
from realtime.interests import Interests, is_shared
from realtime.rooms import NODES, rooms_of_agent, rooms_of_visitor

HEADS_AT_ONCE = 200
RENEWED_SHARE = 1 / 3
"""Of a lease, after which it is renewed."""


class Line(Subscriber, Protocol):
    """A subscriber with somebody at its other end."""

    @property
    def silent_seconds(self) -> float:
        """For how long nothing has come from them."""
        ...


class NewInboxes:
    """A subscriber of the room of nodes that lets agents into the rooms of inboxes added while they are connected."""

    def __init__(self, connected_clients: ConnectedClients) -> None:
        self.rooms: set[str] = set()
        self._connected_clients = connected_clients

    def deliver(self, encoded: EncodedEvent) -> None:
        if encoded.json.startswith(b'{"type":"config.changed","area":"inboxes"'):
            self._connected_clients.inbox_added()

    def cut(self) -> None:
        """Nothing to close."""


class ConnectedClients:
    """Everybody connected here. `lease` is how long an agent counts as present after the last sign of life."""

    def __init__(
        self,
        works: Works,
        hub: Hub,
        lease: timedelta,
        epoch: str,
        availability: Availability | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._works = works
        self._hub = hub
        self._lease = lease
        self._epoch = epoch
        self._availability = availability
        self._agents: dict[Line, SignedInAgent] = {}
        self._visitors: dict[Line, Visitor] = {}
        self._viewed: dict[Subscriber, tuple[str, str]] = {}
        self._said: dict[Line, int] = {}
        self._idle: set[Line] = set()
        self._entering: set[asyncio.Task[None]] = set()
        self._clock = clock
        self._renewed_at = clock()
        self.interests = Interests(works, hub)
        hub.enter(NewInboxes(self), [NODES])

    @property
    def epoch(self) -> str:
        """Changes when the data was restored from a backup."""
        return self._epoch

    @property
    def subscribers(self) -> list[Line]:
        return [*self._agents, *self._visitors]

    async def connected(self, subscriber: Line, actor: Visitor | SignedInAgent) -> None:
        """Enter the rooms, wait until other nodes are heard there, then say how far everything has come: whoever takes
        the first `heads` as the moment to look at the rows misses nothing."""
        if isinstance(actor, Visitor):
            self._visitors[subscriber] = actor
            self._hub.enter(subscriber, rooms_of_visitor(actor))
        else:
            async with self._works.read() as rows:
                inbox_ids = await rows.all(select(Inbox.id))
            self._agents[subscriber] = actor
            self._hub.enter(subscriber, rooms_of_agent(actor, inbox_ids))
            await self._works.run(arrive, actor.id, self._lease)
        await self._hub.hearing(subscriber.rooms)
        await self._send_heads(subscriber, actor)
        if self._availability is not None and isinstance(actor, Visitor):
            await self._availability.connected(subscriber, actor)

    def inbox_added(self) -> None:
        """Agents who are connected already hear a new inbox, too."""
        task = asyncio.get_running_loop().create_task(self.enter_inboxes())
        self._entering.add(task)
        task.add_done_callback(self._entering.discard)

    async def enter_inboxes(self) -> None:
        """Let every agent who is connected hear of all inboxes there are now."""
        async with self._works.read() as rows:
            inbox_ids = await rows.all(select(Inbox.id))
        for subscriber, agent in list(self._agents.items()):
            rooms = set(rooms_of_agent(agent, inbox_ids)) - subscriber.rooms
            if self.interests.has(subscriber):
                self.interests.enter(rooms)
                rooms = {room for room in rooms if not is_shared(room)}
            self._hub.enter(subscriber, rooms)

    async def disconnected(self, subscriber: Line) -> None:
        """The lease runs on: a reload is back before it lapses, and a crash looks the same as this."""
        self._hub.leave(subscriber, subscriber.rooms)
        self.interests.left(subscriber)
        self._agents.pop(subscriber, None)
        self._idle.discard(subscriber)
        self._visitors.pop(subscriber, None)
        self._said.pop(subscriber, None)
        await self.look_at(subscriber, None)

    async def look_at(self, subscriber: Subscriber, conversation_id: str | None) -> None:
        """The agent on this connection looks at a conversation now, or at none; colleagues are told."""
        before = self._viewed.pop(subscriber, None)
        if conversation_id is not None:
            async with self._works.read() as rows:
                inbox_id = await rows.one(select(Conversation.inbox_id).where(Conversation.id == conversation_id))
            if inbox_id is not None:
                self._viewed[subscriber] = (conversation_id, inbox_id)
        for viewed in {before, self._viewed.get(subscriber)} - {None}:
            if viewed is not None:
                self._tell_viewers(*viewed)

    def note_idle(self, agent: SignedInAgent, subscriber: Subscriber | None, *, is_idle: bool) -> bool:
        """This browser is idle, or is not; whether no browser of the agent here is awake."""
        for line in self._agents:
            if line is subscriber:
                (self._idle.add if is_idle else self._idle.discard)(line)
        return is_idle and not any(owner.id == agent.id and self._is_awake(one) for one, owner in self._agents.items())

    def idle_here(self, late: float = 0.0) -> list[str]:
        """Agents none of whose browsers here is awake; for `late` seconds this node has heard nobody."""
        awake = {agent.id for subscriber, agent in self._agents.items() if self._is_awake(subscriber, late)}
        return sorted({agent.id for agent in self._agents.values()} - awake)

    def _is_awake(self, subscriber: Line, late: float = 0.0) -> bool:
        """Not idle, and heard within a lease's time: a line that died without a word keeps nobody awake either."""
        return subscriber not in self._idle and subscriber.silent_seconds - late < self._lease.total_seconds()

    def _tell_viewers(self, conversation_id: str, inbox_id: str) -> None:
        ids = {agent.id for line, agent in self._agents.items() if self._viewed.get(line, ("", ""))[0] == conversation_id}
        event = ViewersChanged(conversation_id=conversation_id, agent_ids=sorted(ids))
        self._hub.publish([Announcement(event, ToInboxAgents(inbox_id=inbox_id))])

    async def _send_heads(self, subscriber: Line, actor: Visitor | SignedInAgent) -> None:
        async with self._works.read() as rows:
            if isinstance(actor, Visitor):
                heads = await heads_for_visitor(rows, actor.contact_id)
            else:
                heads = await heads_for_agent(rows, actor.id, self._viewed.get(subscriber, (None, None))[0])
        self._say(subscriber, heads)

    def _say(self, subscriber: Line, heads: list[HeadView]) -> None:
        if heads:
            self._said[subscriber] = _gist(heads)
        subscriber.deliver(EncodedEvent(Heads(epoch=self._epoch, heads=heads)))

    def _say_news(self, subscriber: Line, heads: list[HeadView]) -> None:
        """Send the heads unless they are as last sent: the line keeps what it is given."""
        if heads and self._said.get(subscriber) != _gist(heads):
            self._say(subscriber, heads)

    async def renew(self) -> None:
        """Every agent heard here is still here, since then: a line that died without a word keeps nobody. While this node
        itself was late it heard nobody, and that time counts against none of them."""
        late, self._renewed_at = self._late_seconds(), self._clock()
        heard: dict[int, set[str]] = {}
        for agent_id, seconds in self._silences().items():
            heard.setdefault(int(max(0.0, seconds - late)), set()).add(agent_id)
        idle = set(self.idle_here(late))
        for seconds, ids in heard.items():
            left = self._lease - timedelta(seconds=seconds)
            if left > timedelta(0):
                await self._works.run(renew_leases, sorted(ids), left, sorted(ids & idle))

    async def renew_when_late(self) -> None:
        """Before leases lapse: whoever's line is open must not be taken for gone because this node had no time to renew them."""
        if self._agents and self._late_seconds() > 0:
            await self.renew()

    def _late_seconds(self) -> float:
        """By how much the last renewal lies further back than it should, when that is more than a hiccup."""
        late = self._clock() - self._renewed_at - self._lease.total_seconds() * RENEWED_SHARE
        return late if late > self._lease.total_seconds() / 10 else 0.0

    def _silences(self) -> dict[str, float]:
        """For how long nothing has come from each agent, by whichever of their lines spoke last."""
        found: dict[str, float] = {}
        for subscriber, agent in self._agents.items():
            found[agent.id] = min(subscriber.silent_seconds, found.get(agent.id, subscriber.silent_seconds))
        return found

    async def send_heads(self) -> None:
        """Tell every client whose conversations have moved how far they have come: one query for many clients, spread
        out so that no beat is a burst. An idle visitor costs a look at an index and nothing else."""
        visitors, agents = list(self._visitors.items()), list(self._agents.items())
        for at in range(0, len(agents), HEADS_AT_ONCE):
            await self._beat_agents(agents[at : at + HEADS_AT_ONCE])
        for at in range(0, len(visitors), HEADS_AT_ONCE):
            await self._beat_visitors(visitors[at : at + HEADS_AT_ONCE])
            await asyncio.sleep(0)

    async def _beat_visitors(self, some: Sequence[tuple[Line, Visitor]]) -> None:
        async with self._works.read() as rows:
            heads = await heads_for_visitors(rows, [visitor.contact_id for _, visitor in some])
        for subscriber, visitor in some:
            if visitor.contact_id in heads and subscriber in self._visitors:
                self._say_news(subscriber, heads[visitor.contact_id])

    async def _beat_agents(self, some: Sequence[tuple[Line, SignedInAgent]]) -> None:
        viewed_ids = {subscriber: self._viewed[subscriber][0] for subscriber, _ in some if subscriber in self._viewed}
        async with self._works.read() as rows:
            held, viewed = await heads_for_agents(rows, [agent.id for _, agent in some], viewed_ids.values())
        for subscriber, agent in some:
            if subscriber in self._agents:
                self._say_news(subscriber, together(held.get(agent.id, []), viewed.get(viewed_ids.get(subscriber, ""))))

    async def drop_signed_out(self) -> None:
        """Close the connections whose session or token was revoked: one query for all.

        An agent whose role or name has changed is not signed out: their connections close, and come back as who they are now.
        """
        if not self._agents:
            return
        here = list(self._agents.items())
        async with self._works.read() as rows:
            holding = await still_signed_in(rows, [agent.session for _, agent in here], self._works.clock())
        self.send_off([subscriber for subscriber, agent in here if agent.session not in holding], SignedOut())
        for subscriber, agent in here:
            if agent.session in holding and holding[agent.session] != agent:
                subscriber.cut()

    async def note_seen(self) -> None:
        """Note when the sessions connected here were last seen."""
        if sessions := {agent.session for agent in self._agents.values()}:
            await self._works.run(note_sessions_seen, sessions)

    async def drop_voided_visitors(self) -> None:
        """Close the sockets of visitors who have signed out, or whose proof is over: one query for all."""
        if not self._visitors:
            return
        now = self._works.clock()
        async with self._works.read() as rows:
            voided = await recently_voided(rows, now)
        for subscriber, visitor in list(self._visitors.items()):
            if session_of(visitor) in voided or 0 < visitor.verified_until <= now.timestamp():
                subscriber.cut()

    def start_over(self) -> None:
        """Too much was missed to be told: agents' clients come back and read everything anew."""
        for subscriber in list(self._agents):
            subscriber.cut()

    def send_off(self, subscribers: Sequence[Line], event: Event) -> None:
        """Say something last, then close."""
        for subscriber in subscribers:
            subscriber.deliver(EncodedEvent(event))
            asyncio.get_running_loop().call_later(0.2, subscriber.cut)


def _gist(heads: Sequence[HeadView]) -> int:
    return hash(tuple((head.conversation_id, head.seq, head.rev, head.marks) for head in heads))
