"""Conversations that stand still in their queue although people are there, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from app.contract.people import AgentView
from app.contract.values import Stuck
from app.contract.wall import StuckWallView
from app.conversations.queue.positions import in_queue_of
from app.people.languages import speaks
from app.work import Rows
from models import Contact, Conversation, Routing

MAX_OF_A_QUEUE = 20


async def stuck_conversations(rows: Rows, agents: Sequence[AgentView], team_ids: Iterable[str | None]) -> list[StuckWallView]:
    """Return those among the next of each queue that nobody of the team will be given. A team nobody serves says so itself."""
    found: list[StuckWallView] = []
    for team_id in sorted(team_ids, key=lambda id: id or ""):
        members = [one for one in agents if (team_id is None or team_id in one.team_ids) and one.takes_chats and one.capacity]
        if not members:
            continue
        waiting = await rows.rows(
            select(Conversation.id, Conversation.queued_at, Contact.name, Routing.passed, Routing.skills, Routing.language)
            .join(Contact, Contact.id == Conversation.contact_id)
            .outerjoin(Routing, Routing.conversation_id == Conversation.id)
            .where(in_queue_of(team_id))
            .order_by(Conversation.priority_rank, Conversation.queued_at, Conversation.id)
            .limit(MAX_OF_A_QUEUE)
        )
        for id, queued_at, name, passed, skills, language in waiting:
            if why := why_stuck(members, passed or [], skills or [], language):
                reason, detail = why
                found.append(
                    StuckWallView(
                        conversation_id=id,
                        contact_name=name,
                        team_id=team_id,
                        reason=reason,
                        detail=detail,
                        queued_at=queued_at,
                    )
                )
    return found


def why_stuck(
    members: Sequence[AgentView], passed: Sequence[str], skills: Sequence[str], language: str | None
) -> tuple[Stuck, str] | None:
    """Return why none of the members will be given it, whoever comes online or gets room; None when one could be."""
    if language is not None and not any(speaks(one.languages, language) for one in members):
        return "nobody_speaks", language
    able = [one for one in members if language is None or speaks(one.languages, language)]
    able = [one for one in able if all(skill in one.skills for skill in skills)]
    if not able:
        return "nobody_has_skills", ", ".join(skills)
    return ("everyone_declined", "") if all(one.id in passed for one in able) else None
