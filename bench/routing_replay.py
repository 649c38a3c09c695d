"""Real arrivals and durations, simulated agents, three ways to choose: how long people wait, and how evenly work falls.

python -m bench.routing_replay [--short]

The dialogues of STAR arrive in their own order and at their own distances (silences of more than ten minutes, the nights,
are cut), one, two and four times as fast. Three agents hold up to four each. An agent keeps the pace of the real one with
two conversations; with more, all of theirs slow down in proportion. Abandoned dialogues stay open, silent, for twenty
minutes. Time is simulated in steps of a second; whoever is chosen, is chosen by the product's own `next_agent`:

- ours: least load, where a silent conversation weighs half, then who has gone longest without one
- round robin: who has gone longest without one; every open conversation weighs the same
- least open: fewest open conversations, then by name; every open conversation weighs the same

It is told, too, how often the range promised to those who had to wait was kept.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import fmean

from app.contract.values import RoutingMode
from app.conversations.queue.wait_estimate import MAX_PROMISES, Kept, Pace, wait_range, widening_of
from app.people.load import IDLE_AFTER, weight_of
from app.routing.next_agent import Candidate, next_agent
from bench.figures import percentile, say

DATA = Path(os.environ.get("PARLEY_TEST_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
AGENTS = 3
CAPACITY = 4
AT_FULL_PACE = 2
NIGHT_SECONDS = 600
SILENT_SECONDS = 1200
FASTER = (1, 2, 4)
RULES = ("ours", "round robin", "least open")
BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class Dialogue:
    """One to come: when, and how many seconds of an agent's full pace it takes."""

    arrives_at: float
    seconds: float
    is_abandoned: bool


@dataclass
class Held:
    """One an agent has."""

    left: float
    silent_left: float
    since: int
    silent_since: int | None = None


@dataclass
class SimulatedAgent:
    """Somebody with a few conversations."""

    id: str
    held: list[Held] = field(default_factory=list)
    last_assigned_at: datetime | None = None
    served: int = 0

    def weight(self, now: int, *, is_honest: bool) -> float:
        silent = sum(one.silent_since is not None and now - one.silent_since >= IDLE_AFTER.total_seconds() for one in self.held)
        return weight_of("chat", len(self.held), silent if is_honest else 0)

    def step(self, now: int) -> list[int]:
        """A second of work; how long each conversation that ended was held."""
        awake = sum(one.silent_since is None for one in self.held)
        pace = min(1.0, AT_FULL_PACE / awake) if awake else 1.0
        ended: list[int] = []
        for one in self.held:
            if one.silent_since is None:
                one.left -= pace
                if one.left <= 0 and one.silent_left:
                    one.silent_since = now
            else:
                one.silent_left -= 1
        for one in [one for one in self.held if one.left <= 0 and one.silent_left <= 0]:
            self.held.remove(one)
            ended.append(now - one.since)
        return ended


def dialogues(faster: float, most: int) -> list[Dialogue]:
    """What arrives, so many times faster."""
    with gzip.open(DATA / "dialogues" / "star" / "dialogues.jsonl.gz", "rt") as lines:
        found = sorted((json.loads(line) for line in lines), key=lambda one: one["start"])[:most]
    at, before, arriving = 0.0, found[0]["start"], list[Dialogue]()
    for one in found:
        at += min(NIGHT_SECONDS, one["start"] - before) / faster
        before = one["start"]
        seconds = max(20.0, float(one["turns"][-1][0]) if one["turns"] else 0.0)
        arriving.append(Dialogue(at, seconds, one["completion"] != "Complete"))
    return arriving


@dataclass
class Day:
    """What came of it."""

    waits: list[float]
    spreads: list[float]
    kept: list[bool]
    served: list[int]


def live(arriving: Sequence[Dialogue], rule: str) -> Day:
    """Everything that arrives, served by this rule."""
    mode: RoutingMode = "round_robin" if rule == "round robin" else "least_load"
    agents = [SimulatedAgent(f"agent-{number}") for number in range(AGENTS)]
    queue: deque[tuple[Dialogue, int, tuple[int, int, int] | None]] = deque()
    coming = deque(arriving)
    durations: deque[int] = deque(maxlen=50)
    promises: deque[Kept] = deque(maxlen=MAX_PROMISES)
    day = Day([], [], [], [])
    now = 0
    while coming or queue or any(agent.held for agent in agents):
        for agent in agents:
            durations.extend(agent.step(now))
        new: list[Dialogue] = []
        while coming and coming[0].arrives_at <= now:
            new.append(coming.popleft())
        for one in new:
            queue.append((one, now, None))
        while queue and (chosen := _choose(agents, now, rule, mode)):
            one, since, promise = queue.popleft()
            _give(chosen, one, now, rule)
            day.waits.append(now - since)
            if promise:
                place, low, high = promise
                day.kept.append(low <= now - since <= high)
                promises.append(Kept(place, low, high, now - since))
        if len(durations) >= 3:
            pace = Pace(AGENTS * CAPACITY, fmean(durations), len(durations), widening_of(promises))
            for place, (one, since, promise) in enumerate(list(queue), 1):
                if promise is None:
                    low, _, high = wait_range(place, pace)
                    queue[place - 1] = (one, since, (place, low, high))
        weights = [agent.weight(now, is_honest=True) for agent in agents]
        day.spreads.append(max(weights) - min(weights))
        now += 1
    day.served.extend(agent.served for agent in agents)
    return day


def _choose(agents: Sequence[SimulatedAgent], now: int, rule: str, mode: RoutingMode) -> SimulatedAgent | None:
    candidates = [
        Candidate(
            agent_id=agent.id,
            name=agent.id,
            presence="online",
            has_lease=True,
            load=agent.weight(now, is_honest=rule == "ours"),
            capacity=CAPACITY,
            last_assigned_at=None if rule == "least open" else agent.last_assigned_at,
        )
        for agent in agents
    ]
    chosen = next_agent(candidates, mode=mode)
    return next(agent for agent in agents if agent.id == chosen.agent_id) if chosen else None


def _give(agent: SimulatedAgent, one: Dialogue, now: int, rule: str) -> None:
    agent.held.append(Held(one.seconds, SILENT_SECONDS if one.is_abandoned else 0, now))
    agent.last_assigned_at = BEGAN + timedelta(seconds=now, microseconds=agent.served)
    agent.served += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args()
    print(
        "| faster | rule | wait p50 s | p90 s | waited at all | load spread (mean of max - min) | most / fewest served | promises kept |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for faster in FASTER:
        arriving = dialogues(faster, 300 if asked.short else 10_000)
        days = {rule: live(arriving, rule) for rule in RULES}
        for rule, day in days.items():
            kept = f"{fmean(day.kept):.2f} of {len(day.kept)}" if day.kept else "none made"
            print(
                f"| {faster}x | {rule} | {percentile(day.waits, 0.5):.0f} | {percentile(day.waits, 0.9):.0f} "
                f"| {sum(wait > 0 for wait in day.waits) / len(day.waits):.0%} | {fmean(day.spreads):.2f} "
                f"| {max(day.served)} / {min(day.served)} | {kept} |",
                flush=True,
            )
        ours, ring = days["ours"], days["round robin"]
        say(
            "routing_replay",
            f"wait_p90_{faster}x",
            percentile(ours.waits, 0.9),
            "s",
            percentile(ring.waits, 0.9),
            len(ours.waits),
        )
        say("routing_replay", f"load_spread_{faster}x", fmean(ours.spreads), "slots", fmean(ring.spreads), len(ours.waits))


if __name__ == "__main__":
    main()
