"""A model without a model: for tests of what happens around it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np

from app.knowledge.embedder import Matrix, NoEmbedder


class LettersEmbedder(NoEmbedder):
    """A model that arrives late and encodes at once: a text means its letters."""

    name = "letters"
    dimensions = 26
    is_expected = True

    def __init__(self) -> None:
        self._ready = asyncio.Event()

    @property
    def is_ready(self) -> bool:
        return self._ready.is_set()

    def become_ready(self) -> None:
        self._ready.set()

    async def encode(self, texts: Sequence[str], *, within: float = 15.0, is_urgent: bool = True) -> Matrix:
        counts = np.array([[text.lower().count(chr(97 + place)) + 1 for place in range(26)] for text in texts], np.float32)
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)

    async def wait_until_ready(self) -> None:
        await self._ready.wait()

    async def start(self) -> None:
        self.become_ready()
