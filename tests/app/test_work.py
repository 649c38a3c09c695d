"""One transaction and what it announces: commit, publish, answer, in this order or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Sequence

import pytest
from sqlalchemy import bindparam, func, literal, select, text

from app.clock import new_id, utc_now
from app.contract.audiences import ToAllAgents
from app.contract.connection import GoingAway
from app.database import Prepared
from app.database.postgres import PostgresDatabase
from app.errors import NotFound, Unavailable
from app.job_kinds import JobKind
from app.work import Announcement, Silence, Work, Works
from models import Inbox, Team
from tests.factories import House, Recorder, open_house


def event(number: float) -> GoingAway:
    return GoingAway(retry_seconds=number)


async def write(work: Work, name: str, number: float = 1.0) -> str:
    team = await work.add(Team(id=new_id(), name=name, created_at=work.now))
    work.announce(event(number), to=ToAllAgents())
    return team.name


async def names(house: House) -> set[str]:
    return set(await house.all(select(Team.name))) - {"Support"}


def numbers(recorder: Recorder) -> list[float]:
    return [told.retry_seconds for told in recorder.all(GoingAway)]


async def test_a_look_is_of_one_moment_however_long_it_takes(house: House) -> None:
    """A sync reads messages and then how far the conversation has come: what was written between must be in neither."""
    async with house.works.read() as rows:
        before = set(await rows.all(select(Team.name)))
        async with house.another_node() as works:
            await works.run(write, "Orders")
        assert set(await rows.all(select(Team.name))) == before
    assert await names(house) == {"Orders"}


async def test_a_prepared_statement_over_several_tables_returns_tuples_with_their_own_types(house: House) -> None:
    newest = Prepared(select(Team.name, Team.created_at, Inbox.name).outerjoin(Inbox, Inbox.id == bindparam("inbox")))
    async with house.works.read() as rows:
        ((name, created_at, inbox),) = await rows.tuples(newest, inbox=new_id())
    assert (name, inbox) == ("Support", None)
    assert created_at <= utc_now()


async def test_a_long_look_leaves_everybody_else_alone_and_can_be_given_up(house: House) -> None:
    steps = select(literal(1).label("number")).cte(recursive=True)
    steps = steps.union_all(select(steps.c.number + 1).where(steps.c.number < 100_000_000))

    async def look() -> None:
        async with house.works.read() as rows:
            await rows.all_in_thread(select(func.count()).select_from(steps))

    looking = asyncio.create_task(look())
    await house.run(write, "Refunds")
    assert await names(house) == {"Refunds"}
    assert not looking.done()
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
    assert await names(house) == {"Refunds"}, "its connection serves whoever comes next"


async def test_rows_are_safe_before_anybody_is_told_and_told_before_the_answer(house: House) -> None:
    order: list[str] = []
    looks: list[asyncio.Task[None]] = []

    class Looking(Recorder):
        """Whoever is told looks at once."""

        def publish(self, announcements: Sequence[Announcement]) -> None:
            order.append("told")
            looks.append(asyncio.create_task(self._look()))

        async def _look(self) -> None:
            assert await names(house) == {"Orders"}, "told before the rows were safe"

    works = Works(house.database, Looking(), house.clock)
    await works.run(write, "Orders")
    order.append("answered")
    await asyncio.gather(*looks)
    assert order == ["told", "answered"]


async def test_what_fails_leaves_no_row_and_tells_nobody(house: House) -> None:
    async def fail(work: Work) -> None:
        await write(work, "Orders")
        await work.later(JobKind(name="kind"), {})
        raise NotFound("thing", "x")

    with pytest.raises(NotFound):
        await house.run(fail)
    assert await names(house) == set()
    assert (house.told.announcements, house.told.wakes) == ([], 0)


async def test_one_that_fails_does_not_harm_those_beside_it(house: House) -> None:
    async def maybe(work: Work, number: int) -> None:
        await write(work, f"team {number}", number)
        await asyncio.sleep(0)
        if number % 3 == 0:
            raise NotFound("thing", str(number))
        if number % 3 == 1:
            await work.add(Team(id=new_id(), name="Support", created_at=work.now))  # taken: the database says no

    outcomes = await asyncio.gather(*(house.works.run(maybe, n) for n in range(30)), return_exceptions=True)
    kinds = [type(outcome) for outcome in outcomes]
    assert kinds == [(NotFound, Unavailable, type(None))[n % 3] for n in range(30)]
    assert await names(house) == {f"team {n}" for n in range(30) if n % 3 == 2}
    assert sorted(numbers(house.told)) == [n for n in range(30) if n % 3 == 2]


async def test_a_caller_who_leaves_during_the_commit_does_not_silence_it(house: House) -> None:
    """A client that hangs up after its command was obeyed: the row stands, so the others must hear of it."""
    task: asyncio.Task[str]

    async def leave(work: Work) -> str:
        name = await write(work, "Orders")
        asyncio.get_running_loop().call_soon(task.cancel)
        return name

    task = asyncio.create_task(house.works.run(leave))
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5):
        while not house.told.announcements:
            await asyncio.sleep(0.005)
    assert await names(house) == {"Orders"}
    assert await house.run(write, "Billing") == "Billing", "the database must take the next one"


async def test_a_caller_who_leaves_before_the_end_leaves_nothing(house: House) -> None:
    reached = asyncio.Event()

    async def dawdle(work: Work) -> None:
        await write(work, "Orders")
        reached.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(house.works.run(dawdle))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await names(house) == set()
    assert house.told.announcements == []
    assert await house.run(write, "Orders") == "Orders"


async def test_two_that_race_for_a_name_are_both_heard_and_one_is_tried_again(house: House) -> None:
    attempts = 0

    async def found_or_made(work: Work) -> str:
        nonlocal attempts
        attempts += 1
        if await work.one(select(Team.id).where(Team.name == "Orders")):
            return "found"
        await asyncio.sleep(0)
        await write(work, "Orders")
        return "made"

    async with house.another_node() as other:
        outcomes = await asyncio.gather(*(works.run(found_or_made) for works in [house.works, other] * 6))
    assert sorted(outcomes) == ["found"] * 11 + ["made"]
    assert numbers(house.told) == [1.0]


async def test_what_the_database_says_is_not_repeated_to_the_caller(house: House) -> None:
    async def nonsense(work: Work) -> None:
        await work.execute(text("SELECT secret FROM nowhere"))

    with pytest.raises(Unavailable) as refusal:
        await house.run(nonsense)
    assert "nowhere" not in refusal.value.detail
    assert await house.run(write, "Orders") == "Orders"


async def test_jobs_wake_their_runner_once_they_are_rows(house: House) -> None:
    async def queue(work: Work, key: str | None) -> bool:
        kind = JobKind(name="kind", unique_by=("a",) if key else ())
        return await work.later(kind, {"a": key})

    assert [await house.run(queue, key) for key in ("k", "k", None, None)] == [True, False, True, True]
    assert house.told.wakes == 3  # the second changed nothing


async def test_order_within_a_work_is_the_order_told(house: House) -> None:
    async def several(work: Work) -> None:
        for number in (3.0, 1.0, 2.0):
            work.announce(event(number), to=ToAllAgents())

    await house.run(several)
    assert numbers(house.told) == [3.0, 1.0, 2.0]


async def test_a_full_disk_refuses_each_and_recovers(sqlite_database_url: str) -> None:
    """SQLite then undoes the whole group by itself, those who had finished included: nobody may be told otherwise."""
    path = sqlite_database_url.removeprefix("sqlite:///")

    async def limit(work: Work, pages: int) -> None:
        await work.execute(text(f"PRAGMA max_page_count={pages}"))

    async with open_house(sqlite_database_url) as house:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            (used,) = connection.execute("PRAGMA page_count").fetchone()
        await house.run(limit, used + 20)
        outcomes = await asyncio.gather(
            *(house.works.run(write, f"{n} " + "x" * 5000, n) for n in range(30)), return_exceptions=True
        )
        kept = {outcome for outcome in outcomes if isinstance(outcome, str)}
        refused = [outcome for outcome in outcomes if isinstance(outcome, Unavailable)]
        assert refused, "the disk was never full"
        assert len(kept) + len(refused) == 30
        assert await names(house) == kept
        assert sorted(numbers(house.told)) == sorted(float(name.split()[0]) for name in kept)
        await house.run(limit, used + 10_000)
        assert await house.run(write, "Orders") == "Orders"


async def test_when_every_connection_is_in_use_the_answer_is_to_try_again(postgres_database_url: str) -> None:
    database = PostgresDatabase(postgres_database_url, pool_seconds=0.1)
    works = Works(database, Silence())
    async with contextlib.AsyncExitStack() as held:
        for _ in range(20):
            rows = await held.enter_async_context(works.read())
            await rows.one(select(Team.id).limit(1))
        with pytest.raises(Unavailable):
            await works.run(write, "Orders")
    await works.run(write, "Orders")
    await database.close()
