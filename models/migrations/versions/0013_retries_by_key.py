"""A retry is found by its key first, then by who sent it.

Keys begin with the time they were made, so new ones stand beside each other in the index; by author, each had a page of
its own to write. PostgreSQL gets the constraint anew. SQLite cannot take one off a table: its messages are copied, under
the row numbers they have, for the words of the search go by those. A million take about fifteen seconds.
"""

from __future__ import annotations

import re

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BY_AUTHOR = ("author_id", "client_id")
BY_KEY = ("client_id", "author_id")


def upgrade() -> None:
    _exchange(BY_AUTHOR, BY_KEY)


def downgrade() -> None:
    _exchange(BY_KEY, BY_AUTHOR)


def _exchange(old: tuple[str, str], new: tuple[str, str]) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_unique_constraint(_name(new), "messages", new)
        op.drop_constraint(_name(old), "messages", type_="unique")
    else:
        _copy_messages(f"CONSTRAINT {_name(old)} UNIQUE ({', '.join(old)})", f"CONSTRAINT {_name(new)} UNIQUE ({', '.join(new)})")


def _name(columns: tuple[str, str]) -> str:
    return f"uq_messages_{'_'.join(columns)}"


def _copy_messages(old: str, new: str) -> None:
    """The table with another constraint, and everything that was on it."""
    run = op.get_bind().exec_driver_sql
    made = run("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'messages'").scalar_one()
    beside = (
        run("SELECT sql FROM sqlite_master WHERE tbl_name = 'messages' AND type <> 'table' AND sql IS NOT NULL").scalars().all()
    )
    columns = ", ".join(row[1] for row in run("PRAGMA table_info(messages)"))
    assert old in made
    run("DROP TABLE IF EXISTS new_messages")  # of a copy that was cut short
    run(re.sub(r'^CREATE TABLE "?messages"?', "CREATE TABLE new_messages", made.replace(old, new)))
    run(f"INSERT INTO new_messages (rowid, {columns}) SELECT rowid, {columns} FROM messages ORDER BY rowid")  # noqa: S608 (the columns of a table of ours)
    run("DROP TABLE messages")
    run("ALTER TABLE new_messages RENAME TO messages")
    for statement in beside:
        run(statement)
