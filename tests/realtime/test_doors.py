"""Every door with every caller (B13, B14), and with every text in every field, on both databases (B15, B37)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, get_args
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.contract.commands import AgentCommand, VisitorCommand
from app.contract.values import Role
from app.http.platform import OPEN_DOORS
from app.people.doors import COMMANDS, ROUTES, SHARED
from app.people.permissions import Permission, is_granted
from tests.realtime.doors import Door, all_doors, every_string, fitting_command
from tests.running import Running
from tests.wire import Refused, Wire

CLOSED = [door for door in all_doors() if not OPEN_DOORS.match(door.path)]
ROLE_OF: dict[Role, str] = {"agent": "ana@example.com", "supervisor": "sam@example.com", "admin": "admin@example.com"}
ENDS_THE_SESSION = {"POST /api/v1/logout", "DELETE /api/v1/me/sessions", "PUT /api/v1/me/password"}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of its own: what is created here is in nobody's way."""
    folder = tmp_path_factory.mktemp("doors")
    more = {"database_url": request.getfixturevalue("kept_postgres_url")} if request.param == "postgres" else {}
    running = Running(folder, **more).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def kept_postgres_url(postgres_databases: Any) -> Iterator[str]:
    url = postgres_databases.create()
    yield url
    postgres_databases.drop(url)


def client(server: Running, cookie: str = "", token: str = "") -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    cookies = {"parley_session": cookie} if cookie else {}
    return httpx.Client(base_url=server.url, trust_env=False, timeout=30, headers=headers, cookies=cookies)


def as_agent(server: Running, email: str) -> httpx.Client:
    return client(server, asyncio.run(server.sign_in(email)))


def knock(http: httpx.Client, door: Door, body: Any) -> httpx.Response:
    return http.request(door.method, door.address, **({} if body is None else {"json": body}))


ON_SQLITE = pytest.mark.parametrize("server", ["sqlite"], indirect=True)
"""Where the database makes no difference."""


@ON_SQLITE
def test_b13_nobody_and_visitors_are_told_nothing_but_to_sign_in(server: Running) -> None:
    """Whatever they send: a body that fits, one that does not, and none. A refusal of a field would explain the door."""
    token = asyncio.run(server.open_widget())["visitor_token"]
    with client(server) as nobody, client(server, token=token) as visitor, client(server, cookie="made-up") as forged:
        for door in CLOSED:
            for caller in (nobody, visitor, forged):
                for body in (door.fitting_body(), {"wrong": 1}, None):
                    answer = knock(caller, door, body)
                    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), (door.name, answer.text)
                    assert answer.json()["detail"] == "Sign in to continue.", door.name
    assert len(CLOSED) > 80


@ON_SQLITE
def test_b14_each_role_opens_the_doors_it_may(server: Running) -> None:
    """With bodies that fit, so that a refusal can only be for the role: as `app/people/doors.py` declares."""
    for role, email in ROLE_OF.items():
        with as_agent(server, email) as http:
            for door in (door for door in CLOSED if door.name not in ENDS_THE_SESSION):
                body = door.fitting_body()
                answer = knock(http, door, body)
                is_shared = isinstance(body, dict) and bool(body.get("is_shared"))
                permission = SHARED[door.name] if is_shared else ROUTES[door.name]
                assert answer.status_code not in (401, 500), (role, door.name, answer.text)
                assert (answer.status_code != 403) is may(role, permission), (role, door.name, answer.text)


@ON_SQLITE
def test_b14_each_role_is_obeyed_as_far_as_it_may(server: Running) -> None:
    """Each command with a body that fits, over HTTP and over the socket, by each role, a visitor and nobody."""
    token = asyncio.run(server.open_widget())["visitor_token"]
    bodies = [fitting_command(kind) for kind in get_args(AgentCommand)]
    visitors_too = {str(kind.__struct_config__.tag) for kind in get_args(VisitorCommand)}
    with client(server) as nobody, client(server, token=token) as visitor:
        for body in bodies:
            assert nobody.post("/api/v1/commands", json=body).status_code == 401, body
            if body["type"] not in visitors_too:
                assert visitor.post("/api/v1/commands", json=body).json()["code"] == "invalid", body
    for role, email in ROLE_OF.items():
        with as_agent(server, email) as http:
            by_http = {body["type"]: http.post("/api/v1/commands", json=body).json() for body in bodies}
        by_socket = asyncio.run(over_socket(server, email, bodies))
        for type, permission in COMMANDS.items():
            for answer in (by_http[type], by_socket[type]):
                assert (answer.get("code") != "forbidden") is may(role, permission), (role, type, answer)


