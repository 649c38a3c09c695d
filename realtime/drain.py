"""Stopping without losing anybody: not ready, goodbye with a spread return, last commands answered, then out."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import structlog

from app.clock import monotonic
from app.contract.connection import GoingAway
from realtime.connected_clients import ConnectedClients
from realtime.gateway import Gateway
from realtime.hub import EncodedEvent
from realtime.transport.socket_server import SocketServer

log = structlog.get_logger("realtime")
SPREAD_SECONDS = 3.0
LATE_SECONDS = 1.0
FINISH_SECONDS = 5.0
STEP_SECONDS = 0.05


async def drain(app: Any, connected_clients: ConnectedClients, gateway: Gateway, server: SocketServer) -> None:
    """From now on the health check refuses and nobody new is let in. Clients are told to come back at different moments
    and leave by themselves; commands under way are finished and answered; who is still here then is cut."""
    app.state.is_draining = True
    server.is_closing = True
    leaving = connected_clients.subscribers
    log.info("draining", connections=len(leaving))
    for subscriber in leaving:
        subscriber.deliver(EncodedEvent(GoingAway(retry_seconds=round(random.uniform(0.2, SPREAD_SECONDS), 2))))  # noqa: S311 (spread, not secrecy)
    began = monotonic()
    await _until(lambda: not connected_clients.subscribers, 1.25 * SPREAD_SECONDS + LATE_SECONDS)
    await _until(lambda: gateway.is_idle, FINISH_SECONDS)
    stuck = connected_clients.subscribers
    log.info("drained", seconds=round(monotonic() - began, 1), stuck=len(stuck), in_flight=not gateway.is_idle)
    for subscriber in stuck:
        subscriber.cut()


async def _until(is_so: Callable[[], bool], seconds: float) -> None:
    deadline = monotonic() + seconds
    while not is_so() and monotonic() < deadline:  # noqa: ASYNC110 - many come and go; an event would be set by each
        await asyncio.sleep(STEP_SECONDS)
