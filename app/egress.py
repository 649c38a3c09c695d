"""Outgoing HTTP: the only client, for addresses that people type in. A server that fetches them must not become a way into its own network.

A host's name is resolved once, each of its addresses is checked, and the connection goes to a checked address: a name that changes its
mind in between (DNS rebinding) changes nothing. Redirects are followed one by one, each through the same check.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpcore
from msgspec import Struct

from app.errors import Invalid

MAX_REDIRECTS = 5
MAX_BYTES = 1_000_000
MAX_URL = 2_000
WITHIN_SECONDS = 10.0
REDIRECTS = {301, 302, 303, 307, 308}
NAT64 = IPv6Network("64:ff9b::/96")
USER_AGENT = b"Parley"

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[list[Address]]]
Reason = Literal["address", "private", "unknown_host", "no_connection", "tls", "too_slow", "too_many_redirects"]


class Unreachable(Exception):
    """Nothing was fetched, and why. `host` is where it ended: `private` names an address that is not public."""

    def __init__(self, reason: Reason, host: str = "") -> None:
        super().__init__(f"{reason} {host}".strip())
        self.reason: Reason = reason
        self.host = host


class Fetched(Struct, frozen=True):
    """An answer, of `url` after all redirects. `is_cut`: there was more than the caller wanted."""

    url: str
    status: int
    headers: list[tuple[str, str]]
    body: bytes
    is_cut: bool

    def all(self, name: str) -> list[str]:
        """Return every value of a header, by its name in small letters."""
        return [value for key, value in self.headers if key == name]


class Allowed(Struct, frozen=True):
    """Private places that may be reached all the same: hosts with a port, and networks."""

    hosts: frozenset[tuple[str, int]] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    def holds(self, address: Address) -> bool:
        return any(address.version == network.version and address in network for network in self.networks)


def read_allowed(text: str) -> Allowed:
    """Read `host:port` and networks like 10.0.0.0/8, with commas between them. Raises Invalid for anything else."""
    hosts: set[tuple[str, int]] = set()
    networks: list[IPv4Network | IPv6Network] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        host, _, port = part.rpartition(":")
        if "/" in part:
            try:
                networks.append(ip_network(part))
                continue
            except ValueError as error:
                raise Invalid(f"PARLEY_EGRESS_ALLOWED: {part} is no network. Write it like 10.0.0.0/8.") from error
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise Invalid(f"PARLEY_EGRESS_ALLOWED: {part} is neither host:port nor a network like 10.0.0.0/8.")
        hosts.add((host.strip("[]").lower(), int(port)))
    return Allowed(frozenset(hosts), tuple(networks))


def is_public(address: Address) -> bool:
    """Return whether an address is one of the open internet, also when it only wraps an IPv4 address."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or int(address) >> 32 == 0:  # the second: IPv4-compatible, ::a.b.c.d
            return False
    return address.is_global and not address.is_multicast


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects to checked addresses only. TLS still asks for the name that was asked for."""

    def __init__(self, allowed: Allowed, resolve: Resolve) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._below: Any = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (the library's signature)
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._checked(host, port)
        for number, address in enumerate(addresses, 1):
            try:
                return await self._below.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except httpcore.ConnectError:
                if number == len(addresses):
                    raise
        raise Unreachable("unknown_host", host)

    async def connect_unix_socket(self, path: str, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        raise Unreachable("address", path)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _checked(self, host: str, port: int) -> list[Address]:
        """Return the addresses of a host. Raises Unreachable when any of them is private and not allowed."""
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise Unreachable("unknown_host", host) from error
        if (host.lower(), port) not in self._allowed.hosts:
            for address in addresses:
                if not is_public(address) and not self._allowed.holds(address):
                    raise Unreachable("private", str(address))
        return addresses


async def resolve(host: str, port: int) -> list[Address]:
    """Return the addresses the system knows of a host, in its order."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(str(one[4][0]).partition("%")[0]) for one in found))


class Egress:
    """The client. It sends no cookies and no credentials, and takes nothing from proxies in the environment."""

    def __init__(self, allowed: str = "", *, tls: ssl.SSLContext | None = None, resolve: Resolve = resolve) -> None:
        self._backend = CheckedBackend(read_allowed(allowed), resolve)
        self._tls = tls or ssl.create_default_context()

    async def get(self, url: str, *, max_bytes: int = MAX_BYTES, within: float = WITHIN_SECONDS) -> Fetched:
        """Fetch a page, following redirects, `within` so many seconds altogether. Raises Unreachable."""
        try:
            async with (
                asyncio.timeout(within),
                httpcore.AsyncConnectionPool(
                    ssl_context=self._tls, network_backend=self._backend, max_keepalive_connections=0
                ) as pool,
            ):
                for _ in range(MAX_REDIRECTS + 1):
                    answer = await self._ask(pool, url, max_bytes)
                    onward = next(iter(answer.all("location")), None)
                    if answer.status not in REDIRECTS or onward is None:
                        return answer
                    url = _onward(url, onward)
                raise Unreachable("too_many_redirects", urlsplit(url).hostname or "")
        except TimeoutError as error:
            raise Unreachable("too_slow", _host_of(url)) from error

    async def _ask(self, pool: httpcore.AsyncConnectionPool, url: str, max_bytes: int) -> Fetched:
        host = _host_of(url)
        headers = [
            (b"Host", _authority(url)),
            (b"User-Agent", USER_AGENT),
            (b"Accept", b"*/*"),
            (b"Accept-Encoding", b"identity"),
        ]
        body = bytearray()
        try:
            async with pool.stream(b"GET", _without_fragment(url), headers=headers) as response:
                async for chunk in response.aiter_stream():
                    body += chunk
                    if len(body) > max_bytes:
                        break
                pairs = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.headers]
                return Fetched(url, response.status, pairs, bytes(body[:max_bytes]), len(body) > max_bytes)
        except httpcore.ConnectError as error:
            raise Unreachable("tls" if isinstance(error.__cause__, ssl.SSLError) else "no_connection", host) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
            raise Unreachable("no_connection", host) from error
        except httpcore.TimeoutException as error:
            raise Unreachable("too_slow", host) from error


def _host_of(url: str) -> str:
    """Return the host of an address that may be asked. Raises Unreachable for one that may not."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise Unreachable("address") from error
    is_plain = len(url) <= MAX_URL and url.isprintable() and url.isascii() and " " not in url and "\\" not in url
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or not is_plain:
        raise Unreachable("address")
    return host


def _authority(url: str) -> bytes:
    return urlsplit(url).netloc.encode()


def _without_fragment(url: str) -> bytes:
    return urlunsplit(urlsplit(url)._replace(fragment="")).encode()


def _onward(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise Unreachable("address") from error
