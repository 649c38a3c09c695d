"""The wall, pushed: painted once for all who watch on this node, when something moved, at most four times a second. Screens
that say so are sent the rows that changed, and the whole only when rows came or went."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator

import msgspec
import structlog
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select

from app.clock import monotonic
from app.contract.audiences import ToAllAgents, ToInboxAgents, ToWall, ToWallRows
from app.contract.wall import WallChanged, WallMoved, WallView
from app.reports.open_now import OpenNow
from app.reports.wall import repaint_at, wall_view
from app.tasks import end
from app.work import Announcement, Works
from models import Inbox
from realtime.hub import EncodedEvent, Hub, Subscriber
from realtime.rooms import WALL, WALL_ROWS, room_of

log = structlog.get_logger("wall")

PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 0.5
BUSY_SHARE = 0.1
"""A painting that takes long is done less often, so that it does not keep the node from its chats."""
CERTAIN_SECONDS = 10.0
"""A hint may be lost, so a wall somebody watches is painted this often even when nothing was heard to move."""
MOVING = tuple(
    f'{{"type":"{name}"'.encode()
    for name in ("conversation.changed", "message.created", "presence.changed", "team.thresholds_changed", "sla.changed")
)


class _Of(Struct):
    conversation_id: str


class _Itself(Struct):
    id: str


class _Moved(Struct):
    """As much of an event as says which conversation moved."""

    message: _Of | None = None
    conversation: _Itself | None = None
    conversation_id: str | None = None


_moved = msgspec.json.Decoder(_Moved)


class WallPainter:
    """Hears what agents hear while anybody on this node watches the wall, so every node's movements reach it."""

    def __init__(
        self,
        works: Works,
        hub: Hub,
        *,
        certain_seconds: float = CERTAIN_SECONDS,
        open_now: Callable[[Works], OpenNow] = OpenNow,
    ) -> None:
        self.rooms: set[str] = set()
        self._works = works
        self._hub = hub
        self._has_moved = False
        self._woken = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._wall: WallView | None = None
        self._certain_seconds = certain_seconds
        self._open_now = open_now
        self._open = open_now(works)
        self._reading: asyncio.Task[None] | None = None
        self._due_at = 0.0

    async def watch(self, watcher: Subscriber, *, by_rows: bool = False) -> WallView:
        """Send the wall to this stream from now on, whole or by rows; the wall as it is now, recounted once for all who ask at once."""
        self._hub.leave(watcher, [WALL, WALL_ROWS])
        self._hub.enter(watcher, [WALL_ROWS if by_rows else WALL])
        async with self._one_at_a_time:
            if self._wall is None or self._has_moved or not self.rooms:
                await self._paint()
                self._woken.set()  # whoever waits for the next painting does not know yet when it is due
            assert self._wall is not None
            return self._wall

    def unwatch(self, watcher: Subscriber) -> None:
        """Send it no more."""
        self._hub.leave(watcher, [WALL, WALL_ROWS])

    def deliver(self, encoded: EncodedEvent) -> None:
        """Something happened, here or on another node."""
        if encoded.json.startswith(MOVING):
            self._note(_moved.decode(encoded.json))
            self._has_moved = True
            self._woken.set()

    def _note(self, moved: _Moved) -> None:
        if moved.message is not None:
            self._open.note(moved.message.conversation_id)
        elif moved.conversation is not None:
            self._open.note(moved.conversation.id)
        elif moved.conversation_id is not None:
            self._open.note(moved.conversation_id)

    def cut(self) -> None:
        """A painter has no connection to end."""

    async def paint_forever(self) -> None:
        """Paint when something moved, when time alone moves something, and for certainty."""
        try:
            await self._paint_on()
        finally:
            if self._reading is not None:
                await end([self._reading])

    async def _paint_on(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), self._patience())
            self._woken.clear()
            began = monotonic()
            if not self._has_moved and began < self._due_at:
                continue
            await self._paint_if_watched()
            pause = (monotonic() - began) / BUSY_SHARE
            await asyncio.sleep(min(max(PAUSE_SECONDS, pause), LONGEST_PAUSE_SECONDS))

    def _patience(self) -> float | None:
        return max(0.0, self._due_at - monotonic()) if self.rooms else None

    async def _paint_if_watched(self) -> None:
        async with self._one_at_a_time:
            if not (self._hub.is_anyone_in(WALL) or self._hub.is_anyone_in(WALL_ROWS)):
                self._hub.leave(self, self.rooms)
                self._has_moved = False
                await self._forget()
                return
            try:
                await self._paint()
            except Exception:
                log.exception("the wall could not be painted")
                self._has_moved = True
                self._woken.set()

    async def _paint(self) -> None:
        """Recount, and tell those who watch if it differs. Whatever moves meanwhile is in the next one."""
        await self._listen()
        self._has_moved = False
        self._open.mark()
        async with self._works.read() as rows:
            wall = await wall_view(rows, self._works.clock(), self._open.count)
        if self._open.is_in_doubt:
            self._has_moved = True
            self._woken.set()
        self._read_beside()
        before, self._wall = self._wall, wall
        self._due_at = monotonic() + min(self._certain_seconds, (repaint_at(wall) - wall.made_at).total_seconds())
        if before is None or replace(before, made_at=wall.made_at) != wall:
            self._hub.deliver_here(list(self._announcements(before, wall)))

    def _announcements(self, before: WallView | None, wall: WallView) -> Iterator[Announcement]:
        if self._hub.is_anyone_in(WALL):
            yield Announcement(WallChanged(wall=wall), ToWall())
        if self._hub.is_anyone_in(WALL_ROWS):
            yield Announcement(_moved_rows(before, wall) or WallChanged(wall=wall), ToWallRows())

    async def _listen(self) -> None:
        """Before counting: what is heard afterwards is either counted or painted anew."""
        async with self._works.read() as rows:
            inbox_ids = await rows.all(select(Inbox.id))
        rooms = {room_of(ToAllAgents()), *(room_of(ToInboxAgents(inbox_id=id)) for id in inbox_ids)}
        self._hub.enter(self, rooms - self.rooms)

    def _read_beside(self) -> None:
        """Read the open conversations into memory while the wall is painted from the rows, once for as long as somebody
        watches.
        """
        if self._open.needs_reading and (self._reading is None or self._reading.done()):
            self._reading = asyncio.create_task(self._read_open(), name="wall: what is open")

    async def _read_open(self) -> None:
        try:
            await self._hub.hearing(self.rooms)
            await self._open.read_all()
        except Exception:
            log.exception("what is open could not be read; the wall is counted from the rows")

    async def _forget(self) -> None:
        """Nobody watches: nothing is heard any more, so what was read is worth nothing."""
        if self._reading is not None:
            await end([self._reading])
        self._reading, self._open = None, self._open_now(self._works)


def _moved_rows(before: WallView | None, wall: WallView) -> WallMoved | None:
    """Return what differs, unless rows came, went or changed places."""
    if (
        before is None
        or [queue.team_id for queue in before.queues] != [queue.team_id for queue in wall.queues]
        or [row.agent.id for row in before.agents] != [row.agent.id for row in wall.agents]
    ):
        return None
    return WallMoved(
        after=before.made_at,
        queues=[now for then, now in zip(before.queues, wall.queues, strict=True) if then != now],
        agents=[now for then, now in zip(before.agents, wall.agents, strict=True) if then != now],
        stuck=wall.stuck if wall.stuck != before.stuck else None,
        csat=wall.csat,
        opened_today=wall.opened_today,
        resolved_today=wall.resolved_today,
        made_at=wall.made_at,
    )
