"""The control: a stock python-socketio room relay that stores nothing. `python -m bench.relay PORT [REDIS_URL]`

With a Redis it is one node of several, joined by the library's own AsyncRedisManager.
"""

from __future__ import annotations

import sys
from typing import Any

import socketio
import uvicorn


def relay(redis_url: str | None) -> Any:
    """The server, with its two events."""
    manager = socketio.AsyncRedisManager(redis_url) if redis_url else None
    server: Any = socketio.AsyncServer(
        async_mode="asgi", transports=["websocket"], cors_allowed_origins="*", client_manager=manager
    )

    @server.on("join")
    async def join(sid: str, room: str) -> bool:  # pyright: ignore[reportUnusedFunction]
        await server.enter_room(sid, room)
        return True

    @server.on("say")
    async def say(sid: str, message: dict[str, Any]) -> dict[str, Any]:  # pyright: ignore[reportUnusedFunction]
        await server.emit("said", message, room=message["room"], skip_sid=sid)
        return {"ok": True}

    return socketio.ASGIApp(server)


if __name__ == "__main__":
    uvicorn.run(
        relay(sys.argv[2] if len(sys.argv) > 2 else None),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_level="warning",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
    )
