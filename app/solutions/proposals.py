"""Solutions from the first draft to the customer's answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from sqlalchemy import select, update

from app.activity.record import PARLEY, record
from app.clock import new_id
from app.contract.solutions import (
    AnswerSolution,
    ReviewSolution,
    SaveSolution,
    SolutionIs,
    SolutionState,
    SolutionView,
)
from app.conversations.access import access_conversation, access_conversation_to_read
from app.conversations.announcements import announce_conversation
from app.conversations.completeness import refuse_to_end_incomplete
from app.conversations.lifecycle import resolve_conversation
from app.conversations.messages.send import add_agent_message, add_contact_message, add_system_message
from app.conversations.row_changes import ENDED
from app.errors import Conflict, Forbidden, Incomplete, Invalid, NotFound
from app.job_kinds import JobKind, does
from app.people.actors import SignedInAgent, Visitor
from app.people.agents import announce_warnings
from app.people.permissions import Permission, require
from app.solutions.words import line_in
from app.text import clean_line, clean_text
from app.work import Rows, Work
from models import Article, Contact, Conversation, Message, Solution, Team, Ticket, Workspace

SILENT_JOB = JobKind(name="solution.silent", unique_by=("solution_id", "proposed_at"))
"""Queued with every proposal, once for the moment it was made; when it falls due, one that the customer has not answered counts as approved."""
DEFAULT_SILENT_DAYS = 3
UNDER_WAY = ("draft", "in_review", "proposed")
LAST_ANSWERS = 3


async def solution_of(rows: Rows, agent: SignedInAgent, conversation_id: str) -> SolutionIs:
    """Return the newest solution of a conversation, and what a new one begins with."""
    conversation = await access_conversation_to_read(rows, agent, conversation_id)
    newest = await _newest(rows, conversation.id)
    return SolutionIs(
        solution=await _view(rows, agent, newest) if newest else None,
        prefilled=await _prefilled(rows, conversation),
        needs_review=await _is_reviewed(rows, conversation),
        silent_days=await silent_days(rows),
    )


async def save_solution(work: Work, agent: SignedInAgent, conversation_id: str, asked: SaveSolution) -> SolutionIs:
    """Keep a draft. Raises Conflict while one is in review or proposed, Invalid for an article that is gone."""
    require(Permission.REPLY, agent)
    conversation = await access_conversation(work, agent, conversation_id)
    if asked.article_id and not await work.one(select(Article.id).where(Article.id == asked.article_id)):
        raise Invalid("This article no longer exists.")
    values: dict[str, Any] = {
        "problem": clean_text(asked.problem),
        "cause": clean_text(asked.cause),
        "steps": clean_text(asked.steps),
        "text": clean_text(asked.text),
        "category": clean_line(asked.category),
        "article_id": asked.article_id,
        "changed_at": work.now,
    }
    found = await _under_way(work, conversation.id)
    if found is None:
        more = {"reviewer_name": "", "review_note": "", "answer": "", "is_silent": False, "created_at": work.now}
        author = {"author_id": agent.id, "author_name": agent.name}
        await work.add(Solution(id=new_id(), conversation_id=conversation.id, state="draft", **values, **author, **more))
    elif found.state != "draft":
        raise Conflict("This solution has been handed in already. Withdraw it to change it.")
    else:
        await work.change(update(Solution).where(Solution.id == found.id).values(**values))
    return await solution_of(work, agent, conversation.id)


async def hand_in_solution(work: Work, agent: SignedInAgent, conversation_id: str) -> SolutionIs:
    """Send the draft to the customer, or to review where the conversation's team wants that.

    Raises Incomplete while a field is empty that is required to resolve, Invalid without a text for the customer, NotFound without a draft, Conflict for one that was handed in already.
    """
    require(Permission.REPLY, agent)
    conversation = await access_conversation(work, agent, conversation_id)
    solution = await _must_be(work, conversation.id, "draft")
    if not solution.text:
        raise Invalid("Write what the customer should read.")
    if conversation.category in ENDED:
        raise Invalid("This conversation has ended. Reopen it first.")
    await refuse_to_end_incomplete(work, conversation)
    if await _is_reviewed(work, conversation) and not agent.may(Permission.SUPERVISE):
        await _set(work, solution, "in_review", review_note="", reviewer_name="")
        _note(work, agent, conversation, solution, "solution.hand_in", "in_review")
        conversation = await add_system_message(work, conversation, "solution_review", "", agent.name, "internal")
        await announce_conversation(work, conversation)
        announce_warnings(work)
        return await solution_of(work, agent, conversation.id)
    return await _propose(work, agent, conversation, solution)


async def review_solution(work: Work, agent: SignedInAgent, conversation_id: str, asked: ReviewSolution) -> SolutionIs:
    """Send a solution to the customer, or return it with words. For supervisors, and not for its author.

    Raises Forbidden, Invalid without words, NotFound without a solution, Conflict for one that is not in review.
    """
    require(Permission.SUPERVISE, agent)
    conversation = await access_conversation(work, agent, conversation_id)
    solution, note = await _must_be(work, conversation.id, "in_review"), clean_text(asked.note)
    if solution.author_id == agent.id:
        raise Forbidden("Someone else has to review what you wrote.")
    if asked.is_approved:
        return await _propose(work, agent, conversation, solution, reviewer_name=agent.name, review_note=note)
    if not note:
        raise Invalid("Say what to change.")
    await _set(work, solution, "draft", reviewer_name=agent.name, review_note=note)
    _note(work, agent, conversation, solution, "solution.return", "draft")
    conversation = await add_system_message(work, conversation, "solution_returned", note, agent.name, "internal")
    await announce_conversation(work, conversation)
    return await solution_of(work, agent, conversation.id)


async def withdraw_solution(work: Work, agent: SignedInAgent, conversation_id: str) -> SolutionIs:
    """Take back a solution that is in review or proposed: it is a draft again, and the customer is asked no more.

    Raises NotFound without one, Conflict when the customer has answered.
    """
    require(Permission.REPLY, agent)
    conversation = await access_conversation(work, agent, conversation_id)
    solution = await _must_be(work, conversation.id, "in_review", "proposed")
    was_proposed = solution.state == "proposed"
    await _set(work, solution, "draft", proposed_at=None)
    _note(work, agent, conversation, solution, "solution.withdraw", "draft")
    line = "The question was taken back." if was_proposed else ""
    visibility = "public" if was_proposed else "internal"
    conversation = await add_system_message(work, conversation, "solution_withdrawn", line, agent.name, visibility)
    await announce_conversation(work, conversation)
    return await solution_of(work, agent, conversation.id)


async def answer_solution(work: Work, visitor: Visitor, conversation_id: str, asked: AnswerSolution) -> None:
    """Keep the customer's answer. Solved resolves the conversation; not solved yet makes their word a message, which the
    conversation waits with. The same answer twice is one.

    Raises NotFound when nothing was proposed, Invalid without a word, Conflict when it was answered otherwise.
    """
    conversation = await access_conversation(work, visitor, conversation_id)
    solution, word = await _newest(work, conversation.id), clean_text(asked.word)
    wanted: SolutionState = "approved" if asked.is_solved else "rejected"
    if solution is None or solution.state in ("draft", "in_review", "withdrawn"):
        raise NotFound("solution", conversation_id)
    if solution.state == wanted:
        return
    if solution.state != "proposed":
        raise Conflict("This was answered already.")
    if not asked.is_solved and not word:
        raise Invalid("Tell us what is missing.")
    await _set(work, solution, wanted, answer=word, answered_at=work.now)
    record(
        work,
        visitor,
        "solution.approve" if asked.is_solved else "solution.reject",
        conversation=conversation,
        about=("solution", solution.id),
        before={"state": "proposed"},
        after={"state": wanted},
    )
    name = await work.one(select(Contact.name).where(Contact.id == conversation.contact_id)) or ""
    if asked.is_solved:
        conversation = await add_system_message(work, conversation, "solution_approved", "", name, "internal")
        if word:
            await add_contact_message(work, conversation, visitor, None, word)
            conversation = await access_conversation(work, visitor, conversation_id)
        if conversation.category not in ENDED:
            conversation = await resolve_conversation(work, conversation, visitor)
    else:
        conversation = await add_system_message(work, conversation, "solution_rejected", "", name, "internal")
        await add_contact_message(work, conversation, visitor, None, word)
        conversation = await access_conversation(work, visitor, conversation_id)
    await announce_conversation(work, conversation)


@does(SILENT_JOB)
async def approve_silently(work: Work, payload: dict[str, Any]) -> None:
    """Approve a proposal that nobody answered in time, and resolve its conversation. One that was answered, withdrawn or
    proposed anew meanwhile, or after which the customer wrote, stays as it is."""
    solution = await work.one(select(Solution).where(Solution.id == payload["solution_id"]))
    if solution is None or solution.state != "proposed" or solution.proposed_at is None:
        return
    conversation = await work.one(select(Conversation).where(Conversation.id == solution.conversation_id).with_for_update())
    assert conversation is not None
    if solution.proposed_at.isoformat() != payload["proposed_at"] or conversation.waiting_since is not None:
        return
    if not await _set(work, solution, "approved", is_silent=True, answered_at=work.now):
        return
    record(
        work,
        PARLEY,
        "solution.approve",
        conversation=conversation,
        about=("solution", solution.id),
        before={"state": "proposed"},
        after={"state": "approved"},
        cause="timer",
    )
    conversation = await add_system_message(work, conversation, "solution_silent", "", "", "internal")
    if conversation.category not in ENDED and await _may_end(work, conversation):
        conversation = await resolve_conversation(work, conversation, PARLEY)
    await announce_conversation(work, conversation)


async def _may_end(rows: Rows, conversation: Conversation) -> bool:
    """Return whether nothing that is required is missing: a field may have been made required since the proposal."""
    try:
        await refuse_to_end_incomplete(rows, conversation)
    except Incomplete:
        return False
    return True


async def silent_days(rows: Rows) -> int:
    """Return after how many days without an answer a proposal counts as approved; 0 for never."""
    kept = await rows.one(select(Workspace.solution_silent_days))
    return DEFAULT_SILENT_DAYS if kept is None else kept


async def _propose(work: Work, agent: SignedInAgent, conversation: Conversation, solution: Solution, **values: Any) -> SolutionIs:
    await _set(work, solution, "proposed", proposed_at=work.now, **values)
    _note(work, agent, conversation, solution, "solution.propose", "proposed")
    await add_agent_message(work, conversation, agent, None, solution.text, "public")
    conversation = await access_conversation(work, agent, conversation.id)
    locale = await work.one(select(Contact.locale).where(Contact.id == conversation.contact_id))
    conversation = await add_system_message(work, conversation, "solution_proposed", line_in(locale), agent.name)
    if days := await silent_days(work):
        due = {"solution_id": solution.id, "proposed_at": work.now.isoformat()}
        await work.later(SILENT_JOB, due, timedelta(days=days))
    await announce_conversation(work, conversation)
    return await solution_of(work, agent, conversation.id)


async def _set(work: Work, solution: Solution, state: SolutionState, **values: Any) -> bool:
    """Move a solution on from the state it was read in; whether it still stood there."""
    there = Solution.id == solution.id, Solution.state == solution.state
    changed = await work.change(update(Solution).where(*there).values(state=state, changed_at=work.now, **values))
    return bool(changed)


def _note(work: Work, agent: SignedInAgent, conversation: Conversation, solution: Solution, action: str, state: str) -> None:
    was, now = {"state": solution.state}, {"state": state}
    record(work, agent, action, conversation=conversation, about=("solution", solution.id), before=was, after=now)


async def _must_be(work: Work, conversation_id: str, *states: SolutionState) -> Solution:
    solution = await _newest(work, conversation_id)
    if solution is None:
        raise NotFound("solution", conversation_id)
    if solution.state not in states:
        raise Conflict("This solution has moved on. Reload to see it.")
    return solution


async def _newest(rows: Rows, conversation_id: str) -> Solution | None:
    wanted = select(Solution).where(Solution.conversation_id == conversation_id).order_by(Solution.id.desc()).limit(1)
    return await rows.one(wanted.execution_options(populate_existing=True))


async def _under_way(rows: Rows, conversation_id: str) -> Solution | None:
    solution = await _newest(rows, conversation_id)
    return solution if solution and solution.state in UNDER_WAY else None


async def _is_reviewed(rows: Rows, conversation: Conversation) -> bool:
    if conversation.team_id is None:
        return False
    return bool(await rows.one(select(Team.reviews_solutions).where(Team.id == conversation.team_id)))


async def _prefilled(rows: Rows, conversation: Conversation) -> SaveSolution:
    """Return the customer's first message as the problem, and the last answers as steps."""
    said = select(Message.body).where(
        Message.conversation_id == conversation.id, Message.system.is_(None), Message.seq.is_not(None)
    )
    problem = await rows.one(said.where(Message.author_kind == "contact").order_by(Message.seq).limit(1))
    answers = await rows.all(said.where(Message.author_kind == "agent").order_by(Message.seq.desc()).limit(LAST_ANSWERS))
    topic = await rows.one(select(Ticket.topic).where(Ticket.conversation_id == conversation.id))
    steps = "\n".join(f"- {' '.join(body.split())}" for body in reversed(answers) if body)
    return SaveSolution(problem=(problem or "")[:4000], steps=steps[:4000], category=topic or "")


async def _view(rows: Rows, agent: SignedInAgent, one: Solution) -> SolutionView:
    article = await rows.one(select(Article.title).where(Article.id == one.article_id)) if one.article_id else None
    return SolutionView(
        id=one.id,
        conversation_id=one.conversation_id,
        state=cast(SolutionState, one.state),
        problem=one.problem,
        cause=one.cause,
        steps=one.steps,
        text=one.text,
        category=one.category,
        article_id=one.article_id,
        article_title=article,
        author_id=one.author_id,
        author_name=one.author_name,
        reviewer_name=one.reviewer_name,
        review_note=one.review_note,
        answer=one.answer,
        is_silent=one.is_silent,
        may_review=one.state == "in_review" and one.author_id != agent.id and agent.may(Permission.SUPERVISE),
        changed_at=one.changed_at,
        proposed_at=one.proposed_at,
        answered_at=one.answered_at,
    )
