"""Open the database a URL names."""

from __future__ import annotations

from pathlib import Path

from app.database.postgres import PostgresDatabase
from app.database.rows import Database
from app.database.sqlite import SqliteDatabase
from app.errors import Invalid


def open_database(url: str) -> Database:
    """`sqlite:///relative.db`, `sqlite:////absolute.db` or `postgresql://user:password@host/name`."""
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        return SqliteDatabase(path)
    if url.startswith(("postgresql://", "postgres://")):
        return PostgresDatabase(url.replace("postgres://", "postgresql://", 1))
    raise Invalid(f"PARLEY_DATABASE_URL must begin with sqlite:/// or postgresql://, not {url.split(':', 1)[0]}:")
