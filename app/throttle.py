"""Doing something at once, but not again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class KeyedThrottle:
    """Calls `do(key)` at once for a key not heard for `seconds`; asked again sooner, once more when they have passed.

    With so many keys that this would come to more than `most_a_second`, every key rests longer.
    """

    def __init__(self, seconds: float, do: Callable[[str], None], most_a_second: float = 10.0) -> None:
        self._seconds = seconds
        self._most_a_second = most_a_second
        self._do = do
        self._resting: dict[str, bool] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._is_over = False

    def request(self, key: str) -> None:
        """Somebody wants it done for this key."""
        if self._is_over:
            return
        if key in self._resting:
            self._resting[key] = True
        else:
            self._begin(key)

    def _begin(self, key: str) -> None:
        self._resting[key] = False
        pause = max(self._seconds, len(self._resting) / self._most_a_second)
        self._timers[key] = asyncio.get_running_loop().call_later(pause, self._rested, key)
        self._do(key)

    def _rested(self, key: str) -> None:
        del self._timers[key]
        if self._resting.pop(key):
            self._begin(key)

    def end(self) -> None:
        """Nothing is done any more, not even what was asked for and rests."""
        self._is_over = True
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._resting.clear()
