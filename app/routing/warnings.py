"""Warnings about settings that do not work as meant, found in the rows, so that supervisors and admins need not search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, case, delete, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.contract.routing import RuleView
from app.contract.values import RuleTrouble, WarningKind
from app.contract.warnings import WarningView
from app.database.clock_offset import newest_lead
from app.file_room import nearly_full
from app.people.actors import SignedInAgent
from app.people.agents import announce_warnings
from app.people.permissions import Permission, require_everywhere
from app.routing.queue import teams_with_queues
from app.routing.rule_store import list_rules
from app.work import Rows, Work
from models import (
    Agent,
    Assignment,
    ClockJump,
    Contact,
    Conversation,
    DismissedNotice,
    Escalation,
    Inbox,
    InboxSighting,
    NodeClock,
    NodeWarning,
    OutgoingMail,
    Team,
    TeamMember,
)
from models.conversation import IS_ESCALATED

NOT_TOLD = ("always_matches", "does_nothing", "empty_team")
"""Often meant; and a team without members has a notice of its own."""
NODE_SILENT_AFTER = timedelta(minutes=1)
LONGEST_SUBJECT = 200
MAX_ESCALATIONS = 50
_GIVEN = case((Agent.takes_chats.is_(False), 0), else_=Agent.capacity)
"""How much routing gives an agent."""
SNIPPET_DUE_AFTER = timedelta(days=1)
"""How old an inbox is before its chat button is missed on a site."""


async def list_notices(rows: Rows, agent: SignedInAgent, now: datetime) -> list[WarningView]:
    """All of them, and which this agent has dismissed."""
    mine = select(DismissedNotice.key).where(DismissedNotice.agent_id == agent.id)
    return await find_notices(rows, now, set(await rows.all(mine)))


async def find_notices(rows: Rows, now: datetime, dismissed: set[str] | frozenset[str] = frozenset()) -> list[WarningView]:
    """Return the current warnings, ordered by how much they keep people waiting."""
    rules = await list_rules(rows)
    return [
        *await _setup(rows, now, dismissed),
        *await _teams(rows, rules, dismissed),
        *await _escalations(rows, dismissed),
        *await _removed_agents(rows, dismissed),
        *_rules(rules, dismissed),
        *await _clocks(rows, now, dismissed),
        *await _nodes(rows, now, dismissed),
    ]


async def dismiss_notice(work: Work, agent: SignedInAgent, key: str) -> None:
    """Keep it from this agent until it is mended. One that is gone meanwhile is no error."""
    require_everywhere(Permission.WATCH_WALL, agent)
    if any(notice.key == key for notice in await find_notices(work, work.now)):
        await work.add_unless_there(DismissedNotice(agent_id=agent.id, key=key, dismissed_at=work.now))
        announce_warnings(work)


async def forget_dismissed(work: Work, keys: Iterable[str]) -> None:
    """These alone are still there; whatever else comes again is told again."""
    await work.change(delete(DismissedNotice).where(DismissedNotice.key.not_in(list(keys))))
    announce_warnings(work)


async def _setup(rows: Rows, now: datetime, dismissed: set[str] | frozenset[str]) -> list[WarningView]:
    """Return what keeps customers from writing, and answers from reaching them: what was never set up, and no room for files."""
    found: list[WarningView] = []
    inbox = await rows.one(select(Inbox).where(Inbox.archived_at.is_(None)).order_by(Inbox.created_at).limit(1))
    if inbox is None:
        found.append(_notice("no_inbox", "no_inbox", "", dismissed))
    elif inbox.created_at <= now - SNIPPET_DUE_AFTER and not await _was_reached(rows):
        found.append(_notice("snippet_not_seen", "snippet_not_seen", inbox.name, dismissed))
    waiting = await rows.one(select(func.count()).select_from(OutgoingMail).where(OutgoingMail.state == "waiting")) or 0
    if waiting:
        found.append(_notice("no_mail_host", "no_mail_host", "", dismissed, count=waiting))
    if full := await nearly_full(rows):
        found.append(_notice("files_full", "files_full", "", dismissed, count=full))
    return found


async def _was_reached(rows: Rows) -> bool:
    """Return whether a site has loaded a chat button, or a visitor has written all the same."""
    seen = await rows.one(select(InboxSighting.id).where(InboxSighting.outcome == "ok").limit(1))
    return (seen or await rows.one(select(Conversation.id).limit(1))) is not None


def _rules(rules: Sequence[RuleView], dismissed: set[str] | frozenset[str]) -> list[WarningView]:
    return [
        _notice(f"rule:{rule.id}:{problem.code}", "rule", rule.name, dismissed, problem=problem.code)
        for rule in rules
        if rule.is_enabled
        for problem in {one.code: one for one in rule.problems}.values()
        if problem.code not in NOT_TOLD
    ]


async def _teams(rows: Rows, rules: Sequence[RuleView], dismissed: set[str] | frozenset[str]) -> list[WarningView]:
    """Teams that conversations come to."""
    used = {*await rows.all(select(Inbox.team_id)), *await teams_with_queues(rows)}
    for rule in rules:
        if rule.is_enabled:
            used |= {rule.actions.team_id, *(step.team_id for step in rule.actions.overflow)} - {None}
    names: dict[str | None, str] = dict(await rows.rows(select(Team.id, Team.name)))
    capacities: dict[str | None, list[int]] = {None: list(await rows.all(select(_GIVEN).where(Agent.is_active)))}
    members = select(TeamMember.team_id, _GIVEN).join(Agent, Agent.id == TeamMember.agent_id).where(Agent.is_active)
    for team_id, capacity in await rows.rows(members):
        capacities.setdefault(team_id, []).append(capacity)
    found: list[WarningView] = []
    for team_id in sorted(used & {None, *names}, key=lambda id: names.get(id, "")):
        theirs = capacities.get(team_id, [])
        if not any(theirs):
            kind: WarningKind = "team_without_capacity" if theirs else "team_without_members"
            found.append(_notice(f"{kind}:{team_id or ''}", kind, names.get(team_id, ""), dismissed))
    return found


async def _escalations(rows: Rows, dismissed: set[str] | frozenset[str]) -> list[WarningView]:
    """Return what was escalated and nobody has decided, resolved or taken back, the highest level first."""

    def asked(state: str) -> ColumnElement[bool]:
        return exists().where(Escalation.conversation_id == Conversation.id, Escalation.state == state)

    found = await rows.rows(
        select(Conversation.id, Conversation.escalation_level, Contact.name)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(IS_ESCALATED, or_(asked("open"), ~asked("approved")))
        .order_by(Conversation.escalation_level.desc(), Conversation.id)
        .limit(MAX_ESCALATIONS)
    )
    return [_notice(f"escalation:{id}:{level}", "escalation", name, dismissed, count=level) for id, level, name in found]


async def _removed_agents(rows: Rows, dismissed: set[str] | frozenset[str]) -> list[WarningView]:
    """Return a warning for each removed agent whose conversations, put back at the removal, still wait."""
    if await rows.one(select(Agent.id).where(Agent.is_active.is_(False)).limit(1)) is None:
        return []
    now, before = aliased(Assignment), aliased(Assignment)
    found = await rows.rows(
        select(Agent.id, Agent.name, func.count())
        .select_from(Conversation)
        .join(now, now.conversation_id == Conversation.id)
        .join(before, before.conversation_id == Conversation.id)
        .join(Agent, Agent.id == before.agent_id)
        .where(
            Conversation.agent_id.is_(None),
            Conversation.category.in_(("new", "open")),
            now.reason == "deactivated",
            now.ended_at.is_(None),
            before.ended_at == now.started_at,
        )
        .group_by(Agent.id, Agent.name)
        .order_by(Agent.name)
    )
    return [_notice(f"removed_agent:{id}", "removed_agent", name, dismissed, count=count) for id, name, count in found]


async def _clocks(rows: Rows, now: datetime, dismissed: set[str] | frozenset[str]) -> list[WarningView]:
    """Of a jump alone, while it is worked off: then no node agrees with the database."""
    lead = await newest_lead(rows)
    if lead.ends_at is not None and now < lead.ends_at:
        seconds = await rows.one(select(ClockJump.seconds).where(ClockJump.number == lead.number)) or 0.0
        return [_notice(f"clock_jump:{lead.number}", "clock_jump", "", dismissed, seconds=seconds, until=lead.ends_at)]
    found: list[WarningView] = []
    for clock in await rows.all(select(NodeClock).where(NodeClock.seen_at > now - NODE_SILENT_AFTER).order_by(NodeClock.node)):
        key = f"clock_differs:{clock.node}"[:LONGEST_SUBJECT]
        found.append(_notice(key, "clock_differs", clock.node, dismissed, seconds=round(clock.ahead_seconds)))
    return found


async def _nodes(rows: Rows, now: datetime, dismissed: set[str] | frozenset[str]) -> list[WarningView]:
    """Return what nodes have said of their disk and of the database."""
    said = await rows.all(
        select(NodeWarning)
        .where(NodeWarning.seen_at > now - NODE_SILENT_AFTER, NodeWarning.kind.in_(("disk_low", "database_damaged")))
        .order_by(NodeWarning.node, NodeWarning.kind)
    )
    return [
        _notice(
            f"{one.kind}:{one.node}"[:LONGEST_SUBJECT],
            cast(WarningKind, one.kind),
            one.node,
            dismissed,
            count=round(one.figure / 1e6),
        )
        for one in said
    ]


def _notice(
    key: str,
    kind: WarningKind,
    subject: str,
    dismissed: set[str] | frozenset[str],
    *,
    problem: RuleTrouble | None = None,
    count: int = 0,
    seconds: float = 0.0,
    until: datetime | None = None,
) -> WarningView:
    return WarningView(
        key=key,
        kind=kind,
        subject=subject,
        problem=problem,
        count=count,
        seconds=seconds,
        until=until,
        is_dismissed=key in dismissed,
    )
