"""Clients that mean harm, by name. Each acts until told to stop, comes back whenever it is closed, and paces itself, so
that it is the server that suffers and not the machine.

python -m bench.hostility URL KIND COUNT plays one kind in a process of its own until it is stopped.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import itertools
import json
import os
import sys
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import httpx
import uvloop
from PIL import Image

from bench.grounds import raise_file_limit
from bench.raw_socket import Namespace, RawSocket

PAUSE_SECONDS = 0.02
"""Between two blows of one client: fifty a second."""
COMING_SECONDS = 0.2
"""Before coming back."""

TROUBLE = (OSError, TimeoutError, ConnectionError)

Blow = Callable[["Foe"], Awaitable[None]]


class Foe:
    """One hostile client, from an address of its own behind the trusted proxy."""

    def __init__(self, url: str, number: int) -> None:
        self.url = url
        self.headers = {"X-Forwarded-For": f"198.51.{100 + number // 250}.{1 + number % 250}"}
        self.conversation_id = ""
        self.numbers = itertools.count()
        self._token = ""

    async def token(self) -> str:
        """A visitor's, as anybody gets one."""
        while not self._token:
            async with httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=30, headers=self.headers) as http:
                answer = await http.post("/api/v1/widget/sessions", json={"inbox_key": "demo"})
            if answer.status_code == 200:
                self._token = answer.json()["visitor_token"]
            else:
                await asyncio.sleep(COMING_SECONDS)
        return self._token

    def forget(self) -> None:
        """Be somebody new the next time."""
        self._token = ""

    def client(self) -> httpx.AsyncClient:
        """For plain requests."""
        return httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=60, headers=self.headers)

    async def visit(self) -> Namespace:
        """Let in, as a visitor."""
        auth = json.dumps({"token": await self.token(), "contract": 1})
        return await Namespace.connect(self.url, "/visitor", auth, self.headers)

    async def talk(self) -> Namespace:
        """The same, with a conversation."""
        namespace = await self.visit()
        command = {"type": "conversation.start", "client_id": "first", "body": "Hello"}
        frame = await namespace.ask("command", json.dumps(command))
        self.conversation_id = json.loads(frame[frame.index("[") :])[0]["conversation"]["id"]
        return namespace

    async def dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A bare connection."""
        parts = urlsplit(self.url)
        return await asyncio.open_connection(parts.hostname, parts.port)

    async def throw(self, socket: RawSocket, *frames: str | bytes) -> None:
        """One after the other, for as long as the other end bears it."""
        for frame in itertools.cycle(frames):
            if socket.is_closed:
                return
            if isinstance(frame, str):
                socket.send(frame)
            else:
                socket.send_bytes(frame)
            await asyncio.sleep(PAUSE_SECONDS)


async def attachments(foe: Foe) -> None:
    """Announces bytes, and sends them."""
    namespace = await foe.visit()
    announced = '45400-/visitor,["command",{"_placeholder":true,"num":0}]'
    await foe.throw(namespace.socket, announced, b"\x00" * 60_000)


async def floods(foe: Foe) -> None:
    """Messages without end, each a valid one."""
    namespace = await foe.talk()

    def words(number: int) -> str:
        command = {"type": "message.send", "client_id": f"f{number}", "conversation_id": foe.conversation_id, "body": "x" * 2000}
        return f'42/visitor,{number}["command",{json.dumps(command)}]'

    while not namespace.socket.is_closed:
        namespace.socket.send(words(next(foe.numbers)))
        await asyncio.sleep(PAUSE_SECONDS)


async def typing(foe: Foe) -> None:
    """Types without end."""
    namespace = await foe.talk()
    command = {"type": "typing.set", "conversation_id": foe.conversation_id, "typing": True}
    await foe.throw(namespace.socket, f'42/visitor,7["command",{json.dumps(command)}]')


async def deaf_readers(foe: Foe) -> None:
    """Ask for whole conversations and read none of what comes."""
    namespace = await foe.talk()
    for number in range(20):
        words = {"type": "message.send", "client_id": f"w{number}", "conversation_id": foe.conversation_id, "body": "x" * 9000}
        await namespace.ask("command", json.dumps(words))
    namespace.socket.stop_reading()
    command = {"type": "conversation.sync", "conversation_id": foe.conversation_id, "after_seq": 0}
    search = {"type": "article.search", "query": "return"}
    frames = [f'42/visitor,7["command",{json.dumps(one)}]' for one in (command, search)]
    await foe.throw(namespace.socket, *frames)


async def malformed_packets(foe: Foe) -> None:
    """What nobody could mean; also acks that nobody waits for, ids of no number, nesting."""
    namespace = await foe.visit()
    kinds = [
        "4abc",
        "42{}",
        f'42/visitor,{"9" * 400}["command",{{}}]',
        "43/visitor,7[]",
        '42/visitor,x["command",{}]',
        '42/visitor,1["command",' + "[" * 20_000,
        "\x00",
    ]
    await foe.throw(namespace.socket, kinds[next(foe.numbers) % len(kinds)])


async def misunderstandings(foe: Foe) -> None:
    """Commands that are in no contract, with the names of our own functions, and bodies of sixty kilobytes."""
    namespace = await foe.visit()
    names = ("post_message", "__disconnect_final", "connect", "drop.tables", "x" * 60_000)
    await foe.throw(namespace.socket, *(f'42/visitor,7["command",{json.dumps({"type": name})}]' for name in names))


async def wrong_namespaces(foe: Foe) -> None:
    """Ask to be let into what does not exist, and into the agents'."""
    socket = await RawSocket.connect(foe.url, foe.headers)
    await foe.throw(socket, "40/admin,{}", "40", '40/agent,{"contract":1}', "40/" + "x" * 1000)


