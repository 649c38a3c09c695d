"""Agents in line while a batch is planned: the same as looking at all of them again for each conversation."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.contract.values import RoutingMode
from app.routing.next_agent import Candidate, Need, chosen_of, next_agent, verdicts
from app.routing.ranking import Ranking
from tests.factories import MONDAY

IDS = [f"agent-{n:02}" for n in range(12)]
crowds = st.lists(
    st.builds(
        Candidate,
        agent_id=st.sampled_from(IDS),
        name=st.just("x"),
        presence=st.sampled_from(["online", "online", "away", "busy"]),
        has_lease=st.sampled_from([True, True, True, False]),
        load=st.integers(0, 4),
        capacity=st.integers(0, 6),
        last_assigned_at=st.none() | st.just(MONDAY),
        skills=st.sampled_from([[], ["x"], ["x", "y"]]),
        languages=st.sampled_from([[], ["de"]]),
        takes_chats=st.sampled_from([True, True, False]),
        channel_capacity=st.sampled_from([{}, {"chat": 1}]),
    ),
    max_size=12,
    unique_by=lambda one: one.agent_id,
)
needs = st.builds(
    Need,
    channel=st.sampled_from(["chat", "email"]),
    skills=st.sampled_from([[], ["x"]]),
    language=st.sampled_from([None, "de"]),
    last_agent_id=st.none() | st.sampled_from(IDS),
    passed=st.lists(st.sampled_from(IDS), max_size=2, unique=True),
    givers=st.lists(st.sampled_from(IDS), max_size=2, unique=True),
)


@given(crowds, st.lists(needs, max_size=20), st.sampled_from(["least_load", "round_robin", "manual"]), st.integers(1, 14))
def test_whoever_is_in_line_is_judged_as_if_all_were_looked_at(
    crowd: list[Candidate], asked: list[Need], mode: RoutingMode, most: int
) -> None:
    standing, plain = Ranking(crowd, mode), {one.agent_id: one for one in crowd}
    for need in asked:
        judged = standing.judge(need, most)
        assert judged == verdicts(list(plain.values()), need, mode, most)
        chosen = chosen_of(judged)
        assert chosen == next_agent(list(plain.values()), need, mode)
        if chosen:
            plain[chosen.agent_id] = _with_one_more(chosen, need)
            standing.move(plain[chosen.agent_id])
    assert list(standing) == list(plain.values())


def _with_one_more(candidate: Candidate, need: Need) -> Candidate:
    channels: dict[str, Any] = {**candidate.channels, need.channel: candidate.channels.get(need.channel, 0) + 1}
    return replace(candidate, load=candidate.load + 1, channels=channels, last_assigned_at=MONDAY)
