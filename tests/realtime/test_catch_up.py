"""Lost hints are found in the rows: however many, whatever the clocks say, however late a transaction commits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.people.actors import SignedInAgent, Visitor
from app.people.presence import set_presence
from app.work import Work
from realtime import catch_up
from tests.factories import House, open_house
from tests.realtime.nodes import LEASE, MARKS, Node, Screen, open_node
from tests.servers.ports import free_port


@pytest.fixture
async def house(postgres_database_url: str) -> AsyncIterator[House]:
    async with open_house(postgres_database_url) as house:
        yield house


async def stands(house: House, id: str) -> tuple[int, ...]:
    row = await house.conversation(id)
    return row.rev, row.seq, *(getattr(row, name) for name in MARKS)


async def until_right(house: House, screen: Screen, ids: list[str], *, is_contact: bool = False, seconds: float = 10) -> float:
    """How long until a screen has been told how each conversation stands."""
    began = time.monotonic()
    for id in ids:
        rev, *others = await stands(house, id)
        least = (0 if is_contact else rev, *others)

        def is_right(screen: Screen, id: str = id, least: tuple[int, ...] = least) -> bool:
            return all(told >= is_so for told, is_so in zip(screen.place(id), least, strict=True))

        await screen.until(is_right, seconds)
    return time.monotonic() - began


async def talk(node: Node, agent: SignedInAgent, conversations: list[tuple[str, Visitor]], turns: int) -> None:
    """On one node, both sides write in turn."""
    for turn in range(turns):
        id, visitor = conversations[turn % len(conversations)]
        if turn % 3:
            await node.write(visitor, id, f"turn {turn}")
        else:
            await node.answer(agent, id, f"turn {turn}")


@pytest.mark.parametrize("share", [0.01, 0.2, 1.0])
async def test_every_screen_is_right_within_ten_seconds_whatever_share_of_hints_is_lost(
    house: House, redis_url: str, share: float
) -> None:
    """An agent who holds none of it, so that no `heads` tell them, and every visitor: all on the other node."""
    async with open_node(house, redis_url) as here, open_node(house, redis_url) as there:
        ana, ben = await house.agent("Ana", capacity=1000), await house.agent("Ben")
        conversations = [await there.chat() for _ in range(15)]
        ids = [id for id, _ in conversations]
        inbox = await here.screen(ben)
        visitors = [await here.screen(visitor) for _, visitor in conversations]
        there.hub.share = share
        await talk(there, ana, conversations, 100)
        await until_right(house, inbox, ids)
        for id, screen in zip(ids, visitors, strict=True):
            await until_right(house, screen, [id], is_contact=True)


async def test_without_looking_at_the_rows_a_lost_hint_stays_lost(house: House, redis_url: str) -> None:
    """The control."""
    async with open_node(house, redis_url, looks=False) as here, open_node(house, redis_url) as there:
        id, visitor = await there.chat()
        inbox = await here.screen(await house.agent("Ben"))
        there.hub.share = 1.0
        await there.write(visitor, id)
        with pytest.raises(TimeoutError):
            await until_right(house, inbox, [id], seconds=2 * catch_up.LOOK_SECONDS + 2)


async def test_what_was_heard_is_not_told_again(house: House, redis_url: str) -> None:
    async with open_node(house, redis_url, looks=False) as here, open_node(house, redis_url) as there:
        ana = await house.agent("Ana", capacity=1000)
        conversations = [await there.chat() for _ in range(5)]
        inbox = await here.screen(await house.agent("Ben"))
        await here.catch_up.look()
        await talk(there, ana, conversations, 30)
        await until_right(house, inbox, [id for id, _ in conversations])
        before = len(inbox.events)
        for _ in range(3):
            await here.catch_up.look()
        assert len(inbox.events) == before


async def test_clocks_that_differ_by_an_hour_hide_nothing(house: House, redis_url: str) -> None:
    async with (
        open_node(house, redis_url) as here,
        open_node(house, redis_url, timedelta(hours=1)) as ahead,
        open_node(house, redis_url, timedelta(hours=-1)) as behind,
    ):
        first, second = await ahead.chat(), await behind.chat()
        inbox = await here.screen(await house.agent("Ben"))
        ahead.hub.share = behind.hub.share = 1.0
        for node, (id, visitor) in ((ahead, first), (behind, second), (ahead, second), (behind, first)):
            await node.write(visitor, id)
            await until_right(house, inbox, [id])


async def test_a_transaction_that_commits_late_is_seen_late_and_not_never(house: House, redis_url: str) -> None:
    """Others commit and are looked at while it is under way: a look that went by times or ids would have passed it."""
    async with open_node(house, redis_url, looks=False) as here, open_node(house, redis_url) as there:
        slow, slow_visitor = await there.chat()
        quick, quick_visitor = await there.chat()
        inbox = await here.screen(await house.agent("Ben"))
        there.hub.share = 1.0
        may_commit, is_written = asyncio.Event(), asyncio.Event()

        async def write_slowly(work: Work) -> None:
            await work.execute(text("UPDATE conversations SET rev = rev + 1 WHERE id = :id"), {"id": slow})
            is_written.set()
            await may_commit.wait()

        writing = asyncio.create_task(there.run(write_slowly))
        await is_written.wait()
        for _ in range(3):
            await there.write(quick_visitor, quick)
            await here.catch_up.look()
        may_commit.set()
        await writing
        assert inbox.place(slow)[0] < (await stands(house, slow))[0]
        for _ in range(2):
            await here.catch_up.look()
        await until_right(house, inbox, [slow, quick], seconds=1)
        assert slow_visitor != quick_visitor


async def test_everything_missed_is_told_however_much_it_was(
    house: House, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catch_up, "PAGE", 7)
    async with open_node(house, redis_url, looks=False) as here, open_node(house, redis_url) as there:
        conversations = [await there.chat() for _ in range(30)]
        inbox = await here.screen(await house.agent("Ben"))
        await here.catch_up.look()
        there.hub.share = 1.0
        await asyncio.gather(*(there.write(visitor, id) for id, visitor in conversations))
        for _ in range(2):
            await here.catch_up.look()
        await until_right(house, inbox, [id for id, _ in conversations], seconds=1)


async def test_when_too_much_was_missed_agents_start_over(house: House, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catch_up, "MAX_TOLD", 10)
    async with open_node(house, redis_url, looks=False) as here, open_node(house, redis_url) as there:
        conversations = [await there.chat() for _ in range(12)]
        inbox, visitor = await here.screen(await house.agent("Ben")), await here.screen(conversations[0][1])
        await here.catch_up.look()
        there.hub.share = 1.0
        for id, one in conversations:
            await there.write(one, id)
        for _ in range(2):
            await here.catch_up.look()
        assert inbox.is_cut
        assert not visitor.is_cut
        await until_right(house, visitor, [conversations[0][0]], is_contact=True, seconds=1)


async def test_a_colleague_whose_coming_was_not_heard_is_shown_all_the_same(house: House, redis_url: str) -> None:
    async with open_node(house, redis_url, looks=False) as here, open_node(house, redis_url) as there:
        ana, ben = await house.agent("Ana", presence=None), await house.agent("Ben", presence=None)
        inbox = await here.screen(ben)
        await here.catch_up.look()
        there.hub.share = 1.0
        await there.screen(ana)
        here.seconds += 5.0
        await here.catch_up.look()
        assert inbox.all("presence.changed")[-1]["agent"]["id"] == ana.id


async def test_while_deaf_colleagues_are_looked_at_twice_a_second(house: House) -> None:
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    deaf = {"looks": False, "hears": False}
    async with open_node(house, nowhere, **deaf) as here, open_node(house, nowhere, **deaf) as there:
        ana, ben = await house.agent("Ana", presence=None), await house.agent("Ben", presence=None)
        inbox = await here.screen(ben)
        await here.catch_up.look()
        await there.run(set_presence, ana.id, "busy", LEASE)
        here.seconds += 0.5
        await here.catch_up.look()
        shown = [event["agent"]["presence"] for event in inbox.all("presence.changed") if event["agent"]["id"] == ana.id]
        assert shown[-1:] == ["busy"]
