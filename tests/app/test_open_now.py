"""What is open, kept in memory: after anything the same as a count of the rows."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from app.clock import monotonic
from app.contract.conversations import ConversationChanged
from app.contract.messages import MessageCreated
from app.reports.open_now import MAX_DOUBTS, OpenNow
from app.reports.queues import Open, count_open
from app.reports.thresholds import thresholds_of
from app.work import Announcement
from tests.app.test_wall import Day
from tests.factories import House


class Watching:
    """Hears what agents hear, and counts."""

    def __init__(self, house: House, **how: int) -> None:
        self.house = house
        self.seconds = 0.0
        self.open_now = OpenNow(house.works, clock=lambda: monotonic() + self.seconds, **how)
        house.told.listeners.append(self.hear)

    def hear(self, announcements: Sequence[Announcement]) -> None:
        for one in announcements:
            match one.event:
                case ConversationChanged(conversation=conversation):
                    self.open_now.note(conversation.id)
                case MessageCreated(message=message):
                    self.open_now.note(message.conversation_id)
                case _:
                    pass

    def pass_time(self) -> None:
        """An hour, after which it looks for certainty."""
        self.seconds += 3600

    def be_deaf(self) -> None:
        self.house.told.listeners.remove(self.hear)

    async def count(self) -> tuple[Open, Open]:
        """As it is kept, and as the rows have it."""
        self.open_now.mark()
        async with self.house.works.read() as rows:
            thresholds, now = await thresholds_of(rows), self.house.clock()
            return await self.open_now.count(rows, thresholds, now), await count_open(rows, thresholds, now)


@pytest.fixture
async def watching(house: House) -> Watching:
    """From a moment at which two wait and one is held; from now on it does not look at the rows for certainty."""
    ana = await house.agent()
    watching = Watching(house)
    for agent in (ana, None, None):
        await house.chat(agent)
    await watching.open_now.read_all()
    await watching.count()
    return watching


def waiting_of(found: Open, house: House) -> int:
    return found.waiting[house.team_id].count


@pytest.mark.parametrize("seed", [2, 8])
async def test_at_every_checkpoint_it_is_what_the_rows_hold(house: House, seed: int) -> None:
    day, watching = Day(house, seed), Watching(house)
    await day.open()
    await watching.open_now.read_all()
    for step in range(40):
        await day.go_on()
        kept, counted = await watching.count()
        assert kept == counted
        if step:
            assert not watching.open_now.is_in_doubt


async def test_everything_is_read_page_by_page(house: House) -> None:
    ana = await house.agent()
    for agent in (ana, None, None, None, ana):
        await house.chat(agent)
    house.clock.on(seconds=1)
    await house.chat()
    watching = Watching(house, page=2)
    await watching.open_now.read_all()
    await watching.count()
    await house.chat()
    kept, counted = await watching.count()
    assert kept == counted
    assert waiting_of(kept, house) == 5


async def test_what_is_not_heard_is_not_seen_until_the_rows_are_looked_at(house: House, watching: Watching) -> None:
    watching.be_deaf()
    await house.chat()
    kept, counted = await watching.count()
    assert (waiting_of(kept, house), waiting_of(counted, house)) == (2, 3)
    watching.pass_time()
    for doubts in range(1, MAX_DOUBTS + 1):
        kept, _ = await watching.count()
        assert waiting_of(kept, house) == 3
        assert watching.open_now.is_in_doubt
        assert watching.open_now.needs_reading == (doubts == MAX_DOUBTS)
    await watching.open_now.read_all()
    for _ in range(2):
        kept, counted = await watching.count()
        assert kept == counted
    assert not watching.open_now.is_in_doubt


async def test_a_hint_that_was_late_ends_the_doubt(house: House, watching: Watching) -> None:
    watching.be_deaf()
    id, _ = await house.chat()
    watching.pass_time()
    await watching.count()
    assert watching.open_now.is_in_doubt
    watching.open_now.note(id)
    kept, counted = await watching.count()
    assert kept == counted
    assert not watching.open_now.is_in_doubt
    assert not watching.open_now.needs_reading


async def test_what_is_told_while_rows_are_looked_at_waits_for_the_next_look(house: House, watching: Watching) -> None:
    watching.open_now.mark()
    async with house.works.read() as rows:
        thresholds = await thresholds_of(rows)
        await house.chat()
        before = await watching.open_now.count(rows, thresholds, house.clock())
    assert waiting_of(before, house) == 2
    kept, counted = await watching.count()
    assert kept == counted
    assert waiting_of(kept, house) == 3
