"""Connection limits by address: so many at once and so many a second."""

from __future__ import annotations

from collections import Counter
from typing import Any

from app.callers import caller_of
from app.errors import RateLimited
from app.limits import Limit
from app.settings import Settings

BURST = 6
RETRY_SECONDS = 5.0
GARBLED_COST = 20.0


class ConnectionLimits:
    """Counts open sockets and comings. Forgets an address when its last socket has gone."""

    def __init__(self, settings: Settings) -> None:
        self._most = settings.sockets_per_address
        self._trusted = settings.trusted_proxies
        self._comings = Limit(settings.address_rate, BURST * settings.address_rate)
        self._open: Counter[str] = Counter()

    def address_of(self, environ: dict[str, Any]) -> str:
        """Where a socket comes from, seen past trusted proxies."""
        return caller_of(environ.get("asgi.scope", {}), self._trusted).network

    def admit(self, address: str) -> None:
        """Count one in. Raises RateLimited."""
        self._comings.take(address)
        if self._open[address] >= self._most:
            raise RateLimited(RETRY_SECONDS)
        self._open[address] += 1

    def penalise(self, address: str) -> None:
        """One from there sent what nobody could mean: that costs as much as coming so many times."""
        self._comings.charge(address, GARBLED_COST)

    def left(self, address: str) -> None:
        """One that was admitted has gone."""
        self._open[address] -= 1
        if self._open[address] <= 0:
            del self._open[address]
