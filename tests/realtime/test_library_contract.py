"""What realtime/ relies on inside python-engineio and python-socketio. When one of these fails, read its release notes
and realtime/transport/README.md side by side before moving the pin."""

from __future__ import annotations

import asyncio
import inspect
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import engineio
import pytest
import socketio
import uvicorn
from engineio import packet as engine_packet
from engineio.async_socket import AsyncSocket
from socketio import packet
from socketio.exceptions import ConnectionRefusedError as Refused
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from realtime import transport
from realtime.transport.bounded_http import BoundedHttp
from realtime.transport.client_manager import Connected
from realtime.transport.direct_websocket import DirectWebSocket, framed
from realtime.transport.engine import EngineServer, EngineSocket
from realtime.transport.packets import TextPacket, split_event
from realtime.transport.socket_server import MAX_FRAME_BYTES, SocketServer


async def nothing(*_: Any) -> None:
    return None


def server() -> SocketServer:
    any_: Any = SimpleNamespace()
    return SocketServer(any_, any_, any_, nothing, nothing, lambda origin, environ: True)


def parameters(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


def test_the_versions_are_the_ones_read() -> None:
    assert version("python-engineio").startswith("4.15.")
    assert version("python-socketio").startswith("5.18.")


def test_the_page_names_the_versions_and_every_part_that_we_replace() -> None:
    page = Path(transport.__file__).with_name("README.md").read_text()
    for library in ("uvicorn", "websockets", "python-engineio", "python-socketio"):
        parts = version(library).split(".")
        assert f"{library} {parts[0]}.{parts[1]} " in page or f"{library} {parts[0]} " in page, library
    for ours, theirs in (
        (BoundedHttp, HttpToolsProtocol),
        (DirectWebSocket, WebSocketsSansIOProtocol),
        (EngineSocket, AsyncSocket),
        (EngineServer, engineio.AsyncServer),
        (SocketServer, socketio.AsyncServer),
        (Connected, socketio.AsyncManager),
    ):
        replaced = [name for name in vars(ours) if callable(getattr(theirs, name, None)) and not name.startswith("__")]
        assert replaced
        assert [name for name in replaced if f"{name}`" not in page] == []


def test_the_methods_we_replace_are_still_there_with_the_same_arguments() -> None:
    assert parameters(AsyncSocket.close) == parameters(EngineSocket.close) == ["self", "wait", "abort", "reason"]
    assert parameters(AsyncSocket._websocket_handler) == ["self", "ws"]
    assert parameters(engineio.AsyncServer._make_response) == ["self", "response_dict", "environ"]
    assert parameters(engineio.AsyncServer._handle_connect) == ["self", "environ", "transport", "jsonp_index"]
    assert parameters(socketio.AsyncServer._handle_eio_connect) == ["self", "eio_sid", "environ"]
    assert parameters(socketio.AsyncServer._handle_eio_message) == ["self", "eio_sid", "data"]
    assert parameters(socketio.AsyncServer._handle_eio_disconnect) == ["self", "eio_sid", "reason"]
    assert parameters(socketio.AsyncServer._handle_connect) == ["self", "eio_sid", "namespace", "data"]
    assert parameters(socketio.AsyncServer._handle_disconnect) == ["self", "eio_sid", "namespace", "reason"]
    assert parameters(socketio.AsyncServer._engineio_server_class) == ["self"]


def test_the_methods_we_call_are_still_there() -> None:
    assert parameters(AsyncSocket.send) == ["self", "pkt"]
    assert asyncio.iscoroutinefunction(AsyncSocket._send_ping)
    assert hasattr(AsyncSocket(server().eio, "sid"), "last_ping")
    assert parameters(AsyncSocket._upgrade_websocket) == ["self", "environ"]
    for name in ("schedule_ping", "handle_get_request", "send", "check_ping_timeout", "_upgrade_websocket"):
        assert callable(getattr(AsyncSocket, name)), name
    for name in ("generate_id", "start_background_task", "_service_task", "_trigger_event", "_unauthorized"):
        assert callable(getattr(engineio.AsyncServer, name)), name
    assert asyncio.iscoroutinefunction(AsyncSocket._websocket_handler)
    assert asyncio.iscoroutinefunction(AsyncSocket.close)
    assert not asyncio.iscoroutinefunction(AsyncSocket.schedule_ping)


def test_the_http_we_bound_has_the_parts_we_touch() -> None:
    assert parameters(HttpToolsProtocol.data_received) == ["self", "data"]
    assert parameters(HttpToolsProtocol.on_body) == ["self", "body"]
    for name in ("on_message_begin", "on_headers_complete", "on_message_complete", "handle_websocket_upgrade"):
        assert parameters(getattr(HttpToolsProtocol, name)) == ["self"]
    assert parameters(HttpToolsProtocol.pause_writing) == parameters(HttpToolsProtocol.resume_writing) == ["self"]
    assert FlowControl(SimpleNamespace()).read_paused is False


def test_the_websocket_we_shorten_has_the_parts_we_touch() -> None:
    websocket = WebSocketsSansIOProtocol
    assert parameters(websocket.data_received) == ["self", "data"]
    assert parameters(websocket.handle_connect) == ["self", "event"]
    assert parameters(websocket.send_receive_event_to_app) == ["self"]
    loop = asyncio.new_event_loop()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        return None

    config = uvicorn.Config(application, log_config=None)
    config.load()
    made = vars(websocket(config, ServerState(), {}, loop))
    loop.close()
    for name in ("handshake_initiated", "close_sent", "disconnected", "read_paused", "frames", "curr_msg_data_type", "queue"):
        assert name in made, name


@pytest.mark.parametrize(
    "frame",
    [
        '42/visitor,17["command",{"type":"x"}]',
        '42/visitor,["command",{"type":"x"}]',
        '42/visitor,0["command","\\u0000]"]',
        '42/agent,999999999999999["event",[]]',
    ],
)
def test_a_short_look_at_an_event_sees_what_the_packet_sees(frame: str) -> None:
    whole = TextPacket(encoded_packet=frame[1:])
    name, payload = whole.data
    assert split_event(frame) == (whole.namespace, whole.id, name, payload)


@pytest.mark.parametrize(
    "frame",
    [
        "42",
        '42["command",{}]',
        "42/visitor",
        "42/visitor,",
        "42/visitor,1",
        '42/visitor,1["command"]',
        '42/visitor,1["command",{},{}]',
        '42/visitor,1["command",{]',
        '42/visitor,x["command",{}]',
        '42/visitor,\u0663["command",{}]',
        f'42/visitor,{"9" * 16}["command",{{}}]',
        '40/visitor,{"token":"["}',
        "43/visitor,1[{}]",
        '451-/visitor,["command",{}]',
        "",
        "3",
    ],
)
def test_a_short_look_leaves_everything_else_to_the_packet(frame: str) -> None:
    assert split_event(frame) is None


async def test_our_classes_are_the_ones_in_use() -> None:
    ours = server()
    assert type(ours.eio) is EngineServer
    assert ours.packet_class is TextPacket
    assert ours.eio.max_http_buffer_size == MAX_FRAME_BYTES
    assert ours.eio.transports == ["websocket"]
    assert set(ours.eio.handlers) >= {"connect", "message", "disconnect"}
    assert ours.eio.handlers["message"] == ours._handle_eio_message
    assert (ours.eio.start_service_task, ours.eio.sockets) == (True, {})


async def test_a_socket_starts_as_we_expect_it() -> None:
    ours = server()
    socket = EngineSocket(ours.eio, "sid")
    assert isinstance(socket.queue, asyncio.Queue)
    assert socket.queue.maxsize == 0, "bounded by us, not by them"
    assert (socket.connected, socket.upgraded, socket.closing, socket.closed) == (False, False, False, False)
    assert hasattr(ours.reason, "CLIENT_DISCONNECT")
    assert hasattr(ours.eio.reason, "TRANSPORT_CLOSE")


async def test_what_the_library_queues_can_be_told_from_what_we_queue() -> None:
    """We queue encoded text; the library queues packets, and an empty entry to end the writer."""
    socket = EngineSocket(server().eio, "sid")
    socket.push(framed(b'42/visitor,["event",{}]'))
    await socket.send(engine_packet.Packet(engine_packet.NOOP))
    ours, theirs = socket.queue.get_nowait(), socket.queue.get_nowait()
    assert isinstance(ours, str)
    assert isinstance(theirs, engine_packet.Packet)
    assert theirs.encode() == "6"
    assert engine_packet.Packet(engine_packet.CLOSE).packet_type == engine_packet.CLOSE


def test_packets_are_written_as_our_frames_are() -> None:
    """`hub.EncodedEvent.frame` and `Connection._answer` write by hand what this class would."""
    event = TextPacket(packet.EVENT, namespace="/visitor", data=["event", {"a": 1}]).encode()
    assert event == '2/visitor,["event",{"a":1}]'
    answer = TextPacket(packet.ACK, namespace="/visitor", id=7, data=[{"ok": True}]).encode()
    assert answer == '3/visitor,7[{"ok":true}]'
    assert (packet.CONNECT, packet.DISCONNECT, packet.EVENT, packet.ACK, packet.CONNECT_ERROR) == (0, 1, 2, 3, 4)
    assert (packet.BINARY_EVENT, packet.BINARY_ACK) == (5, 6)


def test_b3_bytes_are_never_an_attachment() -> None:
    assert TextPacket.uses_binary_events is False
    with pytest.raises(ValueError, match="accepted"):
        TextPacket(encoded_packet='51-/visitor,["command",{"_placeholder":true,"num":0}]')


async def test_a_refusal_reaches_the_client_as_its_code() -> None:
    error = Refused("unauthenticated")
    assert error.error_args == {"message": "unauthenticated"}


async def test_a_sid_leads_back_to_its_socket() -> None:
    ours = server()
    sid = await ours.manager.connect("eio", "/visitor")
    assert ours.manager.eio_sid_from_sid(sid, "/visitor") == "eio"


async def test_whoever_is_being_let_in_is_not_cut_meanwhile() -> None:
    ours = server()
    socket = ours.eio.sockets["sid"] = EngineSocket(ours.eio, "sid")
    reading = socket._reader = asyncio.create_task(asyncio.Event().wait())
    socket._handed_on = 1
    ours._drop_unless_known("sid", is_last_call=True)
    await asyncio.sleep(0)
    assert not reading.cancelled(), "a slow admission is ours"
    socket._handed_on = 0
    ours._drop_unless_known("sid")
    await asyncio.sleep(0)
    assert not reading.cancelled(), "what has arrived meanwhile is read first"
    ours._drop_unless_known("sid", is_last_call=True)
    await asyncio.gather(reading, return_exceptions=True)
    assert reading.cancelled()


class Unsearched(dict[Any, Any]):
    """Rooms in which one can be looked up, and which nobody may look through."""

    def copy(self) -> Any:
        raise AssertionError("looked through the rooms of everybody")

    __iter__ = items = values = keys = copy


async def test_whoever_leaves_costs_the_same_however_many_are_there() -> None:
    manager = server().manager
    assert parameters(socketio.AsyncManager.basic_disconnect)[:2] == parameters(type(manager).basic_disconnect)[:2]
    assert parameters(socketio.AsyncManager.basic_leave_room) == ["self", "sid", "namespace", "room"]
    sids = [await manager.connect(f"eio-{number}", "/visitor") for number in range(3)]
    manager.rooms["/visitor"] = Unsearched(manager.rooms["/visitor"])
    manager.pre_disconnect(sids[1], "/visitor")
    await manager.disconnect(sids[1], "/visitor")
    assert [manager.is_connected(sid, "/visitor") for sid in sids] == [True, False, True]
    assert [manager.eio_sid_from_sid(sid, "/visitor") for sid in sids] == ["eio-0", None, "eio-2"]
    assert (sids[1] in manager.rooms["/visitor"], manager.pending_disconnect) == (False, {})


async def test_a_cut_from_within_ends_the_reader_without_a_cancelled_task() -> None:
    """A frame that nobody could mean is handled by the reader itself: its own cut must not come back as an error."""

    class Peer:
        """Sends what nobody could mean, for ever."""

        closed = 0

        async def wait(self) -> str:
            return "9"

        async def send(self, frame: str) -> None:
            return None

        async def close(self) -> None:
            self.closed += 1

    ours, peer = server(), Peer()
    socket = EngineSocket(ours.eio, "sid")
    ours.eio.sockets["sid"] = socket
    async with asyncio.timeout(timedelta(seconds=5).total_seconds()):
        await socket._websocket_handler(peer)
    assert peer.closed == 1
    current = asyncio.current_task()
    assert current is not None
    assert current.cancelling() == 0


async def test_a_peer_that_died_without_a_word_is_gone_after_one_unanswered_ping() -> None:
    """A half-open line: what is written goes nowhere and nothing ever comes."""

    class Peer:
        def __init__(self) -> None:
            self.got: list[str] = []
            self.is_closed = asyncio.Event()

        async def wait(self) -> str:
            await asyncio.Event().wait()
            raise AssertionError("never")

        async def send(self, frame: str) -> None:
            self.got.append(frame)

        async def close(self) -> None:
            self.is_closed.set()

    ours, peer, left = server(), Peer(), list[str]()

    async def note(sid: str, reason: str) -> None:
        left.append(reason)

    ours.eio.ping_interval = ours.eio.ping_timeout = 0.05
    ours.eio.on("disconnect", note)
    socket = EngineSocket(ours.eio, "sid")
    ours.eio.sockets["sid"] = socket
    watching = asyncio.create_task(ours.eio._service_task())
    reading = asyncio.create_task(socket._websocket_handler(peer))
    socket.schedule_ping()
    async with asyncio.timeout(10):
        await peer.is_closed.wait()
        await reading
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert (peer.got, left) == (["2"], [ours.eio.reason.PING_TIMEOUT])
