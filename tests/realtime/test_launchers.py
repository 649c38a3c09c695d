"""Launchers over real doors: silent unless the inbox wants to know, then a held request that an agent's word ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.running import Running

PAGE = {"inbox_key": "demo", "url": "https://shop.example/tents", "title": "Tents"}


async def tell(running: Running, status: int = 200, **said: Any) -> dict[str, Any]:
    async with running.http() as http:
        response = await http.post("/api/v1/widget/visits", json={**PAGE, **said}, timeout=30)
    assert response.status_code == status, response.text
    return response.json()


@pytest.fixture
async def admin(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    cookie = await running.sign_in("admin@example.com")
    async with running.http(cookies={"parley_session": cookie}) as http:
        yield http


@pytest.fixture
async def shown(admin: httpx.AsyncClient) -> AsyncIterator[None]:
    """The demo's inbox shows its visitors while a test lasts."""
    inbox = next(it for it in (await admin.get("/api/v1/me")).json()["inboxes"] if it["key"] == "demo")
    answer = await admin.post(f"/api/v1/inboxes/{inbox['id']}", json={"shows_visitors": True})
    assert answer.json()["inbox"]["shows_visitors"] is True
    yield
    await admin.post(f"/api/v1/inboxes/{inbox['id']}", json={"shows_visitors": False})


async def test_an_inbox_that_does_not_want_to_know_is_told_nothing(running: Running) -> None:
    ana = await running.agent()
    answer = await tell(running)
    assert (answer["again_seconds"], answer["greetings"], answer["invitation"]) == (0, [], None)
    listed = (await ana.wire.ask("visitors.watch", watching=True))["visitors"]
    assert [it for it in listed if it["url"] == PAGE["url"]] == []


@pytest.mark.usefixtures("shown")
async def test_an_agent_speaks_first_and_the_answer_begins_the_conversation(running: Running) -> None:
    ana = await running.agent()
    await ana.wire.ask("visitors.watch", watching=True)
    answer = await tell(running)
    token = answer["visitor_token"]
    heard = await ana.wire.event("visitors.changed")
    guest = next(it for it in heard["visitors"] if it["url"] == PAGE["url"])
    held = asyncio.create_task(tell(running, visitor_token=token, is_waiting=True))
    await ana.wire.ask("visitor.invite", client_id="hello-1", contact_id=guest["contact_id"], body="Looking for a tent?")
    invitation = (await held)["invitation"]
    assert (invitation["body"], invitation["author"]["name"]) == ("Looking for a tent?", "Ana Duarte")
    async with running.http() as http:
        shown = {"visitor_token": token, "greeting_id": invitation["id"], "outcome": "shown"}
        assert (await http.post("/api/v1/widget/greetings", json=shown)).status_code == 200
        assert (await http.post("/api/v1/widget/greetings", json={**shown, "visitor_token": "forged"})).status_code == 401
    visitor = await running.visitor(token)
    started = await visitor.wire.ask("conversation.start", client_id="yes-1", body="Yes!", greeting_id=invitation["id"])
    page = await visitor.wire.ask("conversation.sync", conversation_id=started["conversation"]["id"], after_seq=0)
    assert [it["body"] for it in page["messages"]][:2] == ["Looking for a tent?", "Yes!"]
    async with running.http(cookies={"parley_session": ana.cookie}) as http:
        known = (await http.get(f"/api/v1/contacts/{guest['contact_id']}")).json()
    assert [it["url"] for it in known["pages"]] == [PAGE["url"]]


@pytest.mark.usefixtures("shown")
async def test_a_token_of_another_inbox_or_of_nobody_gets_a_fresh_one(running: Running) -> None:
    first = await tell(running, visitor_token="forged")
    again = await tell(running, visitor_token=first["visitor_token"])
    assert first["visitor_token"].split(".")[0] != "forged"
    assert again["again_seconds"] > 0


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "about:blank"])
async def test_what_is_no_page_is_not_listed(running: Running, url: str) -> None:
    assert (await tell(running, url=url))["again_seconds"] == 0


async def test_what_is_no_inbox_is_not_there(running: Running) -> None:
    assert (await tell(running, status=404, inbox_key="nowhere"))["code"] == "not_found"


async def test_settings_and_proactive_messages_are_for_admins(running: Running, admin: httpx.AsyncClient) -> None:
    inbox = next(it for it in (await admin.get("/api/v1/me")).json()["inboxes"] if it["key"] == "demo")
    said = {"inbox_id": inbox["id"], "name": "Tents", "body": "Need a hand?", "page": "/tents*"}
    added = (await admin.post("/api/v1/proactive-messages", json=said)).json()["message"]
    path = f"/api/v1/proactive-messages/{added['id']}"
    cookie = await running.sign_in("ana@example.com")
    async with running.http(cookies={"parley_session": cookie}) as ana:
        refused = [
            await ana.get("/api/v1/proactive-messages"),
            await ana.post("/api/v1/proactive-messages", json=said),
            await ana.post(path, json=said),
            await ana.post("/api/v1/proactive-messages/order", json={"inbox_id": inbox["id"], "ids": [added["id"]]}),
            await ana.delete(path),
            await ana.post(f"/api/v1/inboxes/{inbox['id']}", json={"shows_visitors": True}),
        ]
    assert [it.status_code for it in refused] == [403] * 6
    changed = (await admin.post(path, json={**said, "is_on": False})).json()["message"]
    assert changed["is_on"] is False
    assert (await admin.delete(path)).status_code == 200
    assert (await admin.get("/api/v1/proactive-messages")).json()["messages"] == []
