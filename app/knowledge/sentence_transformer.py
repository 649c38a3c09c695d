"""sentence-transformers in a process of its own, so that neither its import nor its work holds up a chat."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import structlog
from msgspec import Struct

from app.clock import monotonic
from app.errors import Unavailable
from app.knowledge import encoder_process
from app.knowledge.embedder import ENCODE_SECONDS, Matrix
from app.knowledge.encoder_process import LENGTH
from app.knowledge.encoding_queue import EncodingQueue, Request, refuse
from app.knowledge.model_files import ModelFiles

log = structlog.get_logger("embedder")

LIVE_THREADS = 1
LOAD_SECONDS = 120.0
FIRST_PAUSE_SECONDS = 0.5
HEALTHY_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 30.0
LONGEST_TEXT = 4000
MAX_WAITING = 32
REMEMBERED = 512


class _Loaded(Struct, frozen=True):
    name: str
    dimensions: int
    rss_bytes: int


class SentenceTransformerEmbedder:
    """One child process, restarted with growing pauses when it dies. Requests that meet are encoded together."""

    def __init__(self, files: ModelFiles, threads: int = LIVE_THREADS) -> None:
        self._files = files
        self._threads = threads
        self._loaded: _Loaded | None = None
        self._ready = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._queue = EncodingQueue()
        self._remembered: OrderedDict[str, Matrix] = OrderedDict()

    @property
    def name(self) -> str:
        return self._loaded.name if self._loaded else ""

    @property
    def dimensions(self) -> int:
        return self._loaded.dimensions if self._loaded else 0

    @property
    def rss_bytes(self) -> int:
        """The process's memory when it had loaded, 0 where that cannot be told."""
        return self._loaded.rss_bytes if self._loaded else 0

    @property
    def pid(self) -> int | None:
        """The process that runs now."""
        return self._process.pid if self._process else None

    @property
    def is_expected(self) -> bool:
        return True

    @property
    def is_ready(self) -> bool:
        return self._ready.is_set()

    async def wait_until_ready(self) -> None:
        await self._ready.wait()

    async def start(self) -> None:
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep_running(), name="embedder")

    async def close(self) -> None:
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None

    async def encode(self, texts: Sequence[str], *, within: float = ENCODE_SECONDS, is_urgent: bool = True) -> Matrix:
        if not self.is_ready:
            raise Unavailable("Search by meaning is not ready yet.")
        if is_urgent and self._queue.urgent_count > MAX_WAITING:
            raise Unavailable("Search by meaning is busy.")  # an answer by words now is worth more than a late one by meaning
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        try:
            async with asyncio.timeout(within):
                rows = await asyncio.gather(*(self._encode_one(text[:LONGEST_TEXT], is_urgent) for text in texts))
        except TimeoutError as error:
            raise Unavailable("Search by meaning takes too long right now.") from error
        return np.stack(rows)

    async def _encode_one(self, text: str, is_urgent: bool) -> Matrix:
        if (known := self._remembered.get(text)) is not None:
            self._remembered.move_to_end(text)
            return known
        row = await self._queue.put(text, is_urgent=is_urgent)
        if is_urgent:
            self._remembered[text] = row
            if len(self._remembered) > REMEMBERED:
                self._remembered.popitem(last=False)
        return row

    async def _keep_running(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            began = monotonic()
            try:
                await self._run_process()
            except (OSError, EOFError, TimeoutError, ValueError, msgspec.DecodeError) as error:
                log.warning("the embedder's process ended", error=type(error).__name__)
            if monotonic() - began > HEALTHY_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    async def _run_process(self) -> None:
        """Start the process and serve requests until it or we end; either way it is gone afterwards."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # its folder's modules must not hide the standard library's
            str(Path(encoder_process.__file__)),
            str(self._files.folder),
            self._files.sha256,
            str(self._threads),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self._process = process
        ended = asyncio.create_task(process.wait())
        ended.add_done_callback(lambda _: self._queue.wake())
        try:
            async with asyncio.timeout(LOAD_SECONDS):
                self._loaded = msgspec.msgpack.decode(await _read_frame(process), type=_Loaded)
            log.info("embedding model loaded", model=self.name, megabytes=self.rss_bytes // 1_000_000)
            self._remembered.clear()
            self._ready.set()
            while True:
                await self._encode_batch(process, await self._queue.take(ended))
        finally:
            self._ready.clear()
            self._queue.refuse_all()
            await _end(process, ended)
            self._process = None

    async def _encode_batch(self, process: asyncio.subprocess.Process, batch: list[Request]) -> None:
        try:
            assert process.stdin is not None
            body = msgspec.msgpack.encode([request.text for request in batch])
            process.stdin.write(LENGTH.pack(len(body)) + body)
            await process.stdin.drain()
            async with asyncio.timeout(ENCODE_SECONDS):
                vectors = np.frombuffer(await _read_frame(process), "<f4").reshape(len(batch), self.dimensions)
        except BaseException:
            self._ready.clear()
            refuse(batch)
            raise
        for request, vector in zip(batch, vectors, strict=True):
            if not request.answer.done():
                request.answer.set_result(vector)


async def _read_frame(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None
    head = await process.stdout.readexactly(LENGTH.size)
    return await process.stdout.readexactly(LENGTH.unpack(head)[0])


async def _end(process: asyncio.subprocess.Process, ended: asyncio.Task[int]) -> None:
    """Closing its input ends it; one that does not go is killed."""
    if process.stdin is not None:
        process.stdin.close()
    await asyncio.wait({ended}, timeout=1.0)
    if not ended.done():
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await ended
