"""Open conversations as the wall counts them, kept by id: one that moves costs one, however many there are."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from msgspec import Struct

from app.people.load import IDLE_AFTER, Load, more_load
from app.reports.queues import Held, Open, Unanswered, Waiting
from app.reports.thresholds import DEFAULT, Thresholds, risk_after

Key = TypeVar("Key")


class Stand(Struct, frozen=True):
    """State of one open conversation. `agent_id` is its owner; without one it waits since `queued_at`."""

    team_id: str | None
    agent_id: str | None
    channel: str
    queued_at: datetime | None
    unanswered_since: datetime | None
    last_message_at: datetime


class Tally:
    """Answers what `count_open` asks the rows, for those it has been told of."""

    def __init__(self) -> None:
        self._stands: dict[str, Stand] = {}
        self._waiting: dict[str | None, _Times] = {}
        self._unanswered: dict[str | None, _Times] = {}
        self._lively: dict[tuple[str, str], _Times] = {}
        self._held: dict[tuple[str | None, str], int] = {}

    def put(self, conversation_id: str, stand: Stand | None) -> None:
        """Set the state of a conversation; None: it is not open."""
        before = self._stands.pop(conversation_id, None)
        if before is not None:
            self._count(before, -1)
        if stand is not None:
            self._stands[conversation_id] = stand
            self._count(stand, 1)

    def figures(self, thresholds: Thresholds, now: datetime) -> Open:
        """Everything the wall shows of them at this time."""
        return Open(
            waiting={team_id: _waiting(times, thresholds, team_id, now) for team_id, times in self._waiting.items()},
            unanswered={team_id: _unanswered(times, thresholds, team_id, now) for team_id, times in self._unanswered.items()},
            held=self._held_now(),
            loads=self._loads(now - IDLE_AFTER),
        )

    def _count(self, stand: Stand, by: int) -> None:
        if stand.unanswered_since is not None:
            _change(self._unanswered, stand.team_id, stand.unanswered_since, by)
        if stand.agent_id is not None:
            _change(self._lively, (stand.agent_id, stand.channel), stand.last_message_at, by)
            key = stand.team_id, stand.agent_id
            self._held[key] = self._held.get(key, 0) + by
            if not self._held[key]:
                del self._held[key]
        elif stand.queued_at is not None:
            _change(self._waiting, stand.team_id, stand.queued_at, by)

    def _held_now(self) -> Held:
        by_team: dict[str | None, int] = {}
        by_agent: dict[str, int] = {}
        for (team_id, agent_id), count in self._held.items():
            by_team[team_id] = by_team.get(team_id, 0) + count
            by_agent[agent_id] = by_agent.get(agent_id, 0) + count
        return Held(by_team, by_agent)

    def _loads(self, idle_before: datetime) -> Mapping[str, Load]:
        loads: dict[str, Load] = {}
        for (agent_id, channel), times in self._lively.items():
            loads[agent_id] = more_load(
                loads.get(agent_id, Load()), channel, len(times.all), bisect_right(times.all, idle_before)
            )
        return loads


class _Times:
    """Times in order."""

    def __init__(self) -> None:
        self.all: list[datetime] = []

    def change(self, at: datetime, by: int) -> None:
        if by > 0:
            insort(self.all, at)
        else:
            del self.all[bisect_left(self.all, at)]


def _change(lists: dict[Key, _Times], key: Key, at: datetime, by: int) -> None:
    times = lists.setdefault(key, _Times())
    times.change(at, by)
    if not times.all:
        del lists[key]


def _waiting(times: _Times, thresholds: Thresholds, team_id: str | None, now: datetime) -> Waiting:
    risky = bisect_right(times.all, now - risk_after(thresholds.get(team_id or "", DEFAULT)))
    return Waiting(len(times.all), times.all[0], risky, _at(times, risky))


def _unanswered(times: _Times, thresholds: Thresholds, team_id: str | None, now: datetime) -> Unanswered:
    promised = timedelta(seconds=thresholds.get(team_id or "", DEFAULT).answer_seconds)
    late = bisect_left(times.all, now - promised)
    return Unanswered(late, _at(times, late))


def _at(times: _Times, place: int) -> datetime | None:
    return times.all[place] if place < len(times.all) else None
