"""Who goes before they have come."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from app.clock import new_id, utc_now
from app.database import open_database
from app.people.actors import Visitor
from app.people.tokens import VisitorTokens
from app.work import Silence, Works
from realtime.connection import Connection
from realtime.handshake import Handshake
from realtime.transport.engine import EngineSocket
from realtime.transport.socket_server import SocketServer


async def test_whoever_is_given_up_while_they_come_leaves_nothing_behind(sqlite_database_url: str) -> None:
    """Coming takes as long as the database does; a line that answers no ping meanwhile is closed by another task."""
    seen: list[str] = []
    may_come = asyncio.Event()

    async def came(connection: Connection) -> None:
        seen.append("coming")
        await may_come.wait()
        seen.append("has come")

    async def left(connection: Connection) -> None:
        seen.append("left")

    unused: Any = None
    database = open_database(sqlite_database_url)
    works = Works(database, Silence())
    tokens = VisitorTokens("the secret key of this test, long enough")
    server = SocketServer(Handshake(works, tokens, frozenset()), unused, unused, came, left, lambda origin, environ: True)
    socket = server.eio.sockets["line"] = EngineSocket(server.eio, "line")
    server.environ["line"] = {}
    credentials = {"token": tokens.issue(Visitor(contact_id=new_id(), inbox_id=new_id()), utc_now()), "contract": 1}
    coming = asyncio.create_task(server._handle_eio_message("line", f"0/visitor,{json.dumps(credentials)}"))
    while not seen and not coming.done():
        await asyncio.sleep(0)
    await socket.close(abort=True)
    assert seen == ["coming", "left"]
    may_come.set()
    await coming
    assert seen == ["coming", "left", "has come", "left"]
    assert not server.connections
    await database.close()
