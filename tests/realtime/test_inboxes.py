"""Inboxes over real doors: an admin makes one, colleagues hear of it at once and of what is written there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.running import Running


@pytest.fixture
async def admin(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    cookie = await running.sign_in("admin@example.com")
    async with running.http(cookies={"parley_session": cookie}) as http:
        yield http


async def test_agents_who_are_connected_hear_a_new_inbox_and_its_first_conversation(
    running: Running, admin: httpx.AsyncClient
) -> None:
    ana = await running.agent()
    made = await admin.post("/api/v1/inboxes", json={"name": "Second shop", "locale": "de", "channel": "chat"})
    assert made.status_code == 201, made.text
    inbox = made.json()["inbox"]
    assert (inbox["key"], inbox["changed_by"]) == ("second-shop", "Ada Admin")
    assert (await ana.wire.event("config.changed"))["area"] == "inboxes"
    session = await running.open_widget(inbox_key="second-shop", locale="de-AT")
    assert session["inbox"]["greeting"] == "Hallo! Wie können wir helfen?"
    assert (session["inbox"]["is_open"], session["inbox"]["opens_at"], session["inbox"]["is_archived"]) == (True, None, False)
    headers = {"Authorization": f"Bearer {session['visitor_token']}"}
    start = {"type": "conversation.start", "client_id": "first", "body": "Guten Tag"}
    async with running.http(headers=headers) as visitor:
        started = (await visitor.post("/api/v1/commands", json=start)).json()
        assert started["ok"], started
    heard = await ana.wire.event("message.created", message__body="Guten Tag")
    assert heard["message"]["conversation_id"] == started["conversation"]["id"]

    await admin.post(f"/api/v1/inboxes/{inbox['id']}/archive")
    session = await running.open_widget(inbox_key="second-shop")
    assert (session["inbox"]["is_archived"], session["inbox"]["is_staffed"]) == (True, False)
    async with running.http(headers={"Authorization": f"Bearer {session['visitor_token']}"}) as stranger:
        refused = (await stranger.post("/api/v1/commands", json={**start, "client_id": "second"})).json()
    assert (refused["code"], refused["detail"]) == ("forbidden", "This chat is closed and takes no new conversations.")


async def test_what_an_inbox_may_not_be_is_refused_with_a_reason(running: Running, admin: httpx.AsyncClient) -> None:
    for wrong in (
        {"name": ""},
        {"name": "x" * 201},
        {"name": "A", "color": "red"},
        {"name": "A", "color": "#12345"},
        {"name": "A", "allowed_origins": ["javascript:alert(1)"]},
        {"name": "A", "allowed_origins": ["https://shop.example/path"]},
        {"name": "A", "allowed_origins": ["https://shop.example; script-src *"]},
        {"name": "A", "site_url": "javascript:alert(1)"},
        {"name": "A", "channel": "email"},
        {"name": "A", "key": "no spaces"},
        {"name": "A", "form": {"fields": []}},
        {"name": "A", "form": {"fields": [{"key": "Bad Key", "kind": "text", "label": "x"}]}},
        {"name": "A", "greeting": "x" * 501},
        {"name": "A", "unknown": 1},
    ):
        answer = await admin.post("/api/v1/inboxes", json=wrong)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), wrong
    cookie = await running.sign_in("ana@example.com")
    async with running.http(cookies={"parley_session": cookie}) as ana:
        assert (await ana.post("/api/v1/inboxes", json={"name": "A"})).status_code == 403
        assert (await ana.get("/api/v1/inboxes")).status_code == 403


async def test_a_rotated_secret_signs_from_then_on_and_is_never_listed(running: Running, admin: httpx.AsyncClient) -> None:
    made = (await admin.post("/api/v1/inboxes", json={"name": "Signed"})).json()["inbox"]
    assert made["secret_changed_at"] is None
    shown = (await admin.post(f"/api/v1/inboxes/{made['id']}/secret")).json()
    assert len(shown["identity_secret"]) >= 32
    assert shown["inbox"]["secret_changed_at"] is not None
    assert shown["identity_secret"] not in (await admin.get("/api/v1/inboxes")).text
    assert shown["identity_secret"] not in (await admin.get("/api/v1/audit")).text


async def test_a_site_that_loads_the_script_is_seen(running: Running, admin: httpx.AsyncClient) -> None:
    made = (await admin.post("/api/v1/inboxes", json={"name": "Seen", "allowed_origins": ["https://ok.example"]})).json()["inbox"]
    address = f"/api/v1/inboxes/{made['id']}/sightings"

    async def load(key: str, site: str) -> httpx.Response:
        async with running.http() as http:
            return await http.get(f"/widget.js?inbox={key}", headers={"Referer": site})

    loaded = await load("seen", "https://ok.example/")
    assert loaded.headers["cache-control"] == "no-cache"
    assert not loaded.text.startswith("console.error")
    blocked = await load("seen", "https://else.example/page")
    assert blocked.text.startswith('console.error("Parley: https://else.example is not an allowed site of the inbox Seen.')
    assert "attachShadow" not in blocked.text
    wrong = await load("sen", "https://ok.example/")
    assert wrong.text.startswith('console.error("Parley: no inbox has the key \\"sen\\".')
    assert "attachShadow" in wrong.text
    await running.open_widget(inbox_key="seen", page="https://ok.example/tents")

    async def seen() -> dict[str, tuple[str, str]]:
        listed = (await admin.get(address)).json()
        return {it["origin"] + it["key"]: (it["outcome"], it["page"]) for it in listed["sightings"] + listed["unknown"]}

    wanted = {
        "https://ok.exampleseen": ("ok", "https://ok.example/tents"),
        "https://else.exampleseen": ("blocked", "https://else.example/page"),
        "https://ok.examplesen": ("unknown_key", "https://ok.example/"),
    }
    async with asyncio.timeout(10):
        while {name: it for name, it in (await seen()).items() if name in wanted} != wanted:
            await asyncio.sleep(0.02)


async def test_a_wrong_key_is_named_in_the_panel(running: Running) -> None:
    """N1: the panel showed a broken page."""
    async with running.http() as http:
        framed = await http.get("/widget/frame?inbox=shpo")
        assert (framed.status_code, framed.headers["content-type"].split(";")[0]) == (200, "text/html")
        refused = (await http.post("/api/v1/widget/sessions", json={"inbox_key": "shpo"})).json()
    assert (refused["code"], refused["detail"]) == ("not_found", 'This chat is not set up: no inbox has the key "shpo".')


async def test_earlier_conversations_and_articles_are_shown_only_where_the_inbox_says_so(
    running: Running, admin: httpx.AsyncClient
) -> None:
    made = (await admin.post("/api/v1/inboxes", json={"name": "Plain"})).json()["inbox"]
    session = await running.open_widget(inbox_key="plain")
    async with running.http(headers={"Authorization": f"Bearer {session['visitor_token']}"}) as visitor:
        started = (
            await visitor.post("/api/v1/commands", json={"type": "conversation.start", "client_id": "a", "body": "Hi"})
        ).json()
        ended = {"type": "conversation.end", "conversation_id": started["conversation"]["id"]}
        assert (await visitor.post("/api/v1/commands", json=ended)).json()["ok"]
        query = {"type": "article.search", "query": "track my parcel delivery order"}
        assert (await visitor.post("/api/v1/commands", json=query)).json()["suggestions"] != []
        assert len((await running.open_widget(session["visitor_token"], inbox_key="plain"))["conversations"]) == 1
        plain = {"name": "Plain", "shows_history": False, "shows_suggestions": False}
        assert (await admin.put(f"/api/v1/inboxes/{made['id']}", json=plain)).status_code == 200
        assert (await running.open_widget(session["visitor_token"], inbox_key="plain"))["conversations"] == []
        assert (await visitor.post("/api/v1/commands", json=query)).json()["suggestions"] == []
