"""A help centre to look things up in, and the real model, loaded once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import psutil
import pytest
import pytest_asyncio

from app.database import open_database
from app.knowledge.model_files import find_model
from app.knowledge.sentence_transformer import SentenceTransformerEmbedder
from app.work import Announcement, Works


class RecordingPublisher:
    """Remembers what it was told, in order."""

    def __init__(self) -> None:
        self.announcements: list[Announcement] = []
        self.woken = 0

    def publish(self, announcements: Sequence[Announcement]) -> None:
        self.announcements += announcements

    def wake_jobs(self) -> None:
        self.woken += 1


@pytest.fixture
def publisher() -> RecordingPublisher:
    return RecordingPublisher()


@pytest_asyncio.fixture(loop_scope="session")
async def works(database_url: str, publisher: RecordingPublisher) -> AsyncIterator[Works]:
    database = open_database(database_url)
    yield Works(database, publisher)
    await database.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def embedder() -> AsyncIterator[SentenceTransformerEmbedder]:
    """The bundled model in its process, as the server has it."""
    files = find_model("bundled")
    assert files is not None
    embedder = SentenceTransformerEmbedder(files, threads=2)
    await embedder.start()
    await embedder.wait_until_ready()
    yield embedder
    pid = embedder.pid
    await embedder.close()
    assert not embedder.is_ready
    assert not psutil.pid_exists(pid or 0)
