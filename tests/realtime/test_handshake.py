"""Who gets in, and what the others are told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
import time
from typing import Any

import pytest
import websockets

from app.clock import new_id, utc_now
from app.people.actors import Visitor
from app.people.tokens import VisitorTokens, hash_secret, new_secret
from tests.running import Running
from tests.wire import Refused, Wire


async def refusal(running: Running, namespace: str, auth: Any, headers: dict[str, str] | None = None) -> str:
    """The code a caller is turned away with."""
    with pytest.raises(Refused) as refused:
        await Wire.connect(running.url, namespace, auth, headers)
    return refused.value.code


def api_token(running: Running, email: str = "ben@example.com") -> str:
    """A program's key, written as an admin's tool will write it."""
    secret = new_secret()
    with contextlib.closing(sqlite3.connect(running.folder / "data" / "parley.db", timeout=10)) as connection, connection:
        (agent_id,) = connection.execute("SELECT id FROM agents WHERE email = ?", (email,)).fetchone()
        values = (hash_secret(secret), agent_id, "test", utc_now().strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
        connection.execute("INSERT INTO api_tokens (token_hash, agent_id, name, created_at) VALUES (?, ?, ?, ?)", values)
    return secret


@pytest.mark.parametrize(
    "auth",
    [
        {"contract": 1},
        {"token": "", "contract": 1},
        {"token": "pv1.x.y.1.z", "contract": 1},
        {"token": VisitorTokens("k" * 40).issue(Visitor(contact_id=new_id(), inbox_id=new_id()), utc_now()), "contract": 1},
        {"token": "x" * 60_000, "contract": 1},
    ],
    ids=["none", "empty", "made up", "another server's", "endless"],
)
async def test_a_visitor_without_a_good_token_is_turned_away(running: Running, auth: dict[str, Any]) -> None:
    assert await refusal(running, "/visitor", auth) == "unauthenticated"


@pytest.mark.parametrize("auth", [{}, {"contract": 0}, {"contract": 2}], ids=["unsaid", "older", "newer"])
async def test_an_old_widget_is_told_that_it_is_old(running: Running, auth: dict[str, Any]) -> None:
    token = (await running.open_widget())["visitor_token"]
    assert await refusal(running, "/visitor", {"token": token, **auth}) == "contract"


@pytest.mark.parametrize("auth", [{"token": 7, "contract": 1}, {"token": "x", "contract": "1"}, [], "x", 1])
async def test_an_introduction_of_the_wrong_shape_is_invalid(running: Running, auth: Any) -> None:
    assert await refusal(running, "/visitor", auth) in ("invalid", "contract")


async def test_a_visitor_cannot_come_in_by_the_agents_door(running: Running) -> None:
    token = (await running.open_widget())["visitor_token"]
    assert await refusal(running, "/agent", {"token": token, "contract": 1}) == "unauthenticated"


async def test_an_agent_comes_in_by_cookie_from_our_own_pages_only(running: Running) -> None:
    cookie = await running.sign_in("ana@example.com")
    signed_in = {"Cookie": f"parley_session={cookie}"}
    auth = {"contract": 1}
    assert await refusal(running, "/agent", auth, signed_in) == "forbidden", "no Origin"
    for origin in (
        "https://evil.example.com",
        "null",
        running.url + ".evil.example.com",
        "http://127.0.0.1",
        running.url.upper(),
    ):
        with pytest.raises((Refused, websockets.InvalidStatus)):
            await Wire.connect(running.url, "/agent", auth, signed_in | {"Origin": origin})
    wire = await Wire.connect(running.url, "/agent", auth, signed_in | {"Origin": running.url})
    await wire.event("heads")


async def test_an_agents_page_without_a_good_cookie_is_turned_away(running: Running) -> None:
    for cookie in ("", "parley_session=", "parley_session=made-up", "other=1", "a=b; =; parley_session", 'parley_session="'):
        headers = {"Origin": running.url} | ({"Cookie": cookie} if cookie else {})
        assert await refusal(running, "/agent", {"contract": 1}, headers) == "unauthenticated"


async def test_a_program_comes_in_by_api_token_without_an_origin(running: Running) -> None:
    token = api_token(running)
    wire = await Wire.connect(running.url, "/agent", {"token": token, "contract": 1})
    assert (await wire.ask("presence.set", presence="away"))["agent"]["email"] == "ben@example.com"
    await wire.close()
    assert await refusal(running, "/agent", {"token": token + "x", "contract": 1}) == "unauthenticated"


async def test_b4_a_socket_that_never_says_who_it_is_is_closed_after_five_seconds(running: Running) -> None:
    """So is one that was turned away, and one that has left."""
    address = running.url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
    left = await running.visitor()
    await left.wire.send_raw("41/visitor,")
    began = time.monotonic()
    async with websockets.connect(address, proxy=None) as silent, websockets.connect(address, proxy=None) as refused:
        await refused.recv()
        await refused.send('40/visitor,{"contract": 1}')
        for closed in (silent.wait_closed(), refused.wait_closed(), left.wire.is_closed.wait()):
            await asyncio.wait_for(closed, 10)
    assert 4 < time.monotonic() - began < 8


@pytest.mark.parametrize("query", ["EIO=4&transport=polling", "EIO=3&transport=websocket", "transport=websocket", ""])
async def test_no_other_transport_or_protocol_is_spoken(running: Running, query: str) -> None:
    async with running.http() as http:
        for response in (await http.get(f"/socket.io/?{query}"), await http.post(f"/socket.io/?{query}", content=b"40")):
            assert 400 <= response.status_code < 500


async def test_a_second_introduction_ends_the_connection(running: Running) -> None:
    """A socket is whose it was; nothing sent later can make it another's."""
    first, second = await running.visitor(), await running.open_widget()
    await first.wire.ask("conversation.start", client_id="k", body="Mine")
    await first.wire.send_raw("40/visitor," + json.dumps({"token": second["visitor_token"], "contract": 1}))
    await asyncio.wait_for(first.wire.is_closed.wait(), 10)