async def strangers(foe: Foe) -> None:
    """Open a websocket and never say who they are."""
    socket = await RawSocket.connect(foe.url, foe.headers)
    while not socket.is_closed:
        await asyncio.sleep(PAUSE_SECONDS)


async def half_open(foe: Foe) -> None:
    """Connect and say nothing, or half of a request."""
    reader, writer = await foe.dial()
    writer.write(
        (b"", b"GET /health", b"POST /api/v1/commands HTTP/1.1\r\nContent-Length: 60000\r\n\r\n{")[next(foe.numbers) % 3]
    )
    with contextlib.suppress(*TROUBLE):
        await reader.read()
    writer.close()


async def endless_heads(foe: Foe) -> None:
    """A header that goes on and on; cookies of nonsense."""
    reader, writer = await foe.dial()
    lines = b"".join(b"Cookie: parley_session=" + os.urandom(1000).hex().encode() + b"\r\n" for _ in range(8))
    writer.write(b"GET /api/v1/me HTTP/1.1\r\nHost: x\r\n")
    with contextlib.suppress(*TROUBLE):
        while not reader.at_eof() and not writer.is_closing():
            writer.write(lines)
            await asyncio.wait_for(writer.drain(), 5)
            await asyncio.sleep(PAUSE_SECONDS)
    writer.close()


async def huge_frames(foe: Foe) -> None:
    """Frames over the limit, each begun anew."""
    namespace = await foe.visit()
    await foe.throw(namespace.socket, '42/visitor,1["command",' + " " * 200_000)


async def half_frames(foe: Foe) -> None:
    """The head of a frame of sixty kilobytes, and its bytes one by one."""
    namespace = await foe.visit()
    namespace.socket.send_raw(b"\x81\xfe\xea\x60\x00\x00\x00\x00" + b"4" * 40_000)
    while not namespace.socket.is_closed:
        namespace.socket.send_raw(b"x")
        await asyncio.sleep(PAUSE_SECONDS)


async def streams(foe: Foe) -> None:
    """Long polls begun and left, each a stream of its own."""
    headers = foe.headers | {"Authorization": f"Bearer {await foe.token()}"}
    async with httpx.AsyncClient(base_url=foe.url, trust_env=False, timeout=5, headers=headers) as http:
        while True:
            await http.get("/api/v1/events")
            await asyncio.sleep(PAUSE_SECONDS)


