"""The drill: people talk, a backup is taken under them, they talk on, everything is lost, and the backup comes back."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import ROOT, Agent, Running, Visitor
from tests.servers.databases import PostgresDatabases
from tests.wire import Wire

KEY = "the secret key that was kept in another place"
FEW = 8


def parley(server: Running, *words: str) -> str:
    """The command, with a server's settings."""
    done = subprocess.run(
        [sys.executable, "-m", "cli", *words], cwd=ROOT, env=server.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
async def everybody_leaves() -> AsyncIterator[None]:
    """No line stays open after a test, however it ended."""
    yield
    while Wire.opened:
        await Wire.opened.pop().close()


@pytest.fixture(params=["sqlite", "postgres"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Running, Running]]:
    """A server with its place, and another with an empty one."""
    databases: PostgresDatabases | None = None
    servers: list[Running] = []
    urls: list[str] = []
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        more: dict[str, Any] = {}
        if request.param == "postgres":
            databases = request.getfixturevalue("postgres_databases")
            urls.append(databases.create())
            more["database_url"] = urls[-1]
        servers.append(Running(tmp_path / name, secret_key=KEY, **more))
    yield servers[0], servers[1]
    for server in servers:
        server.stop()
    for url in urls:
        assert databases is not None
        databases.drop(url)


@pytest.mark.usefixtures("everybody_leaves")
async def test_clients_ahead_of_a_restored_backup_come_back_to_it(places: tuple[Running, Running], tmp_path: Path) -> None:
    old, new = places
    await asyncio.to_thread(old.start)
    agent, visitor = await old.agent(), await old.visitor()
    conversation = (await visitor.wire.ask("conversation.start", client_id="start", body="my tent is torn"))["conversation"]["id"]
    file = await upload(old, visitor, b"a picture of the tent")
    await visitor.wire.ask(
        "message.send", client_id="file", conversation_id=conversation, body="see here", attachment_ids=[file["id"]]
    )
    await agent.wire.event("message.created", message__body="see here")
    first_ticket = (await agent.wire.ask("ticket.open", conversation_id=conversation))["ticket"]["number"]

    archive = tmp_path / "backup.tar.gz"
    enough = asyncio.Event()
    talking = asyncio.create_task(talk(visitor, conversation, enough))
    await visitor.wire.event("message.created", message__body=f"line {FEW}")
    said = await asyncio.to_thread(parley, old, "backup", str(archive))
    assert "The secret key is not inside" in said
    enough.set()
    lines = await talking
    await agent.wire.ask("message.send", client_id="late", conversation_id=conversation, body="written after the backup")
    held = (await visitor.wire.ask("conversation.sync", conversation_id=conversation, after_seq=0))["conversation"]["seq"]
    before = await heads(visitor)
    await asyncio.to_thread(old.stop)

    assert "Restored" in await asyncio.to_thread(parley, new, "restore", str(archive))
    await asyncio.to_thread(new.start)
    again = await reconnect(new, visitor)
    now = await heads(again)
    assert now["epoch"] != before["epoch"], "a client compares this, and drops what it holds"
    kept = await whole(again, conversation)
    seqs = [message["seq"] for message in kept]
    assert seqs == list(range(1, len(seqs) + 1))
    assert len(seqs) < held
    bodies = [message["body"] for message in kept if message["client_id"] and message["body"].startswith("line")]
    assert bodies == [f"line {number}" for number in range(len(bodies))], "what is there is what was said first, without a hole"
    assert FEW < len(bodies) < lines, "the backup was not taken while they talked: this proves nothing"

    unsent = {"client_id": "unsent", "conversation_id": conversation, "body": "typed while you were away"}
    sent = await again.wire.ask("message.send", **unsent)
    assert (await again.wire.ask("message.send", **unsent))["message"] == sent["message"]
    agent = await new.agent(cookie=agent.cookie)
    heard = await agent.wire.ask("conversation.sync", conversation_id=conversation, after_rev=0)
    assert [message["body"] for message in heard["messages"] if message["client_id"]][-1] == "typed while you were away"
    numbers = [message["seq"] for message in heard["messages"] if message["seq"]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert sent["message"]["seq"] in numbers
    assert await download(new, again, file) == b"a picture of the tent"

    other = await new.visitor()
    second = (await other.wire.ask("conversation.start", client_id="s", body="another matter"))["conversation"]["id"]
    assert (await agent.wire.ask("ticket.open", conversation_id=second))["ticket"]["number"] == first_ticket + 1


async def talk(visitor: Visitor, conversation: str, enough: asyncio.Event) -> int:
    """Say one line after the other, and a few more when it is enough; how many."""
    number = left = 0
    while left < FEW:
        await visitor.wire.ask("message.send", client_id=f"k{number}", conversation_id=conversation, body=f"line {number}")
        number += 1
        left += enough.is_set()
        await asyncio.sleep(0.02)  # at the pace of people
    return number


async def heads(visitor: Visitor) -> dict[str, Any]:
    return await visitor.wire.event("heads")


async def whole(side: Visitor | Agent, conversation: str) -> list[dict[str, Any]]:
    """A conversation from its beginning."""
    messages: list[dict[str, Any]] = []
    while True:
        after = messages[-1]["seq"] if messages else 0
        page = await side.wire.ask("conversation.sync", conversation_id=conversation, after_seq=after)
        messages += page["messages"]
        if page["is_complete"]:
            return messages


async def reconnect(server: Running, visitor: Visitor) -> Visitor:
    """With the token from before."""
    wire = await Wire.connect(server.url, "/visitor", {"token": visitor.token, "contract": 1})
    return Visitor(wire, visitor.session)


async def upload(server: Running, visitor: Visitor, data: bytes) -> dict[str, Any]:
    async with server.http(headers={"Authorization": f"Bearer {visitor.token}"}) as http:
        answer = await http.post("/api/v1/attachments", files={"file": ("tent.txt", data)})
    assert answer.status_code == 201, answer.text
    return answer.json()["attachment"]


async def download(server: Running, visitor: Visitor, file: dict[str, Any]) -> bytes:
    async with server.http(headers={"Authorization": f"Bearer {visitor.token}"}) as http:
        answer = await http.get(f"/api/v1/attachments/{file['id']}")
    assert answer.status_code == 200, answer.text
    return answer.content
