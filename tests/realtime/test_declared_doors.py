"""Each door with a role that has its declared permission alone, and with one that has every other: the application in this
process, over HTTP with an API token, and bodies that fit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest

from app.clock import new_id
from app.contract.commands import AgentCommand
from app.database.migrate import migrate
from app.http.platform import OPEN_DOORS, Platform
from app.people.agents import open_account
from app.people.doors import COMMANDS, ROUTES, SHARED
from app.people.permissions import ROLES, Grant, Permission
from app.people.tokens import hash_secret, new_secret
from app.settings import Settings
from app.work import Work
from models import ApiToken, Inbox
from server import build
from tests.realtime.doors import Door, all_doors, fitting_command

CLOSED = {door.name: door for door in all_doors() if not OPEN_DOORS.match(door.path)}
COMMAND_KINDS = {str(kind.__struct_config__.tag): kind for kind in get_args(AgentCommand)}
ENDS_THE_SESSION = {"POST /api/v1/logout"}
EVERYTHING = frozenset(Permission)
NEEDS_AN_ADMIN = {"DELETE /api/v1/agents/{agent_id}", "POST /api/v1/agents/{agent_id}/suspend"}
"""Suspending asks in its transaction that the one who suspends is still an admin, so that two can't suspend each other."""
HIDES = Permission.VIEW_CONVERSATIONS
"""Without it a conversation is as if it did not exist."""

Client = httpx.AsyncClient


def test_every_door_is_declared_and_nothing_else() -> None:
    assert set(ROUTES) == set(CLOSED)
    assert set(COMMANDS) == set(COMMAND_KINDS)


def test_every_permission_opens_a_door() -> None:
    assert {*ROUTES.values(), *COMMANDS.values(), *SHARED.values()} - {None} == EVERYTHING


@asynccontextmanager
async def asking(folder: Path) -> AsyncIterator[tuple[Client, dict[str, str]]]:
    """The application on an empty database with one agent, their API token and a conversation."""
    url = f"sqlite:///{folder / 'parley.db'}"
    migrate(url)
    settings = Settings(
        database_url=url,
        data_dir=str(folder),
        secret_key="k" * 40,
        embedding_model="off",
        message_rate=1000.0,
        widget_rate=1000,
        login_rate=1000,
    )
    app: Any = build(settings)
    transport = httpx.ASGITransport(app=app)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://testserver", timeout=30) as client:
        platform: Platform = app.state.platform
        secret, inbox_id = new_secret(), new_id()

        async def furnish(work: Work) -> None:
            agent = await open_account(
                work, name="Ana", email="ana@example.com", password_hash="", role="agent", capacity=4, takes_chats=True
            )
            await work.add(ApiToken(token_hash=hash_secret(secret), agent_id=agent.id, name="crm", created_at=work.now))
            await work.add(
                Inbox(
                    id=inbox_id,
                    key="shop",
                    name="Shop",
                    channel="chat",
                    greeting="",
                    color="#0f766e",
                    locale="en",
                    allowed_origins=[],
                    identity_secret="s" * 32,
                    asks_email=False,
                    created_at=work.now,
                )
            )

        await platform.works.run(furnish)
        client.headers["Authorization"] = f"Bearer {secret}"
        visitor = (await client.post("/api/v1/widget/sessions", json={"inbox_key": "shop", "visitor_token": None})).json()
        begun = await client.post(
            "/api/v1/commands",
            json={"type": "conversation.start", "client_id": "k", "body": "Hello?"},
            headers={"Authorization": f"Bearer {visitor['visitor_token']}"},
        )
        yield client, {"conversation_id": begun.json()["conversation"]["id"]}


async def code_of(client: Client, door: Door, body: Any, names: dict[str, str]) -> str:
    address = Door(door.method, door.path.format_map(Known(names)), None).address
    answer = await client.request(door.method, address, **({} if body is None else {"json": body}))
    assert answer.status_code not in (401, 500), (door.name, answer.text)
    return "forbidden" if answer.status_code == 403 else str(answer.status_code)


class Known(dict[str, str]):
    """Ids that are known; the others stay as they are."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def own(body: Any) -> Any:
    """The body, of what is the agent's own where it could be shared."""
    return body | {"is_shared": False} if isinstance(body, dict) and "is_shared" in body else body


async def test_each_door_opens_to_its_permission_and_to_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with asking(tmp_path) as (client, names):
        wrong = await ask_routes(client, names, monkeypatch)
        wrong += await ask_for_shared(client, names, monkeypatch)
        wrong += await ask_commands(client, names, monkeypatch)
    assert not wrong, "\n".join(wrong)


async def ask_routes(client: Client, names: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    wrong: list[str] = []
    for name, permission in ROUTES.items():
        if name in ENDS_THE_SESSION:
            continue
        door, body = CLOSED[name], own(CLOSED[name].fitting_body())
        monkeypatch.setitem(ROLES, "agent", Grant(frozenset({permission} if permission else ())))
        if await code_of(client, door, body, names) == "forbidden" and name not in NEEDS_AN_ADMIN:
            wrong.append(f"{name} is refused with {permission}")
        if permission:
            monkeypatch.setitem(ROLES, "agent", Grant(EVERYTHING - {permission}))
            without = await code_of(client, door, body, names)
            if without not in ({"forbidden", "404"} if permission is HIDES else {"forbidden"}):
                wrong.append(f"{name} opens without {permission}")
    return wrong


async def ask_for_shared(client: Client, names: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    wrong: list[str] = []
    for name, permission in SHARED.items():
        door, body = CLOSED[name], CLOSED[name].fitting_body() | {"is_shared": True}
        monkeypatch.setitem(ROLES, "agent", Grant(frozenset({permission})))
        if await code_of(client, door, body, names) == "forbidden":
            wrong.append(f"{name} is refused with {permission}")
        monkeypatch.setitem(ROLES, "agent", Grant(EVERYTHING - {permission}))
        if await code_of(client, door, body, names) != "forbidden":
            wrong.append(f"{name}, shared, opens without {permission}")
    return wrong


async def ask_commands(client: Client, names: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A conversation that may not be seen is missing; so is what a command names besides it, and that refuses nobody."""
    wrong: list[str] = []
    for type, permission in COMMANDS.items():
        body = fitting_command(COMMAND_KINDS[type])
        body |= {name: id for name, id in names.items() if name in body}

        async def asked(allowed: frozenset[Permission], body: Any = body) -> str:
            monkeypatch.setitem(ROLES, "agent", Grant(allowed))
            answer = (await client.post("/api/v1/commands", json=body)).json()
            while answer.get("code") == "rate_limited":
                await asyncio.sleep(answer["retry_seconds"] or 0.1)
                answer = (await client.post("/api/v1/commands", json=body)).json()
            return "ok" if answer["ok"] else answer["code"]

        if await asked(frozenset({permission, HIDES} if permission else ())) == "forbidden":
            wrong.append(f"{type} is refused with {permission}")
        if permission:
            without = await asked(EVERYTHING - {permission})
            if without not in ({"forbidden", "not_found"} if permission is HIDES else {"forbidden"}):
                wrong.append(f"{type} is {without} without {permission}")
    return wrong
