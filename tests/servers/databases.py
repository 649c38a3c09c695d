"""A fresh, migrated database for every test: copied from one that was migrated once."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import uuid
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import asyncpg

from app.database.migrate import migrate

T = TypeVar("T")
MIGRATIONS = Path(__file__).resolve().parents[2] / "models" / "migrations"


class PostgresDatabases:
    """Makes and drops databases on one server, from a template that all who use the server share."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._template = f"parley_template_{_fingerprint()}"

    def url(self, name: str) -> str:
        """Of a database on this server."""
        return f"{self._server_url.rsplit('/', 1)[0]}/{name}"

    def make_template(self) -> None:
        """Migrate the template, unless somebody has; others who ask at the same time wait."""

        async def make(connection: asyncpg.Connection) -> None:
            await connection.execute("SELECT pg_advisory_lock(7257539)")
            if await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate", self._template):
                return
            await connection.execute(f"DROP DATABASE IF EXISTS {self._template}")
            await connection.execute(f"CREATE DATABASE {self._template}")
            await asyncio.to_thread(migrate, self.url(self._template))
            await connection.execute(f"ALTER DATABASE {self._template} IS_TEMPLATE true ALLOW_CONNECTIONS false")

        self._with_connection(make)

    def create(self) -> str:
        """A new copy of the template; its URL."""
        name = f"parley_test_{uuid.uuid4().hex}"
        self._with_connection(lambda connection: connection.execute(f"CREATE DATABASE {name} TEMPLATE {self._template}"))
        return self.url(name)

    def create_empty(self) -> str:
        """A new database without a table; its URL."""
        name = f"parley_test_{uuid.uuid4().hex}"
        self._with_connection(lambda connection: connection.execute(f"CREATE DATABASE {name}"))
        return self.url(name)

    def drop(self, url: str) -> None:
        """Gone, even while connections are open."""
        name = url.rsplit("/", 1)[1]
        self._with_connection(lambda connection: connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))

    def _with_connection(self, act: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        async def run() -> T:
            connection = await asyncpg.connect(self._server_url)
            try:
                return await act(connection)
            finally:
                await connection.close()

        with ThreadPoolExecutor(1) as thread:  # a loop of its own: the test's may be running
            return thread.submit(asyncio.run, run()).result()


class SqliteFiles:
    """Copies of a migrated file in a folder."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        migrate(f"sqlite:///{self._template}")

    def copy_to(self, path: Path) -> str:
        """A new copy of the template at this path; its URL."""
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"


def _fingerprint() -> str:
    """Changes with the migrations, so that a server kept between sessions never serves an old template."""
    files = sorted(MIGRATIONS.rglob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
