"""Routes of the wires: the socket mount, and the same contract over plain HTTP."""

from __future__ import annotations

from typing import Annotated, cast

import socketio
from litestar import MediaType, Response, asgi, get, post
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler, Receive, Scope, Send

from app.contract.connection import EventPage
from app.contract.replies import Refused
from app.errors import TooLarge
from app.http.errors import STATUSES
from app.http.platform import AnyRequest, actor_of, address_of
from app.limits import Limit
from app.people.actors import Visitor
from realtime.gateway import Gateway
from realtime.limits import CommandLimits
from realtime.polling import PollStreams, cursor_number
from realtime.transport.socket_server import MAX_FRAME_BYTES, SocketServer

Cursor = Annotated[str, QueryParameter(max_length=64)]


def wire_routes(
    server: SocketServer, gateway: Gateway, limits: CommandLimits, streams: PollStreams
) -> list[ControllerRouterHandler]:
    """Everything clients may connect to."""
    socket_app = socketio.ASGIApp(server, socketio_path=cast(str, None))  # the mount has taken the path off already
    limit = Limit(10.0, 60.0)

    @asgi("/socket.io", is_mount=True, copy_scope=True)
    async def sockets(scope: Scope, receive: Receive, send: Send) -> None:
        await socket_app(scope, receive, send)  # pyright: ignore[reportUnknownMemberType]

    @post("/api/v1/commands", status_code=200)
    async def commands(request: AnyRequest) -> Response[bytes]:
        """One command, answered as over a socket. `Parley-Cursor` names the stream that `conversation.view` is about."""
        actor = await actor_of(request)
        if isinstance(actor, Visitor):
            limits.take_address(address_of(request))
        body = await request.body()
        if len(body) > MAX_FRAME_BYTES:
            raise TooLarge("A command may have up to 64 kB.")
        answer = await gateway.obey(actor, streams.find(actor, request.headers.get("parley-cursor")), body)
        status = STATUSES[answer.reply.code] if isinstance(answer.reply, Refused) else 200
        return Response(answer.json(), media_type=MediaType.JSON, status_code=status)

    @get("/api/v1/events")
    async def events(request: AnyRequest, after: Cursor = "") -> EventPage:
        """Events since a cursor, held back while there are none: 25 s, from an agent a third of a lease."""
        actor = await actor_of(request)
        address = address_of(request)
        limit.take(address if isinstance(actor, Visitor) else actor.id)  # an office of agents asks often, and is known
        stream = streams.find(actor, after)
        is_fresh = stream is None
        if stream is None:
            stream = await streams.open(actor, address)
        found, last = await stream.events_after(cursor_number(after) if not is_fresh else 0)
        return EventPage(events=found, cursor=f"{stream.id}:{last}", is_fresh=is_fresh)

    return [sockets, commands, events]
