"""The wall by hand: every row read whole, everything counted in plain Python. Slow, and easy to believe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from app.contract.values import Unserved
from app.contract.wall import AgentWallView, ChatWallView, CsatWallView, QueueWallView, StuckWallView, ThresholdsView, WallView
from app.people.agents import list_agents
from app.work import Rows
from models import Assignment, Contact, Conversation, CsatScore, Routing, Team, TeamThresholds, WaitPromise

UNSET = ThresholdsView(waiting_count=10, longest_seconds=300, p90_seconds=300, answer_seconds=120)


async def recounted_wall(rows: Rows, now: datetime) -> WallView:
    """What the wall must show."""
    today = now.date()
    conversations = await rows.all(select(Conversation))
    assignments = await rows.all(select(Assignment))
    contacts = {contact.id: contact.name for contact in await rows.all(select(Contact))}
    scores = [it.score for it in await rows.all(select(CsatScore)) if it.answered_at.date() == today]
    promised = await rows.all(select(WaitPromise))
    thresholds = {row.team_id: row for row in await rows.all(select(TeamThresholds))}
    teams: list[tuple[str | None, str]] = [
        (team.id, team.name) for team in sorted(await rows.all(select(Team)), key=lambda team: team.name)
    ]
    agents = await list_agents(rows, now)

    def queue(team_id: str | None, name: str) -> QueueWallView:
        own = [it for it in conversations if it.team_id == team_id]
        queued = [it.queued_at for it in own if is_open(it) and it.agent_id is None and it.queued_at]
        row = thresholds.get(team_id or "")
        limits = (
            ThresholdsView(
                waiting_count=row.waiting_count,
                longest_seconds=row.longest_seconds,
                p90_seconds=row.p90_seconds,
                answer_seconds=row.answer_seconds,
            )
            if row
            else UNSET
        )
        near = timedelta(seconds=limits.longest_seconds * 0.8)
        waits = [
            it.waited_seconds
            for it in assignments
            if it.team_id == team_id and it.started_at.date() == today and it.waited_seconds is not None
        ]
        answers = [
            (it.first_answered_at - it.created_at).total_seconds()
            for it in own
            if it.first_answered_at and it.first_answered_at.date() == today
        ]
        promised_within = timedelta(seconds=limits.answer_seconds)
        unanswered = [it.created_at for it in own if is_open(it) and it.first_answered_at is None]
        promises = [
            it for it in promised if it.team_id == team_id and it.promised_at.date() == today and it.waited_seconds is not None
        ]
        mine = [it for it in agents if team_id is None or team_id in it.team_ids]
        unserved: Unserved | None = "no_members"
        able = [it for it in mine if it.capacity and it.takes_chats]
        if any(it.presence == "online" for it in able):
            unserved = None
        elif mine:
            unserved = "nobody_online" if able else "no_capacity"
        return QueueWallView(
            team_id=team_id,
            name=name,
            waiting_count=len(queued),
            unserved=unserved if queued else None,
            oldest_waiting_at=min(queued, default=None),
            at_risk_count=sum(now - at >= near for at in queued),
            next_at_risk_at=min((at + near for at in queued if now - at < near), default=None),
            open_count=sum(is_open(it) and it.agent_id is not None for it in own),
            online_count=sum(it.presence == "online" and it.takes_chats for it in mine),
            wait_p50_seconds=nearest_rank(waits, 50),
            wait_p90_seconds=nearest_rank(waits, 90),
            abandoned_today=sum(
                it.ended_by == "contact" and it.first_answered_at is None
                for it in own
                if it.resolved_at and it.resolved_at.date() == today
            ),
            answered_today=len(answers),
            answered_in_time_today=sum(seconds <= limits.answer_seconds for seconds in answers),
            unanswered_late_count=sum(now - at > promised_within for at in unanswered),
            next_late_at=min((at + promised_within for at in unanswered if now - at <= promised_within), default=None),
            promised_today=len(promises),
            kept_today=sum(it.low_seconds <= (it.waited_seconds or 0) <= it.high_seconds for it in promises),
            sla_late_count=sum(it.next_due_at is not None and it.next_due_at <= now for it in own),
            sla_at_risk_count=sum(
                it.next_due_at is not None and it.next_due_at > now and it.next_warn_at is not None and it.next_warn_at <= now
                for it in own
            ),
            thresholds=limits,
        )

    routings = {row.conversation_id: row for row in await rows.all(select(Routing))}

    def stuck(team_id: str | None) -> list[StuckWallView]:
        """Nobody speaks a language here and nobody needs a skill, so only those whom everyone has let pass stand still."""
        able = {it.id for it in agents if team_id in it.team_ids and it.takes_chats and it.capacity}
        waiting = [it for it in conversations if it.team_id == team_id and is_open(it) and it.agent_id is None and it.queued_at]
        waiting.sort(key=lambda it: (it.priority_rank, it.queued_at, it.id))
        passed = {it.id: set(routings[it.id].passed) if it.id in routings else set[str]() for it in waiting}
        return [
            StuckWallView(
                conversation_id=it.id,
                contact_name=contacts[it.contact_id],
                team_id=team_id,
                reason="everyone_declined",
                detail="",
                queued_at=it.queued_at,
            )
            for it in waiting[:20]
            if able and able <= passed[it.id]
        ]

    queues = [queue(*team) for team in teams]
    without = queue(None, "No team")
    figures = (without.waiting_count, without.open_count, without.answered_today, without.promised_today, without.abandoned_today)
    if not teams or any(figures) or without.wait_p50_seconds is not None:
        queues.append(without)
    held = {it.id: [c for c in conversations if c.agent_id == it.id and is_open(c)] for it in agents}
    return WallView(
        queues=queues,
        stuck=[one for team_id, _ in sorted(teams, key=lambda team: team[0] or "") for one in stuck(team_id)],
        agents=[
            AgentWallView(
                agent=agent,
                missed_today=sum(
                    it.agent_id == agent.id and it.outcome == "missed" and it.started_at.date() == today for it in assignments
                ),
                chat_count=len(held[agent.id]),
                chats=chats(held[agent.id], contacts) if len(held[agent.id]) <= 12 else [],
            )
            for agent in agents
        ],
        csat=CsatWallView(
            average=sum(scores) / len(scores) if scores else None,
            answered_count=len(scores),
            satisfied_count=sum(score >= 4 for score in scores),
        ),
        opened_today=sum(it.created_at.date() == today for it in conversations),
        resolved_today=sum(it.resolved_at is not None and it.resolved_at.date() == today for it in conversations),
        made_at=now,
    )


def is_open(conversation: Conversation) -> bool:
    return conversation.category in ("new", "open")


def chats(held: Iterable[Conversation], contacts: dict[str, str]) -> list[ChatWallView]:
    views = [
        ChatWallView(
            conversation_id=it.id,
            contact_id=it.contact_id,
            contact_name=contacts[it.contact_id],
            since=it.assigned_at or it.created_at,
            waiting_since=it.waiting_since,
        )
        for it in held
    ]
    return sorted(views, key=lambda view: (view.since, view.conversation_id))


def nearest_rank(values: Sequence[float], percent: int) -> float | None:
    """The smallest value that at least `percent` of them do not exceed."""
    ordered = sorted(values)
    return next((it for n, it in enumerate(ordered, 1) if n * 100 >= percent * len(ordered)), None)
