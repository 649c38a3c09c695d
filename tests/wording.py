"""Words found at once: what the timetable would write down every two seconds."""

from __future__ import annotations

from app.conversations.lists.search import how_far, write_down_words
from tests.factories import House


async def write_down_all(house: House) -> None:
    async with house.works.read() as rows:
        written, newest = await how_far(rows)
    is_more = written < newest
    while is_more:
        is_more = await house.run(write_down_words)
