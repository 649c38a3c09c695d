"""Closing by itself, the time in which a contact reopens, and the follow-up that begins afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.contract.conversations import ConversationChanged, SetStatus
from app.contract.links import LinkTicket
from app.contract.solutions import SetSolutionSettings
from app.contract.tickets import OpenTicket
from app.conversations.closing import CLOSE_JOB, close_resolved
from app.conversations.lifecycle import set_status
from app.conversations.messages.follow_ups import FOLLOW_JOB
from app.conversations.ticket_proposals import TicketProposals
from app.conversations.tickets import PROPOSE_JOB, open_follow_up, open_ticket
from app.conversations.undo import undo_last_change
from app.errors import Invalid
from app.knowledge.proposals import propose_priority
from app.links.tickets import link_ticket, links_of
from app.people.actors import SignedInAgent, Visitor
from app.solutions.settings import set_solution_settings
from app.work import Work
from models import Activity, Conversation, Inbox, Job, Ticket
from tests.factories import House

DAYS = 7


async def put(house: House, agent: SignedInAgent, id: str, status: str) -> None:
    await house.run(set_status, agent, SetStatus(conversation_id=id, status=status))


async def standing(house: House, id: str) -> str:
    (status,) = await house.all(select(Conversation.status).where(Conversation.id == id))
    return status


async def codes(house: House, id: str) -> list[tuple[str, str]]:
    return [(one.system, one.body) for one in await house.messages(id) if one.system in ("follows", "followed_up", "reopened")]


async def pass_days(house: House, days: float) -> None:
    house.clock.on(seconds=timedelta(days=days).total_seconds())
    runner = house.jobs({CLOSE_JOB: close_resolved, FOLLOW_JOB: open_follow_up})
    while await runner.run_due():
        pass


async def closed_ticket(house: House, ana: SignedInAgent) -> tuple[str, Visitor]:
    id, visitor = await house.chat(ana)
    await house.run(open_ticket, ana, OpenTicket(conversation_id=id, title="Leaking stove", topic="Stoves"))
    await put(house, ana, id, "closed")
    return id, visitor


async def test_what_is_resolved_closes_after_the_days_and_not_before(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    await put(house, ana, id, "resolved")
    await pass_days(house, DAYS - 0.01)
    assert await standing(house, id) == "resolved"
    await pass_days(house, 0.02)
    assert await standing(house, id) == "closed"
    (row,) = await house.all(select(Activity).where(Activity.action == "conversation.close"))
    assert (row.actor_kind, row.cause) == ("parley", "timer")


async def test_a_reopened_conversation_closes_by_its_second_end(house: House) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    await put(house, ana, id, "resolved")
    await pass_days(house, 3)
    await house.write(visitor, id, "It leaks again.")
    assert await standing(house, id) == "reopened"
    await pass_days(house, 1)
    await put(house, ana, id, "resolved")
    await pass_days(house, DAYS - 1)
    assert await standing(house, id) == "resolved", "the first end no longer counts"
    await pass_days(house, 1.1)
    assert await standing(house, id) == "closed"


async def test_nothing_closes_by_itself_where_the_days_are_0(house: House) -> None:
    admin, ana = await house.agent("Ada", role="admin"), await house.agent()
    await house.run(set_solution_settings, admin, SetSolutionSettings(silent_days=3, close_days=0, reviewing_team_ids=[]))
    id, _ = await house.chat(ana)
    await put(house, ana, id, "resolved")
    assert await house.all(select(Job.id).where(Job.kind == CLOSE_JOB.name)) == []


async def test_words_after_the_close_start_a_follow_up_with_a_link(house: House) -> None:
    ana = await house.agent()
    id, visitor = await closed_ticket(house, ana)
    house.told.forget()
    sent = await house.write(visitor, id, "It leaks again.", client_id="again")
    new = sent.conversation_id
    assert new in {one.conversation.id for one in house.told.all(ConversationChanged)}, "every list and queue hears of it"
    assert (new != id, await standing(house, id)) == (True, "closed")
    assert [one.body for one in await house.messages(new) if not one.system] == ["It leaks again."]
    await pass_days(house, 0)
    assert await codes(house, new) == [("follows", "#1")]
    assert await codes(house, id) == [("followed_up", "#2")]
    async with house.works.read() as rows:
        after, before = await links_of(rows, ana, new), await links_of(rows, ana, id)
    assert [(it.kind, it.number, it.title) for it in after.links] == [("follow_up_of", 1, "Leaking stove")]
    assert [(it.kind, it.number) for it in before.links] == [("followed_by", 2)]


async def test_the_same_words_twice_are_one_follow_up(house: House) -> None:
    ana = await house.agent()
    id, visitor = await closed_ticket(house, ana)
    first = await house.write(visitor, id, "It leaks again.", client_id="again")
    second = await house.write(visitor, id, "It leaks again.", client_id="again")
    third = await house.write(visitor, id, "Hello?", client_id="hello")
    assert (second.id, third.conversation_id) == (first.id, first.conversation_id)
    assert len(await house.all(select(Conversation.id))) == 2


async def test_words_to_a_closed_duplicate_go_to_the_original(house: House) -> None:
    ana = await house.agent()
    id, visitor = await closed_ticket(house, ana)
    other = (await house.start(visitor, "My stove leaks")).conversation.id
    await house.run(open_ticket, ana, OpenTicket(conversation_id=other, title="Stove", topic="Stoves"))
    await house.run(link_ticket, ana, id, LinkTicket(number=2, kind="duplicate_of"))
    sent = await house.write(visitor, id, "Any news?")
    assert sent.conversation_id == other
    assert len(await house.all(select(Conversation.id))) == 2


async def test_words_are_kept_where_the_inbox_takes_nothing_new(house: House) -> None:
    ana = await house.agent()
    id, visitor = await closed_ticket(house, ana)

    async def archive(work: Work) -> None:
        await work.change(update(Inbox).where(Inbox.id == house.inbox_id).values(archived_at=work.now))

    await house.run(archive)
    sent = await house.write(visitor, id, "Still leaking.")
    assert (sent.conversation_id, await standing(house, id)) == (id, "reopened")


async def test_a_follow_up_stands_beside_nothing_it_must_not(house: House) -> None:
    """A contact with an open chat goes on there; nobody can open a second one."""
    ana = await house.agent()
    id, visitor = await closed_ticket(house, ana)
    open_chat = (await house.start(visitor, "Something else")).conversation.id
    assert (await house.write(visitor, id, "And the stove?")).conversation_id == open_chat
    with pytest.raises(Invalid, match="already has an open conversation"):
        await put(house, ana, id, "open")


async def test_what_an_undo_resolves_again_still_closes(house: House) -> None:
    """The first job found it reopened and ended; the undo comes after the days are over."""
    ana = await house.agent()
    id, _ = await house.chat(ana)
    await put(house, ana, id, "resolved")
    await pass_days(house, DAYS - 1)
    await put(house, ana, id, "open")
    await pass_days(house, 2)
    await house.run(undo_last_change, ana, id)
    assert await standing(house, id) == "resolved"
    await pass_days(house, 0)
    assert await standing(house, id) == "closed"


async def test_a_follow_up_keeps_the_title_that_it_was_given(house: House) -> None:
    ana = await house.agent()
    id, visitor = await closed_ticket(house, ana)
    new = (await house.write(visitor, id, "It leaks again. Please call me.")).conversation_id
    await pass_days(house, 0)

    async def propose(words: str) -> tuple[str, str]:
        return words, "Other"

    (job,) = await house.all(select(Job).where(Job.kind == PROPOSE_JOB.name, Job.state == "waiting"))
    await TicketProposals(propose, propose_priority).run(house.works, job.payload)
    (kept,) = await house.all(select(Ticket).where(Ticket.conversation_id == new))
    assert (kept.title, kept.topic) == ("Leaking stove", "Stoves")
