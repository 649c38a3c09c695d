"""Stopping without losing anybody: not ready, goodbye with a spread return, then out."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import structlog

from app.contract.events import GoingAway
from realtime.attendance import Attendance
from realtime.hub import Told

log = structlog.get_logger("realtime")
SPREAD_SECONDS = 3.0


async def drain(app: Any, attendance: Attendance) -> None:
    """Refuse new traffic's health check, tell clients to come back at different moments, let their last commands finish."""
    app.state.is_draining = True
    leaving = attendance.subscribers
    log.info("draining", connections=len(leaving))
    for subscriber in leaving:
        subscriber.deliver(Told(GoingAway(retry_seconds=round(random.uniform(0.2, SPREAD_SECONDS), 2))))  # noqa: S311 (spread, not secrecy)
    await asyncio.sleep(0.3)
    for subscriber in leaving:
        subscriber.cut()
