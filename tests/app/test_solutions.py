"""Solutions: written down, reviewed, proposed to the customer, and answered or left unanswered."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.contract.solutions import AnswerSolution, ReviewSolution, SaveSolution, SetSolutionSettings, SolutionIs, SolutionView
from app.contract.tickets import OpenTicket
from app.conversations.tickets import open_ticket
from app.errors import Conflict, Forbidden, Incomplete, Invalid, NotFound
from app.people.actors import SignedInAgent, Visitor
from app.solutions.proposals import (
    SILENT_JOB,
    answer_solution,
    approve_silently,
    hand_in_solution,
    review_solution,
    save_solution,
    solution_of,
    withdraw_solution,
)
from app.solutions.settings import set_solution_settings
from models import Job, Solution
from tests.app.test_ticket_fields import field, form
from tests.factories import House

DRAFT = SaveSolution(problem="It leaks", cause="A seal", steps="- Looked", text="Turn the valve to the left.", category="Stoves")
YES, NO = AnswerSolution(is_solved=True), AnswerSolution(is_solved=False, word="It still leaks.")


async def read(house: House, agent: SignedInAgent, id: str) -> SolutionIs:
    async with house.works.read() as rows:
        return await solution_of(rows, agent, id)


async def newest(house: House, agent: SignedInAgent, id: str) -> SolutionView:
    found = (await read(house, agent, id)).solution
    assert found is not None
    return found


async def proposed(house: House, agent: SignedInAgent) -> tuple[str, Visitor]:
    id, visitor = await house.chat(agent)
    await house.run(save_solution, agent, id, DRAFT)
    await house.run(hand_in_solution, agent, id)
    return id, visitor


async def settle(house: House, silent_days: int = 3, teams: list[str] | None = None) -> SignedInAgent:
    admin = await house.agent("Ada", role="admin")
    asked = SetSolutionSettings(silent_days=silent_days, close_days=7, reviewing_team_ids=teams or [])
    await house.run(set_solution_settings, admin, asked)
    return admin


async def codes(house: House, id: str, visibility: str = "public") -> list[str]:
    return [one.system for one in await house.messages(id) if one.system and one.visibility == visibility]


async def due(house: House) -> int:
    return await house.jobs({SILENT_JOB: approve_silently}).run_due()


async def test_a_new_one_begins_with_what_was_said(house: House) -> None:
    ana = await house.agent("Ana")
    visitor = house.visitor()
    id = (await house.start(visitor, "My stove\nleaks.")).conversation.id
    await house.claim(ana, id)
    for body in ("Is it on?", "Turn it\noff.", "Wait.", "Now?"):
        await house.answer(ana, id, body)
    await house.note(ana, id, "Poor thing")
    found = await read(house, ana, id)
    assert found.solution is None
    assert (found.prefilled.problem, found.prefilled.steps) == ("My stove\nleaks.", "- Turn it off.\n- Wait.\n- Now?")


async def test_a_customer_reads_the_text_and_approves(house: House) -> None:
    ana = await house.agent("Ana")
    id, visitor = await proposed(house, ana)
    told = [one for one in await house.messages(id) if one.visibility == "public"]
    assert (told[-2].author_kind, told[-2].body, told[-1].system) == ("agent", DRAFT.text, "solution_proposed")
    assert not any("A seal" in one.body for one in told), "the cause is for agents"
    for _ in range(2):
        await house.run(answer_solution, visitor, id, YES)
    stands = await house.conversation(id)
    assert (stands.category, stands.ended_by, (await newest(house, ana, id)).state) == ("resolved", "contact", "approved")
    assert (await codes(house, id)).count("ended_by_contact") == 1
    with pytest.raises(Conflict):
        await house.run(answer_solution, visitor, id, NO)


async def test_a_rejection_needs_a_word_which_becomes_a_message(house: House) -> None:
    ana = await house.agent("Ana")
    id, visitor = await proposed(house, ana)
    with pytest.raises(Invalid):
        await house.run(answer_solution, visitor, id, AnswerSolution(is_solved=False, word="  "))
    house.clock.on(minutes=1)
    await house.run(answer_solution, visitor, id, NO)
    last = (await house.messages(id))[-1]
    stands = await house.conversation(id)
    assert (last.author_kind, last.body, stands.waiting_since) == ("contact", "It still leaks.", house.clock())
    assert (await newest(house, ana, id)).answer == "It still leaks."
    await house.run(save_solution, ana, id, DRAFT)
    await house.run(hand_in_solution, ana, id)
    await house.run(answer_solution, visitor, id, YES)
    assert [one.state for one in await house.all(select(Solution).order_by(Solution.id))] == ["rejected", "approved"]


async def test_a_rejection_reopens_what_was_resolved_meanwhile(house: House) -> None:
    ana = await house.agent("Ana")
    id, visitor = await proposed(house, ana)
    await house.resolve(ana, id)
    await house.run(answer_solution, visitor, id, NO)
    stands = await house.conversation(id)
    assert (stands.category, stands.reopened_count) == ("open", 1)


async def test_only_its_contact_answers(house: House) -> None:
    ana = await house.agent("Ana")
    id, _ = await proposed(house, ana)
    with pytest.raises(NotFound):
        await house.run(answer_solution, house.visitor(), id, YES)
    other, visitor = await house.chat(ana)
    with pytest.raises(NotFound):
        await house.run(answer_solution, visitor, other, YES)


async def test_silence_approves_once_and_not_early(house: House) -> None:
    await settle(house, silent_days=2)
    ana = await house.agent("Ana")
    id, _ = await proposed(house, ana)
    house.clock.on(days=1, hours=23)
    assert await due(house) == 0
    assert (await newest(house, ana, id)).state == "proposed"
    house.clock.on(hours=1)
    assert await due(house) == 1
    assert await due(house) == 0
    found, stands = await newest(house, ana, id), await house.conversation(id)
    assert (found.state, found.is_silent, stands.category, stands.ended_by) == ("approved", True, "resolved", "agent")
    assert (await codes(house, id)).count("resolved") == 1


async def test_a_customer_who_writes_was_not_silent(house: House) -> None:
    ana = await house.agent("Ana")
    id, visitor = await proposed(house, ana)
    await house.write(visitor, id, "I will try tomorrow.")
    house.clock.on(days=4)
    await due(house)
    assert ((await house.conversation(id)).category, (await newest(house, ana, id)).state) == ("open", "proposed")


async def test_a_proposal_made_anew_gets_its_whole_time(house: House) -> None:
    ana = await house.agent("Ana")
    id, _ = await proposed(house, ana)
    house.clock.on(days=2)
    await house.run(withdraw_solution, ana, id)
    assert (await codes(house, id))[-1] == "solution_withdrawn"
    await house.run(hand_in_solution, ana, id)
    house.clock.on(days=2)
    await due(house)
    assert (await newest(house, ana, id)).state == "proposed"
    house.clock.on(days=1)
    await due(house)
    assert (await newest(house, ana, id)).state == "approved"


async def test_without_silent_days_nothing_is_timed(house: House) -> None:
    await settle(house, silent_days=0)
    ana = await house.agent("Ana")
    await proposed(house, ana)
    assert await house.all(select(Job).where(Job.kind == SILENT_JOB.name)) == []


async def test_a_team_that_reviews_sends_nothing_before(house: House) -> None:
    admin = await settle(house, teams=[house.team_id])
    ana, sam = await house.agent("Ana"), await house.agent("Sam", role="supervisor")
    id, visitor = await proposed(house, ana)
    assert (await newest(house, ana, id)).state == "in_review"
    assert "solution_proposed" not in await codes(house, id)
    with pytest.raises(NotFound):
        await house.run(answer_solution, visitor, id, YES)
    with pytest.raises(Forbidden):
        await house.run(review_solution, ana, id, ReviewSolution(is_approved=True))
    with pytest.raises(Conflict):
        await house.run(save_solution, ana, id, DRAFT)
    with pytest.raises(Invalid):
        await house.run(review_solution, sam, id, ReviewSolution(is_approved=False))
    await house.run(review_solution, sam, id, ReviewSolution(is_approved=False, note="Which valve?"))
    back = await newest(house, ana, id)
    assert (back.state, back.review_note, back.reviewer_name) == ("draft", "Which valve?", "Sam")
    await house.run(hand_in_solution, ana, id)
    assert (await newest(house, sam, id)).may_review
    await house.run(review_solution, admin, id, ReviewSolution(is_approved=True))
    assert (await codes(house, id))[-1] == "solution_proposed"
    with pytest.raises(Conflict):
        await house.run(review_solution, sam, id, ReviewSolution(is_approved=True))


async def test_what_cannot_be_proposed_is_refused(house: House) -> None:
    ana = await house.agent("Ana")
    id, _ = await house.chat(ana)
    with pytest.raises(NotFound):
        await house.run(hand_in_solution, ana, id)
    with pytest.raises(Invalid):
        await house.run(save_solution, ana, id, SaveSolution(text="x", article_id="00000000-0000-7000-8000-000000000000"))
    await house.run(save_solution, ana, id, SaveSolution(text=" "))
    with pytest.raises(Invalid):
        await house.run(hand_in_solution, ana, id)
    await house.run(save_solution, ana, id, DRAFT)
    await house.resolve(ana, id)
    with pytest.raises(Invalid):
        await house.run(hand_in_solution, ana, id)


async def test_settings_are_for_admins(house: House) -> None:
    sam = await house.agent("Sam", role="supervisor")
    with pytest.raises(Forbidden):
        await house.run(set_solution_settings, sam, SetSolutionSettings(silent_days=1, close_days=7, reviewing_team_ids=[]))


async def test_required_fields_hold_before_a_solution_is_handed_in(house: House) -> None:
    ana = await house.agent("Ana")
    id, _ = await house.chat(ana)
    await house.run(open_ticket, ana, OpenTicket(conversation_id=id))
    await house.run(save_solution, ana, id, DRAFT)
    await form(house, field("Order", is_required_to_resolve=True))
    with pytest.raises(Incomplete, match="Order"):
        await house.run(hand_in_solution, ana, id)


async def test_silence_never_ends_a_ticket_past_its_required_fields(house: House) -> None:
    ana = await house.agent("Ana")
    id, _ = await house.chat(ana)
    await house.run(open_ticket, ana, OpenTicket(conversation_id=id))
    await house.run(save_solution, ana, id, DRAFT)
    await house.run(hand_in_solution, ana, id)
    await form(house, field("Order", is_required_to_resolve=True))
    house.clock.on(days=3)
    assert await due(house) == 1
    assert ((await newest(house, ana, id)).state, (await house.conversation(id)).category) == ("approved", "open")
