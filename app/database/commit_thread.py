"""A thread that does one thing after the other for the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any

Order = tuple[Callable[[], Any], asyncio.AbstractEventLoop, "asyncio.Future[None]"]


class Hand:
    """As a pool of one thread would be, at a fraction of what an executor costs per call: COMMIT goes through here."""

    def __init__(self, name: str) -> None:
        self._orders: SimpleQueue[Order | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def order(self, what: Callable[[], Any]) -> asyncio.Future[None]:
        """Have it done; the future ends when it is, with what it raised."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._orders.put((what, loop, done))
        return done

    def close(self) -> None:
        """Wait until everything ordered is done."""
        self._orders.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (order := self._orders.get()) is not None:
            what, loop, done = order
            error: Exception | None = None
            try:
                what()
            except Exception as caught:  # noqa: BLE001 - whoever waits hears of it
                error = caught
            loop.call_soon_threadsafe(_end, done, error)


def _end(done: asyncio.Future[None], error: Exception | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
