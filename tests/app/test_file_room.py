"""Room for files: limits by network and inbox, a quota with a notice, and unsent files that go again."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app import attachments
from app.attachments import AGENTS_UNSENT_LIFE, VISITORS_UNSENT_LIFE, FileStore, delete_unsent, upload_file
from app.contract.drafts import SaveDraft
from app.conversations.reading.drafts import save_draft
from app.disk import FULL_BYTES
from app.errors import RateLimited, StorageFull
from app.file_room import UploadLimits, kept_bytes, note_room
from app.routing.warnings import find_notices
from models import Attachment
from tests.factories import House

MB = 1_000_000


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def passed(limits: UploadLimits, networks: list[str], size: int, inbox_id: str = "inbox") -> int:
    count = 0
    for network in networks:
        try:
            limits.take(network, inbox_id, size)
        except RateLimited:
            continue
        count += 1
    return count


def test_one_network_sends_thirty_files_however_many_tokens_it_takes() -> None:
    clock = Seconds()
    limits = UploadLimits(2.0, 10 * MB, clock)
    assert passed(limits, ["a"] * 600, 1000) == 30
    assert passed(limits, ["b"] * 10, 1000) == 10
    clock.now += 60
    assert passed(limits, ["a"] * 600, 1000) == 12


def test_one_network_sends_a_hundred_megabytes_at_once() -> None:
    limits = UploadLimits(2.0, 10 * MB, Seconds())
    assert passed(limits, ["a"] * 30, 10 * MB) == 10


def test_all_networks_together_send_an_inbox_ten_times_as_much() -> None:
    limits = UploadLimits(2.0, 10 * MB, Seconds())
    assert passed(limits, [f"network {n}" for n in range(600)], 1000) == 300
    assert passed(limits, ["another"], 1000, "another inbox") == 1


async def unsent(house: House, store: FileStore, life: timedelta) -> None:
    """Let time pass for the rows, and for the files."""
    house.clock.on(seconds=life.total_seconds() + 1)
    for path in store.path_of("00").parent.parent.rglob("*"):
        if path.is_file():
            os.utime(path, (time.time() - 7200, time.time() - 7200))
    while await delete_unsent(house.works, store):
        pass


def bytes_in(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.parent.parent.name == "files"]


async def held_bytes(house: House) -> int:
    async with house.works.read() as rows:
        return await kept_bytes(rows)


async def test_a_visitors_unsent_file_is_deleted_with_its_bytes(house: House, tmp_path: Path) -> None:
    store, (id, visitor) = FileStore(tmp_path / "files"), await house.chat()
    sent = await upload_file(house.works, store, visitor, "a.txt", b"sent", 1000)
    await house.write(visitor, id, "", attachment_ids=[sent.id])
    await upload_file(house.works, store, visitor, "b.txt", b"never", 1000)
    await upload_file(house.works, store, visitor, "c.txt", b"sent", 1000)
    assert await held_bytes(house) == 13
    await unsent(house, store, timedelta(hours=1))
    assert len(await house.all(select(Attachment))) == 3
    await unsent(house, store, VISITORS_UNSENT_LIFE)
    assert [file.id for file in await house.all(select(Attachment))] == [sent.id]
    assert bytes_in(tmp_path) == [b"sent"], "another file has these bytes"
    assert await held_bytes(house) == 4


async def test_an_agents_unsent_file_stays_while_a_draft_holds_it(house: House, tmp_path: Path) -> None:
    store, ana = FileStore(tmp_path / "files"), await house.agent("Ana")
    id, _ = await house.chat()
    kept = await upload_file(house.works, store, ana, "a.txt", b"draft", 1000)
    await upload_file(house.works, store, ana, "b.txt", b"left", 1000)
    draft = SaveDraft(conversation_id=id, body="", visibility="public", attachment_ids=[kept.id])
    await house.run(save_draft, ana, draft)
    await unsent(house, store, VISITORS_UNSENT_LIFE)
    assert len(await house.all(select(Attachment))) == 2
    await unsent(house, store, AGENTS_UNSENT_LIFE)
    assert [file.id for file in await house.all(select(Attachment))] == [kept.id]


async def test_bytes_sent_again_while_they_are_deleted_stay(house: House, tmp_path: Path) -> None:
    store, visitor = FileStore(tmp_path / "files"), house.visitor()
    await upload_file(house.works, store, visitor, "a.txt", b"the same", 1000)
    digest = (await house.all(select(Attachment)))[0].digest
    os.utime(store.path_of(digest), (0, 0))
    store.keep(b"the same")
    store.remove_old(digest, 3600)
    assert store.path_of(digest).read_bytes() == b"the same"


async def test_files_over_the_quota_are_refused_and_a_notice_says_so(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, visitor = FileStore(tmp_path / "files"), house.visitor()

    async def noticed() -> list[int]:
        await house.run(note_room, 100)
        async with house.works.read() as rows:
            return [one.count for one in await find_notices(rows, house.clock()) if one.kind == "files_full"]

    await upload_file(house.works, store, visitor, "a.txt", b"x" * 80, 1000, 100)
    assert await noticed() == []
    await upload_file(house.works, store, visitor, "b.txt", b"y" * 20, 1000, 100)
    assert await noticed() == [100]
    with pytest.raises(StorageFull, match="There is no room for files"):
        await upload_file(house.works, store, visitor, "c.txt", b"z", 1000, 100)
    await unsent(house, store, VISITORS_UNSENT_LIFE)
    assert await noticed() == []


async def test_files_are_refused_while_the_disk_is_low(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FileStore, "free_bytes", FULL_BYTES + 2)
    store = FileStore(tmp_path / "files")
    await upload_file(house.works, store, house.visitor(), "a.txt", b"ab", 1000)
    with pytest.raises(StorageFull, match="There is no room for files"):
        await upload_file(house.works, store, house.visitor(), "b.txt", b"abc", 1000)


async def test_a_disk_that_fills_while_a_file_is_written_is_said_in_words(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    store = FileStore(tmp_path / "files")
    monkeypatch.setattr(attachments.FileStore, "keep", full)
    with pytest.raises(StorageFull, match="disk is full"):
        await upload_file(house.works, store, house.visitor(), "a.txt", b"ab", 1000)
