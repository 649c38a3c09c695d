"""`parley doctor`: what it says of a set-up that works, and of each thing that does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app import doctor
from app.clock import new_id
from app.database.migrate import migrate
from app.doctor import Finding, examine
from app.settings import Settings
from models import OutgoingMail
from realtime.checkup import examine_wires
from tests.factories import open_house
from tests.running import Running
from tests.servers.ports import free_port
from tests.servers.smtp import SmtpSink


def said(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.what: finding for finding in findings}


def settings_of(folder: Path, **given: str) -> Settings:
    return Settings(database_url=f"sqlite:///{folder / 'parley.db'}", data_dir=str(folder), secret_key="x" * 40, **given)


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[str]:
    """A proxy that says this to everything."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_set_up_that_works(tmp_path: Path, redis_url: str) -> None:
    running = await asyncio.to_thread(Running(tmp_path, redis_url=redis_url).start, 120)
    try:
        found = said(await examine_wires(settings_of(tmp_path, public_url=running.url, redis_url=redis_url)))
    finally:
        await asyncio.to_thread(running.stop)
    assert {what: finding.is_fine for what, finding in found.items()} == {
        "redis": True,
        "socket": True,
        "proxy": True,
        "metrics": True,
    }, found


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n", "answers 400 to a websocket"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x05hello", "it is not Parley"),
        (b"", "nobody answers"),
    ],
)
async def test_a_proxy_that_swallows_websockets_is_named(tmp_path: Path, answer: bytes, says: str) -> None:
    async with answering(answer) as url:
        finding = said(await examine_wires(settings_of(tmp_path, public_url=url)))["socket"]
    assert not finding.is_fine
    assert says in finding.says


@asynccontextmanager
async def passing_on(port: int, header: bytes) -> AsyncIterator[str]:
    """A proxy in front of a port, which says so in a header or not."""

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, onward = await asyncio.open_connection("127.0.0.1", port)
        first, _, rest = (await reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")
        onward.write(first + b"\r\n" + header + rest)
        answering = asyncio.create_task(pour(there, writer))
        await pour(reader, onward)
        await answering

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_proxy_that_is_not_trusted_is_named(tmp_path: Path) -> None:
    running = await asyncio.to_thread(Running(tmp_path).start, 120)
    try:
        async with passing_on(running.port, b"X-Forwarded-For: 203.0.113.7\r\n") as url:
            found = said(await examine_wires(settings_of(tmp_path, public_url=url)))
        async with passing_on(running.port, b"") as url:
            silent = said(await examine_wires(settings_of(tmp_path, public_url=url)))
            address = url.replace("127.0.0.1", "0.0.0.0")  # noqa: S104 - an address that is not called local
            open_to_all = said(await examine_wires(settings_of(tmp_path, public_url=address)))
    finally:
        await asyncio.to_thread(running.stop)
    assert not found["proxy"].is_fine
    assert found["proxy"].says.startswith("the proxy at 127.0.0.1 is not in PARLEY_TRUSTED_PROXIES")
    assert (found["metrics"].is_fine, silent["proxy"].is_fine, silent["metrics"].is_fine) == (True, True, True)
    assert not open_to_all["metrics"].is_fine, "no proxy that says nothing can be told from a scraper"
    assert "set PARLEY_METRICS_TOKEN" in open_to_all["metrics"].says


async def test_nobody_home(tmp_path: Path) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    found = said(await examine_wires(settings_of(tmp_path, public_url=f"http://{nowhere}", redis_url=f"redis://{nowhere}/0")))
    assert not found["redis"].is_fine
    assert "is Parley running?" in found["socket"].says


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("disk", lambda patch: patch.setattr(doctor, "is_low", lambda free: True)),
        ("open files", lambda patch: patch.setattr(doctor, "LEAST_FILES", 10**12)),
        ("clock", lambda patch: patch.setattr(doctor, "MAX_OFFSET_SECONDS", -1.0)),
    ],
)
def test_what_is_short_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, change: Callable[[pytest.MonkeyPatch], None]
) -> None:
    settings = settings_of(tmp_path)
    migrate(settings.database_url)
    before = said(examine(settings))
    not_yet = {"open files", "people", "inbox"}  # of this machine, and of a database that nobody has set up
    assert all(finding.is_fine for finding in before.values() if finding.what not in not_yet), before
    change(monkeypatch)
    assert not said(examine(settings))[what].is_fine


def test_the_clock_is_compared_with_postgres(postgres_database_url: str, tmp_path: Path) -> None:
    settings = Settings(database_url=postgres_database_url, data_dir=str(tmp_path), secret_key="x" * 40)
    assert said(examine(settings))["clock"].is_fine


def test_the_mail_host_is_really_asked(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    there = settings_of(tmp_path, smtp_url=smtp_sink.url)
    migrate(there.database_url)
    assert said(examine(there))["mail"].is_fine
    needs_login = settings_of(tmp_path, smtp_url=f"smtp://user:wrong@127.0.0.1:{smtp_sink.port}")
    gone = settings_of(tmp_path, smtp_url=f"smtp://127.0.0.1:{free_port()}")
    for settings, says in ((needs_login, "offers no sign-in here"), (gone, "Nothing listens on port")):
        finding = said(examine(settings))["mail"]
        assert (finding.is_fine, says in finding.says) == (False, True), finding


def test_mail_that_waits_for_a_host_is_counted(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    migrate(settings.database_url)

    async def write() -> None:
        async with open_house(settings.database_url) as house:
            mail = {
                "kind": "untaken",
                "sender": "a@example.com",
                "subject": "Hi",
                "body_text": "",
                "body_html": "",
                "state": "waiting",
            }
            for n in range(3):
                row = OutgoingMail(
                    id=new_id(), message_id=f"<{n}@x>", recipient="b@example.com", first_seq=0, last_seq=0, last_error="", **mail
                )
                row.created_at = house.clock()
                await house.add(row)

    asyncio.run(write())
    finding = said(examine(settings))["mail"]
    assert (finding.is_fine, finding.says) == (False, "no mail host: 3 messages wait; set PARLEY_SMTP_URL")
