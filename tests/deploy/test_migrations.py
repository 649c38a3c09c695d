"""Two versions run side by side on one database while a deploy rolls on: a migration only ever adds.

What takes something away belongs in a migration named `contract_...`, released once no node needs it any more.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from sqlalchemy import Connection, column, create_engine, insert, table, text
from sqlalchemy.exc import IntegrityError

from app.database.exclusive import in_snapshot
from app.database.migrate import is_migrated, migrate, steps, upgrade
from models.migrations.versions import __file__ as versions
from tests.deploy.expanding import losses, shape_of
from tests.servers.databases import PostgresDatabases

FOLDER = Path(versions).parent
STARTERS = 4


def is_contract(revision: str) -> bool:
    """Whether a migration says in its name that it takes something away."""
    (file,) = FOLDER.glob(f"{revision}_*.py")
    return file.name.startswith(f"{revision}_contract_")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{tmp_path / 'parley.db'}")
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def test_no_migration_takes_anything_from_the_version_before_it(connection: Connection) -> None:
    upgrade(connection, steps()[0])
    for revision in steps()[1:]:
        before = shape_of(connection)
        upgrade(connection, revision)
        if not is_contract(revision):
            assert losses(before, shape_of(connection)) == [], f"by migration {revision}"


@pytest.mark.parametrize(
    ("change", "loss"),
    [
        ("DROP TABLE csat_scores", "csat_scores is gone"),
        ("ALTER TABLE csat_scores DROP COLUMN comment", "csat_scores.comment is gone"),
        ("ALTER TABLE csat_scores RENAME COLUMN comment TO words", "csat_scores.comment is gone"),
        ("ALTER TABLE csat_scores RENAME TO scores", "csat_scores is gone"),
        ("CREATE UNIQUE INDEX ux ON contacts (email)", "contacts ('email',) must be unique now"),
    ],
)
def test_the_rule_catches_what_it_is_for(connection: Connection, change: str, loss: str) -> None:
    upgrade(connection, "head")
    before = shape_of(connection)
    connection.execute(text(change))
    assert losses(before, shape_of(connection))[0] == loss


@pytest.mark.parametrize(
    ("table", "loss"),
    [
        ("id INTEGER PRIMARY KEY, a VARCHAR(10), b INTEGER NOT NULL, c TEXT NOT NULL", "t.c must be filled"),
        ("id INTEGER PRIMARY KEY, a VARCHAR(10) NOT NULL, b INTEGER NOT NULL", "t.a may not be empty any more"),
        ("id INTEGER PRIMARY KEY, a VARCHAR(5), b INTEGER NOT NULL", "t.a holds 5 characters and held 10"),
        ("id INTEGER PRIMARY KEY, a VARCHAR(10), b VARCHAR NOT NULL", "t.b is VARCHAR and was INTEGER"),
        ("id INTEGER PRIMARY KEY, a TEXT, b BIGINT, c TEXT, d TEXT NOT NULL DEFAULT ''", None),
    ],
)
def test_a_column_may_grow_and_not_shrink(connection: Connection, table: str, loss: str | None) -> None:
    connection.execute(text("CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(10), b INTEGER NOT NULL)"))
    before = shape_of(connection)
    connection.execute(text("DROP TABLE t"))
    connection.execute(text(f"CREATE TABLE t ({table})"))
    found = losses(before, shape_of(connection))
    assert (found[0].startswith(loss), len(found)) == (True, 1) if loss else found == []


def migrate_together(url: str, together: Barrier) -> None:
    """What a node does first, at the same moment as the others."""
    together.wait(60)
    migrate(url)


def test_messages_are_copied_under_their_own_numbers_and_a_key_is_still_anybodys_once(connection: Connection) -> None:
    """What the search has written down names a message by its row's number."""
    upgrade(connection, "0012")
    connection.execute(text("PRAGMA foreign_keys = OFF"))
    columns = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(messages)")]

    def write(number: int, key: str) -> None:
        values = {
            **dict.fromkeys(columns, "x"),
            "id": f"m{number}",
            "author_id": "ana",
            "client_id": key,
            "seq": number,
            "rev": number,
        }
        connection.execute(insert(table("messages", *map(column, columns))).values(values))

    for number in range(6):
        write(number, f"key {number}")
    connection.exec_driver_sql("DELETE FROM messages WHERE id IN ('m0', 'm3')")
    everything = text("SELECT rowid, * FROM messages ORDER BY rowid")
    kept = connection.execute(everything).all()
    upgrade(connection, "0013")
    assert connection.execute(everything).all() == kept
    with pytest.raises(IntegrityError, match="client_id"):
        write(9, "key 4")
    write(9, "key 9")


def test_nodes_that_start_together_on_an_empty_database_migrate_it_once(postgres_databases: PostgresDatabases) -> None:
    url = postgres_databases.create_empty()
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(STARTERS)
    nodes = [context.Process(target=migrate_together, args=(url, together)) for _ in range(STARTERS)]
    for node in nodes:
        node.start()
    for node in nodes:
        node.join(120)
    assert [node.exitcode for node in nodes] == [0] * STARTERS
    assert is_migrated(url)
    counted = text("SELECT (SELECT count(*) FROM alembic_version), (SELECT count(*) FROM sequences WHERE name = 'epoch')")
    assert in_snapshot(url, lambda connection: tuple(connection.execute(counted).one())) == (1, 1)
    postgres_databases.drop(url)
