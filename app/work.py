"""One transaction, with the events and jobs it announces once the rows are safe: commit, publish, then answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from msgspec import Struct
from sqlalchemy import Executable
from sqlalchemy.engine import Result
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from app.clock import Clock, new_id, not_before, utc_now
from app.contract.activity import Door
from app.contract.audiences import Audience
from app.contract.bases import Event
from app.database import Batch, Database, Rows, Transaction
from app.database.connection_errors import refusal_for
from app.errors import Unavailable
from app.job_kinds import JobKind
from models import Activity, Job

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 4
RETRYABLE_SQLSTATES = {"40001", "40P01", "55P03"}
GONE_SQLSTATE_CLASSES = {"08", "53", "57"}


class Announcement(Struct, frozen=True, gc=False):
    """An event and who it is for."""

    event: Event
    to: Audience


class Publisher(Protocol):
    """Tells the world what has happened. Never waits and never raises: events are hints."""

    def publish(self, announcements: Sequence[Announcement]) -> None: ...

    def wake_jobs(self) -> None: ...


class Silence:
    """Tells nobody: for work done before anybody can listen."""

    def publish(self, announcements: Sequence[Announcement]) -> None:
        return

    def wake_jobs(self) -> None:
        return


class Work(Transaction):
    """The work of a verb: rows to read and write, the time, and a place to say what happened."""

    def __init__(self, transaction: Transaction, now: datetime, unread_after: timedelta) -> None:
        self.now = now
        self.unread_after = unread_after
        self.dialect = transaction.dialect
        self.announcements: list[Announcement] = []
        self.has_jobs = False
        self.recorded: list[tuple[Activity, str | None]] = []
        """The changes made so far, each with the inbox whose agents hear of it: see app/activity/record.py."""
        self.door: Door | None = None
        """The door the caller came by, where that is not the usual one for its kind."""
        self._last_steps: list[Callable[[Work], Awaitable[None]]] = []
        self._transaction = transaction
        self._run_prepared = transaction._run_prepared  # pyright: ignore[reportPrivateUsage]

    def not_before(self, latest: datetime) -> None:
        """Let this work's time go on from a row that it holds: it may have waited for the row longer than it has existed."""
        self.now = not_before(self.now, latest)

    async def execute(self, statement: Executable, parameters: Any = None) -> Result[Any]:
        return await self._transaction.execute(statement, parameters)

    def announce(self, event: Event, to: Audience) -> None:
        """Say, once the rows are safe, that this happened."""
        self.announcements.append(Announcement(event, to))

    def before_commit(self, step: Callable[[Work], Awaitable[None]]) -> None:
        """Have a step run once, after the verb and in its transaction."""
        if step not in self._last_steps:
            self._last_steps.append(step)

    async def take_last_steps(self) -> None:
        """Run what was left for the end of the transaction."""
        for step in self._last_steps:
            await step(self)

    async def later(self, kind: JobKind, payload: dict[str, Any], after: timedelta = timedelta()) -> bool:
        """Queue a job in this transaction. Return False when the same is waiting already: see `JobKind.unique_by`."""
        is_queued = await self.add_unless_there(
            Job(
                id=new_id(),
                kind=kind.name,
                payload=payload,
                unique_key=kind.unique_key_of(payload),
                state="waiting",
                run_at=self.now + after,
                attempts=0,
                last_error="",
                created_at=self.now,
            )
        )
        self.has_jobs |= is_queued
        return is_queued


class AnnouncingBatch(Batch, Protocol):
    """A batch that has something to say, like a Work."""

    announcements: list[Announcement]
    has_jobs: bool


class Works:
    """The source of each verb's Work."""

    def __init__(
        self, database: Database, publisher: Publisher, clock: Clock = utc_now, unread_after: timedelta = timedelta(minutes=2)
    ) -> None:
        """`unread_after` is how long an answer may stay unread before email carries it on."""
        self.database = database
        self.clock = clock
        self.unread_after = unread_after
        self._publisher = publisher

    async def run(self, verb: Callable[Concatenate[Work, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a verb in a transaction of its own; when this returns, the rows are durable and the events told.

        Two that collide (a unique key raced, a deadlock, a serialisation failure) are tried again from the start.
        Raises what the verb raises, or Unavailable when the database cannot be reached or keeps refusing.
        """
        for attempt in range(1, TRIES + 1):
            try:
                async with self.begin() as work:
                    return await verb(work, *args, **kwargs)
            except DBAPIError as error:
                if attempt == TRIES or not _is_worth_retrying(error):
                    busy = Unavailable("The database cannot take this right now. Nothing was lost; please try again.")
                    raise refusal_for(error) or busy from error
            except (OSError, NoConnectionFree) as error:
                raise Unavailable("The database cannot be reached right now. Please try again.") from error
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def begin(self):
        """A Work for callers that need the block itself; no retries."""
        told: list[Work] = []

        def after_commit() -> None:
            for work in told:
                self._tell(work)

        async with self.database.begin(after_commit) as transaction:
            work = Work(transaction, self.clock(), self.unread_after)
            told.append(work)
            yield work
            await work.take_last_steps()

    async def run_batch(self, batch: AnnouncingBatch, answer: Callable[[], None]) -> None:
        """Write a batch; once its rows are durable its events are told, then `answer` is called, whatever becomes of the
        caller. Raises the driver's own errors: whoever has a batch has a way without one."""

        def after_commit() -> None:
            self._tell(batch)
            answer()

        await self.database.write_batch(batch, after_commit)

    def _tell(self, done: Work | AnnouncingBatch) -> None:
        self._publisher.publish(done.announcements)
        if done.has_jobs:
            self._publisher.wake_jobs()

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[Rows]:
        """A consistent look at the rows. Raises Unavailable when the database cannot be reached."""
        try:
            async with self.database.read() as rows:
                yield rows
        except DBAPIError as error:
            if not _is_gone(error):
                raise
            raise Unavailable("The database cannot be reached right now. Please try again.") from error
        except (OSError, NoConnectionFree) as error:
            raise Unavailable("The database cannot be reached right now. Please try again.") from error


def _is_gone(error: DBAPIError) -> bool:
    """The connection broke or is in no state to be used, or the server says that it is stopping, starting or full."""
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or isinstance(error, InternalError) or state[:2] in GONE_SQLSTATE_CLASSES


def _is_worth_retrying(error: DBAPIError) -> bool:
    if isinstance(error, IntegrityError):
        return True
    state = getattr(error.orig, "sqlstate", None)
    return state in RETRYABLE_SQLSTATES or error.connection_invalidated


__all__ = ["Announcement", "Publisher", "Rows", "Work", "Works"]
