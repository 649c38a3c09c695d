"""The demo opens on a living desk, and goes on living while somebody watches."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.clock import utc_now
from app.database import Database, open_database
from app.people.presence import arrive
from app.settings import Settings, read_settings
from app.work import Works
from demo.history import COLLEAGUES, play_history
from demo.player import MAX_WAITING, MAX_WITH_COLLEAGUE, Player
from demo.seed import seed_demo
from demo.stories import STORIES
from models import Agent, Conversation, CsatScore, Message, Ticket
from tests.factories import Recorder

LEASE = timedelta(seconds=30)


@pytest.fixture
def settings(sqlite_database_url: str, tmp_path: Path) -> Settings:
    return read_settings({"PARLEY_DATABASE_URL": sqlite_database_url, "PARLEY_DATA_DIR": str(tmp_path), "PARLEY_DEMO": "true"})


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The demo's database, with its two weeks."""
    await seed_demo(settings)
    await play_history(settings)
    database = open_database(settings.database_url)
    yield database
    await database.close()


async def test_a_new_demo_has_two_weeks_of_conversations_in_every_state(database: Database, settings: Settings) -> None:
    await play_history(settings)  # a second start adds nothing
    now = utc_now()
    async with database.read() as rows:
        conversations = await rows.all(select(Conversation))
        messages = await rows.all(select(Message))
        scores = await rows.all(select(CsatScore.score))
        tickets = await rows.one(select(func.count()).select_from(Ticket))
    assert len(conversations) == len(STORIES) >= 40
    states = Counter(one.status if one.category in ("resolved", "closed", "waiting") else one.category for one in conversations)
    assert {"resolved", "closed", "responded", "snoozed", "new", "open"} <= set(states)
    assert sum(one.agent_id is None and one.waiting_since is not None for one in conversations) == 4
    assert sum(one.agent_id is not None and one.category == "open" for one in conversations) == 3
    assert len(scores) >= 20
    assert tickets == sum(story.ticket is not None for story in STORIES)
    assert max(message.created_at for message in messages) <= now
    assert now - min(one.created_at for one in conversations) > timedelta(days=13)


async def test_the_player_lets_customers_write_and_colleagues_answer(database: Database) -> None:
    heard = Recorder()
    works = Works(database, heard)
    player = Player(works, heard, LEASE, typing_seconds=(0, 0))
    await player.come_to_work()
    async with works.read() as rows:
        before = await rows.one(select(func.count()).select_from(Message))
    for _ in range(40):
        await player.let_something_happen()
    async with works.read() as rows:
        after = await rows.one(select(func.count()).select_from(Message))
        open_now = await rows.all(select(Conversation).where(Conversation.category.in_(("new", "open"))))
        colleagues = await rows.all(select(Agent.id).where(Agent.email.in_([one.email for one in COLLEAGUES])))
    assert (after or 0) - (before or 0) >= 20
    assert sum(one.agent_id is None for one in open_now) <= MAX_WAITING
    for colleague in colleagues:
        assert sum(one.agent_id == colleague for one in open_now) <= MAX_WITH_COLLEAGUE


async def test_the_player_rests_while_nobody_watches(database: Database) -> None:
    works = Works(database, Recorder())
    player = Player(works, Recorder(), LEASE)
    await player.come_to_work()
    assert not await player.is_watched()
    async with works.read() as rows:
        ana = await rows.one(select(Agent.id).where(Agent.email == "ana@example.com"))
    assert ana is not None
    await works.run(arrive, ana, LEASE)
    assert await player.is_watched()
