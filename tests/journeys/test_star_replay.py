"""Real dialogues through real sockets: both screens and the database end up with the same words in the same order."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from app.text import clean_text
from tests.running import Agent, Running, Visitor

DIALOGUES = 20


@pytest.fixture
def dialogues(test_data: Path) -> list[dict[str, Any]]:
    """The first twenty finished dialogues."""
    found = [json.loads(line) for line in (test_data / "star_dialogues.jsonl").read_text("utf-8").splitlines()]
    assert len(found) == DIALOGUES
    return found


async def test_twenty_dialogues_reach_both_screens_and_the_database_alike(
    tmp_path: Path, dialogues: list[dict[str, Any]]
) -> None:
    running = Running(tmp_path, agent_capacity=DIALOGUES).start()
    try:
        agents = [await running.agent(email) for email in ("ana@example.com", "ben@example.com")]
        visitors = [await running.visitor() for _ in dialogues]
        ids = await asyncio.gather(
            *(_replay(visitor, agents, dialogue) for visitor, dialogue in zip(visitors, dialogues, strict=True))
        )
        stored = _stored(tmp_path / "data" / "parley.db")
        for visitor, dialogue, id in zip(visitors, dialogues, ids, strict=True):
            said = [clean_text(text) for _, _, text in dialogue["turns"] if clean_text(text)]
            assert stored[id] == said
            assert _on_screen(visitor.wire.events, id) == said
            for agent in agents:
                assert _on_screen(agent.wire.events, id) == said
        held = {agent.id: sum(_is_mine(agent, id) for id in ids) for agent in agents}
        assert sum(held.values()) == DIALOGUES
        assert max(held.values()) - min(held.values()) <= 1, "the load is even"
    finally:
        running.stop()


async def _replay(visitor: Visitor, agents: list[Agent], dialogue: dict[str, Any]) -> str:
    """Say every turn as soon as the one before is acknowledged; an agent's by whoever holds the conversation."""
    id, owner = "", agents[0]
    turns = [(who, text) for _, who, text in dialogue["turns"] if clean_text(text)]
    if turns[0][0] == "agent":
        turns[0] = ("customer", turns[0][1])
    for number, (who, text) in enumerate(turns):
        client_id = f"{dialogue['id']}-{number}"[-60:]
        if not id:
            id = (await visitor.wire.ask("conversation.start", client_id=client_id, body=text))["conversation"]["id"]
            told = agents[0].wire
            given = await told.event("message.created", message__conversation_id=id, message__system="assigned")
            owner = next(agent for agent in agents if agent.me["agent"]["name"] == given["message"]["author"]["name"])
        elif who == "customer":
            await visitor.wire.ask("message.send", client_id=client_id, conversation_id=id, body=text)
        else:
            await owner.wire.ask("message.send", client_id=client_id, conversation_id=id, body=text)
    return id


def _on_screen(events: list[dict[str, Any]], conversation_id: str) -> list[str]:
    """What a client that drops seqs it has seen shows, in the order the events came."""
    shown: dict[int, str] = {}
    for event in events:
        mine = event["type"] == "message.created" and event["message"]["conversation_id"] == conversation_id
        if mine and event["message"]["visibility"] == "public":
            shown.setdefault(event["message"]["seq"], event["message"]["body"] if not event["message"]["system"] else "")
    assert list(shown) == sorted(shown), "in order"
    return [body for body in shown.values() if body]


def _stored(path: Path) -> dict[str, list[str]]:
    with sqlite3.connect(path) as database:
        rows = database.execute(
            "SELECT conversation_id, body, seq FROM messages WHERE system IS NULL ORDER BY conversation_id, seq"
        )
        stored: dict[str, list[str]] = {}
        for conversation_id, body, _ in rows:
            stored.setdefault(conversation_id, []).append(body)
    return stored


def _is_mine(agent: Agent, conversation_id: str) -> bool:
    return any(event["conversation_id"] == conversation_id for event in agent.wire.all_events("assignment.offered"))
