"""Many at once: first messages, a whole crowd coming back, and somebody who missed a very great deal."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import insert, select, update

from app.clock import new_id, utc_now
from app.database import open_database
from bench.raw_socket import Namespace
from models import Conversation, Message
from tests.faults.screens import Screen
from tests.running import Running, Visitor

AT_ONCE = 50
VISITORS_AT_ONCE = 10
"""With fifty tries each: five hundred first messages at the same time."""
ROWS_AT_ONCE = 1000


class FirstMessages(Struct, frozen=True):
    """What a storm of first messages left: every visitor should have one conversation and one message."""

    visitors: int
    tries: int
    conversations: int
    messages: int
    answers: int
    seconds: float


async def first_messages(nodes: Sequence[Running], visitors: int, tries: int, lines: int = 2) -> FirstMessages:
    """Each visitor sends one first message `tries` times at once, over some lines to all the nodes in turn."""
    loop = asyncio.get_running_loop()
    tokens = await _tokens(nodes[0], visitors)
    began = loop.time()
    answers: set[tuple[str, str]] = set()
    for at in range(0, visitors, VISITORS_AT_ONCE):
        found = await asyncio.gather(*(_storm(nodes, token, tries, lines) for token in tokens[at : at + VISITORS_AT_ONCE]))
        answers |= {answer for some in found for answer in some}
    conversations = {id for id, _ in answers}
    messages = {id for _, id in answers}
    return FirstMessages(visitors, tries, len(conversations), len(messages), len(answers), loop.time() - began)


async def _storm(nodes: Sequence[Running], token: str, tries: int, lines: int) -> set[tuple[str, str]]:
    auth = json.dumps({"token": token, "contract": 1})
    sockets = [await Namespace.connect(nodes[n % len(nodes)].url, "/visitor", auth) for n in range(lines)]
    command = json.dumps({"type": "conversation.start", "client_id": "first", "body": "Hello?"})
    frames = await asyncio.gather(*(sockets[n % lines].ask("command", command) for n in range(tries)))
    for socket in sockets:
        socket.socket.close()
    replies = [json.loads(frame[frame.index("[") :])[0] for frame in frames]
    assert all(reply["ok"] for reply in replies), [reply for reply in replies if not reply["ok"]][:3]
    return {(reply["conversation"]["id"], reply["message"]["id"]) for reply in replies}


class Raced(Struct, frozen=True):
    """Keys that were each sent to several nodes at once: different answers in all, and rows with one of the keys."""

    keys: int
    answers: int
    rows: int


async def race_keys(nodes: Sequence[Running], count: int) -> Raced:
    """A visitor's messages, every one sent over a line to each node at the same time, as a retry that overtakes."""
    (token,) = await _tokens(nodes[0], 1)
    tabs = [await node.visitor(token) for node in nodes]
    started = await tabs[0].wire.ask("conversation.start", client_id="first", body="Hello?")
    id, keys = started["conversation"]["id"], [f"raced-{n}" for n in range(count)]
    answers: set[tuple[str, int]] = set()
    for key in keys:
        command = {"client_id": key, "conversation_id": id, "body": f"words of {key}"}
        for reply in await asyncio.gather(*(tab.wire.ask("message.send", **command) for tab in tabs)):
            answers.add((reply["message"]["id"], reply["message"]["seq"]))
    found = await tabs[0].wire.ask("conversation.sync", conversation_id=id, after_seq=0)
    rows = sum(message["client_id"] in keys for message in found["messages"])
    await tabs[0].wire.ask("conversation.end", conversation_id=id)
    for tab in tabs:
        await tab.wire.close()
    return Raced(count, len(answers), rows)


async def _tokens(node: Running, count: int) -> list[str]:
    async with node.http() as http:
        found: list[str] = []
        for _ in range(count):
            response = await http.post("/api/v1/widget/sessions", json={"inbox_key": "demo"})
            assert response.status_code == 200, response.text
            found.append(response.json()["visitor_token"])
    return found


class CameBack(Struct, frozen=True):
    """A crowd that was cut off all at once: seconds until each was back and had what it missed."""

    seconds: list[float]


