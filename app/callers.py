"""The caller of a request: one answer for every door, HTTP and sockets alike."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from msgspec import Struct

Address = IPv4Address | IPv6Address

_FORWARDING = frozenset({b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via"})


class Caller(Struct, frozen=True):
    """The origin of a request, as far as trusted proxies vouch for it."""

    address: str
    is_forwarded: bool
    """Whether a proxy says that it passed the request on, trusted or not."""
    is_vouched: bool
    """Whether the address was told by a trusted proxy."""
    peer: str
    """The other end of the connection: the caller, or the last proxy."""

    @property
    def network(self) -> str:
        """Return the key that limits count by: the address, or an IPv6 network of /64, which one subscriber has to
        themself."""
        parsed = _parsed(self.address)
        return f"{IPv6Address(int(parsed) >> 64 << 64)}/64" if isinstance(parsed, IPv6Address) else self.address

    @property
    def is_private(self) -> bool:
        """Return whether the address is this machine's or of a private network."""
        return is_private(self.address)

    @property
    def has_unknown_proxy(self) -> bool:
        """Return whether an untrusted proxy of this network passed the request on: all its clients then count as one."""
        return self.is_forwarded and not self.is_vouched and is_private(self.peer)


def caller_of(scope: Any, trusted: str) -> Caller:
    """Return the caller of an ASGI scope; `trusted` are the networks of proxies, separated by commas.

    All lines of X-Forwarded-For count, in their order, and are read from the right: each hop is believed while the one
    that named it is a trusted proxy.
    """
    headers: Iterable[tuple[bytes, bytes]] = scope.get("headers") or ()
    peer = (scope.get("client") or ("unknown", 0))[0]
    forwarding = [(name, value) for name, value in headers if name in _FORWARDING]
    if not forwarding:
        return Caller(_plain(peer), is_forwarded=False, is_vouched=False, peer=_plain(peer))
    lines = [value.decode("latin-1") for name, value in forwarding if name == b"x-forwarded-for"]
    address, is_vouched = walk_back(peer, [hop.strip() for hop in ",".join(lines).split(",") if hop.strip()], trusted)
    return Caller(address, is_forwarded=True, is_vouched=is_vouched, peer=_plain(peer))


def walk_back(peer: str, hops: list[str], trusted: str) -> tuple[str, bool]:
    """Walk back from the peer through `hops` (left is farthest) while each is a trusted proxy, up to the first that is not
    or that no proxy could have meant. Return it, and whether a proxy named it."""
    networks, address, is_vouched = trusted_networks(trusted), _plain(peer), False
    for hop in reversed(hops):
        parsed, told = _parsed(address), _parsed(_without_port(hop))
        if parsed is None or told is None or not any(parsed in network for network in networks):
            break
        address, is_vouched = str(told), True
    return address, is_vouched


def is_private(address: str) -> bool:
    """Return whether an address is this machine's or of a private network."""
    parsed = _parsed(address)
    return parsed is not None and parsed.is_private


@lru_cache(maxsize=100)
def trusted_networks(trusted: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return the networks of a setting. Raises ValueError for one that is none."""
    return tuple(ip_network(one.strip()) for one in trusted.split(",") if one.strip())


def _parsed(address: str) -> Address | None:
    """IPv4 written as IPv6 is the IPv4 address that it is."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    return parsed.ipv4_mapped or parsed if isinstance(parsed, IPv6Address) else parsed


def _plain(address: str) -> str:
    parsed = _parsed(address)
    return address if parsed is None else str(parsed)


def _without_port(hop: str) -> str:
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop
