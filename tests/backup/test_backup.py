"""A backup holds everything, is checked before anything is touched, and goes back into either kind of database."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import sqlite3
import stat
import tarfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from app.attachments import FileStore, upload_file
from app.backup import restore as restore_module
from app.backup.archive import read_pieces, verify_archive
from app.backup.create import back_up, stored_files
from app.backup.restore import restore
from app.backup.tables import TYPES, kind_of
from app.clock import new_id
from app.contract.sla import SaveSlaPolicy, SlaConditions, SlaTarget
from app.contract.tickets import OpenTicket
from app.conversations.tickets import open_ticket
from app.database.exclusive import in_snapshot
from app.database.migrate import migrate
from app.errors import Conflict, Invalid
from app.knowledge.articles import publish_article
from app.knowledge.front_matter import read_article
from app.settings import Settings
from app.sla.policies import save_policy
from app.sla.tracking import run_clocks
from models import Base, Conversation, CsatScore, Message, Passage, Sequence, SlaEvent
from tests.factories import House, open_house, reopen_house
from tests.servers.databases import PostgresDatabases

T = TypeVar("T")
PROMISE = SaveSlaPolicy(
    name="Gold", conditions=SlaConditions(), targets=[SlaTarget(clock="first_response", priority="medium", minutes=60)]
)
KEY = "a secret key of the tests, long enough to be one"
ARTICLE = "---\ntitle: Returns\nslug: returns\ncategory: Orders\n---\n\nSend it back within thirty days — ここに.\n"


class Place:
    """A database and a data folder."""

    def __init__(self, url: str, folder: Path, key: str = KEY) -> None:
        self.url = url
        self.settings = Settings(database_url=url, data_dir=str(folder), secret_key=key)

    def ask(self, statement: object) -> object:
        return in_snapshot(self.url, lambda connection: connection.execute(statement).scalar_one())


def rows_of(archive: Path) -> dict[str, list[Any]]:
    """Every row of an archive but the epoch and the switch of mail, by its piece."""
    pieces = {name: [json.loads(line) for line in piece.splitlines()] for name, piece in read_pieces(archive)}
    kept = {name: [row for row in rows if row[0] not in {"epoch", "mail_off"}] for name, rows in pieces.items()}
    (conversations,) = [table for table in verify_archive(archive).tables if table.name == "conversations"]
    columns = list(conversations.columns)
    for row in kept["rows/conversations/000000.jsonl"]:
        for kept_by_trigger in ("changed_xid", "last_minute"):  # each by one kind of database only
            row[columns.index(kept_by_trigger)] = None
    return kept


async def live_in(place: Place) -> None:
    """Every table that a kind of column occurs in has a row, with awkward values among them."""
    async with open_house(place.url) as house:
        ana = await house.agent()
        await house.run(save_policy, await house.agent("Ada", role="admin"), PROMISE)
        id, visitor = await house.chat(ana)
        file = await upload_file(house.works, FileStore(place.settings.data_path / "files"), visitor, "a.txt", b"words", 100)
        await house.write(visitor, id, 'a "quote", a \\ and a\nnew line \u2028 \U0001f9f5', attachment_ids=[file.id])
        await house.note(ana, id)
        await house.run(open_ticket, ana, OpenTicket(conversation_id=id, title="Torn tent"))
        await house.resolve(ana, id)
        await house.add(CsatScore(conversation_id=id, score=5, comment="", answered_at=house.clock()))
        article = await house.run(publish_article, read_article(ARTICLE))
        await add_passage(house, article.id)
        await run_clocks(house.works)


async def add_passage(house: House, article_id: str) -> None:
    everything = bytes(range(256))
    await house.add(Passage(id=new_id(), article_id=article_id, position=99, heading="", text="", model="m", vector=everything))


@pytest.fixture
async def place(database_url: str, tmp_path: Path) -> Place:
    place = Place(database_url, tmp_path / "data")
    await live_in(place)
    return place


@pytest.fixture
def elsewhere(tmp_path: Path, postgres_databases: PostgresDatabases) -> Callable[[str], Place]:
    """An empty place of a kind of database."""

    def make(kind: str) -> Place:
        url = f"sqlite:///{tmp_path / 'elsewhere' / 'parley.db'}" if kind == "sqlite" else postgres_databases.create()
        return Place(url, tmp_path / "elsewhere")

    return make


def in_a_thread(do: Callable[[], T]) -> T:
    """The commands run loops of their own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(do).result()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_every_row_and_file_comes_back_in_either_kind_of_database(
    place: Place, elsewhere: Callable[[str], Place], tmp_path: Path, kind: str
) -> None:
    archive = tmp_path / "backup.tar.gz"
    made = in_a_thread(lambda: back_up(place.settings, archive))
    before = rows_of(archive)
    there = elsewhere(kind)
    done = in_a_thread(lambda: restore(there.settings, archive))
    in_a_thread(lambda: back_up(there.settings, tmp_path / "again.tar"))
    after = rows_of(tmp_path / "again.tar")
    assert after == before
    assert made.manifest.file_count == 1
    assert [path.read_bytes() for _, path in stored_files(there.settings.data_path / "files")] == [b"words"]
    epoch = in_a_thread(lambda: there.ask(select(Sequence.value).where(Sequence.name == "epoch")))
    assert epoch == done.epoch != made.manifest.epoch
    assert done.has_same_key
    assert in_a_thread(lambda: there.ask(select(Sequence.value).where(Sequence.name == "ticket"))) == 1


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_what_happens_after_a_restore_is_numbered_on(
    place: Place, elsewhere: Callable[[str], Place], tmp_path: Path, kind: str
) -> None:
    in_a_thread(lambda: back_up(place.settings, tmp_path / "backup.tar"))
    there = elsewhere(kind)
    in_a_thread(lambda: restore(there.settings, tmp_path / "backup.tar"))
    async with reopen_house(there.url) as house:
        before = {event.id for event in await house.all(select(SlaEvent))}
        id, _ = await house.chat()
        added = await house.all(select(SlaEvent).where(SlaEvent.conversation_id == id).order_by(SlaEvent.id))
        assert [event.happened for event in added] == ["opened", "customer"]
        assert min(event.id for event in added) > max(before)


async def test_the_rows_above_hold_every_kind_of_column(place: Place) -> None:
    def look(connection: Connection) -> set[str]:
        columns = [column for table in Base.metadata.sorted_tables for column in table.columns]
        return {kind_of(column) for column in columns if connection.execute(select(func.count(column))).scalar_one()}

    assert in_a_thread(lambda: in_snapshot(place.url, look)) == set(TYPES)


async def test_the_archive_is_the_owners_alone_and_never_overwritten(place: Place, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar"
    in_a_thread(lambda: back_up(place.settings, archive))
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    before = archive.read_bytes()
    with pytest.raises(Invalid, match="there already"):
        in_a_thread(lambda: back_up(place.settings, archive))
    assert archive.read_bytes() == before
    assert [path.name for path in tmp_path.glob("*backup*")] == ["backup.tar"]  # noqa: ASYNC240 - nobody else waits
    assert KEY.encode() not in before


async def test_an_inhabited_database_is_only_replaced_when_told(place: Place, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar"
    in_a_thread(lambda: back_up(place.settings, archive))
    async with reopen_house(place.url) as house:
        await house.start(body="after the backup")
    with pytest.raises(Conflict, match="--replace"):
        in_a_thread(lambda: restore(place.settings, archive))
    counted = select(func.count()).select_from(Conversation)
    assert in_a_thread(lambda: place.ask(counted)) == 2
    in_a_thread(lambda: restore(place.settings, archive, replace=True))
    assert in_a_thread(lambda: place.ask(counted)) == 1


async def test_a_running_server_is_not_robbed_of_its_database(place: Place, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar"
    in_a_thread(lambda: back_up(place.settings, archive))
    async with reopen_house(place.url) as house:
        id = (await house.start()).conversation.id
        with pytest.raises(Conflict, match=r"is using|connected"):
            in_a_thread(lambda: restore(place.settings, archive, replace=True))
        assert (await house.conversation(id)).seq == 1


async def test_a_backup_sees_one_moment_while_others_write(place: Place, tmp_path: Path) -> None:
    """Rows that were committed together are all there or none is, however late their table is read."""
    async with reopen_house(place.url) as house:
        id, visitor = await house.chat()

        def count_late(connection: object) -> tuple[int, int]:
            seq = connection.execute(select(Conversation.seq).where(Conversation.id == id)).scalar_one()
            future.result(30)
            messages = select(func.count()).select_from(Message).where(Message.conversation_id == id)
            return seq, connection.execute(messages).scalar_one()

        future: Future[None] = Future()
        looking = asyncio.get_running_loop().run_in_executor(None, lambda: in_snapshot(place.url, count_late))
        for _ in range(20):
            await house.write(visitor, id)
        future.set_result(None)
        seq, messages = await looking
        assert seq == messages
        assert (await house.conversation(id)).seq == 21


async def test_damaged_files_are_left_out_and_named(place: Place, tmp_path: Path) -> None:
    ((digest, path),) = stored_files(place.settings.data_path / "files")
    path.write_bytes(b"rot")
    made = in_a_thread(lambda: back_up(place.settings, tmp_path / "backup.tar"))
    assert (made.damaged, made.manifest.file_count) == ([digest], 0)


async def test_another_secret_key_is_said(place: Place, elsewhere: Callable[[str], Place], tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar"
    in_a_thread(lambda: back_up(place.settings, archive))
    there = elsewhere("sqlite")
    other = Place(there.url, tmp_path / "elsewhere", key="another secret key, long enough to be one as well")
    assert not in_a_thread(lambda: restore(other.settings, archive)).has_same_key


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    place = Place(f"sqlite:///{folder / 'parley.db'}", folder)

    def make() -> None:
        migrate(place.url)
        asyncio.run(live_in(place))
        back_up(place.settings, folder / "backup.tar")

    in_a_thread(make)
    return folder / "backup.tar"


def refuse(data: bytes, tmp_path: Path, match: str | None = None) -> None:
    path = tmp_path / "spoilt.tar"
    path.write_bytes(data)
    there = Place(f"sqlite:///{tmp_path / 'none' / 'parley.db'}", tmp_path / "none")
    with pytest.raises(Invalid, match=match):
        in_a_thread(lambda: restore(there.settings, path))
    assert not (tmp_path / "none").exists()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_byte_of_the_content_is_noticed(whole: Path, tmp_path: Path, data: st.DataObject) -> None:
    with tarfile.open(whole) as tar:
        spans = [(info.offset_data, info.size) for info in tar]
    start, size = data.draw(st.sampled_from(spans))
    at = start + data.draw(st.integers(0, size - 1))
    spoilt = bytearray(whole.read_bytes())
    spoilt[at] ^= 1
    refuse(bytes(spoilt), tmp_path)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 0.99))
def test_an_archive_cut_short_is_noticed(whole: Path, tmp_path: Path, share: float) -> None:
    with tarfile.open(whole) as tar:
        end = max(info.offset for info in tar)
    refuse(whole.read_bytes()[: int(end * share)], tmp_path)


@pytest.mark.parametrize("name", ["../../etc/passwd", "files/ab/../../../x", "/etc/passwd", "rows/../x/000000.jsonl"])
def test_no_name_leads_out_of_the_archive(whole: Path, tmp_path: Path, name: str) -> None:
    refuse(with_member(whole, tarfile.TarInfo(name)), tmp_path, "no backup has")


def test_a_link_is_refused(whole: Path, tmp_path: Path) -> None:
    link = tarfile.TarInfo("files/ab/" + "ab" * 32)
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    refuse(with_member(whole, link), tmp_path, "no backup has")


def test_what_is_no_archive_is_said_to_be_none(tmp_path: Path) -> None:
    refuse(b"", tmp_path)
    refuse(b"hello" * 1000, tmp_path, "no whole backup")
    refuse(gzip.compress(b"hello" * 1000)[:20], tmp_path, "no whole backup")


def test_a_newer_versions_backup_is_refused(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restore_module, "knows_revision", lambda revision: revision == "9999")
    refuse(whole.read_bytes(), tmp_path, "newer version")


def test_the_whole_one_is_taken(whole: Path, tmp_path: Path) -> None:
    assert verify_archive(whole).tables
    there = Place(f"sqlite:///{tmp_path / 'some' / 'parley.db'}", tmp_path / "some")
    in_a_thread(lambda: restore(there.settings, whole))
    with sqlite3.connect(tmp_path / "some" / "parley.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def with_member(archive: Path, member: tarfile.TarInfo) -> bytes:
    """The archive with something more in front."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar, tarfile.open(archive) as old:
        tar.addfile(member)
        for info in old:
            tar.addfile(info, old.extractfile(info))
    return out.getvalue()
