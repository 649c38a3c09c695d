"""Two nodes on one PostgreSQL and one Redis: the same chat, whatever becomes of Redis."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator

import psutil
import pytest
import redis

from app.contract.audiences import ToAllAgents
from app.contract.connection import SignedOut
from app.work import Announcement
from realtime.redis_hub import PREFIX, RedisHub
from tests.faults.proxy import Proxy
from tests.running import Agent, Running, Visitor
from tests.servers.databases import PostgresDatabases
from tests.wire import Wire

LEASE_SECONDS = 4


class Two:
    """A visitor on one node and an agent on the other."""

    def __init__(self, visitor: Visitor, agent: Agent, conversation_id: str) -> None:
        self.visitor = visitor
        self.agent = agent
        self.conversation_id = conversation_id

    async def visitor_says(self, body: str) -> None:
        await self.visitor.wire.ask(
            "message.send",
            client_id=body.replace(" ", "-")[:60].replace(",", "").strip("?"),
            conversation_id=self.conversation_id,
            body=body,
        )

    async def agent_says(self, body: str) -> None:
        await self.agent.wire.ask(
            "message.send",
            client_id=body.replace(" ", "-")[:60].replace(",", "").strip("?"),
            conversation_id=self.conversation_id,
            body=body,
        )


@pytest.fixture(scope="module")
def pair(
    tmp_path_factory: pytest.TempPathFactory, postgres_databases: PostgresDatabases, redis_server_url: str
) -> Iterator[tuple[Running, Running]]:
    """Two servers that these tests share."""
    url, folder = postgres_databases.create(), tmp_path_factory.mktemp("nodes")
    shared = {"database_url": url, "redis_url": redis_server_url, "secret_key": "the same on every node, of course"}
    shared |= {"presence_grace_seconds": 2, "presence_lease_seconds": LEASE_SECONDS}
    first, second = (Running(folder / name, **shared) for name in ("first", "second"))
    yield first, second
    for node in (first, second):
        node.stop()
    postgres_databases.drop(url)


@pytest.fixture
def nodes(pair: tuple[Running, Running]) -> tuple[Running, Running]:
    """Both running, the second started when the first has filled the database, or when a test has killed it."""
    for node in pair:
        node.folder.mkdir(exist_ok=True)
        if node.process is None or node.process.poll() is not None:
            node.start()
    return pair


@pytest.fixture
async def two(nodes: tuple[Running, Running]) -> AsyncIterator[Two]:
    first, second = nodes
    agent = await second.agent("ana@example.com")
    visitor = await first.visitor()
    started = await visitor.wire.ask("conversation.start", client_id="start", body="Is anybody there?")
    await agent.wire.event("message.created", message__body="Is anybody there?")
    await agent.wire.event("assignment.offered", conversation_id=started["conversation"]["id"])
    yield Two(visitor, agent, started["conversation"]["id"])
    await visitor.wire.ask("conversation.end", conversation_id=started["conversation"]["id"])
    await visitor.wire.close()
    await agent.wire.close()


@pytest.fixture
def redis_process(redis_url: str) -> Iterator[psutil.Process]:
    """The Redis server's process, running again when the test is over."""
    with redis.Redis.from_url(redis_url) as client:
        process = psutil.Process(int(client.info("server")["process_id"]))  # pyright: ignore[reportIndexIssue, reportArgumentType]
    yield process
    process.resume()


async def test_what_one_node_commits_the_other_shows(two: Two) -> None:
    await two.agent_says("Yes, from the other node")
    heard = await two.visitor.wire.event("message.created", message__body="Yes, from the other node")
    assert heard["message"]["rev"] is None
    await two.visitor.wire.ask("typing.set", conversation_id=two.conversation_id, typing=True)
    await two.agent.wire.event("typing.changed", typing=True)


async def until_degraded(node: Running) -> None:
    """The chat goes on, and the node says that it does not hear itself, once it has not for long enough."""
    async with node.http() as http, asyncio.timeout(15):
        while not (answer := await http.get("/health/ready")).text.startswith("ready, degraded:"):
            assert answer.status_code == 200
            await asyncio.sleep(0.1)


