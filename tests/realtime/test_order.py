"""A sender's order is kept, and whoever does not read is not waited for."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from urllib.parse import urlsplit

import psutil

from tests.running import Running


async def test_a_hundred_commands_sent_at_once_are_obeyed_and_answered_in_order(running: Running) -> None:
    visitor = await running.visitor()
    id = (await visitor.wire.ask("conversation.start", client_id="k", body="start"))["conversation"]["id"]
    replies = await asyncio.gather(
        *(
            visitor.wire.command("message.send", client_id=f"m{number}", conversation_id=id, body=f"{number}")
            for number in range(100)
        )
    )
    assert [reply for reply in replies if not reply["ok"]] == []
    seqs = [reply["message"]["seq"] for reply in replies]
    assert seqs == sorted(set(seqs))
    told = [event["message"] for event in visitor.wire.all_events("message.created")]
    heard = [message["body"] for message in told if (message["client_id"] or "").startswith("m")]
    assert heard == [str(number) for number in range(100)]


async def test_what_is_asked_next_sees_what_was_done_before(running: Running) -> None:
    """A write waits for the disk and a look does not; sent together, the look is still the second."""
    visitor = await running.visitor()
    id = (await visitor.wire.ask("conversation.start", client_id="k", body="start"))["conversation"]["id"]
    pairs = [
        (
            asyncio.create_task(visitor.wire.ask("message.send", client_id=f"w{n}", conversation_id=id, body=f"{n}")),
            asyncio.create_task(visitor.wire.ask("conversation.sync", conversation_id=id, after_seq=0)),
        )
        for n in range(30)
    ]
    for writing, looking in pairs:
        sent, synced = await writing, await looking
        assert sent["message"] in synced["messages"]


async def test_whoever_has_the_answer_the_others_have_the_event(running: Running) -> None:
    """Commit, publish, answer: on one connection the event even comes first."""
    visitor = await running.visitor()
    id = (await visitor.wire.ask("conversation.start", client_id="k", body="start"))["conversation"]["id"]
    for number in range(20):
        reply = await visitor.wire.ask("message.send", client_id=f"o{number}", conversation_id=id, body="x")
        assert reply["message"] in [event["message"] for event in visitor.wire.all_events("message.created")]


async def test_a_slow_command_holds_up_only_its_own_sender(running: Running) -> None:
    slow, quick = await running.visitor(), await running.visitor()
    id = (await slow.wire.ask("conversation.start", client_id="k", body="start"))["conversation"]["id"]
    burst = [
        asyncio.create_task(slow.wire.command("message.send", client_id=f"s{n}", conversation_id=id, body="x" * 5000))
        for n in range(60)
    ]
    await quick.wire.ask("article.search", query="tent")
    await asyncio.gather(*burst)


class StoppedReader:
    """A browser whose tab is frozen: it says who it is and never reads again."""

    def __init__(self, running: Running, token: str) -> None:
        parts = urlsplit(running.url)
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.connect((parts.hostname, parts.port))
        self._socket.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        assert b"101" in self._socket.recv(200)
        self._send("40/visitor," + json.dumps({"token": token, "contract": 1}))

    def _send(self, text: str) -> None:
        data, mask = text.encode(), b"\x00\x00\x00\x00"
        length = bytes([0x80 | len(data)]) if len(data) < 126 else bytes([0x80 | 126]) + len(data).to_bytes(2, "big")
        self._socket.sendall(b"\x81" + length + mask + data)

    def is_cut(self, seconds: float) -> bool:
        """Whether what was sent ends: everything still buffered, then the end of the line."""
        self._socket.settimeout(seconds)
        try:
            while self._socket.recv(1 << 20):
                pass
        except TimeoutError:
            return False
        except ConnectionError:
            return True
        return True

    def close(self) -> None:
        self._socket.close()


async def test_a_reader_that_stopped_is_cut_and_costs_no_memory(running: Running) -> None:
    visitor, ana = await running.visitor(), await running.agent()
    id = (await visitor.wire.ask("conversation.start", client_id="k", body="start"))["conversation"]["id"]
    stopped = await asyncio.to_thread(StoppedReader, running, visitor.token)
    process = psutil.Process(running.pid)
    before = process.memory_info().rss
    cut_before = running.log.read_text().count("slow reader closed")
    most = before
    until = time.monotonic() + 40
    number = 0
    while running.log.read_text().count("slow reader closed") == cut_before and time.monotonic() < until:
        sending = [
            ana.wire.ask("message.send", client_id=f"big{number + n}", conversation_id=id, body="漢" * 10_000)
            for n in range(1, 21)
        ]
        await asyncio.gather(*sending)
        number += len(sending)
        most = max(most, process.memory_info().rss)
    assert running.log.read_text().count("slow reader closed") == cut_before + 1, f"still there after {number} messages"
    assert most - before < 40_000_000, f"{(most - before) / 1e6:.0f} MB for one stopped reader"
    assert await asyncio.to_thread(stopped.is_cut, 10)
    stopped.close()
    last = await visitor.wire.event("message.created", message__client_id=f"big{number}")
    assert last["message"]["seq"] >= number, "the one who reads has everything"
