"""Wires, over a running server that all tests of a worker share and none may hurt."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.running import Running
from tests.wire import Wire


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server on SQLite."""
    server = Running(tmp_path_factory.mktemp("running"), agent_capacity=1000).start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def unharmed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test sends: the process lives, and the log holds no traceback."""
    servers: list[Running] = [request.getfixturevalue(name) for name in ("running", "strict") if name in request.fixturenames]
    sizes = [server.log.stat().st_size for server in servers]
    yield
    for server, size in zip(servers, sizes, strict=True):
        assert server.process is not None
        log = server.log.read_bytes()[size:].decode()
        assert server.process.poll() is None, f"the server died: {log[-3000:]}"
        begins = log.find("Traceback")
        assert begins < 0, log[max(0, begins - 300) :][:4000]


@pytest.fixture(autouse=True)
async def everybody_leaves() -> AsyncIterator[None]:
    """No line stays open after a test, however it ended."""
    yield
    while Wire.opened:
        await Wire.opened.pop().close()
