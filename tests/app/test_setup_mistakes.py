"""A mistake in the set-up ends in one sentence that says what to do, and in exit code 1; never in a traceback."""

from __future__ import annotations

import asyncio
import os
import socket
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main
from tests.factories import open_house
from tests.servers.ports import free_port


@pytest.fixture(autouse=True)
def own_temporary_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command runs in this process, and `serve` says where temporary files lie."""
    monkeypatch.setattr(tempfile, "tempdir", tempfile.gettempdir())
    monkeypatch.setenv("TMPDIR", tempfile.gettempdir())


def run(folder: Path, *command: str, **given: str) -> Result:
    settings = {"DATA_DIR": str(folder), "PORT": str(free_port()), "EMBEDDING_MODEL": "off", **given}
    environment = {f"PARLEY_{name}": value for name, value in settings.items()}
    return CliRunner().invoke(main, list(command or ("serve",)), env=environment)


def sentence(result: Result) -> str:
    """The only line, which is what people read."""
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    (line,) = result.output.strip().splitlines()
    return line


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_w5_a_taken_port_is_named_and_nothing_is_made(tmp_path: Path, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = sentence(run(tmp_path / "data", command, PORT=port))
    assert f"Port {port} is taken" in said
    assert "PARLEY_PORT" in said
    assert not (tmp_path / "data" / "parley.db").exists()


def test_w5_an_address_of_another_machine_is_named(tmp_path: Path) -> None:
    assert "no address 203.0.113.9" in sentence(run(tmp_path, HOST="203.0.113.9"))
    assert "no address nowhere.invalid" in sentence(run(tmp_path, HOST="nowhere.invalid"))


@pytest.mark.parametrize("command", ["serve", "migrate", "doctor"])
def test_w5_a_data_folder_that_is_a_file_is_named(tmp_path: Path, command: str) -> None:
    (tmp_path / "data").write_text("not a folder")
    said = sentence(run(tmp_path / "data", command))
    assert str(tmp_path / "data") in said
    assert "PARLEY_DATA_DIR" in said


def test_w5_a_data_folder_that_cannot_be_written_is_named() -> None:
    said = sentence(run(Path("/proc/parley"), SECRET_KEY="x" * 40))
    assert "/proc/parley" in said


@pytest.mark.parametrize("command", ["serve", "migrate", "create-admin"])
def test_w5_a_file_that_is_no_database_is_named(tmp_path: Path, command: str) -> None:
    (tmp_path / "parley.db").write_bytes(b"these are my notes, and no database" * 100)
    arguments = ["--name", "A", "--email", "a@example.com", "--password", "long enough"] if command == "create-admin" else []
    said = sentence(run(tmp_path, command, *arguments))
    assert "parley.db is not a SQLite database" in said
    assert (tmp_path / "parley.db").read_bytes().startswith(b"these are my notes")


@pytest.mark.parametrize("command", ["serve", "worker", "migrate"])
def test_w5_an_absent_postgres_is_named(tmp_path: Path, command: str) -> None:
    port = free_port()
    said = sentence(
        run(tmp_path, command, DATABASE_URL=f"postgresql://parley:secret@127.0.0.1:{port}/parley", SECRET_KEY="x" * 40)
    )
    assert f"Nothing answers at 127.0.0.1:{port}" in said
    assert "secret" not in said


def test_w5_a_postgres_host_that_does_not_exist_is_named(tmp_path: Path) -> None:
    said = sentence(run(tmp_path, DATABASE_URL="postgresql://parley@db.invalid/parley", SECRET_KEY="x" * 40))
    assert "no host" in said
    assert "db.invalid" in said


def test_w5_a_postgres_that_refuses_says_why(tmp_path: Path, postgres_url: str) -> None:
    absent = f"{postgres_url.rsplit('/', 1)[0]}/parley_is_not_here"
    assert "no such database" in sentence(run(tmp_path, DATABASE_URL=absent, SECRET_KEY="x" * 40))


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("DATABASE_URL", "mysql://root@localhost/parley"),
        ("DATABASE_URL", "sqlite://parley.db"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "postgresql://host:port/name"),
        ("PUBLIC_URL", "support.example.com"),
        ("PUBLIC_URL", "https://"),
        ("REDIS_URL", "localhost:6379"),
        ("SMTP_URL", "mail.example.com:587"),
        ("MAIL_FROM", "Support"),
        ("PORT", "70000"),
        ("MESSAGE_RATE", "-1"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, proxy"),
    ],
)
def test_w5_a_setting_that_cannot_be_meant_is_named(tmp_path: Path, setting: str, value: str) -> None:
    assert f"PARLEY_{setting}" in sentence(run(tmp_path, **{setting: value}))


def test_w5_a_missing_model_folder_is_named(tmp_path: Path) -> None:
    said = sentence(run(tmp_path, EMBEDDING_MODEL=str(tmp_path / "no-model")))
    assert "PARLEY_EMBEDDING_MODEL" in said
    assert "no-model" in said


@pytest.mark.parametrize(("kept", "says"), [("", "is empty"), ("short", "is cut short"), (b"\xff\xfe" * 30, "holds no text")])
def test_w5_a_broken_key_file_is_named_and_left_alone(tmp_path: Path, kept: str | bytes, says: str) -> None:
    data = kept.encode() if isinstance(kept, str) else kept
    (tmp_path / "secret.key").write_bytes(data)
    said = sentence(run(tmp_path))
    assert f"secret.key {says}" in said
    assert (tmp_path / "secret.key").read_bytes() == data


@pytest.mark.parametrize("command", ["serve", "migrate", "doctor"])
async def test_w5_a_missing_key_over_data_stops_the_start(database_url: str, tmp_path: Path, command: str) -> None:
    async with open_house(database_url):
        pass
    folder = tmp_path / "folder"
    said = sentence(await asyncio.to_thread(run, folder, command, DATABASE_URL=database_url))
    assert "secret.key is missing, but the database holds data" in said
    assert not (folder / "secret.key").exists()


def test_w3_a_damaged_database_is_no_traceback(sqlite_database_url: str, tmp_path: Path) -> None:
    path = Path(sqlite_database_url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(size - 4096))
    for command in (["serve"], ["backup", str(tmp_path / "b.tar")], ["migrate"]):
        said = sentence(run(tmp_path, *command, DATABASE_URL=sqlite_database_url, SECRET_KEY="x" * 40))
        assert "is damaged" in said
        assert "parley restore" in said
