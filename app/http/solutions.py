"""Solutions: the draft, its review, the proposal, and the customer's answer."""

from __future__ import annotations

from litestar import get, post, put
from litestar.params import FromPath, JSONBody

from app.contract.bases import Done
from app.contract.solutions import (
    AnswerSolution,
    ReviewSolution,
    SaveSolution,
    SetSolutionSettings,
    SolutionIs,
    SolutionSettings,
)
from app.http.ids import as_id
from app.http.platform import AnyRequest, agent_of, platform_of, visitor_of
from app.solutions.proposals import (
    answer_solution,
    hand_in_solution,
    review_solution,
    save_solution,
    solution_of,
    withdraw_solution,
)
from app.solutions.settings import set_solution_settings, solution_settings


@get("/api/v1/conversations/{conversation_id:str}/solution")
async def solution(request: AnyRequest, conversation_id: FromPath[str]) -> SolutionIs:
    """The newest solution of a conversation, and what a new one begins with."""
    agent, id = await agent_of(request), as_id(conversation_id, "conversation")
    async with platform_of(request).works.read() as rows:
        return await solution_of(rows, agent, id)


@put("/api/v1/conversations/{conversation_id:str}/solution")
async def save(request: AnyRequest, conversation_id: FromPath[str], data: JSONBody[SaveSolution]) -> SolutionIs:
    """Keep the draft of a solution."""
    agent, id = await agent_of(request), as_id(conversation_id, "conversation")
    return await platform_of(request).works.run(save_solution, agent, id, data)


@post("/api/v1/conversations/{conversation_id:str}/solution/hand-in", status_code=200)
async def hand_in(request: AnyRequest, conversation_id: FromPath[str]) -> SolutionIs:
    """Send the draft to the customer, or to review where its team wants that."""
    agent, id = await agent_of(request), as_id(conversation_id, "conversation")
    return await platform_of(request).works.run(hand_in_solution, agent, id)


@post("/api/v1/conversations/{conversation_id:str}/solution/review", status_code=200)
async def review(request: AnyRequest, conversation_id: FromPath[str], data: JSONBody[ReviewSolution]) -> SolutionIs:
    """Send a solution to the customer, or return it with words. For supervisors."""
    agent, id = await agent_of(request), as_id(conversation_id, "conversation")
    return await platform_of(request).works.run(review_solution, agent, id, data)


@post("/api/v1/conversations/{conversation_id:str}/solution/withdraw", status_code=200)
async def withdraw(request: AnyRequest, conversation_id: FromPath[str]) -> SolutionIs:
    """Take back a solution that is in review or proposed."""
    agent, id = await agent_of(request), as_id(conversation_id, "conversation")
    return await platform_of(request).works.run(withdraw_solution, agent, id)


@post("/api/v1/widget/conversations/{conversation_id:str}/solution", status_code=200)
async def answer(request: AnyRequest, conversation_id: FromPath[str], data: JSONBody[AnswerSolution]) -> Done:
    """Answer a proposed solution, as the customer."""
    visitor, id = await visitor_of(request), as_id(conversation_id, "conversation")
    platform = platform_of(request)
    platform.widget_limit.take(visitor.contact_id)
    await platform.works.run(answer_solution, visitor, id, data)
    return Done()


@get("/api/v1/solutions/settings")
async def settings(request: AnyRequest) -> SolutionSettings:
    """The teams that review solutions, and how long a customer may stay silent. For admins."""
    agent = await agent_of(request)
    async with platform_of(request).works.read() as rows:
        return await solution_settings(rows, agent)


@put("/api/v1/solutions/settings")
async def set_settings(request: AnyRequest, data: JSONBody[SetSolutionSettings]) -> SolutionSettings:
    """Replace the settings of solutions. For admins."""
    return await platform_of(request).works.run(set_solution_settings, await agent_of(request), data)


ROUTES = [solution, save, hand_in, review, withdraw, answer, settings, set_settings]
