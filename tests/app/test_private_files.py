"""Files on disk that are their owner's alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from app.backup import archive
from app.backup.archive import write_archive
from app.database.migrate import migrate


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_database_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path / 'data' / 'parley.db'}")
    assert {mode(path) for path in (tmp_path / "data").iterdir()} == {0o600}


def test_an_old_database_is_closed_to_the_rest_of_the_world(tmp_path: Path) -> None:
    path = tmp_path / "parley.db"
    migrate(f"sqlite:///{path}")
    path.chmod(0o644)
    migrate(f"sqlite:///{path}")
    assert mode(path) == 0o640


def test_a_backup_writes_to_no_file_that_lay_in_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    monkeypatch.setattr(archive.secrets, "token_hex", "0000000000000000".center)
    (tmp_path / f".backup.tar.{'0' * 16}.part").symlink_to(victim)
    with pytest.raises(OSError, match="exists"), write_archive(tmp_path / "backup.tar"):
        pass
    assert victim.read_text() == "precious"


def test_two_backups_never_write_to_the_same_part(tmp_path: Path) -> None:
    with write_archive(tmp_path / "a.tar"):
        first = {path.name for path in tmp_path.iterdir()}
    with write_archive(tmp_path / "b.tar"):
        second = {path.name for path in tmp_path.iterdir()} - {"a.tar"}
    assert {mode(tmp_path / name) for name in ("a.tar", "b.tar")} == {0o600}
    assert first != second
