"""A server that is in trouble says so to its probes and to people, and loses nothing meanwhile."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.clock import new_id
from app.people.actors import Visitor
from app.people.tokens import VisitorTokens
from tests.app.test_node_health import damage_table
from tests.running import Running

FIVE_MB = b"\0" * 5_000_000


async def answer_of(running: Running, wanted: str, seconds: float = 20) -> str:
    """Ask for readiness until it says what is wanted."""
    until = time.monotonic() + seconds
    async with running.http() as http:
        while True:
            answer = await http.get("/health/ready")
            if wanted in answer.text or time.monotonic() > until:
                return f"{answer.status_code} {answer.text}"
            await asyncio.sleep(0.05)


async def test_w2_a_server_whose_clock_is_two_hours_behind_its_data_keeps_every_visitor(tmp_path: Path) -> None:
    running = Running(tmp_path, secret_key="k" * 40)
    await asyncio.to_thread(running.start)
    try:
        visitor = await running.visitor()
        started = await visitor.wire.ask("conversation.start", client_id=new_id(), body="Hello?")
        assert started["ok"], started
        contact = visitor.session["contact"]["id"]
        inbox = visitor.token.split(".")[2]
        await visitor.wire.close()
        later = datetime.now(UTC) + timedelta(hours=2)
        token = VisitorTokens("k" * 40).issue(Visitor(contact_id=contact, inbox_id=inbox), later)
        session = await running.open_widget(token)
        assert session["contact"]["id"] == contact
        assert [one["id"] for one in session["conversations"]] == [started["conversation"]["id"]]
        stranger = await running.open_widget(VisitorTokens("o" * 40).issue(Visitor(contact_id=contact, inbox_id=inbox), later))
        assert stranger["contact"]["id"] != contact
    finally:
        await asyncio.to_thread(running.stop)
    assert "signed with another key" in running.log.read_text()


async def test_w3_a_damaged_page_degrades_the_node_and_is_answered_in_words(tmp_path: Path) -> None:
    running = Running(tmp_path)
    await asyncio.to_thread(running.start)
    await asyncio.to_thread(running.stop)
    damage_table(tmp_path / "data" / "parley.db", "page_visits")
    await asyncio.to_thread(running.start)
    try:
        assert await answer_of(running, "damaged") == "200 ready, degraded: the database is damaged"
    finally:
        await asyncio.to_thread(running.stop)


class OnSmallDisk(Running):
    """A server whose data folder is a disk of its own with this many megabytes."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        super().__init__(folder)
        data = folder / "data"
        data.mkdir()
        script = f'mount -t tmpfs -o size={megabytes}m none "{data}" && exec "$@"'
        self.wrapper = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]

    @property
    def disk(self) -> Path:
        """The data folder as the server sees it."""
        return Path(f"/proc/{self.pid}/root{self.folder}/data")


@pytest.mark.parametrize("kind", ["upload", "message"])
async def test_w4_a_full_disk_is_said_in_words_and_the_node_is_degraded(tmp_path: Path, kind: str) -> None:
    running = OnSmallDisk(tmp_path, 80)
    await asyncio.to_thread(running.start)
    try:
        assert await answer_of(running, "full") == "200 ready, degraded: the disk is full"
        visitor = await running.visitor()
        started = await visitor.wire.ask("conversation.start", client_id=new_id(), body="Hello?")
        filler = running.disk / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while file.write(b"\0" * 65536):
                    pass
            except OSError:
                pass
        refused = await ask(running, visitor.token, visitor, started, kind)
        assert ("no room for files" if kind == "upload" else "disk is full") in refused["detail"], refused
        filler.unlink()
        if kind == "message":
            again = await send(visitor, started, "Now")
            assert again["ok"], again
        await visitor.wire.close()
    finally:
        await asyncio.to_thread(running.stop)


async def ask(running: Running, token: str, visitor: Any, started: dict[str, Any], kind: str) -> dict[str, Any]:
    if kind == "upload":
        async with running.http(headers={"Authorization": f"Bearer {token}"}) as http:
            answer = await http.post("/api/v1/attachments", files={"file": ("a.pdf", b"%PDF-" + FIVE_MB)})
        assert answer.status_code == 507, answer.text
        return answer.json()
    for _ in range(400):  # the log has room of its own for the first ones
        answer = await send(visitor, started, "x" * 5000)
        if not answer["ok"]:
            assert answer["code"] == "unavailable"
            return answer
    raise AssertionError("the disk never filled")


async def send(visitor: Any, started: dict[str, Any], body: str) -> dict[str, Any]:
    return await visitor.wire.command(
        "message.send", conversation_id=started["conversation"]["id"], client_id=new_id(), body=body
    )
