"""Texts to vectors: what the library asks for, and the sibling that has none to give."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.errors import Unavailable

Matrix = NDArray[np.float32]

ENCODE_SECONDS = 15.0


class Embedder(Protocol):
    """Gives meaning a place: texts that mean alike get vectors that lie close together.

    `name` identifies the weights, so that vectors of different models are never compared; it and `dimensions` are
    known once ready. `encode` returns one row of length 1 a text.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    @property
    def is_ready(self) -> bool: ...

    @property
    def is_expected(self) -> bool:
        """Return whether the embedder will be ready sooner or later."""
        ...

    async def encode(self, texts: Sequence[str], *, within: float = ENCODE_SECONDS, is_urgent: bool = True) -> Matrix:
        """Raises Unavailable when it is not ready, or not done `within` seconds. What is not urgent waits for what is."""
        ...

    async def wait_until_ready(self) -> None:
        """Returns once ready; never, when it is off."""
        ...

    async def start(self) -> None:
        """Begin loading, without waiting for it."""
        ...

    async def close(self) -> None:
        """End the process and refuse what still waits."""
        ...


class NoEmbedder:
    """Search by words alone."""

    name = ""
    dimensions = 0
    is_ready = False
    is_expected = False

    async def encode(self, texts: Sequence[str], *, within: float = ENCODE_SECONDS, is_urgent: bool = True) -> Matrix:
        raise Unavailable("Search by meaning is switched off.")

    async def wait_until_ready(self) -> None:
        await asyncio.Event().wait()

    async def start(self) -> None:
        return

    async def close(self) -> None:
        return
