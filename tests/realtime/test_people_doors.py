"""People over HTTP: an invited person joins and is signed in, roles act on open sockets, and links tell strangers nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.realtime.test_routing_doors import said, signed_in
from tests.running import Running

PASSWORD = "a good new password"


@pytest.fixture
async def admin(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in(running, "admin@example.com") as admin:
        yield admin


def token_of(link: str) -> str:
    return parse_qs(urlsplit(link).query)["token"][0]


async def invited(admin: httpx.AsyncClient, email: str, role: str = "agent") -> str:
    made = await said(await admin.post("/api/v1/agents/invitations", json={"email": email, "role": role}), 201)
    assert made["is_mailed"] is False, "there is no mail host here"
    return made["link"]


async def test_an_invited_person_joins_and_is_signed_in(running: Running, admin: httpx.AsyncClient) -> None:
    link = await invited(admin, "nia@example.com", "supervisor")
    assert link.startswith(f"{running.url}/inbox/join?token=")
    async with running.http() as nia:
        looked = await said(await nia.post("/api/v1/invitations/look", json={"token": token_of(link)}))
        assert (looked["email"], looked["role"], looked["invited_by_name"]) == ("nia@example.com", "supervisor", "Ada Admin")
        short = await nia.post("/api/v1/invitations/accept", json={"token": token_of(link), "name": "Nia", "password": "short"})
        assert short.status_code == 400
        body = {"token": token_of(link), "name": "Nia", "password": PASSWORD}
        joined = await nia.post("/api/v1/invitations/accept", json=body)
        assert (await said(joined))["agent"]["role"] == "supervisor"
        assert "HttpOnly" in joined.headers["set-cookie"]
        assert (await said(await nia.get("/api/v1/me")))["agent"]["name"] == "Nia"
        again = await nia.post("/api/v1/invitations/accept", json=body)
        assert (again.status_code, again.json()["code"]) == (400, "invalid")
        page = await said(await admin.get("/api/v1/people"))
        assert "nia@example.com" in [person["email"] for person in page["people"]]
        assert "nia@example.com" not in [one["email"] for one in page["invitations"]]
        refused = await nia.get("/api/v1/people")
        assert refused.status_code == 403


async def test_a_new_role_acts_on_an_open_socket_and_signs_nobody_out(running: Running, admin: httpx.AsyncClient) -> None:
    chi = await running.agent("chi@example.com")
    me = (await said(await admin.get("/api/v1/people")))["people"]
    row = next(one for one in me if one["email"] == "chi@example.com")
    body = {"name": row["name"], "role": "supervisor", "team_ids": row["team_ids"]}
    watching = await running.agent("sam@example.com")
    try:
        await said(await admin.put(f"/api/v1/agents/{row['id']}", json=body))
        await asyncio.wait_for(chi.wire.is_closed.wait(), 5)
        assert chi.wire.all_events("signed_out") == [], "they come back by themselves, as a supervisor"
        assert {"type": "config.changed", "area": "people"} in watching.wire.all_events("config.changed")
    finally:
        await said(await admin.put(f"/api/v1/agents/{row['id']}", json=body | {"role": "agent"}))


async def test_a_suspended_agent_is_signed_out_on_open_sockets(running: Running, admin: httpx.AsyncClient) -> None:
    link = await invited(admin, "temp@example.com")
    async with running.http() as temp:
        body = {"token": token_of(link), "name": "Temp", "password": PASSWORD}
        joined = await said(await temp.post("/api/v1/invitations/accept", json=body))
        agent = await running.agent("temp@example.com", temp.cookies["parley_session"])
        await said(await admin.post(f"/api/v1/agents/{joined['agent']['id']}/suspend"))
        await asyncio.wait_for(agent.wire.is_closed.wait(), 5)
        assert agent.wire.all_events("signed_out")
        assert (await temp.get("/api/v1/me")).status_code == 401
        await said(await admin.post(f"/api/v1/agents/{joined['agent']['id']}/reactivate"))
        reset = await said(await admin.post(f"/api/v1/agents/{joined['agent']['id']}/password-reset"), 201)
        token = token_of(reset["link"])
        looked = await said(await temp.post("/api/v1/password-resets/look", json={"token": token}))
        assert looked["email"] == "temp@example.com"
        await said(await temp.post("/api/v1/password-resets/use", json={"token": token, "password": PASSWORD + "!"}))
        assert (await temp.post("/api/v1/password-resets/look", json={"token": token})).status_code == 400
        change = {"old_password": PASSWORD + "!", "password": PASSWORD}
        await said(await temp.put("/api/v1/me/password", json=change))
        assert (await temp.put("/api/v1/me/password", json=change)).status_code == 400
        (session,) = (await said(await temp.get("/api/v1/me/sessions")))["sessions"]
        assert session["is_this"]
        await said(await temp.put("/api/v1/me/name", json={"name": "Tempest"}))
        await said(await temp.delete("/api/v1/me/sessions"))
        assert (await said(await temp.get("/api/v1/me")))["agent"]["name"] == "Tempest"


async def test_a_link_nobody_made_says_nothing(running: Running) -> None:
    async with running.http() as stranger:
        for path in ("invitations/look", "password-resets/look"):
            for token in ("x", "0" * 43):
                refused = await stranger.post(f"/api/v1/{path}", json={"token": token})
                assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
            assert (await stranger.post(f"/api/v1/{path}", json={"token": ""})).status_code == 400
        unmailed = await stranger.post("/api/v1/password-resets", json={"email": "ana@example.com"})
        assert unmailed.status_code == 503, "without a mail host there is nobody to send it"
        setup = (await stranger.get("/api/v1/setup")).json()
        assert setup["mails_passwords"] is False


async def test_teams_are_renamed_archived_and_restored(running: Running, admin: httpx.AsyncClient) -> None:
    team = (await said(await admin.post("/api/v1/teams", json={"name": "Night shift"}), 201))["team"]
    renamed = await said(await admin.put(f"/api/v1/teams/{team['id']}", json={"name": "Nights"}))
    assert renamed["team"]["name"] == "Nights"
    await said(await admin.post(f"/api/v1/teams/{team['id']}/archive", json={}))
    me = await said(await admin.get("/api/v1/me"))
    assert "Nights" not in [one["name"] for one in me["teams"]]
    taken = await admin.post("/api/v1/teams", json={"name": "Nights"})
    assert "archived" in taken.json()["detail"]
    await said(await admin.post(f"/api/v1/teams/{team['id']}/restore"))
    used = next(one for one in me["teams"] if one["name"] == "Support")
    refused = await admin.post(f"/api/v1/teams/{used['id']}/archive", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "Juniper" in refused.json()["detail"]
