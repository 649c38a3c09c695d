"""The control: a stock python-socketio room relay that stores nothing. `python -m bench.relay PORT`"""

from __future__ import annotations

import sys
from typing import Any

import socketio
import uvicorn

server: Any = socketio.AsyncServer(async_mode="asgi", transports=["websocket"], cors_allowed_origins="*")


@server.on("join")
async def join(sid: str, room: str) -> bool:
    """Enter a room."""
    await server.enter_room(sid, room)
    return True


@server.on("say")
async def say(sid: str, message: dict[str, Any]) -> dict[str, Any]:
    """Tell the room, then ack."""
    await server.emit("said", message, room=message["room"], skip_sid=sid)
    return {"ok": True}


if __name__ == "__main__":
    uvicorn.run(
        socketio.ASGIApp(server),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_level="warning",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
    )
