"""What every test can ask for: real servers, fresh databases over both engines.

A server that cannot start fails the test that asked for it; nothing is skipped.
"""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import settings

from tests.servers.databases import PostgresDatabases, SqliteFiles
from tests.servers.keeper import kept_url
from tests.servers.smtp import SmtpSink

ROOT = Path(__file__).resolve().parent.parent
BROWSER_TESTS = ROOT / "tests" / "browser"

settings.register_profile("house", deadline=None)  # the cores are shared with other tests: slow is not wrong
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _temporary_folder_is_kept() -> Iterator[None]:
    """A command run in this process moves it into its data folder, where other users' servers cannot write."""
    before, named = tempfile.tempdir, os.environ.get("TMPDIR")
    yield
    tempfile.tempdir = before
    if named is None:
        os.environ.pop("TMPDIR", None)
    else:
        os.environ["TMPDIR"] = named


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> str:
    """A PostgreSQL with pgvector: PARLEY_TEST_POSTGRES_URL, or one started for this session and shared by its workers."""
    if given := os.environ.get("PARLEY_TEST_POSTGRES_URL"):
        return given
    if worker_id == "master":
        return kept_url("postgres", tmp_path_factory.getbasetemp(), os.getpid())
    return kept_url("postgres", tmp_path_factory.getbasetemp().parent, os.getppid())


@pytest.fixture(scope="session")
def redis_server_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Redis of this worker's own: publish and subscribe know no databases. Or PARLEY_TEST_REDIS_URL, without -n."""
    return os.environ.get("PARLEY_TEST_REDIS_URL") or kept_url("redis", tmp_path_factory.getbasetemp(), os.getpid())


@pytest.fixture
def redis_url(redis_server_url: str) -> str:
    """The worker's Redis, emptied."""
    parts = urlsplit(redis_server_url)
    with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 6379), timeout=5) as connection:
        connection.sendall(b"FLUSHALL\r\n")
        assert connection.recv(16) == b"+OK\r\n"
    return redis_server_url


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """A mail host for this test alone, so that a late mail of another test cannot arrive here."""
    sink = SmtpSink()
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    """The migrated SQLite file that tests get copies of."""
    return SqliteFiles(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_databases(postgres_url: str) -> PostgresDatabases:
    """The migrated PostgreSQL database that tests get copies of."""
    databases = PostgresDatabases(postgres_url)
    databases.make_template()
    return databases


@pytest.fixture
def sqlite_database_url(sqlite_files: SqliteFiles, tmp_path: Path) -> str:
    """A fresh, migrated SQLite database, as in PARLEY_DATABASE_URL."""
    return sqlite_files.copy_to(tmp_path / "parley.db")


@pytest.fixture
def postgres_database_url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """A fresh, migrated PostgreSQL database, as in PARLEY_DATABASE_URL."""
    url = postgres_databases.create()
    yield url
    postgres_databases.drop(url)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The test runs twice, each time on a fresh, migrated database of one kind."""
    return request.getfixturevalue(f"{request.param}_database_url")


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Real dialogues and attacks; tests/data/SOURCES.md says where they come from."""
    return ROOT / "tests" / "data"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Browser tests only run when asked for by path: Playwright's loop and pytest-asyncio's cannot share a process."""
    asked = [(config.invocation_params.dir / argument.split("::")[0]).resolve() for argument in config.args]
    if collection_path == BROWSER_TESTS and not any(path.is_relative_to(BROWSER_TESTS) for path in asked):
        return True
    return None


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test proves nothing, so a run with one has failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why a run without a failure has failed."""
    if skipped := terminalreporter.stats.get("skipped"):
        terminalreporter.write_line(
            f"{len(skipped)} skipped: a test that is not run proves nothing. This run has failed.", red=True
        )
