"""Who may come in, by address: so many at once and so many a second."""

from __future__ import annotations

from collections import Counter
from ipaddress import IPv6Address, ip_address
from typing import Any

from app.errors import RateLimited
from app.http.platform import client_address
from app.limits import Limit
from app.settings import Settings

BURST = 6
RETRY_SECONDS = 5.0
GARBLED_COST = 20.0


class Doorkeeper:
    """Counts open sockets and comings. Forgets an address when its last socket has gone."""

    def __init__(self, settings: Settings) -> None:
        self._most = settings.sockets_per_address
        self._trusted = settings.trusted_proxies
        self._comings = Limit(settings.address_rate, BURST * settings.address_rate)
        self._open: Counter[str] = Counter()

    def address_of(self, environ: dict[str, Any]) -> str:
        """Where a socket comes from, seen past trusted proxies."""
        scope = environ.get("asgi.scope", {})
        peer = (scope.get("client") or ("unknown", 0))[0]
        hops = [hop.strip() for hop in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        return network_of(client_address(peer, hops, self._trusted))

    def admit(self, address: str) -> None:
        """Count one in. Raises RateLimited."""
        self._comings.take(address)
        if self._open[address] >= self._most:
            raise RateLimited(RETRY_SECONDS)
        self._open[address] += 1

    def blame(self, address: str) -> None:
        """One from there sent what nobody could mean: that costs as much as coming so many times."""
        self._comings.charge(address, GARBLED_COST)

    def left(self, address: str) -> None:
        """One that was admitted has gone."""
        self._open[address] -= 1
        if self._open[address] <= 0:
            del self._open[address]


def network_of(address: str) -> str:
    """Whoever has one IPv6 address has 2**64 of them: those count as one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"
    return address
