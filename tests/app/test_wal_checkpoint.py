"""The log of the embedded database is folded into its file while it is written to; and the thread that commits."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from app.clock import new_id, utc_now
from app.database.commit_thread import Hand
from app.database.migrate import migrate
from app.database.sqlite import SqliteDatabase
from app.database.wal_checkpoint import Folding
from models import Job

WORDS = "x" * 3_000
ROUNDS = 240
"""Many more pages than are written during two passes."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "parley.db"
    migrate(f"sqlite:///{path}")
    return path


async def write_much(database: SqliteDatabase, rounds: int) -> None:
    """Some forty pages a round."""
    for _ in range(rounds):
        async with database.begin(lambda: None) as transaction:
            rows = [
                {
                    "id": new_id(),
                    "kind": "k",
                    "payload": {"words": WORDS},
                    "state": "done",
                    "run_at": utc_now(),
                    "attempts": 0,
                    "last_error": "",
                    "created_at": utc_now(),
                }
                for _ in range(40)
            ]
            await transaction.execute(insert(Job), rows)


async def test_a_log_that_grew_large_begins_again_without_anybody_stopping(path: Path) -> None:
    database = SqliteDatabase(path, Folding(path, every_seconds=0.02, large_pages=200))
    await write_much(database, ROUNDS)
    log = path.with_name("parley.db-wal")
    written = ROUNDS * 40 * len(WORDS)
    assert log.stat().st_size < written / 2
    async with database.read() as rows:
        assert len(await rows.all(select(Job.id))) == ROUNDS * 40
    await database.close()
    with sqlite3.connect(path) as file:
        assert file.execute("SELECT count(*) FROM jobs").fetchone() == (ROUNDS * 40,)


async def test_what_a_reader_still_looks_at_stays_in_the_log(path: Path) -> None:
    database = SqliteDatabase(path, Folding(path, every_seconds=0.0, large_pages=1))
    async with database.read() as rows:
        assert not await rows.all(select(Job.id))
        await write_much(database, 10)
        assert not await rows.all(select(Job.id)), "a read is of one moment"
    async with database.read() as rows:
        assert len(await rows.all(select(Job.id))) == 10 * 40
    await database.close()


async def test_a_log_is_folded_every_two_seconds_and_not_more_often(path: Path) -> None:
    """Pages that every message touches are copied once each time, and commits wait for the disk meanwhile."""
    now = [0.0]
    folding = Folding(path, clock=lambda: now[0])
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA wal_autocheckpoint=0")
        file.execute("UPDATE sequences SET value = value + 1")
    file.close()
    begun: list[bool] = []
    for now[0] in (0.0, 1.9, 2.0, 3.9, 4.0):
        before = folding._under_way  # pyright: ignore[reportPrivateUsage]
        folding.begin_when_due()
        under_way = folding._under_way  # pyright: ignore[reportPrivateUsage]
        begun.append(under_way is not before)
        if under_way:
            under_way.result()
    await folding.close()
    assert begun == [False, False, True, False, True]


async def test_a_log_that_cannot_be_folded_is_kept(path: Path) -> None:
    folding = Folding(path)
    folding._connection.close()  # pyright: ignore[reportPrivateUsage]
    await folding.finish()
    assert not folding.is_log_large
    await folding.close()


async def test_a_hand_does_one_thing_after_the_other_and_says_what_went_wrong() -> None:
    hand = Hand("a hand")
    done: list[int] = []
    await hand.order(lambda: done.append(1))
    with pytest.raises(ZeroDivisionError):
        await hand.order(lambda: 1 / 0)
    await hand.order(lambda: done.append(2))
    hand.close()
    assert done == [1, 2]
