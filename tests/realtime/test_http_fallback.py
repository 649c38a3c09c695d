"""The same contract over plain HTTP, for networks that block websockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, ClassVar

import httpx
import pytest

from tests.running import Running


class Poller:
    """A client that speaks only HTTP."""

    opened: ClassVar[list[Poller]] = []

    def __init__(self, running: Running, **credentials: Any) -> None:
        self.opened.append(self)
        self.http = running.http(**credentials)
        self.cursor = ""
        self.events: list[dict[str, Any]] = []
        self.is_fresh = False

    @classmethod
    async def visitor(cls, running: Running, token: str | None = None) -> Poller:
        token = token or (await running.open_widget())["visitor_token"]
        poller = cls(running, headers={"Authorization": f"Bearer {token}"})
        await poller.fetch()
        return poller

    async def ask(self, type: str, **fields: Any) -> dict[str, Any]:
        response = await self.command(type, **fields)
        assert response.status_code == 200, response.text
        return response.json()

    async def command(self, type: str, **fields: Any) -> httpx.Response:
        return await self.http.post("/api/v1/commands", json={"type": type, **fields}, headers={"Parley-Cursor": self.cursor})

    async def fetch(self) -> list[dict[str, Any]]:
        response = await self.http.get("/api/v1/events", params={"after": self.cursor}, timeout=40)
        assert response.status_code == 200, response.text
        page = response.json()
        self.cursor, self.is_fresh = page["cursor"], page["is_fresh"]
        self.events += page["events"]
        return page["events"]

    async def until(self, type: str, count: int = 1) -> list[dict[str, Any]]:
        while len(found := [event for event in self.events if event["type"] == type]) < count:
            await asyncio.wait_for(self.fetch(), 15)
        return found


@pytest.fixture(autouse=True)
async def pollers_leave() -> AsyncIterator[None]:
    yield
    while Poller.opened:
        await Poller.opened.pop().http.aclose()


def until_typing(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As far as both have surely heard, without beats and availability, which come when they come."""
    told = [event for event in events if event["type"] not in ("heads", "suggestions.ready", "inbox.availability")]
    return told[: 1 + next(n for n, event in enumerate(told) if event["type"] == "typing.changed")]


async def test_both_ways_of_listening_hear_the_same_in_the_same_order(running: Running) -> None:
    socket = await running.visitor()
    poller = await Poller.visitor(running, socket.token)
    assert poller.is_fresh
    assert [event["type"] for event in poller.events if event["type"] != "inbox.availability"] == ["heads"]
    id = (await socket.wire.ask("conversation.start", client_id="k", body="by socket"))["conversation"]["id"]
    ana = await running.agent()
    for number in range(10):
        if number % 2:
            await poller.ask("message.send", client_id=f"p{number}", conversation_id=id, body=f"by HTTP {number}")
        else:
            await ana.wire.ask("message.send", client_id=f"s{number}{id}", conversation_id=id, body=f"answer {number}")
    await poller.ask("conversation.read", conversation_id=id, seq=5)
    await ana.wire.ask("typing.set", conversation_id=id, typing=True)
    await socket.wire.event("typing.changed")
    await poller.until("typing.changed")
    assert until_typing(poller.events) == until_typing(socket.wire.events)
    assert [event["message"]["seq"] for event in poller.events if event["type"] == "message.created"] == sorted(
        event["message"]["seq"] for event in poller.events if event["type"] == "message.created"
    )


async def test_a_fetch_waits_for_something_to_tell(running: Running) -> None:
    poller = await Poller.visitor(running)
    waiting = asyncio.create_task(poller.fetch())
    await poller.ask("conversation.start", client_id="k", body="Hello")
    first, *_ = await asyncio.wait_for(waiting, 10)
    assert first["type"] == "message.created"


async def test_what_a_broken_fetch_lost_is_told_again(running: Running) -> None:
    poller = await Poller.visitor(running)
    id = (await poller.ask("conversation.start", client_id="k", body="1"))["conversation"]["id"]
    before, first = poller.cursor, await poller.fetch()
    poller.cursor = before  # the answer never arrived
    assert (await poller.fetch())[: len(first)] == first
    await poller.ask("message.send", client_id="k2", conversation_id=id, body="2")
    again = await poller.fetch()
    said = [event["message"]["body"] for event in again if event["type"] == "message.created" and event["message"]["client_id"]]
    assert said == ["2"], "what was fetched and named as fetched is not told again"


