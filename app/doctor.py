"""What is wrong with this set-up, in words."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from app.database.migrating import is_migrated
from app.settings import Settings


class Finding(Struct, frozen=True):
    """One thing looked at."""

    what: str
    is_fine: bool
    says: str


def examine(settings: Settings) -> list[Finding]:
    """Look at everything a server needs before it can serve."""
    return [_data_folder(settings), _database(settings), _public_url(settings), _mail(settings)]


def _data_folder(settings: Settings) -> Finding:
    probe = settings.data_path / ".probe"
    try:
        settings.data_path.mkdir(parents=True, exist_ok=True)
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        return Finding("data folder", False, f"{settings.data_path} cannot be written: {error.strerror}")
    return Finding("data folder", True, str(Path(settings.data_dir)))


def _database(settings: Settings) -> Finding:
    kind = settings.database_url.split(":", 1)[0]
    try:
        is_current = is_migrated(settings.database_url)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        return Finding("database", False, f"{kind} does not answer: {error}"[:200])
    return Finding("database", is_current, f"{kind} is up to date" if is_current else "not up to date; run: parley migrate")


def _public_url(settings: Settings) -> Finding:
    is_local = "://localhost" in settings.public_url or "://127." in settings.public_url
    if settings.is_https or is_local:
        return Finding("public address", True, settings.public_url)
    return Finding("public address", False, f"{settings.public_url} is not https: sessions and messages travel in the clear")


def _mail(settings: Settings) -> Finding:
    if settings.smtp_url:
        return Finding("mail", True, f"through {settings.smtp_url.rsplit('@', 1)[-1]}")
    return Finding("mail", True, "no mail host: mail stays in the local mailbox")
