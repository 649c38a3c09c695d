"""Catch-up on events lost between nodes: found in the rows and delivered to the clients here.

Every couple of seconds one indexed query asks which conversations have moved since the last look, and what this node
has not heard of them by the next look is told from the rows; while it is deaf, at once and twice a second. So a lost
hint is found whoever lost it, at a cost that grows with what moves and not with who listens.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence

import structlog
from prometheus_client import Counter

from app.clock import monotonic
from app.contract.audiences import ToAllAgents, ToContact, ToInboxAgents
from app.contract.conversations import ConversationChanged
from app.contract.people import AgentView
from app.contract.presence import PresenceChanged
from app.contract.reading import Heads, HeadView
from app.conversations.reading.heads import ConversationPosition, find_horizon, list_moved
from app.conversations.views import agent_views, select_for_agents
from app.people.agents import list_agents
from app.work import Announcement, Rows, Works
from models import Conversation
from realtime.connected_clients import ConnectedClients
from realtime.redis_hub import RedisHub
from realtime.rooms import AGENTS, room_of

LOOK_SECONDS = 2.0
LOOK_WHILE_DEAF_SECONDS = 0.5
PEOPLE_SECONDS = 5.0
PAGE = 500
MAX_TOLD = 2_000

log = structlog.get_logger("hub")
found_total = Counter("parley_hub_lost_found_total", "Conversations whose hints were lost and whose state was told from the rows")


class CatchUp:
    """Looks at what moved, for ever. Knows by transactions, not by clocks, what it has looked at."""

    def __init__(
        self, works: Works, hub: RedisHub, connected_clients: ConnectedClients, clock: Callable[[], float] = monotonic
    ) -> None:
        self._clock = clock
        self._works = works
        self._hub = hub
        self._connected_clients = connected_clients
        self._since: int | None = None
        self._suspects: dict[str, ConversationPosition] = {}
        self._people: dict[str, AgentView] = {}
        self._people_at = 0.0

    async def run_forever(self) -> None:
        """Look at once when the hub says that something may have been missed, else every so often."""
        was_fine = True
        while True:
            try:
                await self.look()
                was_fine = True
            except Exception:
                if was_fine:
                    log.exception("could not catch up; trying again")
                was_fine = False
            await self._hub.until_missed(LOOK_WHILE_DEAF_SECONDS if self._hub.is_deaf else LOOK_SECONDS)

    async def look(self) -> None:
        """Read everything that moved since the last look, however much, and tell what was not heard."""
        is_deaf = self._hub.is_deaf
        async with self._works.read() as rows:
            horizon = await find_horizon(rows)
            if self._since is None:
                self._since = horizon
            lost = await self._lost(rows, self._since, is_deaf=is_deaf)
        if lost:
            await self._tell(lost)
        self._since = horizon
        await self._look_at_people()

    async def _lost(self, rows: Rows, since: int, *, is_deaf: bool) -> dict[str, ConversationPosition]:
        """Return what lags now and, unless deaf, already did at the last look: a hint may still be on its way."""
        lost = {id: place for id, place in self._suspects.items() if self._is_behind(place)}
        self._suspects = {}
        after: tuple[int, str] | None = None
        while True:
            page = await list_moved(rows, since, after, PAGE)
            for _, place in page:
                if self._is_behind(place):
                    (lost if is_deaf or place.id in lost else self._suspects)[place.id] = place
            if len(page) < PAGE:
                return lost
            after = (page[-1][0], page[-1][1].id)
            await asyncio.sleep(0)

    def _is_behind(self, place: ConversationPosition) -> bool:
        return any(self._hub.is_anyone_in(room) and self._hub.delivered.is_behind(room, place) for room in _rooms_of(place))

    async def _tell(self, lost: dict[str, ConversationPosition]) -> None:
        found_total.inc(len(lost))
        places = list(lost.values())
        if len(places) > MAX_TOLD:
            log.warning("too much was missed to be told; agents start over", conversations=len(places))
            self._connected_clients.start_over()
        else:
            for at in range(0, len(places), PAGE):
                await self._tell_agents(places[at : at + PAGE])
        self._tell_contacts(places)
        for place in places:
            for room in _rooms_of(place):
                self._hub.delivered.note(room, place)

    async def _tell_agents(self, places: Sequence[ConversationPosition]) -> None:
        ids = [place.id for place in places if self._hub.is_anyone_in(room_of(ToInboxAgents(inbox_id=place.inbox_id)))]
        if not ids:
            return
        async with self._works.read() as rows:
            views = await agent_views(rows, select_for_agents().where(Conversation.id.in_(ids)))
        self._hub.deliver_here(
            [Announcement(ConversationChanged(conversation=view), ToInboxAgents(inbox_id=view.inbox_id)) for view in views]
        )

    def _tell_contacts(self, places: Iterable[ConversationPosition]) -> None:
        for place in places:
            head = HeadView(conversation_id=place.id, seq=place.seq, rev=0, marks=place.marks)
            heads = Heads(epoch=self._connected_clients.epoch, heads=[head])
            self._hub.deliver_here([Announcement(heads, ToContact(contact_id=place.contact_id))])

    async def _look_at_people(self) -> None:
        """Colleagues' presence and load are in no conversation; what changed since the last look is told again."""
        now = self._clock()
        seconds = LOOK_WHILE_DEAF_SECONDS if self._hub.is_deaf else PEOPLE_SECONDS
        if not self._hub.is_anyone_in(AGENTS) or now - self._people_at < seconds:
            return
        self._people_at = now
        async with self._works.read() as rows:
            people = {agent.id: agent for agent in await list_agents(rows, self._works.clock())}
        changed = [agent for id, agent in people.items() if self._people and self._people.get(id) != agent]
        self._people = people
        self._hub.deliver_here([Announcement(PresenceChanged(agent=agent), ToAllAgents()) for agent in changed])


def _rooms_of(place: ConversationPosition) -> tuple[str, str]:
    return room_of(ToInboxAgents(inbox_id=place.inbox_id)), room_of(ToContact(contact_id=place.contact_id))
