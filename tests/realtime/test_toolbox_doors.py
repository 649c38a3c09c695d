"""The desk over plain HTTP: kept, changed, thrown away; filters of a list; words for whoever asks wrongly."""

from __future__ import annotations

from typing import Any

import pytest

from tests.running import Running

MISSING = "00000000-0000-7000-8000-000000000000"
THINGS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("views", "view", {"name": "Urgent", "filter": {"priority": "urgent", "sort": "queue"}}, {"name": "Late"}),
    ("canned-responses", "canned", {"shortcut": "hi", "body": "Hello {{contact.name}}"}, {"shortcut": "hello"}),
    ("macros", "macro", {"name": "Close", "steps": [{"do": "status", "value": "resolved"}]}, {"name": "End"}),
]


@pytest.mark.parametrize(("path", "key", "body", "change"), THINGS, ids=[thing[0] for thing in THINGS])
async def test_a_thing_is_kept_changed_and_thrown_away(
    running: Running, path: str, key: str, body: dict[str, Any], change: dict[str, Any]
) -> None:
    cookie = await running.sign_in("ana@example.com")
    async with running.http(cookies={"parley_session": cookie}) as ana:
        made = await ana.post(f"/api/v1/{path}", json=body)
        assert made.status_code == 201, made.text
        id = made.json()[key]["id"]
        changed = await ana.put(f"/api/v1/{path}/{id}", json=body | change)
        assert (changed.status_code, changed.json()[key]["id"]) == (200, id)
        desk = (await ana.get("/api/v1/desk")).json()
        kept = next(one for one in desk[{"view": "views", "macro": "macros"}.get(key, key)] if one["id"] == id)
        assert {name: kept[name] for name in change} == change
        assert (await ana.post(f"/api/v1/{path}", json=body | {"is_shared": True})).status_code == 403
        assert (await ana.post(f"/api/v1/{path}", json=body | {"agent_id": MISSING})).status_code == 400
        for id_of_none in (MISSING, "x"):
            assert (await ana.put(f"/api/v1/{path}/{id_of_none}", json=body)).status_code == 404
            assert (await ana.delete(f"/api/v1/{path}/{id_of_none}")).status_code == 404
        assert (await ana.delete(f"/api/v1/{path}/{id}")).json() == {"ok": True}
        assert (await ana.delete(f"/api/v1/{path}/{id}")).status_code == 404


async def test_a_list_takes_its_filters_and_refuses_what_is_none(running: Running) -> None:
    cookie = await running.sign_in("ana@example.com")
    async with running.http(cookies={"parley_session": cookie}) as ana:
        narrowed = {"priority": "urgent", "tag": "x", "status": "open", "team_id": MISSING, "inbox_id": MISSING, "sort": "queue"}
        assert (await ana.get("/api/v1/conversations", params=narrowed)).json() == {
            "conversations": [],
            "next": None,
            "is_reading": False,
            "ok": True,
        }
        for wrong in ({"sort": "color"}, {"priority": "panic"}, {"tag": "x" * 41}, {"after": "x"}):
            assert (await ana.get("/api/v1/conversations", params=wrong)).status_code == 400, wrong
        assert (await ana.get("/api/v1/conversations", params={"team_id": "x"})).status_code == 404
