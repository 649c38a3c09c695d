"""Problems of this set-up, in words."""

from __future__ import annotations

import asyncio
import resource
from pathlib import Path

from msgspec import Struct
from sqlalchemy import func, select

from app.database import DatabaseClock, open_database
from app.database.connection_errors import explain_failure
from app.database.damage import find_damage
from app.database.database_clock import JUMP, newest_written
from app.database.migrate import is_migrated
from app.disk import free_bytes, is_low
from app.errors import Invalid
from app.mail.mailer import SmtpMailer
from app.mail.smtp_reasons import explain
from app.mail.status import count_unsent
from app.mail.switch import is_mail_off
from app.settings import Settings
from models import Agent, Inbox

MAX_OFFSET_SECONDS = 0.5
LEAST_FILES = 4096
FILES_ADVISED = 65536


class Finding(Struct, frozen=True):
    """One thing looked at."""

    what: str
    is_fine: bool
    says: str


def examine(settings: Settings) -> list[Finding]:
    """Look at everything a server needs before it can serve."""
    return [
        _data_folder(settings),
        _disk(settings),
        _database(settings),
        _clock(settings),
        _files(),
        _public_url(settings),
        _mail(settings),
        *_setup(settings),
    ]


def _data_folder(settings: Settings) -> Finding:
    try:
        probe_folder(settings.data_path)
    except OSError as error:
        return Finding("data folder", False, f"{settings.data_path} cannot be written: {error.strerror}")
    return Finding("data folder", True, str(Path(settings.data_dir)))


def probe_folder(folder: Path) -> None:
    """Write a file in the data folder and remove it. Raises OSError."""
    probe = folder / ".probe"
    folder.mkdir(parents=True, exist_ok=True)
    probe.write_text("")
    probe.unlink()


def _database(settings: Settings) -> Finding:
    kind = settings.database_url.split(":", 1)[0]
    try:
        is_current = is_migrated(settings.database_url)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        return Finding(
            "database", False, explain_failure(error, settings.database_url) or f"{kind} does not answer: {error}"[:200]
        )
    if damage := find_damage(settings.database_url):
        return Finding("database", False, damage)
    return Finding("database", is_current, f"{kind} is up to date" if is_current else "not up to date; run: parley migrate")


def _disk(settings: Settings) -> Finding:
    free = free_bytes(settings.data_path)
    advice = "; make room, or files and soon messages are refused" if is_low(free) else ""
    return Finding("disk", not is_low(free), f"{free / 1e9:.1f} GB free for {settings.data_path.absolute()}{advice}")


def _clock(settings: Settings) -> Finding:
    try:
        offset, behind = asyncio.run(_clock_offset(settings.database_url))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        return Finding("clock", False, f"the database does not tell the time: {error}"[:200])
    if behind > JUMP.total_seconds():
        says = f"{behind:.0f} s behind the newest message: what is due waits that long. Set this machine's clock right"
        return Finding("clock", False, says)
    is_fine = abs(offset) <= MAX_OFFSET_SECONDS
    advice = "" if is_fine else "; nodes go by the database's time, but logs and certificates do not: set up time synchronisation"
    return Finding("clock", is_fine, f"{abs(offset):.2f} s {'behind' if offset > 0 else 'ahead of'} the database's{advice}")


async def _clock_offset(url: str) -> tuple[float, float]:
    """Return how far this machine's clock is behind the database's, and how far the database's is behind what it holds."""
    database = open_database(url)
    try:
        clock = DatabaseClock(database)
        await clock.measure()
        async with database.read() as rows:
            newest = await newest_written(rows)
        return clock.offset_seconds, (newest - clock()).total_seconds() if newest else 0.0
    finally:
        await database.close()


