"""Doing something at once, but not again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Calm:
    """Calls `do(key)` at once for a key not heard for `seconds`; asked again sooner, once more when they have passed."""

    def __init__(self, seconds: float, do: Callable[[str], None]) -> None:
        self._seconds = seconds
        self._do = do
        self._resting: dict[str, bool] = {}

    def ask(self, key: str) -> None:
        """Somebody wants it done for this key."""
        if key in self._resting:
            self._resting[key] = True
        else:
            self._begin(key)

    def _begin(self, key: str) -> None:
        self._resting[key] = False
        asyncio.get_running_loop().call_later(self._seconds, self._rested, key)
        self._do(key)

    def _rested(self, key: str) -> None:
        if self._resting.pop(key):
            self._begin(key)
