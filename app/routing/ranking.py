"""The agents of a team while a batch is planned: whoever is given something takes their new place among the others."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from app.contract.routing import Verdict
from app.contract.values import RoutingMode
from app.routing.next_agent import Candidate, Judged, Need, is_left, order_of, refusal, why_later

Key = tuple[float, float, str]


class Ranking:
    """Says of each need what `verdicts` says of the same candidates, without looking at all of them again: those who can
    meet it stand in line, in the order of the choice, and only who was given something moves."""

    def __init__(self, candidates: Sequence[Candidate], mode: RoutingMode) -> None:
        self._mode: RoutingMode = mode
        self._now = {candidate.agent_id: candidate for candidate in candidates}
        self._places = {candidate.agent_id: place for place, candidate in enumerate(candidates)}
        self._lines: dict[object, _Line] = {}

    def __iter__(self) -> Iterator[Candidate]:
        """As they stand now."""
        return iter(self._now.values())

    def judge(self, need: Need, most: int) -> Judged:
        """As `verdicts`: the chosen one first."""
        sort = sort_of(need)
        line = self._lines.get(sort)
        if line is None:
            line = self._lines[sort] = _Line(need, self._mode)
            for candidate in self:
                line.add(candidate, self._places[candidate.agent_id])
        return line.judge(self._now.get(need.last_agent_id or ""), most)

    def move(self, candidate: Candidate) -> None:
        """This is how they stand from now on."""
        before, self._now[candidate.agent_id] = self._now[candidate.agent_id], candidate
        place = self._places[candidate.agent_id]
        for line in self._lines.values():
            line.remove(before, place)
            line.add(candidate, place)


def sort_of(need: Need) -> object:
    """Needs of one sort are met by the same agents."""
    return need.channel, tuple(need.skills), need.language, tuple(need.passed), tuple(need.givers)


class _Line:
    """Everybody by one sort of need: the eligible in the order of the choice, the others by place."""

    def __init__(self, need: Need, mode: RoutingMode) -> None:
        self._need = need
        self._mode: RoutingMode = mode
        self._order_of = order_of(mode)
        self._eligible: list[tuple[Key, Candidate]] = []
        self._refused: dict[int, tuple[Candidate, Verdict]] = {}
        self._givers: dict[int, Candidate] = {}
        """Those who could take it, but handed it over."""
        self._left_count = 0
        """How many others can take it, now or once they have room."""

    def add(self, candidate: Candidate, place: int) -> None:
        self._left_count += is_left(candidate, self._need)
        why = refusal(candidate, self._need)
        if why is None and candidate.agent_id in self._need.givers:
            self._givers[place] = candidate
        elif why is None:
            insort(self._eligible, (self._order_of(candidate), candidate), key=_key)
        else:
            self._refused[place] = candidate, why

    def remove(self, candidate: Candidate, place: int) -> None:
        self._left_count -= is_left(candidate, self._need)
        if self._refused.pop(place, None) is None and self._givers.pop(place, None) is None:
            del self._eligible[self._index_of(candidate)]

    def judge(self, last: Candidate | None, most: int) -> Judged:
        eligible, refused_by_place = self._eligible, self._refused
        if self._givers and self._left_count:
            refused_by_place = dict(refused_by_place)
            for place, giver in self._givers.items():
                refused_by_place[place] = giver, "handed_over"
        elif self._givers:
            eligible = sorted([*eligible, *((self._order_of(giver), giver) for giver in self._givers.values())], key=_key)
        chosen = None
        if eligible and self._mode != "manual":
            is_last_eligible = last is not None and any(one is last for _, one in eligible)
            chosen = last if is_last_eligible else eligible[0][1]
        judged: list[tuple[Candidate, Verdict]] = [(chosen, "chosen")] if chosen else []
        for _, candidate in islice(eligible, most):
            if candidate is not chosen and len(judged) < most:
                judged.append((candidate, why_later(candidate, chosen, self._mode)))
        others: Counter[Verdict] = Counter()
        if len(eligible) > len(judged):
            others["served_later" if chosen else "by_hand_only"] = len(eligible) - len(judged)
        refused = [refused_by_place[place] for place in sorted(refused_by_place)]
        shown = max(0, most - len(judged))
        others.update(verdict for _, verdict in refused[shown:])
        return judged + refused[:shown], dict(others)

    def _index_of(self, candidate: Candidate) -> int:
        return bisect_left(self._eligible, self._order_of(candidate), key=_key)


def _key(entry: tuple[Key, Candidate]) -> Key:
    return entry[0]
