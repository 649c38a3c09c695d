"""A restored copy writes to nobody, and a drill touches nothing that lives."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.backup.create import dated_archive, prune_archives
from app.clock import new_id
from app.database import open_database
from app.mail.switch import is_mail_off
from cli import main
from models import OutgoingMail
from tests.factories import open_house
from tests.running import Running
from tests.servers.smtp import SmtpSink

KEY = "k" * 40


def run(*words: str, **given: Any) -> Result:
    settings = {"SECRET_KEY": KEY, "EMBEDDING_MODEL": "off"} | given
    return CliRunner().invoke(main, list(words), env={f"PARLEY_{name}": str(value) for name, value in settings.items()})


async def run_ok(*words: str, **given: Any) -> str:
    result = await asyncio.to_thread(run, *words, **given)
    assert result.exit_code == 0, result.output
    return result.output


async def leave_a_mail(url: str) -> None:
    """A conversation, and a mail to its contact that waits."""
    async with open_house(url) as house:
        await house.chat(await house.agent())
        mail = OutgoingMail(
            id=new_id(),
            message_id="<waiting@example.com>",
            kind="untaken",
            sender="a@example.com",
            recipient="customer@example.com",
            subject="Hi",
            body_text="Hi",
            body_html="",
            state="waiting",
            first_seq=0,
            last_seq=0,
            last_error="",
        )
        mail.created_at = house.clock()
        await house.add(mail)


async def test_d4_a_drill_restores_beside_production_and_leaves_it_alone(database_url: str, tmp_path: Path) -> None:
    await leave_a_mail(database_url)
    living = {"DATABASE_URL": database_url, "DATA_DIR": tmp_path / "living"}
    archive = tmp_path / "backup.tar"
    await run_ok("backup", str(archive), **living)
    said = await run_ok("drill", str(archive), **living)
    assert "can be restored" in said
    kept = tmp_path / "kept"
    said = await run_ok("drill", str(archive), "--keep", str(kept), **living)
    assert f"PARLEY_DATA_DIR={kept} PARLEY_DATABASE_URL= " in said
    for url, is_off in ((database_url, False), (f"sqlite:///{kept / 'parley.db'}", True)):
        database = open_database(url)
        async with database.read() as rows:
            assert await is_mail_off(rows) is is_off
        await database.close()
    again = await asyncio.to_thread(run, "drill", str(archive), "--keep", str(kept), **living)
    assert (again.exit_code, "is there already" in again.output) == (1, True)


async def test_d4_a_restored_copy_mails_nobody_until_its_mail_is_switched_on(
    sqlite_database_url: str, tmp_path: Path, smtp_sink: SmtpSink
) -> None:
    await leave_a_mail(sqlite_database_url)
    archive = tmp_path / "backup.tar"
    await run_ok("backup", str(archive), DATABASE_URL=sqlite_database_url, DATA_DIR=tmp_path / "living")
    copy = Running(tmp_path / "copy", secret_key=KEY, smtp_url=smtp_sink.url, mail_max_age_hours=10**6)
    copy.program = ("-m", "cli", "serve")
    (tmp_path / "copy").mkdir()
    said = await asyncio.to_thread(command, copy, "restore", str(archive))
    assert "MAIL IS OFF" in said
    await asyncio.to_thread(copy.start)
    try:
        assert "mail is off since the restore" in copy.log.read_text()
        doctor = await asyncio.to_thread(command, copy, "doctor")
        assert "FAIL  mail: off since the restore" in doctor
    finally:
        await asyncio.to_thread(copy.stop)
    assert smtp_sink.mails == []
    assert "Mail is on" in await asyncio.to_thread(command, copy, "mail", "on")
    await asyncio.to_thread(copy.start)
    try:
        for _ in range(300):
            if smtp_sink.mails:
                break
            await asyncio.sleep(0.1)
    finally:
        await asyncio.to_thread(copy.stop)
    assert len(smtp_sink.mails) == 1


def command(server: Running, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cli", *words],
        cwd=server.root,
        env=server.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_d10_archives_are_pruned_by_their_own_names_only(tmp_path: Path) -> None:
    names = [f"parley-2026-03-{day:02}T031500Z.tar.gz" for day in range(1, 6)]
    for name in [*names, "parley-before-upgrade.tar.gz", "notes.txt"]:
        (tmp_path / name).write_text("")
    assert [path.name for path in prune_archives(tmp_path, 2)] == names[:3]
    assert {path.name for path in tmp_path.iterdir()} == {*names[3:], "parley-before-upgrade.tar.gz", "notes.txt"}
    assert prune_archives(tmp_path, 2) == []


async def test_d10_a_backup_into_a_folder_is_dated_and_prunes(sqlite_database_url: str, tmp_path: Path) -> None:
    await leave_a_mail(sqlite_database_url)
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "parley-2026-03-01T031500Z.tar.gz").write_text("old")
    said = await run_ok("backup", str(folder), "--keep", "1", DATABASE_URL=sqlite_database_url, DATA_DIR=tmp_path / "data")
    assert "Removed parley-2026-03-01T031500Z.tar.gz" in said
    (made,) = folder.iterdir()
    assert dated_archive(folder).name[:14] == made.name[:14]


@pytest.mark.parametrize("keep", ["0", "-1", "many"])
def test_d10_a_number_of_archives_to_keep_makes_sense(tmp_path: Path, keep: str) -> None:
    assert run("backup", str(tmp_path), "--keep", keep, DATA_DIR=tmp_path / "data").exit_code == 2
