"""The `parley` command."""

from __future__ import annotations

import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(f"Parley runs on Python 3.11, 3.12 and 3.13, and this is {sys.version.split()[0]}.")

import asyncio
import errno
import gc
import os
import socket
import tempfile
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click
import structlog
import uvicorn

from app.database.migrate import is_migrated, migrate
from app.errors import ParleyError
from app.settings import Settings, read_settings
from app.tasks import END_SECONDS, end_by_force

if TYPE_CHECKING:
    from app.doctor import Finding

MAX_FRAME_BYTES = 64 * 1024
DRAIN_SECONDS = 15
YOUNG_OBJECTS = 20_000
"""How many are made before the garbage collector looks: a batch of messages makes thousands, and none of them is garbage."""


class DrainingServer(uvicorn.Server):
    """Says goodbye to clients before it stops listening, and ends for good when that takes too long."""

    def __init__(self, config: uvicorn.Config, drain: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self.drain = drain

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        end_by_force(END_SECONDS)
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self.drain()
        await super().shutdown(sockets)


class Commands(click.Group):
    """The commands; a mistake in the set-up ends in one sentence and exit code 1, whichever of them meets it."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ParleyError as error:
            raise click.ClickException(error.detail) from error
        except Exception as error:
            sentence = _explain(error)
            if sentence is None or os.environ.get("PARLEY_LOG_LEVEL", "").lower() == "debug":
                raise
            raise click.ClickException(sentence) from error


def _explain(error: Exception) -> str | None:
    from app.database.connection_errors import explain_failure

    folder = Path(os.environ.get("PARLEY_DATA_DIR") or "data")
    url = os.environ.get("PARLEY_DATABASE_URL") or f"sqlite:///{folder.absolute() / 'parley.db'}"
    if sentence := explain_failure(error, url):
        return sentence
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename} cannot be used: {error.strerror}. Check that it is there and that this user may write it."
    return None


@click.group(cls=Commands)
def main() -> None:
    """Parley: self-hosted, real-time customer support."""


@main.command()
def serve() -> None:
    """Bring the database up to date and serve on PARLEY_HOST and PARLEY_PORT."""
    settings = _settings()
    listener = _listen(settings)
    _check_data_folder(settings)
    migrate(settings.database_url)
    if not settings.demo:
        _refuse_printed_passwords(settings)
    _serve(settings, listener, [])


@main.command()
def demo() -> None:
    """Serve with a shop page, a help centre and people to sign in as."""
    os.environ.setdefault("PARLEY_DEMO", "true")
    os.environ.setdefault("PARLEY_DATA_DIR", "data/demo")
    os.environ.setdefault("PARLEY_MAIL_FALLBACK_SECONDS", "60")
    settings = _settings()
    listener = _listen(settings)
    _check_data_folder(settings)
    migrate(settings.database_url)
    from demo.seed import PASSWORD, PEOPLE, seed_demo

    asyncio.run(seed_demo(settings))
    if settings.demo_history == "on":
        from demo.history import play_history

        asyncio.run(play_history(settings))
    base = settings.public_url
    _serve(
        settings,
        listener,
        [
            "",
            f"  Shop with the widget   {base}/demo",
            f"  Agents' inbox          {base}/inbox",
            f"  Mailbox                {base}/mailbox",
            f"  Help centre            {base}/help",
            "",
            *(f"  Sign in as {person.role:<11} {person.email}   {PASSWORD}" for person in PEOPLE),
            "",
        ],
    )


@main.command("migrate")
def migrate_command() -> None:
    """Bring the database up to date and stop."""
    settings = _settings()
    migrate(settings.database_url)
    click.echo("The database is up to date.")


@main.command()
def worker() -> None:
    """Run jobs and timers without serving, beside any number of `parley serve` on PostgreSQL."""
    settings = _settings()
    if settings.database_url.startswith("sqlite"):
        raise click.ClickException("With SQLite the server runs the jobs itself; a worker needs PostgreSQL.")
    _check_data_folder(settings)
    if not is_migrated(settings.database_url):
        raise click.ClickException("The database is not up to date. Run: parley migrate")
    from server import run_worker

    asyncio.run(run_worker(settings))


@main.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--keep", type=click.IntRange(min=1), help="Remove all but so many of the newest archives in the folder PATH.")
def backup(path: Path, keep: int | None) -> None:
    """Write rows and files into one new archive at PATH (.tar or .tar.gz), while everybody goes on talking.

    In a folder the archive gets a name with the time. It holds no secret key: keep PARLEY_SECRET_KEY, or secret.key of the
    data folder, with your other secrets.
    """
    from app.backup.create import back_up, dated_archive, prune_archives
    from app.gauges import note_backup

    if keep and not path.is_dir():
        raise click.ClickException("--keep needs a folder for PATH, which it may remove older archives from.")
    folder = path if path.is_dir() else None
    path = dated_archive(path) if folder else path
    settings = _settings()
    made = back_up(settings, path)
    note_backup(settings.data_path, made.manifest.made_at)
    rows = sum(table.rows for table in made.manifest.tables)
    click.echo(
        f"{path}: {rows} rows, {made.manifest.file_count} files, {path.stat().st_size} bytes. The secret key is not inside."
    )
    if folder and keep:
        for gone in prune_archives(folder, keep):
            click.echo(f"Removed {gone.name}.")
    if made.damaged:
        raise click.ClickException(f"Left out, because they are damaged on the disk: {', '.join(made.damaged)}")


@main.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Put it in the place of what the database holds.")
def restore(path: Path, replace: bool) -> None:
    """Bring back the archive at PATH, of this version or an older one, from SQLite or PostgreSQL alike. Stop every server first."""
    from app.backup.restore import restore as put_back

    done = put_back(_settings(), path, replace=replace)
    rows = sum(table.rows for table in done.manifest.tables)
    click.echo(f"Restored {rows} rows and {done.manifest.file_count} files as of {done.manifest.made_at:%Y-%m-%d %H:%M:%S} UTC.")
    if not done.has_same_key:
        click.echo("The secret key is not the one of the backup: visitors' tokens from before are void, and they begin anew.")
    click.echo("MAIL IS OFF in this copy, so that a drill writes to nobody. Where customers are served: parley mail on")


@main.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--keep", type=click.Path(path_type=Path), help="A new folder for the copy, to look at it; else it is removed.")
def drill(path: Path, keep: Path | None) -> None:
    """Restore the archive at PATH into a copy of its own, whatever PARLEY_DATABASE_URL names, to see that it can be."""
    from app.backup.restore import drill as restore_copy

    done, folder = restore_copy(_settings(), path, keep)
    rows = sum(table.rows for table in done.manifest.tables)
    click.echo(
        f"{path} can be restored: {rows} rows, {done.manifest.file_count} files of {done.manifest.made_at:%Y-%m-%d %H:%M} UTC."
    )
    if not done.has_same_key:
        click.echo("Your secret key is not the one of the backup: look for that one too.")
    if keep:
        click.echo("To look at it (it mails nobody, and touches no other database):")
        click.echo(f"  PARLEY_DATA_DIR={folder} PARLEY_DATABASE_URL= PARLEY_REDIS_URL= PARLEY_PORT=8001 parley serve")


@main.command("mail")
@click.argument("state", type=click.Choice(["on", "off"]))
def mail_command(state: str) -> None:
    """Switch the mail of a restored copy on, or off again; servers and workers obey from their next start."""
    asyncio.run(_switch_mail(_settings(), is_on=state == "on"))
    click.echo(f"Mail is {state} from the next start of each server and worker.")


@main.command("create-admin")
@click.option("--name", prompt=True)
@click.option("--email", prompt=True)
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
def create_admin(name: str, email: str, password: str) -> None:
    """Create an admin."""
    settings = _settings()
    migrate(settings.database_url)
    if len(password) < 8:
        raise click.ClickException("Please choose a password of at least 8 characters.")
    asyncio.run(_create_admin(settings, name, email, password))
    click.echo(f"{email} can sign in at {settings.public_url}/inbox")


@main.command("set-password")
@click.argument("email")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
def set_password_command(email: str, password: str) -> None:
    """Set the password of the agent with this EMAIL, and end all their sessions."""
    settings = _settings()
    migrate(settings.database_url)
    if len(password) < 8:
        raise click.ClickException("Please choose a password of at least 8 characters.")
    asyncio.run(_set_password(settings, email, password))
    click.echo(f"{email} can sign in with the new password at {settings.public_url}/inbox")


@main.command()
def doctor() -> None:
    """Say what is wrong with this set-up, if anything. Parley should be running, so that its address can be tried."""
    from app.doctor import examine
    from realtime.checkup import examine_wires

    settings = _settings()
    findings = [*examine(settings), *_examine_passwords(settings), *asyncio.run(examine_wires(settings))]
    for finding in findings:
        click.echo(f"{'ok  ' if finding.is_fine else 'FAIL'}  {finding.what}: {finding.says}")
    sys.exit(0 if all(finding.is_fine for finding in findings) else 1)


@main.command("replay-decisions")
def replay_decisions_command() -> None:
    """Make every routing decision again from its record; fails when one comes out differently."""
    settings = _settings()
    made, different = asyncio.run(_replay(settings))
    for line in different:
        click.echo(line)
    click.echo(f"{made} decisions made again, {len(different)} came out differently.")
    sys.exit(1 if different else 0)


async def _replay(settings: Settings) -> tuple[int, list[str]]:
    from app.database import open_database
    from app.routing.decisions import replay_decisions
    from app.work import Silence, Works

    database = open_database(settings.database_url)
    made, different = 0, list[str]()
    try:
        async for one in replay_decisions(Works(database, Silence())):
            made += 1
            if one.again != one.winner:
                different.append(f"{one.assignment_id}: it was {one.winner}, it would be {one.again}")
    finally:
        await database.close()
    return made, different


async def _create_admin(settings: Settings, name: str, email: str, password: str) -> None:
    from app.database import open_database
    from app.people.actors import Operator
    from app.people.agents import add_agent
    from app.people.tokens import hash_password
    from app.work import Silence, Works

    database = open_database(settings.database_url)
    try:
        works = Works(database, Silence())
        await works.run(
            add_agent,
            Operator(),
            name=name,
            email=email,
            password_hash=hash_password(password),
            role="admin",
            capacity=settings.agent_capacity,
        )
    except ParleyError as error:
        raise click.ClickException(error.detail) from error
    finally:
        await database.close()


async def _switch_mail(settings: Settings, *, is_on: bool) -> None:
    from app.database import open_database
    from app.mail.switch import switch_mail
    from app.people.actors import Operator
    from app.work import Silence, Works

    database = open_database(settings.database_url)
    try:
        await Works(database, Silence()).run(switch_mail, Operator(), is_on=is_on)
    finally:
        await database.close()


async def _set_password(settings: Settings, email: str, password: str) -> None:
    from app.database import open_database
    from app.people.actors import Operator
    from app.people.passwords import set_password
    from app.people.tokens import hash_password
    from app.work import Silence, Works

    database = open_database(settings.database_url)
    try:
        await Works(database, Silence()).run(set_password, Operator(), email, hash_password(password))
    except ParleyError as error:
        raise click.ClickException(error.detail) from error
    finally:
        await database.close()


async def _printed_passwords(settings: Settings) -> str:
    """Return a sentence that names the accounts with the demo's password, which everyone knows; empty without any."""
    from app.database import open_database
    from app.people.passwords import find_printed_passwords
    from demo.seed import PASSWORD, PEOPLE

    database = open_database(settings.database_url)
    try:
        async with database.read() as rows:
            found = await find_printed_passwords(rows, [person.email for person in PEOPLE], PASSWORD)
    finally:
        await database.close()
    have = "has" if len(found) == 1 else "have"
    return f"{', '.join(found)} still {have} the demo's password. Run: parley set-password {found[0]}" if found else ""


def _refuse_printed_passwords(settings: Settings) -> None:
    if sentence := asyncio.run(_printed_passwords(settings)):
        raise click.ClickException(sentence)


def _examine_passwords(settings: Settings) -> list[Finding]:
    from app.doctor import Finding

    try:
        sentence = asyncio.run(_printed_passwords(settings))
    except Exception:  # noqa: BLE001 - the finding on the database says why
        return []
    return [Finding("passwords", not sentence or settings.demo, sentence or "no account has the demo's")]


def _settings() -> Settings:
    from app.database.in_use import holds_data

    return read_settings(os.environ, holds_data)


def _check_data_folder(settings: Settings) -> None:
    """Write in the data folder, and let temporary files lie there: under systemd no other place may be written. Raises OSError."""
    from app.disk import temporary_folder
    from app.doctor import probe_folder

    probe_folder(settings.data_path)
    tempfile.tempdir = os.environ["TMPDIR"] = str(temporary_folder(settings.data_path / "tmp"))


def _listen(settings: Settings) -> socket.socket:
    """Take the port before anything else is done, so that a taken one leaves everything as it was."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            settings.host or None, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind)
        click.get_current_context().call_on_close(listener.close)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except socket.gaierror as error:
        raise click.ClickException(f"PARLEY_HOST: this machine has no address {settings.host}.") from error
    except OSError as error:
        raise click.ClickException(_explain_listening(settings, error)) from error
    listener.set_inheritable(True)
    return listener


def _explain_listening(settings: Settings, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"Port {settings.port} is taken by another program. Stop it, or set PARLEY_PORT to another port."
        case errno.EACCES:
            return f"This user may not listen on port {settings.port}. Set PARLEY_PORT to one above 1023."
        case errno.EADDRNOTAVAIL:
            return f"PARLEY_HOST: this machine has no address {settings.host}."
        case _:
            return f"{settings.host}:{settings.port} cannot be listened on: {error.strerror}."


def _serve(settings: Settings, listener: socket.socket, lines: list[str]) -> None:
    from realtime.transport.bounded_http import bounded_http
    from realtime.transport.direct_websocket import DirectWebSocket
    from realtime.transport.unfinished_requests import raise_file_limit
    from server import build

    app: Any = build(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=bounded_http(settings.trusted_proxies, raise_file_limit()),
        ws=DirectWebSocket,
        ws_max_size=MAX_FRAME_BYTES,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
    )
    server = DrainingServer(config, lambda: app.state.drain())  # noqa: PLW0108 - it is there only once the app has started
    _run(_announce_when_ready(server, app, settings, listener, lines))


def _run(main: Coroutine[Any, Any, None]) -> None:
    """On uvloop where it exists: a third less CPU a message than the standard loop."""
    try:
        import uvloop
    except ImportError:
        asyncio.run(main)
    else:
        uvloop.run(main)


async def _announce_when_ready(
    server: DrainingServer, app: Any, settings: Settings, listener: socket.socket, lines: list[str]
) -> None:
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn says it in a flag
        await asyncio.sleep(0.02)
    if server.started:
        gc.collect()
        gc.set_threshold(YOUNG_OBJECTS, 20, 50)
        gc.freeze()  # what is here now stays: looking through it again stopped everything for up to 70 ms
        if settings.log_format == "json":  # machines read every line
            setup = {"setup_code": app.state.platform.setup_code} if app.state.needs_setup else {}
            structlog.get_logger("parley").info("ready", url=settings.public_url, **setup)
        else:
            for line in [*lines, f"Parley is ready on {settings.public_url}", *_first_steps(app)]:
                click.echo(line)
    await serving


def _first_steps(app: Any) -> list[str]:
    platform = app.state.platform
    if not app.state.needs_setup:
        return []
    return [
        "",
        f"  1. Open         {platform.settings.public_url}",
        f"  2. Setup code   {platform.setup_code}",
        "  3. Choose your name, email address and password. A checklist does the rest.",
        "",
        "  Without a browser: parley create-admin",
        "",
    ]


if __name__ == "__main__":
    main()
