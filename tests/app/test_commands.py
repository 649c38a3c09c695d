"""Commands for whoever looks after a server: passwords set, and a demo's people kept off the open network."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from app.database import open_database
from app.database.migrate import migrate
from app.people.sign_in import sign_in
from app.settings import Settings, read_settings
from app.work import Silence, Works
from demo.seed import PEOPLE, seed_demo


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Settings of a folder where the demo has run."""
    environment = {"PARLEY_DATA_DIR": str(tmp_path), "PARLEY_EMBEDDING_MODEL": "off"}
    settings = read_settings(environment)
    migrate(settings.database_url)
    asyncio.run(seed_demo(settings))
    return environment


def parley(environment: dict[str, str], *words: str) -> Result:
    return CliRunner().invoke(cli.main, words, env=environment)


def test_serve_refuses_accounts_that_still_have_the_printed_password(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[str] = []

    def note(settings: Settings, listener: socket.socket, lines: list[str]) -> None:
        listener.close()
        served.append(settings.data_dir)

    monkeypatch.setattr(cli, "_serve", note)  # nothing is served here
    refused = parley(environment, "serve")
    assert refused.exit_code == 1
    assert "admin@example.com" in refused.output
    assert "parley set-password" in refused.output
    assert served == []
    assert parley({**environment, "PARLEY_DEMO": "true"}, "serve").exit_code == 0, "the demo is meant to be open"
    for person in PEOPLE:
        changed = parley(environment, "set-password", person.email, "--password", f"own words of {person.name}")
        assert changed.exit_code == 0, changed.output
    assert parley(environment, "serve").exit_code == 0
    assert len(served) == 2


def test_set_password_lets_in_with_the_new_one(environment: dict[str, str]) -> None:
    assert parley(environment, "set-password", "ana@example.com", "--password", "short").exit_code == 1
    unknown = parley(environment, "set-password", "nobody@example.com", "--password", "long enough for me")
    assert (unknown.exit_code, unknown.output.strip()) == (1, "Error: There is no such agent.")
    assert parley(environment, "set-password", "ANA@example.com", "--password", "long enough for me").exit_code == 0

    async def enter() -> str:
        database = open_database(read_settings(environment).database_url)
        try:
            _, agent = await sign_in(Works(database, Silence()), "ana@example.com", "long enough for me", "")
            return agent.name
        finally:
            await database.close()

    assert asyncio.run(enter()) == "Ana Duarte"
