"""A session that ends takes its open sockets with it."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time

import jwt
import pytest

from tests.running import Running
from tests.stopwatch import stopwatch


def change(running: Running, statement: str, *values: object) -> None:
    """An admin's change, made behind the server's back."""
    with contextlib.closing(sqlite3.connect(running.folder / "data" / "parley.db", timeout=10)) as connection, connection:
        connection.execute(statement, values)


async def test_b9_signing_out_closes_the_open_socket_within_two_seconds(running: Running) -> None:
    cookie = await running.sign_in("chi@example.com")
    here, elsewhere = await running.agent("chi@example.com", cookie), await running.agent("chi@example.com")
    async with running.http(cookies={"parley_session": cookie}) as http:
        assert (await http.post("/api/v1/logout")).json() == {"ok": True}
        async with stopwatch() as watch:
            assert (await http.get("/api/v1/me")).status_code == 401
            await asyncio.wait_for(here.wire.is_closed.wait(), 10)
    assert watch.seconds < 2
    assert here.wire.all_events("signed_out") == [{"type": "signed_out"}]
    assert (await elsewhere.wire.ask("presence.set", presence="online"))["ok"], "the other session is not concerned"


@pytest.mark.parametrize(
    ("changing", "back"),
    [("role = 'supervisor'", "role = 'agent'"), ("is_active = 0", "is_active = 1")],
    ids=["another role", "deactivated"],
)
async def test_b9_what_an_agent_may_is_asked_again_on_open_sockets(running: Running, changing: str, back: str) -> None:
    agent = await running.agent("chi@example.com")
    change(running, f"UPDATE agents SET {changing} WHERE email = 'chi@example.com'")
    try:
        async with stopwatch() as watch:
            await asyncio.wait_for(agent.wire.is_closed.wait(), 10)
        assert watch.seconds < 2
    finally:
        change(running, f"UPDATE agents SET {back} WHERE email = 'chi@example.com'")


async def test_a_polled_stream_ends_with_its_session_too(running: Running) -> None:
    cookie = await running.sign_in("chi@example.com")
    async with running.http(cookies={"parley_session": cookie}) as http:
        assert (await http.get("/api/v1/events")).json()["is_fresh"]
        await http.post("/api/v1/logout")
        assert (await http.get("/api/v1/events")).status_code == 401


async def test_b11_a_visitor_who_signs_out_leaves_no_open_socket_and_no_token(running: Running) -> None:
    visitor = await running.visitor()
    async with running.http() as http:
        said = await http.post("/api/v1/widget/sign-out", json={"visitor_token": visitor.token})
        assert said.json() == {"ok": True}
        async with stopwatch() as watch:
            await asyncio.wait_for(visitor.wire.is_closed.wait(), 10)
        assert watch.seconds < 2
        refused = await http.get("/api/v1/events", headers={"Authorization": f"Bearer {visitor.token}"})
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")


async def test_b11_a_token_held_before_someone_signed_in_opens_nothing_of_theirs(running: Running) -> None:
    """On a shared computer it went on working after the sign-in, as that verified person, for 180 days."""
    secret = "the secret of the site, long enough for HS256"
    change(running, "UPDATE inboxes SET identity_secret = ? WHERE key = 'demo'", secret)
    before = await running.visitor()
    await before.wire.ask("conversation.start", client_id="k", body="Written before signing in")
    now = int(time.time())
    claims = {"sub": "customer-b11", "aud": "demo", "iat": now, "exp": now + 600}
    proven = await running.open_widget(before.token, identity_token=jwt.encode(claims, secret, "HS256"))
    assert proven["identity"] == "verified"
    assert proven["visitor_token"].startswith("pv2.")
    assert [one["preview"] for one in proven["conversations"]] == ["Written before signing in"]
    await asyncio.wait_for(before.wire.is_closed.wait(), 10)
    again = await running.open_widget(before.token)
    assert again["conversations"] == []
    assert again["contact"]["id"] != proven["contact"]["id"]
