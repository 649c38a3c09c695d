"""Where the CPU of a message goes, layer by layer, in one process: no sockets, no other program, so a busy machine matters less.

python -m bench.layers [--short] [--database sqlite|postgresql]

- `frame_in_and_out`: a text frame from the transport to the application and one back; control: uvicorn's own way.
- `write_and_tell`: messages handed in by many visitors at once; control: the verb, one transaction a message.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import tempfile
import time
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
import uvloop
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from app.clock import utc_now
from app.contract.messages import VisitorSendMessage
from app.conversations.messages.outbox import MessageOutbox
from app.conversations.messages.send import post_visitor_message
from app.database.migrate import migrate
from app.people.actors import Visitor
from app.people.presence import arrive
from bench.chat_load import WORDS
from bench.figures import say
from realtime.transport.direct_websocket import EXTENSION, DirectWebSocket
from tests.factories import LEASE, House, open_house
from tests.servers.postgres import PostgresServer

CONVERSATIONS = {"sqlite": 50, "postgresql": 20}
"""At once; the verbs of more than twenty would wait for a connection to PostgreSQL."""
HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class Nowhere(asyncio.Transport):
    """Takes what is written and forgets it."""

    writes = 0

    def write(self, data: Any) -> None:
        self.writes += 1

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        return

    def pause_reading(self) -> None:
        return

    def resume_reading(self) -> None:
        return


async def frames(protocol: type[WebSocketsSansIOProtocol], count: int) -> float:
    """CPU us for one frame in and one out."""
    text = '42/visitor,17["command",{"body":"' + WORDS + '"}]'
    payload = text.encode()
    frame = b"\x81\xfe" + len(payload).to_bytes(2, "big") + b"\0\0\0\0" + payload

    async def application(scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        if EXTENSION in scope["extensions"]:
            websocket: DirectWebSocket = scope["extensions"][EXTENSION]["websocket"]
            websocket.on_text = websocket.send_text
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"]})

    config = uvicorn.Config(application, log_config=None, ws_per_message_deflate=False, ws_ping_interval=None)
    config.load()
    websocket = protocol(config, ServerState(), {})
    transport = Nowhere()
    websocket.connection_made(transport)
    websocket.data_received(HANDSHAKE)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    began, before = time.process_time(), transport.writes
    for sent in range(1, count + 1):
        websocket.data_received(frame)
        while transport.writes - before < sent:
            await asyncio.sleep(0)
    took = time.process_time() - began
    websocket.connection_lost(None)
    await asyncio.sleep(0)
    return took / count * 1e6


async def messages(house: House, chats: list[tuple[str, Visitor]], write: Callable[..., Awaitable[Any]], count: int) -> float:
    """CPU us a message, everybody writing the next when the last is answered."""
    numbers = iter(range(count))

    async def talk(id: str, visitor: Visitor) -> None:
        for _ in numbers:
            command = VisitorSendMessage(client_id=f"k{next(_keys)}", conversation_id=id, body=WORDS)
            await write(visitor, command)

    house.told.forget()
    began = time.process_time()
    await asyncio.gather(*(talk(id, visitor) for id, visitor in chats))
    took = time.process_time() - began
    assert len(house.told.announcements) == 2 * count, "each is told to both sides"
    return took / count * 1e6


_keys = itertools.count(1)


async def run(url: str, database: str, count: int) -> None:
    direct = library = 0.0
    for _ in range(4):
        library += await frames(WebSocketsSansIOProtocol, count) / 4
        direct += await frames(DirectWebSocket, count) / 4
    say("layers", "frame_in_and_out", direct, "us", library, 4 * count)
    async with open_house(url) as house:
        house.works.clock = utc_now
        ana = await house.agent("Ana", capacity=1000)
        await house.run(arrive, ana.id, LEASE)
        chats = [await house.chat(ana) for _ in range(CONVERSATIONS[database])]
        posting = MessageOutbox(house.works)
        by_verb = by_batch = 0.0
        for _ in range(4):
            by_verb += await messages(house, chats, lambda *given: house.run(post_visitor_message, *given), count // 4) / 4
            by_batch += await messages(house, chats, posting.send, count // 4) / 4
        say("layers", "write_and_tell", by_batch, "us", by_verb, 4 * (count // 4), database=database)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    asked = parser.parse_args()
    with contextlib.ExitStack() as stack:
        if asked.database == "postgresql":
            server = PostgresServer()
            server.start()
            stack.callback(server.stop)
            url = server.url()
        else:
            url = f"sqlite:///{stack.enter_context(tempfile.TemporaryDirectory())}/parley.db"
        migrate(url)
        uvloop.run(run(url, asked.database, 2_000 if asked.short else 8_000))


if __name__ == "__main__":
    main()
