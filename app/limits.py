"""Token buckets: how much one caller may ask for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from app.clock import monotonic
from app.errors import RateLimited

MOST_CALLERS = 50_000


class Limit:
    """At most `burst` at once and `rate` a second, per key. Forgets the longest unseen when there are too many keys."""

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
        while len(self._buckets) > MOST_CALLERS:
            self._buckets.popitem(last=False)
