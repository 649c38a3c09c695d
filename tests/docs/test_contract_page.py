"""Whatever can be asked, heard or fetched is written down."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import pytest
import socketio

from app.contract import CONTRACT_VERSION
from app.contract.commands import AgentCommand, VisitorCommand
from app.contract.events import AgentEvent, VisitorEvent
from app.contract.values import ErrorCode
from app.http.app import create_app
from app.http.pages import page_routes
from app.settings import Settings
from realtime.routes import wire_routes

ROOT = Path(__file__).resolve().parents[2]
INDEX = (ROOT / "docs" / "contract.md").read_text("utf-8")
PAGE = INDEX + "\n".join(page.read_text("utf-8") for page in sorted((ROOT / "docs" / "contract").glob("*.md")))
UNIONS = {
    "From visitor": VisitorCommand,
    "From agent": AgentCommand,
    "To visitor": VisitorEvent,
    "To agent": AgentEvent,
}


@pytest.mark.parametrize("who", UNIONS)
def test_every_command_and_event_has_an_entry_that_says_who_may(who: str) -> None:
    for struct in get_args(UNIONS[who]):
        heading = f"## `{struct.__struct_config__.tag}` ({struct.__name__})"
        assert heading in PAGE
        entry = PAGE.partition(heading)[2].partition("\n## ")[0]
        direction, side = who.split()
        assert re.search(rf"\*{direction} ([a-z ]*)?{side}", entry), heading


def test_every_reason_for_a_refusal_is_named() -> None:
    assert [code for code in get_args(ErrorCode) if f"`{code}`" not in PAGE] == []
    assert f"Version {CONTRACT_VERSION}" in INDEX


def doors() -> dict[str, Any]:
    """Every route of the application by method and path, as its OpenAPI page describes them."""
    platform: Any = SimpleNamespace(settings=Settings())
    nobody: Any = None
    wires = wire_routes(socketio.AsyncServer(async_mode="asgi"), nobody, nobody, nobody)  # pyright: ignore[reportArgumentType]
    pages = page_routes(ROOT / "widget" / "dist", ROOT / "agent_ui" / "dist", ROOT / "demo" / "shop.html")
    schema = create_app(platform, [*pages, *wires], []).openapi_schema.to_schema()
    return {f"{method.upper()} {path}": door for path, methods in schema["paths"].items() for method, door in methods.items()}


DOORS = doors()


def test_the_doors_of_the_architecture_are_there() -> None:
    assert {
        "POST /api/v1/widget/sessions",
        "POST /api/v1/login",
        "POST /api/v1/commands",
        "GET /api/v1/events",
        "GET /health/live",
        "GET /health/ready",
        "GET /metrics",
    } <= DOORS.keys()


@pytest.mark.parametrize("door", sorted(DOORS))
def test_every_route_says_what_it_is_for(door: str) -> None:
    said = DOORS[door].get("description") or ""
    assert len(said.split()) >= 3
    assert said.rstrip().endswith(".")
