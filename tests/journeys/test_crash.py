"""The server is killed in the middle of it all: what was acknowledged is there once, what was not is retried to the same end."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

from tests.running import Running, Visitor
from tests.wire import Wire


async def test_every_acknowledged_message_survives_a_kill_once_and_a_retry_changes_nothing(tmp_path: Path) -> None:
    running = Running(tmp_path).start()
    visitor = await running.visitor()
    id = (await visitor.wire.ask("conversation.start", client_id="start", body="start"))["conversation"]["id"]
    acked: dict[str, int] = {}

    async def send(number: int) -> None:
        key = f"k{number}"
        reply = await visitor.wire.command("message.send", client_id=key, conversation_id=id, body=f"message {number}")
        if reply["ok"]:
            acked[key] = reply["message"]["seq"]

    sending = asyncio.gather(*(send(number) for number in range(60)), return_exceptions=True)
    while len(acked) < 20:
        await asyncio.sleep(0)
    running.stop(signal.SIGKILL)
    await sending
    before = dict(acked)
    assert len(before) >= 20

    running.start()
    visitor = await _again(running, visitor)
    for number in range(60):
        reply = await visitor.wire.ask("message.send", client_id=f"k{number}", conversation_id=id, body=f"message {number}")
        acked[f"k{number}"] = reply["message"]["seq"]
        assert before.get(f"k{number}", reply["message"]["seq"]) == reply["message"]["seq"], "a retry gets the first seq"
    messages = await _everything(visitor, id)
    seqs = [message["seq"] for message in messages]
    assert seqs == list(range(1, len(seqs) + 1))
    keys = [message["client_id"] for message in messages if message["client_id"] and message["client_id"] != "start"]
    assert sorted(keys) == sorted(acked), "each exactly once"
    running.stop()


async def test_both_sides_resume_where_they_were_after_a_restart(tmp_path: Path) -> None:
    running = Running(tmp_path).start()
    agent = await running.agent()
    visitor = await running.visitor()
    id = (await visitor.wire.ask("conversation.start", client_id="start", body="before"))["conversation"]["id"]
    await visitor.wire.event("message.created", message__system="joined")
    synced = await agent.wire.ask("conversation.sync", conversation_id=id, after_rev=0)
    rev, seq = synced["conversation"]["rev"], synced["conversation"]["seq"]

    running.stop()
    await visitor.wire.event("going_away")
    running.start()

    agent = await running.agent(cookie=agent.cookie)
    await agent.wire.ask("message.send", client_id="a1", conversation_id=id, body="while you were away")
    await agent.wire.ask("message.send", client_id="a2", conversation_id=id, body="a note", visibility="internal")
    visitor = await _again(running, visitor)
    missed = await visitor.wire.ask("conversation.sync", conversation_id=id, after_seq=seq)
    assert [message["body"] for message in missed["messages"]] == ["while you were away"]
    for_agents = await agent.wire.ask("conversation.sync", conversation_id=id, after_rev=rev)
    assert [message["body"] for message in for_agents["messages"]] == ["while you were away", "a note"]
    running.stop()


async def _again(running: Running, visitor: Visitor) -> Visitor:
    wire = await Wire.connect(running.url, "/visitor", {"token": visitor.token, "contract": 1})
    return Visitor(wire, visitor.session)


async def _everything(visitor: Visitor, id: str) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    while True:
        after = messages[-1]["seq"] if messages else 0
        page = await visitor.wire.ask("conversation.sync", conversation_id=id, after_seq=after)
        messages += page["messages"]
        if page["is_complete"]:
            return messages