async def many_slashes(foe: Foe) -> None:
    """Visit a page whose address is slashes, which patterns with stars are tried on."""
    visit = {"inbox_key": "demo", "url": "https://shop.example.com" + "/" * 1500, "title": "", "locale": "en", "timezone": ""}
    async with foe.client() as http:
        while True:
            await http.post("/api/v1/widget/visits", json=visit | {"browser": "", "is_returning": False})
            await asyncio.sleep(PAUSE_SECONDS)


async def pixel_bombs(foe: Foe) -> None:
    """Upload small files that are large pictures."""
    made = io.BytesIO()
    Image.new("P", (4900, 4890)).save(made, "PNG")
    await _upload(foe, "bomb.png", made.getvalue(), await foe.token())


async def many_files(foe: Foe) -> None:
    """Upload small files, each as somebody new."""
    await _upload(foe, "file.txt", b"words " * 1000, "")


async def _upload(foe: Foe, name: str, data: bytes, token: str) -> None:
    async with foe.client() as http:
        while True:
            foe.forget()
            headers = {"Authorization": f"Bearer {token or await foe.token()}"}
            await http.post("/api/v1/attachments", files={"file": (name, data)}, headers=headers)
            await asyncio.sleep(PAUSE_SECONDS)


async def half_bodies(foe: Foe) -> None:
    """Begin a hundred bodies and send a byte of each now and then."""
    lines = [await foe.dial() for _ in range(100)]
    address = foe.headers["X-Forwarded-For"]
    head = f"POST /api/v1/commands HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {address}\r\nContent-Length: 60000\r\n\r\n"
    with contextlib.suppress(*TROUBLE):
        for _, writer in lines:
            writer.write(head.encode())
        while not any(reader.at_eof() for reader, _ in lines):
            for _, writer in lines:
                writer.write(b"x")
            await asyncio.sleep(1)
    for _, writer in lines:
        writer.close()


async def dotted_links(foe: Foe) -> None:
    """Write addresses that are dots to the end."""
    namespace = await foe.talk()
    body = ("http://x" + "." * 1900 + " ") * 5
    while not namespace.socket.is_closed:
        key = next(foe.numbers)
        command = {"type": "message.send", "client_id": f"d{key}", "conversation_id": foe.conversation_id, "body": body}
        namespace.socket.send(f'42/visitor,{key}["command",{json.dumps(command)}]')
        await asyncio.sleep(PAUSE_SECONDS)


KINDS: dict[str, Blow] = {
    deed.__name__: deed
    for deed in (
        attachments,
        floods,
        typing,
        deaf_readers,
        malformed_packets,
        misunderstandings,
        wrong_namespaces,
        strangers,
        half_open,
        endless_heads,
        huge_frames,
        half_frames,
        streams,
        many_slashes,
        pixel_bombs,
        many_files,
        half_bodies,
        dotted_links,
    )
}


async def keep_at_it(foe: Foe, blow: Blow) -> None:
    """For ever, coming back whenever it is closed or refused."""
    while True:
        with contextlib.suppress(*TROUBLE, httpx.HTTPError, AssertionError, KeyError):
            await blow(foe)
        await asyncio.sleep(COMING_SECONDS)


async def play(url: str, kinds: list[str], count: int) -> None:
    """So many clients, of these kinds by turns, for ever."""
    foes = [
        asyncio.create_task(keep_at_it(Foe(url, number), KINDS[kind]))
        for number, kind in zip(range(count), itertools.cycle(kinds), strict=False)
    ]
    print("at it", flush=True)
    await asyncio.gather(*foes)


def act() -> None:
    url, kinds, count = sys.argv[1:]
    raise_file_limit()
    uvloop.run(play(url, kinds.split(","), int(count)))


if __name__ == "__main__":
    act()