async def over_socket(server: Running, email: str, bodies: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    wire = (await server.agent(email)).wire
    found = {body["type"]: await wire.command(**body) for body in bodies}
    await wire.close()
    with pytest.raises(Refused):
        await Wire.connect(server.url, "/agent", {"contract": 1}, {"Origin": server.url})
    return found


def may(role: Role, permission: Permission | None) -> bool:
    return permission is None or is_granted(role, permission)


HOSTILE = st.text(
    st.one_of(
        st.sampled_from("\x00\x00\x01\x1b\x7f\r\n\t'\"\\%_;<>{}[]()*$`\u202e\u2066\u200d\ufeff\U0001f469é漢"),
        st.characters(exclude_categories=["Cs"]),
    ),
    min_size=1,
    max_size=12,
)
ALL_COMMANDS = [(kind, "visitor") for kind in get_args(VisitorCommand)] + [(kind, "agent") for kind in get_args(AgentCommand)]


@pytest.fixture(scope="module")
def callers(server: Running) -> Iterator[dict[str, httpx.Client]]:
    token = asyncio.run(server.open_widget())["visitor_token"]
    admin, agent, visitor = (
        as_agent(server, "admin@example.com"),
        as_agent(server, "ana@example.com"),
        client(server, token=token),
    )
    with admin, agent, visitor:
        yield {"admin": admin, "agent": agent, "visitor": visitor}


FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
NEEDS_MAIL = {"POST /api/v1/password-resets"}
WRITES = [door for door in all_doors() if door.body is not None and door.name not in ENDS_THE_SESSION | NEEDS_MAIL]


@FEW
@given(st.sampled_from(WRITES), st.integers(0, 5), HOSTILE, st.booleans())
def test_b15_any_text_in_any_field_of_any_body_is_taken_or_refused(
    server: Running, callers: dict[str, httpx.Client], door: Door, seed: int, text: str, is_all: bool
) -> None:
    body = every_string(door.fitting_body(seed), lambda it: text if is_all else it + text)
    answer = knock(callers["admin"], door, body)
    assert answer.status_code < 500, (door.name, body, answer.text)


@FEW
@given(st.sampled_from(ALL_COMMANDS), st.integers(0, 5), HOSTILE, st.booleans())
def test_b15_any_text_in_any_field_of_any_command_is_taken_or_refused(
    server: Running, callers: dict[str, httpx.Client], command: tuple[Any, str], seed: int, text: str, is_all: bool
) -> None:
    kind, caller = command
    fitting = Door("POST", "/api/v1/commands", kind).fitting_body(seed)
    tags = {key: value for key, value in fitting.items() if key == kind.__struct_config__.tag_field}
    body = every_string(fitting, lambda it: text if is_all else it + text) | tags
    answer = callers[caller].post("/api/v1/commands", json=body)
    assert answer.status_code < 500, (body, answer.text)


READS = [
    door
    for door in all_doors()
    if door.method == "GET" and ("{" in door.path or door.query) and door.path != "/api/v1/events"  # which waits for news
]


@FEW
@given(st.sampled_from(READS), HOSTILE, st.sampled_from(["admin", "visitor"]))
def test_b15_any_text_in_any_path_and_query_is_taken_or_refused(
    server: Running, callers: dict[str, httpx.Client], door: Door, text: str, caller: str
) -> None:
    quoted = quote(text, safe="")
    path = "/".join(quoted if part.startswith("{") else part for part in door.path.split("/"))
    answer = callers[caller].get(f"{path}?" + "&".join(f"{name}={quoted}" for name in door.query))
    assert answer.status_code < 500, (path, answer.text)


def test_b37_long_and_broken_addresses_are_pages_that_are_missing(server: Running) -> None:
    with client(server) as http:
        for path in ("/widget/%00", "/widget/" + "a" * 5000, "/inbox/assets/" + "a" * 5000, "/help/%ff%fe", "/widget/a%00.js"):
            answer = http.get(path)
            assert answer.status_code in (400, 404), (path, answer.status_code)
        assert http.get("/widget/frame").status_code == 404


def test_every_answer_is_careful_even_where_there_is_no_page(server: Running) -> None:
    with client(server) as http:
        for path in ("/api/v1/nothing", "/nothing", "/api/v1/me", "/health/live", "/help", "/widget/%00"):
            headers = http.get(path).headers
            assert headers["x-content-type-options"] == "nosniff", path
            assert headers["permissions-policy"].startswith("camera=()"), path
            assert headers["referrer-policy"], path
            assert "content-security-policy" in headers, path
            assert len(headers["x-request-id"]) == 36, path


def test_b37_none_of_this_left_a_traceback(server: Running) -> None:
    assert "Traceback" not in server.log.read_text()
    assert "\x1b" not in server.log.read_text()
