"""Reactions to events, for speed. `timetable.py` does the same for certainty, should a reaction be lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from app.contract.audiences import ToAllAgents, ToContact, ToInboxAgents
from app.contract.conversations import ConversationChanged
from app.contract.messages import MessageCreated
from app.contract.presence import PresenceChanged
from app.knowledge.suggest import Suggester
from app.routing.dispatch import serve_queue, settle_queue
from app.routing.queue import LastAnnounced, teams_with_queues
from app.routing.triage import apply_rules
from app.throttle import KeyedThrottle
from app.work import Announcement, Works

log = structlog.get_logger("reactions")

OPEN = ("new", "open")
SUGGEST_EVERY_SECONDS = 1.0
TELL_PLACES_EVERY_SECONDS = 1.0
NO_TEAM = ""


class Reactions:
    """Hears every batch of announcements once its rows are safe, and sets off what follows, off the caller's path."""

    def __init__(
        self,
        works: Works,
        suggester: Suggester,
        may_suggest: Callable[[], bool] = lambda: True,
        *,
        tell_places_every_seconds: float = TELL_PLACES_EVERY_SECONDS,
    ) -> None:
        """`may_suggest` says whether there is time for it."""
        self._works = works
        self._propose = suggester.propose
        self._places = LastAnnounced()
        self._settle_throttled = KeyedThrottle(tell_places_every_seconds, self._settle)
        self._may_suggest = may_suggest
        self._suggest = KeyedThrottle(SUGGEST_EVERY_SECONDS, suggester.wanted)
        self._under_way: set[asyncio.Task[None]] = set()
        self._dispatching: set[str | None] = set()
        self._again: set[str | None] = set()
        self._will_serve_all = False

    def hear(self, announcements: Sequence[Announcement]) -> None:
        """The table."""
        for announcement in announcements:
            event, to = announcement.event, announcement.to
            match event, to:
                case MessageCreated(), ToContact():
                    if event.message.author.kind == "contact" and self._may_suggest():
                        self._suggest.request(event.message.conversation_id)
                case ConversationChanged(conversation=conversation), ToInboxAgents():
                    if conversation.agent_id is None and conversation.category in OPEN:
                        self.serve(conversation.team_id)
                case PresenceChanged(), ToAllAgents():
                    self._on_presence(event)
                case _:
                    pass

    def _on_presence(self, event: PresenceChanged) -> None:
        agent = event.agent
        if agent.presence == "online" and agent.takes_chats and agent.weight < agent.capacity:
            self._serve_all_soon()

    def _serve_all_soon(self) -> None:
        """One look at the queues for all who became free at once."""
        if not self._will_serve_all:
            self._will_serve_all = True
            self._do(self.serve_all)

    def serve(self, team_id: str | None) -> None:
        """Serve a team's queue now; asked again while at it, once more afterwards."""
        if team_id in self._dispatching:
            self._again.add(team_id)
            return
        self._dispatching.add(team_id)
        self._do(lambda: self._serve(team_id))

    async def _serve(self, team_id: str | None) -> None:
        try:
            while True:
                self._again.discard(team_id)
                await apply_rules(self._works, self._propose)
                await serve_queue(self._works, team_id)
                self._settle_throttled.request(team_id or NO_TEAM)
                if team_id not in self._again:
                    return
        finally:
            self._dispatching.discard(team_id)

    def _settle(self, team: str) -> None:
        """Announce their places to those who still wait, at most once a second: with many waiting, one who is served moves
        all the others."""
        self._do(lambda: self._settle_some(team))

    async def _settle_some(self, team: str) -> None:
        """Of a long queue, those whose turn it is; then the next, a second later."""
        if await settle_queue(self._works, team or None, self._places):
            self._settle_throttled.request(team)

    async def serve_all(self) -> None:
        """Serve every queue somebody waits in."""
        self._will_serve_all = False
        async with self._works.read() as rows:
            teams = await teams_with_queues(rows)
        for team_id in teams:
            self.serve(team_id)

    def _do(self, what: Callable[[], Awaitable[None]]) -> None:
        task = asyncio.ensure_future(_noting_failure(what))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def settle(self) -> None:
        """Wait until everything set off so far, and what followed from it, is done."""
        while self._under_way:
            await asyncio.gather(*self._under_way)

    async def end(self) -> None:
        """Finish what is under way, and set off nothing that rests: the database is about to close."""
        self._settle_throttled.end()
        self._suggest.end()
        await self.settle()


async def _noting_failure(what: Callable[[], Awaitable[None]]) -> None:
    try:
        await what()
    except Exception:
        log.exception("reaction failed; the timetable will make up for it")
