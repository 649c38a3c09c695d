"""Bounded children (B19, B29): what a stranger's bytes may cost, and that nobody else pays for it."""

from __future__ import annotations

import asyncio
import io
import os
import resource
import time
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.bounded import Bounded, Bounds
from app.errors import Invalid, TooLarge, Unavailable
from app.people.tokens import hash_password_apart, is_password_apart
from app.pictures import MAX_PIXELS
from tests.app.test_attachments import bomb

WORDS = "That takes too much."
HERE = "tests.app.test_bounded"


def twice(head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    return {"pid": os.getpid(), **head}, data * 2


def hungry(head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    return {}, bytes(bytearray(head["bytes"]))[:10]


def endless(head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    while head["spins"]:
        zlib.compress(data)
    return {}, b""


def waiting(head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    gate = Path(head["gate"])
    while not gate.exists():
        time.sleep(0.01)
    return {}, b""


def refusing(head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    raise Invalid("No such thing.")


def dying(head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    os._exit(3)


def writing(head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        with Path(head["path"]).open("wb") as file:
            file.write(b"x")
    except OSError as error:
        return {"error": type(error).__name__}, b""
    return {}, b""


@pytest.fixture
async def bounded() -> AsyncIterator[Any]:
    made: list[Bounded] = []

    def make(function: Any, **bounds: Any) -> Bounded:
        made.append(Bounded(f"{HERE}:{function.__name__}", Bounds(**bounds), too_much=WORDS))
        return made[-1]

    yield make
    for one in made:
        await one.close()


async def test_a_call_is_answered_and_the_child_is_used_again(bounded: Any) -> None:
    calls = bounded(twice, at_once=1)
    (first, data), (second, _) = await calls.call({"n": 1}, b"ab"), await calls.call({"n": 2}, b"x" * 3_000_000)
    assert (data, first["n"], second["n"]) == (b"abab", 1, 2)
    assert first["pid"] == second["pid"] != os.getpid()


async def test_b19_what_needs_too_much_memory_is_refused_and_the_next_is_served(bounded: Any) -> None:
    calls = bounded(hungry, at_once=1)
    with pytest.raises(TooLarge, match=WORDS):
        await calls.call({"bytes": 2_000_000_000}, b"")
    assert (await calls.call({"bytes": 1000}, b""))[1] == bytes(10)


async def test_b29_what_takes_too_long_is_ended_and_the_next_is_served(bounded: Any) -> None:
    calls = bounded(endless, at_once=1, cpu_seconds=1)
    with pytest.raises(TooLarge, match=WORDS):
        await calls.call({"spins": True}, b"x" * 1000)
    assert await calls.call({"spins": False}, b"") == ({}, b"")


async def test_a_child_that_dies_fails_only_its_call(bounded: Any) -> None:
    with pytest.raises(TooLarge, match=WORDS):
        await bounded(dying).call({}, b"")
    with pytest.raises(Invalid, match="No such thing"):
        await bounded(refusing).call({}, b"")


async def test_a_child_writes_no_file(bounded: Any, tmp_path: Path) -> None:
    said, _ = await bounded(writing).call({"path": str(tmp_path / "a")}, b"")
    assert said["error"] == "OSError"


async def test_no_more_wait_than_there_is_room_for(bounded: Any, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    calls = bounded(waiting, at_once=1, waiting=2)
    three = [asyncio.create_task(calls.call({"gate": str(gate)}, b"")) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable, match="Try again in a moment"):
        await calls.call({"gate": str(gate)}, b"")
    gate.touch()
    assert await asyncio.gather(*three) == [({}, b"")] * 3


async def test_b19_pictures_of_forty_million_pixels_leave_this_process_small_and_passwords_quick() -> None:
    """Sixteen at once took 2 GB and kept everyone from signing in."""
    out = io.BytesIO()
    Image.new("P", (6300, 6300)).save(out, "PNG", compress_level=1)
    pictures = Bounded("app.pictures:draw_apart", Bounds(waiting=20), too_much=WORDS)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    drawing = [asyncio.create_task(pictures.call({"max_pixels": MAX_PIXELS}, out.getvalue())) for _ in range(6)]
    known = await hash_password_apart("a password")
    assert await is_password_apart(known, "a password")
    assert not all(one.done() for one in drawing), "the password was looked at while pictures were still drawn"
    drawn = await asyncio.gather(*drawing)
    await pictures.close()
    assert {said["content_type"] for said, _ in drawn} == {"image/png"}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, "kB"


async def test_b19_ten_bombs_are_refused() -> None:
    pictures = Bounded("app.pictures:draw_apart", Bounds(), too_much=WORDS)
    sizes = [(20_000 + n, 20_000) for n in range(10)]
    for size in sizes:
        with pytest.raises(TooLarge, match="40 million pixels"):
            await pictures.call({"max_pixels": MAX_PIXELS}, bomb(*size))
    await pictures.close()
