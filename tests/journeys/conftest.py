"""Whole stories, each on a server of its own that it may stop, kill and start again."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import Running
from tests.wire import Wire


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts servers with these settings; whatever still runs afterwards is gone. Asked for after their database, which
    would else be gone before them."""
    servers: list[Running] = []

    def start(**settings: Any) -> Running:
        servers.append(Running(tmp_path / f"server-{len(servers)}", **settings))
        servers[-1].folder.mkdir()
        return servers[-1].start()

    yield start
    for server in servers:
        server.stop(signal.SIGKILL)
        log = server.log.read_text()
        begins = log.find("Traceback")
        assert begins < 0, log[max(0, begins - 300) :][:4000]


@pytest.fixture(autouse=True)
async def everybody_leaves() -> AsyncIterator[None]:
    """No line stays open after a test, however it ended."""
    yield
    while Wire.opened:
        await Wire.opened.pop().close()
