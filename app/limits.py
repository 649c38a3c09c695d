"""Token buckets: how much one caller may ask for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from app.clock import monotonic
from app.errors import RateLimited

MOST_CALLERS = 20_000


class Limit:
    """At most `burst` at once and `rate` a second, per key.

    Forgets whose bucket has filled up again, and, when there are too many keys all the same, the longest unseen.
    """

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, cost: float = 1.0) -> None:
        """Take from the key's bucket. Raises RateLimited, saying when it will have filled enough."""
        now = self._clock()
        tokens, seen = self._buckets.pop(key, (self._burst, now))
        tokens = min(self._burst, tokens + (now - seen) * self._rate)
        if tokens < cost:
            self._buckets[key] = (tokens, now)
            raise RateLimited(round((cost - tokens) / self._rate, 2))
        self._buckets[key] = (tokens - cost, now)
        self._forget(now)

    def charge(self, key: str, cost: float) -> None:
        """Take without asking: the bucket may come to lack as much as it holds."""
        now = self._clock()
        tokens, seen = self._buckets.pop(key, (self._burst, now))
        tokens = min(self._burst, tokens + (now - seen) * self._rate)
        self._buckets[key] = (max(-self._burst, tokens - cost), now)
        self._forget(now)

    def _forget(self, now: float) -> None:
        """Two of the longest unseen at a time, so that forgetting keeps up with remembering and never takes long."""
        for _ in range(2):
            oldest, (_, seen) = next(iter(self._buckets.items()))
            if len(self._buckets) <= MOST_CALLERS and (now - seen) * self._rate < self._burst:
                return
            del self._buckets[oldest]
            if not self._buckets:
                return