def _files() -> Finding:
    """Every visitor and agent who is connected holds one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)  # the server raises the soft limit to it
    if hard == resource.RLIM_INFINITY:
        return Finding("open files", True, "unlimited")
    advice = "" if hard >= LEAST_FILES else f"; for more set LimitNOFILE or ulimit -Hn {FILES_ADVISED}"
    return Finding("open files", hard >= LEAST_FILES, f"{hard}: room for about {max(0, hard - 200)} connections{advice}")


def _public_url(settings: Settings) -> Finding:
    if settings.is_https or is_local(settings.public_url):
        return Finding("public address", True, settings.public_url)
    return Finding("public address", False, f"{settings.public_url} is not https: sessions and messages travel in the clear")


def is_local(url: str) -> bool:
    """Return whether an address names this machine to itself."""
    return any(f"://{name}" in url for name in ("localhost", "127.", "[::1]"))


def _mail(settings: Settings) -> Finding:
    """Sign in to the mail host as the outbox does; without one, say how much waits."""
    if _is_mail_off(settings.database_url):
        return Finding("mail", False, "off since the restore; where customers are served run: parley mail on, then restart")
    if not settings.smtp_url:
        return _mail_without_host(settings)
    try:
        mailer = SmtpMailer(settings.smtp_url, is_tls_optional=settings.smtp_tls == "optional")
    except Invalid as error:
        return Finding("mail", False, error.detail)
    try:
        asyncio.run(mailer.knock())
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        return Finding("mail", False, explain(error, mailer.address))
    return Finding("mail", True, f"{mailer.address} lets us in")


def _is_mail_off(url: str) -> bool:
    async def ask() -> bool:
        database = open_database(url)
        try:
            async with database.read() as rows:
                return await is_mail_off(rows)
        finally:
            await database.close()

    try:
        return asyncio.run(ask())
    except Exception:  # noqa: BLE001 - the finding on the database says why
        return False


def _mail_without_host(settings: Settings) -> Finding:
    try:
        counts = asyncio.run(_unsent_mail(settings.database_url))
    except Exception:  # noqa: BLE001 - the finding on the database says why
        return Finding("mail", False, "no mail host")
    waiting = counts.get("waiting", 0) + counts.get("held", 0)
    if not waiting:
        return Finding("mail", True, "no mail host: mail waits until PARLEY_SMTP_URL is set")
    how_many = "1 message waits" if waiting == 1 else f"{waiting} messages wait"
    return Finding("mail", False, f"no mail host: {how_many}; set PARLEY_SMTP_URL")


async def _unsent_mail(url: str) -> dict[str, int]:
    database = open_database(url)
    try:
        async with database.read() as rows:
            return await count_unsent(rows)
    finally:
        await database.close()


def _setup(settings: Settings) -> list[Finding]:
    """Return what is missing before customers can write and someone can answer; nothing when the database is to blame."""
    try:
        admins, agents, inboxes = asyncio.run(_count_setup(settings.database_url))
    except Exception:  # noqa: BLE001 - the finding on the database says why
        return []
    people = f"{agents} active, {admins} of them {'an admin' if admins == 1 else 'admins'}"
    if not admins:
        people = f"no admin yet: open {settings.public_url}/inbox, or run: parley create-admin"
    inbox = "1 inbox" if inboxes == 1 else f"{inboxes} inboxes"
    if not inboxes:
        inbox = f"no inbox yet: create one in {settings.public_url}/inbox/settings/inboxes"
    return [Finding("people", admins > 0, people), Finding("inbox", inboxes > 0, inbox)]


async def _count_setup(url: str) -> tuple[int, int, int]:
    database = open_database(url)
    try:
        async with database.read() as rows:
            active = select(func.count()).select_from(Agent).where(Agent.is_active)
            return (
                await rows.one(active.where(Agent.role == "admin")) or 0,
                await rows.one(active) or 0,
                await rows.one(select(func.count()).select_from(Inbox).where(Inbox.archived_at.is_(None))) or 0,
            )
    finally:
        await database.close()
