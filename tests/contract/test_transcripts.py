"""Transcripts: fresh, and nothing of the contract without one (or without a journey)."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any, get_args

import pytest

from app.contract.commands import AgentCommand, VisitorCommand
from app.contract.events import AgentEvent, VisitorEvent
from tests.contract.record import FOLDER, record_all, stale
from tests.contract.role_names import name_by_role
from tests.contract.world import screen_after

ROOT = Path(__file__).resolve().parents[2]
TRANSCRIPTS: list[dict[str, Any]] = [json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))]
OVER_THE_WIRE = [ROOT / "tests" / "journeys", ROOT / "tests" / "realtime"]


def tags(union: Any) -> set[str]:
    return {str(struct.__struct_config__.tag) for struct in get_args(union)}


def said_by(side: str) -> set[str]:
    asked = [it["command"] for it in TRANSCRIPTS if it["command"]]
    return {it["said"]["type"] for it in asked if it["by"] == side and it["reply"]["ok"]}


def heard_by(side: str) -> set[str]:
    return {event["type"] for it in TRANSCRIPTS for event in it["sides"][side]["events"]}


def named_in_journeys() -> set[str]:
    """Every word in quotes in tests that run over real wires."""
    trees = [ast.parse(path.read_text("utf-8")) for folder in OVER_THE_WIRE for path in folder.rglob("test_*.py")]
    return {
        node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


async def test_transcripts_are_what_the_verbs_say_today(sqlite_database_url: str) -> None:
    migrated = Path(sqlite_database_url.removeprefix("sqlite:///"))
    assert stale(await record_all(migrated)) == [], "run: python -m tests.contract.record"


def test_an_id_is_named_by_its_role_in_the_order_it_appears() -> None:
    """So that a verb which makes one id more changes no transcript that does not show it."""
    first, second, third, fourth = (f"00000000-0000-7000-8000-{number:012x}" for number in (9, 3, 7, 1))
    message = {"id": second, "conversation_id": first, "author": {"kind": "agent", "id": third}}
    shown = {"conversation_id": first, "messages": [message], "team_ids": [fourth], "url": f"/files/{second}"}
    assert name_by_role(shown) == {
        "conversation_id": "conversation-1",
        "messages": [{"id": "message-1", "conversation_id": "conversation-1", "author": {"kind": "agent", "id": "agent-1"}}],
        "team_ids": ["team-1"],
        "url": "/files/message-1",
    }


@pytest.mark.parametrize(("side", "union"), [("visitor", VisitorCommand), ("agent", AgentCommand)], ids=["visitors", "agents"])
def test_every_command_occurs_in_a_transcript(side: str, union: Any) -> None:
    assert tags(union) - said_by(side) == set()


@pytest.mark.parametrize(("side", "union"), [("visitor", VisitorEvent), ("agent", AgentEvent)], ids=["visitors", "agents"])
def test_every_event_occurs_in_a_transcript_or_a_journey(side: str, union: Any) -> None:
    assert tags(union) - heard_by(side) - named_in_journeys() == set()


def test_what_changes_a_screen_occurs_in_a_transcript() -> None:
    """Journeys alone would not prove that the screens agree afterwards."""
    passing = {"going_away", "signed_out", "wall.changed", "wall.moved", "config.changed", "inbox.availability"}
    assert tags(VisitorEvent) - heard_by("visitor") <= passing
    assert tags(AgentEvent) - heard_by("agent") <= passing


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda it: it["story"])
def test_agents_as_told_are_agents_as_listed(transcript: dict[str, Any]) -> None:
    """Snapshot and events together are the next snapshot, for the people as for the conversation."""
    held = {agent["id"]: agent for agent in transcript["agents"]["before"]}
    for event in transcript["sides"]["agent"]["events"]:
        if event["type"] == "presence.changed":
            held[event["agent"]["id"]] = event["agent"]
        elif event["type"] == "presence.moved":
            held[event["agent_id"]] |= {name: value for name, value in event.items() if name not in ("type", "agent_id")}
    assert held == {agent["id"]: agent for agent in transcript["agents"]["after"]}


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda it: it["story"])
def test_a_visitor_hears_no_note_and_no_revision(transcript: dict[str, Any]) -> None:
    side = transcript["sides"]["visitor"]
    messages = [event["message"] for event in side["events"] if event["type"] == "message.created"]
    after = screen_after(side["before"], side["after"])
    messages += [message for screen in (side["before"], after) if screen for message in screen["messages"]]
    assert [message for message in messages if message["visibility"] != "public" or message["rev"] is not None] == []
    assert "Gas?" not in json.dumps(side), "the words of the note"
