"""A node says what it suffers from before the chat does: a disk nearly full, a damaged database, a clock behind its data."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from app.database import DatabaseClock, open_database
from app.database.damage import DAMAGED, find_damage
from app.disk import FULL_BYTES, LOW_BYTES, free_bytes
from app.node_health import DISK_FULL, NodeHealth
from app.people.actors import SignedInAgent
from app.routing.warnings import list_notices
from models import NodeClock, NodeWarning
from tests.factories import House


@pytest.fixture
async def sam(house: House) -> SignedInAgent:
    return await house.agent("Sam", role="supervisor")


async def noticed(house: House, agent: SignedInAgent) -> list[tuple[str, str, int]]:
    async with house.database.read() as rows:
        found = await list_notices(rows, agent, house.clock())
    return [(one.kind, one.subject, one.count) for one in found if one.kind in {"disk_low", "database_damaged"}]


async def test_w4_a_disk_that_fills_is_warned_of_before_it_is_full(house: House, sam: SignedInAgent, tmp_path: Path) -> None:
    free = LOW_BYTES
    health = NodeHealth(house.works, tmp_path, lambda folder: free, "web-1")
    await health.look()
    assert (await noticed(house, sam), health.troubles()) == ([], [])
    free = 400_000_000
    await health.look()
    assert (await noticed(house, sam), health.troubles()) == ([("disk_low", "web-1", 400)], [])
    free = FULL_BYTES - 1
    assert health.troubles() == [DISK_FULL]
    free = LOW_BYTES
    await health.look()
    assert (await noticed(house, sam), health.troubles()) == ([], [])
    assert await house.all(select(NodeWarning)) == []


async def test_w4_the_warning_of_a_node_that_is_gone_goes_with_it(house: House, sam: SignedInAgent, tmp_path: Path) -> None:
    await NodeHealth(house.works, tmp_path, lambda folder: 1, "web-1").look()
    await NodeHealth(house.works, tmp_path, lambda folder: 2_000_000, "web-2").look()
    assert [subject for _, subject, _ in await noticed(house, sam)] == ["web-1", "web-2"]
    house.clock.on(minutes=2)
    assert await noticed(house, sam) == []


def test_w4_free_space_is_that_of_the_disk_the_folder_will_lie_on(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "not" / "yet" / "there") > 0


async def test_w3_damage_that_a_statement_meets_is_remembered_and_said(house: House, sam: SignedInAgent, tmp_path: Path) -> None:
    health = NodeHealth(house.works, tmp_path, lambda folder: LOW_BYTES, "web-1")
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT | 2 << 8
    house.database.damage.note(ValueError("no damage"))
    assert health.troubles() == []
    house.database.damage.note(error)
    assert health.troubles() == [DAMAGED]
    await health.look()
    assert await noticed(house, sam) == [("database_damaged", "web-1", 0)]


async def test_w3_a_damaged_page_is_found_by_a_look_and_by_the_first_query(sqlite_database_url: str) -> None:
    path = Path(sqlite_database_url.removeprefix("sqlite:///"))
    assert find_damage(sqlite_database_url) is None
    damage_table(path, "routing_rules")
    found = find_damage(sqlite_database_url)
    assert found is not None
    assert "is damaged" in found
    database = open_database(sqlite_database_url)
    await database.look_for_damage()
    assert database.damage.is_found
    await database.close()
    database = open_database(sqlite_database_url)
    assert not database.damage.is_found
    with pytest.raises(DatabaseError):
        async with database.read() as rows:
            await rows.execute(text("SELECT * FROM routing_rules"))
    assert database.damage.is_found
    await database.close()


def damage_table(path: Path, table: str) -> None:
    """Overwrite the first page of a table, as a failing disk does."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [table]).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


async def test_w2_a_clock_behind_what_sqlite_holds_is_noted(house: House) -> None:
    clock = DatabaseClock(house.database)
    house.clock.now = clock() + timedelta(hours=2)
    await house.start()
    await clock.measure()
    noted = [round(one.ahead_seconds / 60) for one in await house.all(select(NodeClock))]
    assert noted == ([-120] if house.database.dialect == "sqlite" else [])
