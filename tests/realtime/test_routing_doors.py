"""Routing over HTTP: for admins, said in whole sentences, and felt by the next visitor."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tests.running import Running

ADMINS_ONLY: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/api/v1/routing/rules", {}),
    ("POST", "/api/v1/routing/rules", {"name": "x", "conditions": {}, "actions": {}}),
    ("PUT", "/api/v1/routing/rules", {"rule_ids": []}),
    ("POST", "/api/v1/routing/dry-run", {"inbox_id": "00000000-0000-7000-8000-000000000000"}),
    ("POST", "/api/v1/presence-reasons", {"name": "Lunch", "presence": "away"}),
    ("POST", "/api/v1/business-hours", {"name": "Days", "time_zone": "UTC"}),
    ("PUT", "/api/v1/teams/00000000-0000-7000-8000-000000000000/routing", {}),
    ("PUT", "/api/v1/agents/00000000-0000-7000-8000-000000000000/routing", {"capacity": 1}),
    ("DELETE", "/api/v1/agents/00000000-0000-7000-8000-000000000000", {}),
]


@asynccontextmanager
async def signed_in(running: Running, email: str) -> AsyncIterator[httpx.AsyncClient]:
    cookie = await running.sign_in(email)
    async with running.http(cookies={"parley_session": cookie}) as http:
        yield http


async def said(response: httpx.Response, status: int = 200) -> dict[str, Any]:
    assert response.status_code == status, response.text
    return response.json()


async def test_routing_is_for_admins(running: Running) -> None:
    async with signed_in(running, "ana@example.com") as ana:
        for method, path, body in ADMINS_ONLY:
            refused = await ana.request(method, path, json=body)
            assert (refused.status_code, refused.json()["code"]) == (403, "forbidden"), (method, path, refused.text)
        for path in ("/api/v1/presence-reasons", "/api/v1/business-hours"):
            await said(await ana.get(path))
        assert (await ana.get("/api/v1/audit")).status_code == 403
        seen = await said(await ana.put("/api/v1/me/idle", json={"idle_seconds": 300}))
        assert seen["agent"]["idle_seconds"] == 300


async def test_what_was_done_by_right_of_a_role_is_read(running: Running) -> None:
    async with signed_in(running, "admin@example.com") as admin:
        asked = {"name": "Watched", "channel": "chat"}
        inbox = (await said(await admin.post("/api/v1/inboxes", json=asked), 201))["inbox"]
        await said(await admin.post(f"/api/v1/inboxes/{inbox['id']}", json={"shows_visitors": True}))
        page = await said(await admin.get("/api/v1/audit", params={"limit": 1, "settings_only": True}))
        line = page["lines"][0]
        assert (line["action"], line["by_name"]) == ("inbox.change", "Ada Admin")
        assert {it["name"]: it["value"] for it in line["detail"]} == {"inbox": inbox["name"]}
        assert line["changes"] == [{"name": "shows_visitors", "before": "false", "after": "true"}]
        assert (await admin.get("/api/v1/audit", params={"after": "nonsense"})).status_code == 404


async def test_a_rule_is_made_tried_changed_and_removed(running: Running) -> None:
    async with signed_in(running, "admin@example.com") as admin:
        me = await said(await admin.get("/api/v1/me"))
        teams = {team["name"]: team["id"] for team in me["teams"]}
        inbox_id = next(it["id"] for it in me["inboxes"] if it["key"] == "demo")
        rule = {"name": "Parcels", "conditions": {"words": ["parcel"]}, "actions": {"team_id": teams["Orders"]}}
        made = (await said(await admin.post("/api/v1/routing/rules", json=rule), 201))["rule"]
        loop = rule | {"actions": {"team_id": teams["Orders"], "overflow": [{"team_id": teams["Orders"], "after_seconds": 60}]}}
        refused = await admin.put(f"/api/v1/routing/rules/{made['id']}", json=loop)
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
        tried = await said(await admin.post("/api/v1/routing/dry-run", json={"inbox_id": inbox_id, "body": "My parcel?"}))
        assert (tried["rule"]["id"], tried["team_id"]) == (made["id"], teams["Orders"])
        off = rule | {"is_enabled": False}
        await said(await admin.put(f"/api/v1/routing/rules/{made['id']}", json=off))
        tried = await said(await admin.post("/api/v1/routing/dry-run", json={"inbox_id": inbox_id, "body": "My parcel?"}))
        assert (tried["rule"], tried["team_id"]) == (None, teams["Support"])
        await said(await admin.delete(f"/api/v1/routing/rules/{made['id']}"))
        assert (await admin.delete(f"/api/v1/routing/rules/{made['id']}")).status_code == 404
        assert (await admin.delete("/api/v1/routing/rules/nonsense")).status_code == 404


async def test_why_me_over_http(running: Running) -> None:
    agent = await running.agent("ana@example.com")
    visitor = await running.visitor()
    started = await visitor.wire.ask("conversation.start", client_id="why-1", body="Hello?")
    id = started["conversation"]["id"]
    claimed = await agent.wire.command("conversation.claim", conversation_id=id)  # unless routing was faster
    async with signed_in(running, "ana@example.com") as ana:
        why = await said(await ana.get(f"/api/v1/conversations/{id}/decisions"))
        stranger = await ana.get("/api/v1/conversations/00000000-0000-7000-8000-000000000000/decisions")
    assert why["decisions"][0]["reason"] == ("claimed" if claimed["ok"] and not why["decisions"][0]["candidates"] else "routed")
    assert why["decisions"][0]["agent_name"]
    assert stranger.status_code == 404
