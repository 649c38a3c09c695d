"""Connections that have begun a request and not ended it: how many a network may have, and who goes when there is no room."""

from __future__ import annotations

import resource
from collections import Counter
from contextlib import suppress
from typing import Protocol

RESERVED_FILES = 200
"""For the database, files, mail and whatever else is not a connection."""
MAX_FILES = 1_048_576
MAX_HALF_SENT = 100


class Unfinished(Protocol):
    """A connection that has begun something."""

    network: str

    def give_up(self) -> None: ...


class Crowding:
    """Unfinished requests by network, the longest known first."""

    def __init__(self, max_connections: int | None, max_half_sent: int = MAX_HALF_SENT) -> None:
        self._max_connections = max_connections
        self._max_half_sent = max_half_sent
        self._unfinished: dict[Unfinished, bool] = {}
        self._by_network: Counter[str] = Counter()
        self._bodies: Counter[str] = Counter()

    def began(self, one: Unfinished, *, is_body: bool = False) -> bool:
        """Add a connection that waits for the rest of a request. Return whether its network may have one more unfinished
        body.
        """
        if one not in self._unfinished:
            self._unfinished[one] = is_body
            self._by_network[one.network] += 1
            self._bodies[one.network] += is_body
        return not is_body or self._bodies[one.network] <= self._max_half_sent

    def ended(self, one: Unfinished) -> None:
        """The request is whole, or the connection is gone."""
        is_body = self._unfinished.pop(one, None)
        if is_body is not None:
            self._by_network[one.network] -= 1
            self._bodies[one.network] -= is_body
            for counter in (self._by_network, self._bodies):
                if not counter[one.network]:
                    del counter[one.network]

    def make_room(self, connections: int) -> bool:
        """Return whether there is room for one more connection beside so many. The longest unfinished of the network with
        most of them makes room when there is none.
        """
        if self._max_connections is None or connections < self._max_connections:
            return True
        if not self._by_network:
            return False
        network = max(self._by_network, key=self._by_network.__getitem__)
        next(one for one in self._unfinished if one.network == network).give_up()
        return True


def raise_file_limit() -> int | None:
    """Let this process open as many files as the system allows; return how many connections that leaves, None for any
    number."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):  # macOS allows less than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else max(10, soft - RESERVED_FILES)
