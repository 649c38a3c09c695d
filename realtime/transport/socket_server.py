"""The Socket.IO server: two namespaces, two names, and nothing a client can make it do besides."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import socketio
import structlog
from socketio import packet
from socketio.exceptions import ConnectionRefusedError as Refused

from app.errors import RateLimited
from app.people.actors import SignedInAgent, Visitor
from realtime.connection import Connection
from realtime.connection_limits import ConnectionLimits
from realtime.gateway import Gateway
from realtime.handshake import Handshake, Refusal
from realtime.transport.client_manager import Connected
from realtime.transport.direct_websocket import framed
from realtime.transport.engine import EngineServer, EngineSocket, RetryLater
from realtime.transport.packets import Json, TextPacket, split_event

VISITORS = "/visitor"
AGENTS = "/agent"
MAX_FRAME_BYTES = 64 * 1024
HANDSHAKE_SECONDS, LAST_CALL_SECONDS = 4.5, 0.5
CLOSING_RETRY_SECONDS = 1.0
AGENT_PING_SECONDS = 2.0
"""An agent's lease runs from when they were last heard: one whose network is gone is to be missed within seconds."""

log = structlog.get_logger("realtime")


class SocketServer(socketio.AsyncServer):
    """Decides who gets in and hands commands to connections; the library keeps the protocol."""

    def __init__(
        self,
        handshake: Handshake,
        gateway: Gateway,
        connection_limits: ConnectionLimits,
        came: Callable[[Connection], Awaitable[None]],
        left: Callable[[Connection], Awaitable[None]],
        is_allowed_origin: Callable[[str, dict[str, Any]], bool],
    ) -> None:
        super().__init__(
            client_manager=Connected(),
            async_mode="asgi",
            transports=["websocket"],
            serializer=TextPacket,
            json=Json,
            cors_allowed_origins=is_allowed_origin,
            max_http_buffer_size=MAX_FRAME_BYTES,
            ping_interval=20,
            ping_timeout=15,
            always_connect=False,
            namespaces=[VISITORS, AGENTS],
            logger=False,
            engineio_logger=False,
        )
        self._handshake = handshake
        self._gateway = gateway
        self._connection_limits = connection_limits
        self.is_closing = False
        self._came = came
        self._left = left
        self.connections: dict[tuple[str, str], Connection] = {}
        self.eio.on("connect", self._admit_socket)
        self.eio.take_event = self._take_event
        self.eio.malformed = self._blame
        self.on("connect", self._visitor_came, namespace=VISITORS)
        self.on("connect", self._agent_came, namespace=AGENTS)
        self.on("disconnect", self._visitor_left, namespace=VISITORS)
        self.on("disconnect", self._agent_left, namespace=AGENTS)

    def _engineio_server_class(self) -> Any:
        return EngineServer

    async def _admit_socket(self, eio_sid: str, environ: dict[str, Any]) -> Any:
        address = self._connection_limits.address_of(environ)
        try:
            if self.is_closing:
                return RetryLater("503 Service Unavailable", CLOSING_RETRY_SECONDS)
            self._connection_limits.admit(address)
        except RateLimited as refused:
            return RetryLater("429 Too Many Requests", refused.retry_seconds)
        self.eio.sockets[eio_sid].address = address
        admitted = await self._handle_eio_connect(eio_sid, environ)
        asyncio.get_running_loop().call_later(HANDSHAKE_SECONDS, self._drop_unless_known, eio_sid)
        return admitted

    def _blame(self, socket: EngineSocket) -> None:
        if socket.address:
            self._connection_limits.penalise(socket.address)

    def _drop_unless_known(self, eio_sid: str, *, is_last_call: bool = False) -> None:
        """Whoever has not said who they are by now is cut. Not who is being let in, nor who said so while this node was
        too busy to hear: what has arrived is read before the last call."""
        socket = self.eio.sockets.get(eio_sid)
        if socket is None or any((eio_sid, namespace) in self.connections for namespace in (VISITORS, AGENTS)):
            return
        if socket.has_more_to_hear or not is_last_call:
            later = partial(self._drop_unless_known, eio_sid, is_last_call=True)
            asyncio.get_running_loop().call_later(LAST_CALL_SECONDS, later)
        else:
            socket.cut()

    def _take_event(self, socket: EngineSocket, frame: str) -> bool:
        event = split_event(frame)
        if event is None:
            return False
        namespace, id, name, raw = event
        connection = self.connections.get((socket.sid, namespace))
        if name != "command" or connection is None:
            return False
        connection.receive(id, raw)
        return True

    async def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        socket: EngineSocket | None = self.eio.sockets.get(eio_sid)
        if socket is None:
            return
        try:
            received = TextPacket(encoded_packet=data)
            namespace = received.namespace or "/"
            if received.packet_type == packet.EVENT and received.data is not None:
                name, raw = received.data
                connection = self.connections.get((eio_sid, namespace))
                if name != "command" or connection is None:
                    raise ValueError("not something a client may emit")
                connection.receive(received.id, raw)
            elif received.packet_type == packet.CONNECT:
                if (eio_sid, namespace) in self.connections:
                    raise ValueError("connected already")
                if namespace not in (VISITORS, AGENTS):
                    where = "" if namespace == "/" else namespace + ","
                    socket.push(framed(f'44{where}{{"message":"Invalid namespace"}}'.encode()))
                    socket.count_misunderstood()
                    return
                await self._handle_connect(eio_sid, namespace, received.data)
            elif received.packet_type == packet.DISCONNECT:
                await self._handle_disconnect(eio_sid, namespace, self.reason.CLIENT_DISCONNECT)
            else:
                raise ValueError("not a packet a client may send")
        except ValueError:
            socket.close_as_garbled()

    async def _visitor_came(self, sid: str, environ: dict[str, Any], auth: Any) -> None:
        await self._enter(VISITORS, sid, self._admit_visitor(auth))

    async def _agent_came(self, sid: str, environ: dict[str, Any], auth: Any) -> None:
        cookies, origin, host = (environ.get(name) for name in ("HTTP_COOKIE", "HTTP_ORIGIN", "HTTP_HOST"))
        await self._enter(AGENTS, sid, self._handshake.agent(auth, cookies or "", origin, host))

    async def _admit_visitor(self, auth: Any) -> Visitor:
        return await self._handshake.visitor(auth)

    async def _enter(self, namespace: str, sid: str, admission: Awaitable[Visitor | SignedInAgent]) -> None:
        try:
            actor = await admission
        except Refusal as refusal:
            raise Refused(refusal.code) from None
        eio_sid: str = self.manager.eio_sid_from_sid(sid, namespace) or ""
        socket = self.eio.sockets.get(eio_sid)
        if socket is None:
            raise Refused("unavailable")
        connection = Connection(namespace, sid, actor, socket, self._gateway)
        self.connections[eio_sid, namespace] = connection

    async def _handle_connect(self, eio_sid: str, namespace: str, data: Any) -> None:
        """As the library connects; then, with the client's CONNECT already queued, the first events may follow."""
        await super()._handle_connect(eio_sid, namespace, data)
        connection = self.connections.get((eio_sid, namespace))
        if connection is not None:
            if namespace == AGENTS and (socket := self.eio.sockets.get(eio_sid)):
                socket.ping_every(AGENT_PING_SECONDS)
            await self._came(connection)
            if (eio_sid, namespace) not in self.connections:  # gone while they came, before there was anything to leave
                await self._left(connection)

    async def _visitor_left(self, sid: str, reason: Any) -> None:
        await self._leave(VISITORS, sid)

    async def _agent_left(self, sid: str, reason: Any) -> None:
        await self._leave(AGENTS, sid)

    async def _leave(self, namespace: str, sid: str) -> None:
        connection = self.connections.pop((self.manager.eio_sid_from_sid(sid, namespace) or "", namespace), None)
        if connection is not None:
            await self._left(connection)

    async def _handle_eio_disconnect(self, eio_sid: str, reason: Any) -> None:
        socket = self.eio.sockets.get(eio_sid)
        if socket is not None and socket.address:
            self._connection_limits.left(socket.address)
            socket.address = ""
        await super()._handle_eio_disconnect(eio_sid, reason)
        for namespace in (VISITORS, AGENTS):
            if connection := self.connections.pop((eio_sid, namespace), None):
                await self._left(connection)
