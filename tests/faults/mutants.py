"""Parley with one protection taken away: `python -m tests.faults.mutants demo` starts it as `parley demo` does.

Which one is missing stands in the file PARLEY_TEST_MUTANT names, and may change while it runs; when it is empty nothing
is missing. Either way races are wide: pauses stand where two that race must both have looked. Messages go through
the verbs one by one, where the protections are written down.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from sqlalchemy import update

from models import Conversation

RACE_SECONDS = 0.15
POSTING = "post by verb"
"""What `app.conversations.messages.outbox` calls the task that writes one message."""
LOOK_SECONDS = 0.02
"""How often a commit that nobody waits for looks whether it may come."""

_switch = Path(os.environ.get("PARLEY_TEST_MUTANT", os.devnull))


def lacks(protection: str) -> bool:
    """Whether this protection is missing now."""
    return _switch.read_text() == protection


def ack_before_commit() -> None:
    """A message is answered when its rows are written, and the commit comes when the protection is back."""
    for module, name in (("app.database.sqlite", "SqliteDatabase"), ("app.database.postgres", "PostgresDatabase")):
        database = getattr(importlib.import_module(module), name)
        database.begin = _put_off(database.begin)


def _put_off(begin: Callable[..., Any]) -> Callable[..., Any]:
    @contextlib.asynccontextmanager
    async def begin_late(self: Any, after_commit: Callable[[], None]) -> AsyncGenerator[Any]:
        if not (lacks("ack_before_commit") and _posts()):  # whatever else is at work would keep the writer from the message
            async with begin(self, after_commit) as transaction:
                yield transaction
            return
        given, done = asyncio.Future[Any](), asyncio.Event()

        async def commit_later() -> None:
            async with begin(self, after_commit) as transaction:
                given.set_result(transaction)
                await done.wait()
                while lacks("ack_before_commit"):
                    await asyncio.sleep(LOOK_SECONDS)

        committing = asyncio.create_task(commit_later())
        _late.add(committing)
        yield await given
        done.set()

    return begin_late


_late: set[asyncio.Task[None]] = set()


def _posts() -> bool:
    """Whether the task at work writes a message."""
    task = asyncio.current_task()
    return task is not None and task.get_name() == POSTING


def unique_key() -> None:
    """Two that carry one client_id find nothing, and write. The constraint is dropped by the test."""
    starting = importlib.import_module("app.conversations.messages.first_message")
    _pause_before(starting, "remember_contact")
    messages = importlib.import_module("app.conversations.messages.send")
    load = messages.load_one

    async def load_without_the_earlier(*given: Any) -> Any:
        found = await load(*given)
        return replace(found, earlier_id=None) if lacks("unique_key") else found

    messages.load_one = load_without_the_earlier


def row_lock() -> None:
    """Counters are read, then written; nobody is kept out between. The constraints are dropped by the test."""
    messages = importlib.import_module("app.conversations.messages.send")
    access = importlib.import_module("app.conversations.access")
    _unlock(messages, access, "row_lock")
    change = messages.change_conversation

    async def read_then_write(work: Any, conversation: Any, *, is_public: bool = False, **values: Any) -> Any:
        changed = await change(work, conversation, is_public=is_public, **values)
        if lacks("row_lock"):
            counters = {"seq": conversation.seq + is_public, "rev": conversation.rev + 1}
            await work.change(update(Conversation).where(Conversation.id == changed.id).values(counters))
            vars(changed).update(counters)
        return changed

    messages.change_conversation = read_then_write


def claim_condition() -> None:
    """Whoever saw a conversation free takes it."""
    assignment = importlib.import_module("app.conversations.assignments.change")
    _unlock(assignment, importlib.import_module("app.conversations.access"), "claim_condition")


def catch_up() -> None:
    """What Redis did not carry is not looked for in the rows."""
    for module, name, method in (
        ("realtime.catch_up", "CatchUp", "look"),
        ("realtime.connected_clients", "ConnectedClients", "send_heads"),
    ):
        _silence(getattr(importlib.import_module(module), name), method, "catch_up")


PROTECTIONS = (ack_before_commit, unique_key, row_lock, claim_condition, catch_up)


def _unlock(module: Any, access: Any, protection: str) -> None:
    """The gate looks without a lock, and time passes between the look and the write."""
    locked, to_read = module.access_conversation, access.access_conversation_to_read

    async def look(work: Any, actor: Any, conversation_id: str) -> Any:
        if not lacks(protection):
            await asyncio.sleep(RACE_SECONDS)
            return await locked(work, actor, conversation_id)
        found = await to_read(work, actor, conversation_id)
        await asyncio.sleep(RACE_SECONDS)
        return found

    module.access_conversation = look


def _pause_before(module: Any, name: str) -> None:
    act = getattr(module, name)

    async def paused(*args: Any, **kwargs: Any) -> Any:
        await asyncio.sleep(RACE_SECONDS)
        return await act(*args, **kwargs)

    setattr(module, name, paused)


def _silence(owner: type, name: str, protection: str) -> None:
    act = getattr(owner, name)

    async def silent(self: Any, *args: Any, **kwargs: Any) -> Any:
        return None if lacks(protection) else await act(self, *args, **kwargs)

    setattr(owner, name, silent)


def _through_the_verbs() -> None:
    """No batch finds a message that only writes itself."""
    outbox: Any = importlib.import_module("app.conversations.messages.outbox")
    outbox._letters_of = lambda *given: []


def main() -> None:
    _through_the_verbs()
    for take_away in PROTECTIONS:
        take_away()
    importlib.import_module("cli").main()


if __name__ == "__main__":
    main()