async def test_chat_goes_on_while_redis_hangs(two: Two, nodes: tuple[Running, Running], redis_process: psutil.Process) -> None:
    redis_process.suspend()
    await two.visitor_says("said while Redis hangs")
    changed = await two.agent.wire.event("conversation.changed", timeout=30, conversation__preview="said while Redis hangs")
    synced = await two.agent.wire.ask("conversation.sync", conversation_id=two.conversation_id, after_rev=0)
    assert synced["messages"][-1]["body"] == "said while Redis hangs"
    assert changed["conversation"]["rev"] == synced["conversation"]["rev"]
    for node in nodes:
        await until_degraded(node)
    await two.agent_says("said to a visitor while Redis hangs")
    seq = synced["conversation"]["seq"] + 2  # the answer, and before it that the agent joined
    (head,) = (await two.visitor.wire.event("heads", timeout=30, heads__0__seq=seq))["heads"]
    assert head["conversation_id"] == two.conversation_id
    redis_process.resume()
    await two.agent_says("and it is back")
    await two.visitor.wire.event("heads", timeout=30, heads__0__seq=seq + 1)


async def test_a_flushed_redis_is_not_noticed(two: Two, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    await two.visitor_says("after the flush")
    await two.agent.wire.event("message.created", message__body="after the flush")


async def test_a_killed_node_takes_its_agent_away_and_the_chat_back_to_the_queue(
    two: Two, nodes: tuple[Running, Running]
) -> None:
    _, second = nodes
    second.stop(signal.SIGKILL)
    await two.visitor_says("are you still there?")
    queued = await two.visitor.wire.event("conversation.queued", timeout=20)
    assert queued["queue"]["position"] == 1


async def test_an_agent_whose_network_is_gone_is_missed_within_the_lease(two: Two, nodes: tuple[Running, Running]) -> None:
    """The line stays open and nothing comes by it: nobody has hung up, and nobody is there."""
    first, second = nodes
    line = await Proxy(second.port).start()
    try:
        watching = await first.agent("sam@example.com")
        await watching.wire.ask("presence.set", presence="away")  # or the next test's chat would be theirs until they lapse
        headers = {"Cookie": f"parley_session={await second.sign_in('ben@example.com')}", "Origin": line.url}
        ben = await Wire.connect(line.url, "/agent", {"contract": 1}, headers)
        await ben.ask("presence.set", presence="away")
        await watching.wire.event("presence.changed", agent__email="ben@example.com", agent__presence="away")
        watching.wire.events.clear()
        line.deafen()
        began = asyncio.get_running_loop().time()
        await watching.wire.event("presence.changed", timeout=30, agent__email="ben@example.com", agent__presence="offline")
        assert asyncio.get_running_loop().time() - began < LEASE_SECONDS + 5
        assert not ben.is_closed.is_set(), "the line itself was not closed"
        await watching.wire.close()
        await ben.vanish()
    finally:
        await line.stop()


async def test_b6_a_forged_hint_reaches_nobody(two: Two, redis_url: str) -> None:
    forged = b'[{"type":"signed_out"}]'
    with redis.Redis.from_url(redis_url) as client:
        for body in (forged, b"x" * 22 + b"someother" + forged, b""):
            client.publish(PREFIX + "agents", body)
    await two.visitor_says("after the forgery")
    await two.agent.wire.event("message.created", message__body="after the forgery")
    assert not two.agent.wire.all_events("signed_out")


async def test_b6_a_hint_sealed_with_another_key_is_dropped(two: Two, redis_url: str) -> None:
    stranger = RedisHub(redis_url, "a key that no node of this platform has")
    await stranger.start()
    stranger.publish([Announcement(SignedOut(), ToAllAgents())])
    await two.visitor_says("after the stranger")
    await two.agent.wire.event("message.created", message__body="after the stranger")
    await stranger.stop()
    assert not two.agent.wire.all_events("signed_out")
