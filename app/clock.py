"""The time, as an argument, so that tests can travel."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import uuid_utils

Clock = Callable[[], datetime]
"""Returns now, in UTC."""


def utc_now() -> datetime:
    """The system's time."""
    return datetime.now(UTC)


MAX_CATCH_UP = timedelta(seconds=5)
"""Nodes whose clocks are further apart than this have a clock that is wrong: time does not wait for it."""


def not_before(now: datetime, latest: datetime) -> datetime:
    """Return the time of a change to a row that was last written at `latest`, as a node a little ahead of this one saw it."""
    return latest if now < latest <= now + MAX_CATCH_UP else now


def new_id() -> str:
    """A UUIDv7: sorts by the time it was made."""
    return str(uuid_utils.uuid7())


def monotonic() -> float:
    """Seconds for measuring durations; never goes back."""
    return time.monotonic()


def steady() -> float:
    """Seconds for measuring durations, counted while the machine sleeps too: for carrying on a time another machine gave."""
    return time.clock_gettime(_STEADY)


_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
