"""A server with a past, and tokens of the contacts in it, without asking it for each."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.clock import utc_now
from app.people.actors import Visitor
from app.people.tokens import VisitorTokens
from tests.running import Running
from tests.servers.databases import PostgresDatabases
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer

KEY = "the secret key of all benches, long enough to be one"


def raise_file_limit() -> int:
    """As many open sockets as the system lets us and what we start have; how many."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


@contextmanager
def serving(folder: Path, **settings: Any) -> Iterator[Running]:
    """A server that limits nobody."""
    running = Running(folder, secret_key=KEY, message_rate=1e6, widget_rate=1e6, log_level="warning", **settings)
    running.start(120)
    try:
        yield running
    finally:
        running.stop()


@contextmanager
def stores() -> Iterator[tuple[PostgresDatabases, RedisServer]]:
    """A PostgreSQL, whose databases are migrated already, and a Redis."""
    postgres, redis = PostgresServer(), RedisServer()
    postgres.start()
    redis.start()
    try:
        databases = PostgresDatabases(postgres.url())
        databases.make_template()
        yield databases, redis
    finally:
        redis.stop()
        postgres.stop()


async def inbox_of(running: Running) -> str:
    """The demo's inbox, read from a token it gave out."""
    token = (await running.open_widget())["visitor_token"]
    visitor = VisitorTokens(KEY).read(token, utc_now())
    assert visitor is not None
    return visitor.inbox_id


def auth_of(contact_id: str, inbox_id: str) -> str:
    """What a contact's widget connects with."""
    token = VisitorTokens(KEY).issue(Visitor(contact_id=contact_id, inbox_id=inbox_id), utc_now())
    return json.dumps({"token": token, "contract": 1})
