"""A TCP proxy of ours: between clients and nodes, a node and Redis, a node and PostgreSQL. It does what networks do.

`hold` is a partition: nothing passes, nothing is lost, and TCP delivers it all after `release`. `deafen` is a peer that
died without a word: what is open stays open and nothing ever comes of it again. `cut` resets. In front of websockets it
can also lose answers and repeat requests, frame by frame.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable, Sequence

from tests.faults.frames import FrameSplitter, is_ack, is_request

CHUNK = 1 << 16
CONNECT_SECONDS = 5.0
"""A dead node refuses at once and a stopped one is connected to: this long takes only a machine with much else to do."""


class Proxy:
    """One address, one or more targets (loopback ports) taken in turn; one that refuses is passed over."""

    def __init__(self, *targets: int, dice: random.Random | None = None) -> None:
        """With `dice` it speaks HTTP and websockets, and can lose acks and repeat requests."""
        self.targets: Sequence[int] = targets
        self.reads_frames = dice is not None
        self.delay_seconds = 0.0
        self.lost_acks = 0.0
        self.repeated_requests = 0.0
        self.is_refusing = False
        self.lost_count = self.repeated_count = 0
        self._dice = dice or random.Random(0)
        self._turn = 0
        self._may_pass = asyncio.Event()
        self._may_pass.set()
        self._links: set[_Link] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> Proxy:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        """Nobody passes any more."""
        if self._server:
            self._server.close()
        self.cut()
        while self._links:
            await asyncio.sleep(0.01)

    def cut(self) -> None:
        """Reset everything that is open."""
        for link in list(self._links):
            link.abort()

    def hold(self) -> None:
        """A partition: what is sent waits, new connections are taken and wait too."""
        self._may_pass.clear()

    def release(self) -> None:
        self._may_pass.set()

    def deafen(self) -> None:
        """What is open now is dead for ever, and neither end is told."""
        for link in self._links:
            link.is_deaf = True

    async def pass_on(self) -> None:
        """Wait as long as the weather wants."""
        await self._may_pass.wait()
        if self.delay_seconds:
            await asyncio.sleep(self.delay_seconds)

    def loses(self) -> bool:
        """Whether this answer gets lost."""
        is_lost = self._dice.random() < self.lost_acks
        self.lost_count += is_lost
        return is_lost

    def repeats(self) -> bool:
        """Whether this request arrives twice."""
        is_repeated = self._dice.random() < self.repeated_requests
        self.repeated_count += is_repeated
        return is_repeated

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_refusing:
            writer.transport.abort()
            return
        link = _Link(self, writer)
        self._links.add(link)
        try:
            for _ in self.targets:
                target = self.targets[self._turn % len(self.targets)]
                self._turn += 1
                with contextlib.suppress(OSError, TimeoutError):
                    async with asyncio.timeout(CONNECT_SECONDS):
                        there = await asyncio.open_connection("127.0.0.1", target, limit=CHUNK)
                    await link.carry(reader, *there)
                    break
        finally:
            link.close()
            self._links.discard(link)


class _Link:
    """A client's connection and the one made for it."""

    def __init__(self, proxy: Proxy, writer: asyncio.StreamWriter) -> None:
        self.is_deaf = False
        self._proxy = proxy
        self._writer = writer
        self._far: asyncio.StreamWriter | None = None
        self._pumps: list[asyncio.Task[None]] = []
        self._request, self._answer = FrameSplitter(), FrameSplitter()

    async def carry(self, reader: asyncio.StreamReader, far_reader: asyncio.StreamReader, far: asyncio.StreamWriter) -> None:
        """Until either end is done."""
        self._far = far
        self._pumps = [
            asyncio.create_task(self._pump(reader, far, self._ask)),
            asyncio.create_task(self._pump(far_reader, self._writer, self._reply)),
        ]
        await asyncio.wait(self._pumps, return_when=asyncio.FIRST_COMPLETED)

    def close(self) -> None:
        """What was passed on still arrives."""
        for pump in self._pumps:
            pump.cancel()
        for writer in (self._writer, self._far):
            if writer:
                writer.close()

    def abort(self) -> None:
        """A reset, whatever is still on its way."""
        for pump in self._pumps:
            pump.cancel()
        for writer in (self._writer, self._far):
            if writer:
                writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, treat: Callable[[bytes], bytes]) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                if self.is_deaf:
                    continue
                await self._proxy.pass_on()
                writer.write(treat(data))
                await writer.drain()
            if self.is_deaf:
                await asyncio.Event().wait()  # nobody hears of the end either
            await self._proxy.pass_on()

    def _ask(self, data: bytes) -> bytes:
        """What the client says, now and then a command twice."""
        if not self._proxy.reads_frames:
            return data
        return b"".join(raw * 2 if is_request(text) and self._proxy.repeats() else raw for raw, text in self._request.split(data))

    def _reply(self, data: bytes) -> bytes:
        """What the server says, now and then without an answer."""
        if not self._proxy.reads_frames:
            return data
        return b"".join(raw for raw, text in self._answer.split(data) if not (is_ack(text) and self._proxy.loses()))
