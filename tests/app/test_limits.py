"""Token buckets, and whose bucket it is behind proxies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.callers import walk_back
from app.errors import RateLimited
from app.limits import MAX_CALLERS, Limit


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def refused(limit: Limit, key: str = "a", cost: float = 1.0) -> float | None:
    try:
        limit.take(key, cost)
    except RateLimited as refusal:
        return refusal.retry_seconds
    return None


def test_a_burst_passes_and_then_as_much_as_fills_up() -> None:
    clock = Seconds()
    limit = Limit(2.0, 3, clock)
    assert [refused(limit) for _ in range(4)] == [None, None, None, 0.5]
    clock.now += 0.5
    assert [refused(limit), refused(limit)] == [None, 0.5]


def test_whoever_waits_as_told_is_served() -> None:
    clock = Seconds()
    limit = Limit(0.2, 1, clock)
    refused(limit)
    wait = refused(limit)
    assert wait == 5.0
    clock.now += wait
    assert refused(limit) is None


def test_callers_do_not_share_a_bucket() -> None:
    limit = Limit(1.0, 1, Seconds())
    assert [refused(limit, "a"), refused(limit, "b"), refused(limit, "a")] == [None, None, 1.0]


def test_strangers_cannot_fill_the_memory() -> None:
    limit = Limit(1.0, 1, Seconds())
    for number in range(MAX_CALLERS + 100):
        limit.take(str(number))
    assert len(limit._full_at) <= MAX_CALLERS + 1  # pyright: ignore[reportPrivateUsage]


def test_whoever_is_charged_waits_until_it_is_made_good() -> None:
    clock = Seconds()
    limit = Limit(1.0, 4, clock)
    for _ in range(3):
        limit.charge("a", 4)
    assert refused(limit) == 5.0, "it lacks no more than it holds, however often it is charged"
    assert refused(limit, "b") is None
    clock.now += 5
    assert refused(limit) is None


@given(st.lists(st.floats(0, 3), max_size=60), st.floats(0.1, 10), st.integers(1, 10))
def test_never_more_than_burst_and_rate_allow(pauses: list[float], rate: float, burst: int) -> None:
    clock = Seconds()
    limit = Limit(rate, burst, clock)
    passed = 0
    for pause in pauses:
        clock.now += pause
        passed += refused(limit) is None
    assert passed <= burst + clock.now * rate + 1e-6


ADDRESSES = [
    ("nobody between", "203.0.113.7", [], "", "203.0.113.7"),
    ("a header is not believed without a trusted proxy", "203.0.113.7", ["10.0.0.1"], "", "203.0.113.7"),
    ("behind our proxy", "10.0.0.2", ["203.0.113.7"], "10.0.0.0/8", "203.0.113.7"),
    ("behind two of ours", "10.0.0.2", ["203.0.113.7", "10.0.0.3"], "10.0.0.0/8", "203.0.113.7"),
    ("an invented first hop", "10.0.0.2", ["127.0.0.1", "203.0.113.7"], "10.0.0.0/8", "203.0.113.7"),
    ("only proxies", "10.0.0.2", ["10.0.0.3"], "10.0.0.0/8", "10.0.0.3"),
    ("nothing said behind our proxy", "10.0.0.2", [], "10.0.0.0/8", "10.0.0.2"),
    ("nonsense from our proxy", "10.0.0.2", ["nonsense"], "10.0.0.0/8", "10.0.0.2"),
    ("several networks", "fd00::2", ["203.0.113.7"], "10.0.0.0/8, fd00::/8", "203.0.113.7"),
    ("no address at all", "unknown", ["203.0.113.7"], "10.0.0.0/8", "unknown"),
]


@pytest.mark.parametrize(
    ("peer", "hops", "trusted", "address"), [row[1:] for row in ADDRESSES], ids=[row[0] for row in ADDRESSES]
)
def test_the_clients_address(peer: str, hops: list[str], trusted: str, address: str) -> None:
    assert walk_back(peer, hops, trusted)[0] == address


def test_who_is_charged_may_come_to_owe_as_much_as_a_bucket_holds() -> None:
    now = [0.0]
    limit = Limit(1.0, 10, lambda: now[0])
    limit.charge("nuisance", 15)
    limit.charge("nuisance", 1000)
    now[0] = 10.0
    with pytest.raises(RateLimited):
        limit.take("nuisance")
    now[0] = 11.0
    limit.take("nuisance")
    limit.take("neighbour", 10)