async def test_a_cursor_of_nobody_or_of_somebody_else_begins_a_fresh_stream(running: Running) -> None:
    mia, ole = await Poller.visitor(running), await Poller.visitor(running)
    await mia.ask("conversation.start", client_id="k", body="CANARY")
    for cursor in (mia.cursor, "made-up:3", "::", "x" * 64, mia.cursor.partition(":")[0], "%00"):
        ole.cursor = cursor
        events = await ole.fetch()
        assert ole.is_fresh
        assert [event["type"] for event in events if event["type"] != "inbox.availability"] == ["heads"]
        assert ole.cursor.partition(":")[0] != mia.cursor.partition(":")[0]
    assert "CANARY" not in str(ole.events)
    await mia.until("message.created")
    assert not mia.is_fresh


async def test_commands_are_refused_as_over_a_socket_with_a_status(running: Running) -> None:
    poller = await Poller.visitor(running)
    missing = "00000000-0000-7000-8000-000000000000"
    cases: list[tuple[str, dict[str, Any], int, str]] = [
        ("message.send", {"client_id": "k", "conversation_id": missing, "body": "x"}, 404, "not_found"),
        ("message.send", {"client_id": "k", "conversation_id": missing, "body": "x" * 10_001}, 400, "invalid"),
        ("no.such.thing", {}, 400, "invalid"),
        ("conversation.start", {"client_id": "k", "body": " "}, 400, "invalid"),
        ("conversation.claim", {"conversation_id": missing}, 400, "invalid"),
    ]
    socket = await running.visitor(poller.http.headers["authorization"].removeprefix("Bearer "))
    for type, fields, status, code in cases:
        response = await poller.command(type, **fields)
        assert (response.status_code, response.json()["code"]) == (status, code)
        if type != "no.such.thing":
            assert await socket.wire.command(type, **fields) == response.json()


async def test_bodies_that_are_no_commands_are_refused(running: Running) -> None:
    poller = await Poller.visitor(running)
    for body, status in ((b"", 400), (b"\x00", 400), (b"[" * 50_000, 400), (b"x" * 65_537, 413), (b"x" * 300_000, 413)):
        response = await poller.http.post("/api/v1/commands", content=body)
        assert response.status_code == status, (body[:20], response.text)
        assert response.json()["ok"] is False


async def test_nobody_in_particular_hears_and_asks_nothing(running: Running) -> None:
    async with running.http() as http:
        for headers in ({}, {"Authorization": "Bearer pv1.x"}, {"Authorization": "Bearer"}, {"Authorization": "Basic x"}):
            assert (await http.get("/api/v1/events", headers=headers)).status_code == 401
            response = await http.post("/api/v1/commands", json={"type": "article.search", "query": "x"}, headers=headers)
            assert response.status_code == 401
            assert response.json()["code"] == "unauthenticated"


async def test_a_foreign_page_cannot_command_with_an_agents_cookie(running: Running) -> None:
    cookie = await running.sign_in("ana@example.com")
    command = {"type": "presence.set", "presence": "away"}
    async with running.http(cookies={"parley_session": cookie}) as http:
        foreign = await http.post("/api/v1/commands", json=command, headers={"Origin": "https://evil.example.com"})
        assert (foreign.status_code, foreign.json()["code"]) == (403, "forbidden")
        own = await http.post("/api/v1/commands", json={**command, "presence": "online"}, headers={"Origin": running.url})
        assert own.status_code == 200


async def test_an_agent_by_http_sees_who_looks_only_with_a_stream(running: Running) -> None:
    visitor = await running.visitor()
    id = (await visitor.wire.ask("conversation.start", client_id="k", body="Hello"))["conversation"]["id"]
    cookie = await running.sign_in("ana@example.com")
    poller = Poller(running, cookies={"parley_session": cookie})
    response = await poller.command("conversation.view", conversation_id=id)
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    await poller.fetch()
    await poller.ask("conversation.view", conversation_id=id)
    (seen, *_) = [event for event in await poller.until("viewers.changed") if event["conversation_id"] == id]
    assert len(seen["agent_ids"]) == 1
