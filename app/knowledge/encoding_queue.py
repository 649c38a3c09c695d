"""Texts that wait to be encoded: the urgent before the patient, and together what goes together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable

from msgspec import Struct

from app.errors import Unavailable
from app.knowledge.embedder import Matrix

BATCH_TOKENS = 128
CHARACTERS_PER_TOKEN = 4


class Request(Struct, eq=False):
    """A text, and where its vector goes. Whoever asked may have given up: then the answer is already done."""

    text: str
    answer: asyncio.Future[Matrix]

    @property
    def tokens(self) -> int:
        """About how many; the exact figure is known only to the model's process."""
        return len(self.text) // CHARACTERS_PER_TOKEN + 2


class EncodingQueue:
    """Two lanes. Live questions never wait for more than one batch of what is being indexed."""

    def __init__(self) -> None:
        self._urgent: deque[Request] = deque()
        self._patient: deque[Request] = deque()
        self._moved = asyncio.Event()

    @property
    def urgent_count(self) -> int:
        return len(self._urgent)

    def put(self, text: str, *, is_urgent: bool) -> asyncio.Future[Matrix]:
        """The future vector."""
        request = Request(text, asyncio.get_running_loop().create_future())
        (self._urgent if is_urgent else self._patient).append(request)
        self._moved.set()
        return request.answer

    def wake(self) -> None:
        """Let `take` look again, at what else has happened."""
        self._moved.set()

    async def take(self, ended: asyncio.Task[int]) -> list[Request]:
        """The next batch, at least one. Raises EOFError once `ended` is done."""
        while True:
            if ended.done():
                raise EOFError
            self._moved.clear()
            for lane in (self._urgent, self._patient):
                if batch := take_batch(lane):
                    return batch
            await self._moved.wait()

    def refuse_all(self) -> None:
        """Nobody is there to encode."""
        for lane in (self._urgent, self._patient):
            refuse(lane)
            lane.clear()


def take_batch(waiting: deque[Request], most_tokens: int = BATCH_TOKENS) -> list[Request]:
    """The first request still wanted, and those behind it that fit beside it; the others keep their order.

    Texts are padded to the longest of a batch, so what a batch costs is its length times its number.
    """
    batch: list[Request] = []
    passed: list[Request] = []
    longest = 0
    while waiting and (longest or 1) * (len(batch) + 1) <= most_tokens:
        request = waiting.popleft()
        if request.answer.done():
            continue
        if batch and max(longest, request.tokens) * (len(batch) + 1) > most_tokens:
            passed.append(request)
        else:
            batch.append(request)
            longest = max(longest, request.tokens)
    waiting.extendleft(reversed(passed))
    return batch


def refuse(requests: Iterable[Request]) -> None:
    """Tell those who still wait that there will be no vector."""
    for request in requests:
        if not request.answer.done():
            request.answer.set_exception(Unavailable("Search by meaning was interrupted."))
