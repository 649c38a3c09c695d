"""Work on bytes that strangers made, in a child process that may take only so much memory and time.

`Bounded("app.pictures:draw_apart", ...)` names a function of the head and the bytes asked about that returns the same two. The
child runs it, a call at a time. Both ways a call is two frames, each a little-endian 4-byte length and that many bytes:
the head as JSON, then the bytes. A child that goes over its bounds is killed, and only the call it was at fails. When
its pipe closes, for whatever reason, it ends at once.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import resource
import signal
import struct
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from msgspec import Struct

from app.errors import Invalid, ParleyError, TooLarge, Unavailable

Head = dict[str, Any]
Function = Callable[[Head, bytes], tuple[Head, bytes]]

ROOT = Path(__file__).resolve().parent.parent
LENGTH = struct.Struct("<I")
MAX_FRAME_BYTES = 256 * 1024 * 1024
IDLE_SECONDS = 20.0
POLITENESS = 10
MAX_CHILD_FILES = 64
REFUSALS: dict[str, type[ParleyError]] = {"invalid": Invalid, "too_large": TooLarge}


class Bounds(Struct, frozen=True, kw_only=True):
    """The limits of one child, and of how many calls may run and wait."""

    memory_bytes: int = 768 * 1024 * 1024
    cpu_seconds: int = 15
    wall_seconds: float = 60.0
    at_once: int = 2
    waiting: int = 10


class Bounded:
    """Calls of one function, each in a child. Children are started when needed and end when there is nothing to do."""

    def __init__(self, function: str, bounds: Bounds, *, too_much: str) -> None:
        self._function = function
        self._bounds = bounds
        self._too_much = too_much
        self._turns = asyncio.Semaphore(bounds.at_once)
        self._calls = 0
        self._idle: list[_Child] = []

    async def call(self, head: Head, data: bytes) -> tuple[Head, bytes]:
        """Raises TooLarge with the words given for whatever takes too much, Unavailable while too many wait, and what the
        function raises of Invalid and TooLarge."""
        if self._calls >= self._bounds.at_once + self._bounds.waiting:
            raise Unavailable("Many files are being looked at just now. Try again in a moment.")
        self._calls += 1
        try:
            async with self._turns:
                return await self._call(head, data)
        finally:
            self._calls -= 1

    async def close(self) -> None:
        """End the children that have nothing to do."""
        while self._idle:
            await self._idle.pop().end()

    async def _call(self, head: Head, data: bytes) -> tuple[Head, bytes]:
        child = self._take_idle() or await _Child.start(self._function, self._bounds)
        try:
            async with asyncio.timeout(self._bounds.wall_seconds):
                answer, made = await child.ask(head, data)
        except (TimeoutError, EOFError, OSError) as error:
            await child.end()
            raise TooLarge(self._too_much) from error
        except BaseException:
            await child.end()
            raise
        self._idle.append(child)
        asyncio.get_running_loop().call_later(IDLE_SECONDS, self._end_if_idle, child, child.calls)
        if code := answer.get("refused"):
            if code == "memory":
                raise TooLarge(self._too_much)
            raise REFUSALS[code](answer["detail"])
        return answer, made

    def _take_idle(self) -> _Child | None:
        while self._idle:
            child = self._idle.pop()
            if child.is_alive:
                return child
        return None

    def _end_if_idle(self, child: _Child, calls: int) -> None:
        if child in self._idle and child.calls == calls:
            self._idle.remove(child)
            child.close()


class _Child:
    """One process, from the parent's side."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.calls = 0

    @classmethod
    async def start(cls, function: str, bounds: Bounds) -> _Child:
        limits = (str(bounds.memory_bytes), str(bounds.cpu_seconds))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "app.bounded", function, *limits),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # what libraries say about a stranger's bytes is no news
            env={"PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            limit=1024 * 1024,
        )
        return cls(process)

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    async def ask(self, head: Head, data: bytes) -> tuple[Head, bytes]:
        self.calls += 1
        pipe, answers = self._process.stdin, self._process.stdout
        assert pipe is not None
        assert answers is not None
        for frame in (msgspec.json.encode(head), data):
            pipe.write(LENGTH.pack(len(frame)))
            pipe.write(frame)
        await pipe.drain()
        said, made = [await answers.readexactly(LENGTH.unpack(await answers.readexactly(4))[0]) for _ in range(2)]
        return msgspec.json.decode(said, type=dict[str, Any]), made

    def close(self) -> None:
        """Let it end by itself."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    async def end(self) -> None:
        """Kill it, and wait until it is gone."""
        self.close()
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()


def main(function: str, memory_bytes: str, cpu_seconds: str) -> None:
    """The child: answer calls until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides when we go
    warnings.simplefilter("ignore")
    os.nice(POLITENESS)  # chat comes first
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints goes elsewhere
    module, _, name = function.partition(":")
    do: Function = getattr(importlib.import_module(module), name)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MAX_CHILD_FILES, MAX_CHILD_FILES))
    resource.setrlimit(resource.RLIMIT_AS, (int(memory_bytes), int(memory_bytes)))
    while True:
        head, data = msgspec.json.decode(_read_frame(), type=dict[str, Any]), _read_frame()
        used = resource.getrusage(resource.RUSAGE_SELF)
        resource.setrlimit(
            resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + int(cpu_seconds) + 1, resource.RLIM_INFINITY)
        )
        answer, made = _obey(do, head, data)
        for frame in (msgspec.json.encode(answer), made):
            _write_frame(answers, frame)
        del head, data, answer, made


def _obey(do: Function, head: Head, data: bytes) -> tuple[Head, bytes]:
    try:
        return do(head, data)
    except ParleyError as error:
        return {"refused": error.code, "detail": error.detail}, b""
    except MemoryError:
        return {"refused": "memory"}, b""


def _read_frame() -> bytes:
    (length,) = LENGTH.unpack(_read_exactly(4))
    return _read_exactly(min(length, MAX_FRAME_BYTES))


def _read_exactly(size: int) -> bytes:
    kept = bytearray()
    while len(kept) < size:
        part = os.read(0, min(size - len(kept), 1024 * 1024))
        if not part:
            os._exit(0)
        kept += part
    return bytes(kept)


def _write_frame(pipe: BinaryIO, body: bytes) -> None:
    try:
        pipe.write(LENGTH.pack(len(body)) + body)
        pipe.flush()
    except BrokenPipeError:
        os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:4])
