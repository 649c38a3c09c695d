"""Away for two seconds or thirty days: whoever comes back ends up with what somebody sees who has just come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.contract.reading import AgentSync, AgentSynced, VisitorSync, VisitorSynced
from app.conversations.reading.sync import sync_for_agent, sync_for_visitor
from app.people.actors import SignedInAgent, Visitor
from app.people.tokens import VisitorTokens
from app.timetable import domain_sweeps
from tests.factories import House

KEY = "the secret key of a platform that runs for months"
ABSENCES = {
    "two seconds": timedelta(seconds=2),
    "three days": timedelta(days=3),
    "thirty days": timedelta(days=30),
}
CHAPTERS = 6


async def visitor_page(house: House, visitor: Visitor, id: str, after: int) -> VisitorSynced:
    async with house.works.read() as rows:
        return await sync_for_visitor(rows, visitor, VisitorSync(conversation_id=id, after_seq=after))


async def agent_page(house: House, agent: SignedInAgent, id: str, after: int) -> AgentSynced:
    async with house.works.read() as rows:
        return await sync_for_agent(rows, agent, AgentSync(conversation_id=id, after_rev=after))


async def live(house: House, absence: timedelta) -> None:
    """Time passes, and everything that time alone moves is done."""
    house.clock.on(seconds=absence.total_seconds() / CHAPTERS)
    for sweep in domain_sweeps(house.works, house.react(), timedelta(seconds=10)):
        await sweep.run()


@pytest.mark.parametrize("absence", ABSENCES.values(), ids=ABSENCES.keys())
async def test_whoever_was_away_holds_in_the_end_what_a_newcomer_sees(house: House, absence: timedelta) -> None:
    """The conversation goes on without them: answered, noted, resolved, opened anew by mail, handed on."""
    tokens = VisitorTokens(KEY)
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    id, visitor = await house.chat(ana)
    token = tokens.issue(visitor, house.clock())
    mine = await visitor_page(house, visitor, id, 0)
    desk = await agent_page(house, ben, id, 0)
    for chapter in range(CHAPTERS):
        await live(house, absence)
        await house.answer(ana, id, f"answer {chapter}")
        await house.note(ben, id, f"note {chapter}")
        if chapter == CHAPTERS // 2:
            await house.resolve(ana, id)
            await live(house, absence)
            await house.write(visitor, id, "It broke again")  # by mail, say: their widget is still away
    assert tokens.read(token, house.clock()) == visitor, "they need not begin anew"

    missed = await visitor_page(house, visitor, id, mine.conversation.seq)
    fresh = await visitor_page(house, visitor, id, 0)
    assert [*mine.messages, *missed.messages] == fresh.messages
    assert [message.seq for message in fresh.messages] == list(range(1, fresh.conversation.seq + 1))
    assert missed.conversation == fresh.conversation
    assert "note" not in str(fresh)

    missed_by_ben = await agent_page(house, ben, id, desk.conversation.rev)
    fresh_for_ben = await agent_page(house, ben, id, 0)
    held = {message.id: message for message in (*desk.messages, *missed_by_ben.messages)}
    assert list(held.values()) == fresh_for_ben.messages
    assert missed_by_ben.conversation == fresh_for_ben.conversation
    assert sum(message.visibility == "internal" and not message.system for message in fresh_for_ben.messages) == CHAPTERS
