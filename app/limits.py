"""Token buckets: how much one caller may ask for."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from app.clock import monotonic
from app.errors import RateLimited

MAX_CALLERS = 20_000
FEW_CALLERS = 500
"""So many are remembered without a look at whether they need be."""


class Limit:
    """At most `burst` at once and `rate` a second, per key.

    A bucket is the moment it will be full again. A new key makes it forget two that have filled up, or, when there are
    too many keys all the same, the longest known.
    """

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = monotonic) -> None:
        self._rate = rate
        self._seconds = burst / rate
        self._clock = clock
        self._full_at: dict[str, float] = {}

    def take(self, key: str, cost: float = 1.0) -> None:
        """Take from the key's bucket. Raises RateLimited, saying when it will have filled enough."""
        now = self._clock()
        full_at = self._full_at_of(key, now) + cost / self._rate
        if full_at - now > self._seconds + 1e-9:
            raise RateLimited(ceil((full_at - now - self._seconds) * 100 - 1e-6) / 100)
        self._full_at[key] = full_at

    def charge(self, key: str, cost: float) -> None:
        """Take without asking: the bucket may come to lack as much as it holds."""
        now = self._clock()
        self._full_at[key] = min(now + 2 * self._seconds, self._full_at_of(key, now) + cost / self._rate)

    def give_back(self, key: str, cost: float = 1.0) -> None:
        """Put back what was taken for something that need not be counted."""
        if key in self._full_at:
            self._full_at[key] -= cost / self._rate

    def _full_at_of(self, key: str, now: float) -> float:
        full_at = self._full_at.get(key)
        if full_at is None:
            self._forget(now)
            return now
        return max(full_at, now)

    def _forget(self, now: float) -> None:
        """Two of the longest known at a time, so that forgetting keeps up with remembering and never takes long. Whose
        bucket is not full has another round."""
        for _ in range(2 if len(self._full_at) > FEW_CALLERS else 0):
            oldest = next(iter(self._full_at))
            full_at = self._full_at.pop(oldest)
            if full_at > now and len(self._full_at) < MAX_CALLERS - 1:
                self._full_at[oldest] = full_at