async def come_back(node: Running, door: Any, visitors: int) -> CameBack:
    """Visitors with a conversation each lose their lines at once, an answer is written to each, and all come back."""
    loop = asyncio.get_running_loop()
    tokens = await _tokens(node, visitors)
    crowd: list[tuple[str, str]] = []
    for at in range(0, visitors, AT_ONCE):
        crowd += await asyncio.gather(*(_begin(door.url, token) for token in tokens[at : at + AT_ONCE]))
    agent = await node.agent("ana@example.com")
    door.is_refusing = True
    door.cut()
    for number, (_, id) in enumerate(crowd):
        await agent.wire.ask("message.send", client_id=f"answer-{number}", conversation_id=id, body=f"answer {number}")
    await agent.wire.close()
    door.is_refusing = False
    began = loop.time()
    return CameBack(list(await asyncio.gather(*(_resume(door.url, *one, began, f"answer {n}") for n, one in enumerate(crowd)))))


async def _begin(url: str, token: str) -> tuple[str, str]:
    socket = await Namespace.connect(url, "/visitor", json.dumps({"token": token, "contract": 1}))
    frame = await socket.ask("command", json.dumps({"type": "conversation.start", "client_id": "first", "body": "Hello?"}))
    reply = json.loads(frame[frame.index("[") :])[0]
    assert reply["ok"], reply
    return token, reply["conversation"]["id"]


async def _resume(url: str, token: str, id: str, began: float, wanted: str) -> float:
    """Back, as a widget comes back: connected, and synced from the first message it holds."""
    while True:
        try:
            socket = await Namespace.connect(url, "/visitor", json.dumps({"token": token, "contract": 1}))
            frame = await socket.ask("command", json.dumps({"type": "conversation.sync", "conversation_id": id, "after_seq": 1}))
            break
        except (OSError, TimeoutError):
            await asyncio.sleep(0.2)
    took = asyncio.get_running_loop().time() - began
    page = json.loads(frame[frame.index("[") :])[0]
    assert wanted in [message["body"] for message in page["messages"]], page
    socket.socket.close()
    return took


class Missed(Struct, frozen=True):
    """Somebody who was away for very long: pages and seconds to resume, and whether that is what a fresh page shows."""

    messages: int
    pages: int
    seconds: float
    is_equal: bool


async def resume_after(node: Running, database_url: str, visitor: Visitor, count: int) -> Missed:
    """The visitor holds the first message; `count` more are in the rows; they resume, and a fresh page loads everything."""
    reply = await visitor.wire.ask("conversation.start", client_id="first", body="Hello?")
    id = reply["conversation"]["id"]
    screen = Screen("visitor", id)
    screen.take_page(await visitor.wire.ask("conversation.sync", conversation_id=id, after_seq=0))
    held = screen.cursor
    await _write_rows(database_url, id, count)
    began = asyncio.get_running_loop().time()
    pages = await _pages(visitor, screen)
    took = asyncio.get_running_loop().time() - began
    seqs = [line.seq for line in screen.lines]
    fresh = Screen("visitor", id)
    await _pages(visitor, fresh)
    is_equal = screen.lines == fresh.lines[: len(seqs)]  # the system may have had a word since
    return Missed(len(seqs) - held, pages, took, is_equal and seqs == list(range(1, len(seqs) + 1)))


async def _pages(visitor: Visitor, screen: Screen) -> int:
    pages = 0
    while True:
        page = await visitor.wire.ask("conversation.sync", conversation_id=screen.conversation_id, after_seq=screen.cursor)
        screen.take_page(page)
        pages += 1
        if page["is_complete"]:
            return pages


async def _write_rows(database_url: str, id: str, count: int) -> None:
    """Answers as they would stand there, straight into the table: writing them one by one is another bench."""
    database = open_database(database_url)
    try:
        for at in range(0, count, ROWS_AT_ONCE):
            async with database.begin(lambda: None) as rows:
                conversation = await rows.one(select(Conversation).where(Conversation.id == id))
                assert conversation is not None
                size = min(ROWS_AT_ONCE, count - at)
                made = [_row(conversation, n) for n in range(1, size + 1)]
                await rows.change(insert(Message), made)
                counters = {"seq": conversation.seq + size, "rev": conversation.rev + size, "changed_at": utc_now()}
                await rows.change(update(Conversation).where(Conversation.id == id).values(counters))
    finally:
        await database.close()


def _row(conversation: Conversation, n: int) -> dict[str, Any]:
    return {
        "id": new_id(),
        "conversation_id": conversation.id,
        "seq": conversation.seq + n,
        "rev": conversation.rev + n,
        "author_kind": "agent",
        "author_id": None,
        "author_name": "Ana",
        "client_id": None,
        "visibility": "public",
        "channel": "chat",
        "system": None,
        "body": f"answer {conversation.seq + n}",
        "attachments": [],
        "created_at": utc_now() - timedelta(days=30),
    }
