"""Check of this set-up's connections, in words: Redis, and a websocket all the way through the public address."""

from __future__ import annotations

import asyncio
import base64
import secrets
import ssl
from urllib.parse import urlsplit

import redis.asyncio as redis

from app.doctor import Finding, is_local
from app.settings import Settings

SECONDS = 5.0
CHANNEL = "parley:doctor:"


async def examine_wires(settings: Settings) -> list[Finding]:
    """Look at what lies between nodes, and between people and nodes."""
    found = [await _redis(settings.redis_url)] if settings.redis_url else []
    return [*found, await _socket(settings.public_url), *await _proxy(settings.public_url)]


async def _redis(url: str) -> Finding:
    """Reached, and heard: what is published comes back."""
    client = redis.Redis.from_url(url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS, retry=None)
    channel = CHANNEL + secrets.token_hex(4)
    try:
        async with asyncio.timeout(2 * SECONDS), client.pubsub() as listening:
            await listening.subscribe(channel)
            began = asyncio.get_running_loop().time()
            await client.publish(channel, b"1")
            while not await listening.get_message(ignore_subscribe_messages=True, timeout=SECONDS):
                if asyncio.get_running_loop().time() - began > SECONDS:
                    return Finding("redis", False, "it answers, but what is published does not come back")
            took = asyncio.get_running_loop().time() - began
    except (redis.RedisError, OSError, TimeoutError) as error:
        return Finding("redis", False, f"it cannot be reached: {error or type(error).__name__}"[:200])
    finally:
        await client.aclose()
    return Finding("redis", True, f"reached and heard in {took * 1000:.0f} ms")


async def _socket(public_url: str) -> Finding:
    """A websocket, opened as a widget does. A proxy that does not pass them on answers with something else than 101."""
    try:
        status, frame = await asyncio.wait_for(_open_socket(public_url), SECONDS)
    except ssl.SSLError as error:
        return Finding("socket", False, f"{public_url} has no certificate that browsers trust: {error.reason}")
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
        return Finding(
            "socket", False, f"nobody answers at {public_url}: {error or type(error).__name__}; is Parley running?"[:200]
        )
    if status != 101:
        return Finding("socket", False, f"{public_url} answers {status} to a websocket: the proxy must pass Upgrade on")
    if not frame.startswith(b"0{"):
        return Finding("socket", False, f"{public_url} opens websockets, but it is not Parley that answers")
    return Finding("socket", True, f"opens through {public_url}")


async def _proxy(public_url: str) -> list[Finding]:
    """Ask through the public address, as everybody does: whose requests we take these for, and who may read the figures."""
    try:
        _, ready = await asyncio.wait_for(_get(public_url, "/health/ready"), SECONDS)
        status, _ = await asyncio.wait_for(_get(public_url, "/metrics"), SECONDS)
    except (OSError, ValueError, TimeoutError, asyncio.IncompleteReadError):
        return []  # the finding on the socket says that nobody answers
    _, is_unknown, proxy = ready.partition("the proxy at ")
    clients = "clients are told apart" if not is_unknown else f"the proxy at {proxy.splitlines()[0]}"
    is_open = status == 200 and not is_local(public_url)
    figures = "not for everybody"
    if is_open:
        figures = f"everybody can read {public_url}/metrics: set PARLEY_METRICS_TOKEN, or let the proxy refuse it"
    return [Finding("proxy", not is_unknown, clients), Finding("metrics", not is_open, figures)]


async def _get(public_url: str, path: str) -> tuple[int, str]:
    """The status and the beginning of an answer."""
    parts = urlsplit(public_url)
    reader, writer = await _connect(public_url)
    try:
        writer.write(f"GET {parts.path.rstrip('/')}{path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode())
        head, _, body = (await reader.read(64 * 1024)).partition(b"\r\n\r\n")
        body += await reader.read(4096)
        return int(head.split(None, 2)[1]), body.decode(errors="replace")
    except IndexError:
        raise ValueError("not HTTP") from None
    finally:
        writer.close()


async def _connect(public_url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(public_url)
    is_tls = parts.scheme == "https"
    context = ssl.create_default_context() if is_tls else None
    return await asyncio.open_connection(parts.hostname, parts.port or (443 if is_tls else 80), ssl=context)


async def _open_socket(public_url: str) -> tuple[int, bytes]:
    """The answer's status, and the first text frame after a 101."""
    parts = urlsplit(public_url)
    reader, writer = await _connect(public_url)
    try:
        lines = [
            f"GET {parts.path.rstrip('/')}/socket.io/?EIO=4&transport=websocket HTTP/1.1",
            f"Host: {parts.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(secrets.token_bytes(16)).decode()}",
            "Sec-WebSocket-Version: 13",
        ]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(None, 2)[1])
        if status != 101:
            return status, b""
        size = (await reader.readexactly(2))[1] & 0x7F
        if size == 126:
            size = int.from_bytes(await reader.readexactly(2), "big")
        return status, await reader.readexactly(size)
    finally:
        writer.close()
