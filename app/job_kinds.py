"""Declarations of jobs: a kind, its queue, retries, timeout and unique key, written beside the function that does the job."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from msgspec import Struct

F = TypeVar("F", bound=Callable[..., Awaitable[None]])

PAUSES = (5.0, 30.0, 120.0, 600.0, 1800.0, 7200.0, 21600.0)
"""Seconds between two tries; the last one for every further try."""
MAX_KEY = 100


class Queue(Struct, frozen=True):
    """A lane of its own: `limit` jobs of it run at once in a process, and the jobs of other queues never wait for them."""

    name: str
    limit: int


TIMERS = Queue("timers", 8)
ROWS = Queue("rows", 8)
"""Jobs that only read and write the database: a verb, whose transaction takes the job's row with it. It has happened once,
whatever ends when."""
MAIL = Queue("mail", 8)
"""Jobs that wait for a mail host."""
KNOWLEDGE = Queue("knowledge", 4)
"""Jobs that wait for the embedding model."""


class JobKind(Struct, frozen=True, kw_only=True):
    """A kind of job. `unique_by` names the payload's fields that make a job unique: while one waits, another with the same
    values is not queued. A failed job runs again up to `retries` times; a try that takes longer than `timeout` has failed."""

    name: str
    queue: Queue = ROWS
    retries: int = len(PAUSES)
    timeout: float = 60.0
    unique_by: tuple[str, ...] = ()

    def unique_key_of(self, payload: Mapping[str, Any]) -> str | None:
        """Return the key of a job with this payload, or None when every job of the kind is one of its own."""
        if not self.unique_by:
            return None
        key = ":".join(str(payload[field]) for field in self.unique_by)
        return key if len(key) <= MAX_KEY else hashlib.sha256(key.encode()).hexdigest()

    def pause_after(self, attempts: int) -> float | None:
        """Return how many seconds to wait after so many failed tries, or None when there is no further try."""
        return PAUSES[min(attempts, len(PAUSES)) - 1] if attempts <= self.retries else None


class TimerKind(JobKind, frozen=True, kw_only=True):
    """A kind whose rows say themselves what is due: one run does all of it, whatever the jobs name and however many fell due.
    The timetable runs it every second besides, so a lost job makes a timer late by no more."""

    queue: Queue = TIMERS


DECLARED: dict[str, tuple[JobKind, Callable[..., Awaitable[None]]]] = {}
"""Every kind with the function that does it, by name; filled as the modules are imported."""


def does(kind: JobKind) -> Callable[[F], F]:
    """Declare that the function does the jobs of this kind. It may be a method; `bind` then looks for the object.

    In the queue of rows it is a verb, given the Work and the payload. In the others it is given the Works and the payload (a
    timer: the Works) and must be safe to run twice: a process may end between the effect and its receipt.
    """

    def declare(function: F) -> F:
        other = DECLARED.get(kind.name)
        if other is not None and other[1].__qualname__ != function.__qualname__:
            raise ValueError(f"Both {other[1].__qualname__} and {function.__qualname__} do {kind.name}.")
        DECLARED[kind.name] = (kind, function)
        return function

    return declare


def bind(*owners: object) -> dict[JobKind, Callable[..., Awaitable[None]]]:
    """Return every declared kind with a function that can be called: methods are those of the `owners`.

    Raises LookupError for a method without its owner, so that a kind cannot be forgotten.
    """
    bound: dict[JobKind, Callable[..., Awaitable[None]]] = {}
    for kind, function in DECLARED.values():
        *outer, name = function.__qualname__.split(".")
        if not outer:
            bound[kind] = function
            continue
        owner = next((one for one in owners if getattr(type(one), name, None) is function), None)
        if owner is None:
            raise LookupError(f"{kind.name} needs its {outer[-1]}.")
        bound[kind] = getattr(owner, name)
    return bound
