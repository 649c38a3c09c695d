"""The rules admins keep, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import delete, func, select, update

from app.activity.record import record
from app.clock import new_id
from app.contract.routing import OrderRules, RuleActions, RuleConditions, RuleProblem, RuleView, SaveRule
from app.errors import Conflict, Invalid, NotFound
from app.people.actors import Staff
from app.people.agents import announce_warnings
from app.people.config import announce_config
from app.people.permissions import Permission, require
from app.routing.next_agent import speaks
from app.routing.rules import Rule, covers
from app.text import clean_line
from app.work import Rows, Work
from models import Agent, Inbox, Routing, RoutingRule, Team, TeamMember

RULE_FIELDS = ("name", "is_enabled", "conditions", "actions")
MAX_UNMATCHED = 500
"""A rule that decided none of so many is not what somebody meant, or not needed."""


class RuleContext(Struct, frozen=True, kw_only=True):
    """Context of rules: inboxes (with their hours), and teams with what their members can do."""

    inboxes: dict[str, str | None]
    members: dict[str, list[tuple[list[str], list[str]]]]


async def list_rules(rows: Rows) -> list[RuleView]:
    """Every rule in the order they are tried, with what is wrong with each."""
    kept = await rows.all(select(RoutingRule).order_by(RoutingRule.position, RoutingRule.id))
    ground = await _ground(rows)
    views: list[RuleView] = []
    unused = await _unused(rows, kept)
    for row in kept:
        rule = rule_of(row)
        problems = _problems(rule, ground)
        before = next((one for one in views if one.is_enabled and covers(one.conditions, rule.conditions)), None)
        if before is not None:
            problems.append(_shadowed(before))
        elif row.id in unused and not any(problem.code == "never_matches" for problem in problems):
            problems.append(_not_matched())
        views.append(_view(row, rule, problems))
    return views


async def _unused(rows: Rows, kept: Sequence[RoutingRule]) -> set[str]:
    """Rules that stood as they stand when each of the newest conversations came, and decided none of them."""
    if not kept:
        return set()
    newest = select(Routing.rule_id, Routing.made_at).order_by(Routing.conversation_id.desc()).limit(MAX_UNMATCHED)
    seen = await rows.rows(newest)
    if len(seen) < MAX_UNMATCHED:
        return set()
    used, oldest = {rule_id for rule_id, _ in seen}, min(made_at for _, made_at in seen)
    return {row.id for row in kept if row.is_enabled and row.changed_at <= oldest and row.id not in used}


async def get_rule(rows: Rows, rule_id: str) -> RuleView:
    """One rule. Raises NotFound."""
    for rule in await list_rules(rows):
        if rule.id == rule_id:
            return rule
    raise NotFound("rule", rule_id)


async def enabled_rules(rows: Rows) -> list[Rule]:
    """The rules to be tried, in order."""
    wanted = select(RoutingRule).where(RoutingRule.is_enabled).order_by(RoutingRule.position, RoutingRule.id)
    return [rule_of(row) for row in await rows.all(wanted)]


async def save_rule(work: Work, actor: Staff, asked: SaveRule, rule_id: str | None = None) -> RuleView:
    """Add a rule at the end, or change the one with this id.

    Raises Invalid for one without a name, for an unknown team or inbox, and for an overflow that comes back to a team it
    has left; NotFound for an unknown id. What can be saved but does not look right is in the view's problems.
    """
    require(Permission.SET_ROUTING, actor)
    name = clean_line(asked.name)
    if not name:
        raise Invalid("A rule needs a name.")
    _refuse_loop(asked.actions)
    _refuse_strangers(asked, await _ground(work))
    values: dict[str, Any] = {
        "name": name,
        "is_enabled": asked.is_enabled,
        "conditions": msgspec.to_builtins(asked.conditions),
        "actions": msgspec.to_builtins(msgspec.structs.replace(asked.actions, skills=_tidy(asked.actions.skills))),
        "changed_at": work.now,
    }
    if rule_id is None:
        rule_id = new_id()
        last = await work.one(select(func.max(RoutingRule.position)))
        position = 0 if last is None else last + 1
        await work.add(RoutingRule(id=rule_id, position=position, created_at=work.now, **values))
        record(work, actor, "rule.add", about=("rule", rule_id), rule=name)
    else:
        before = await work.one(select(RoutingRule).where(RoutingRule.id == rule_id).with_for_update())
        if before is None:
            raise NotFound("rule", rule_id)
        was = {field: getattr(before, field) for field in RULE_FIELDS}
        now = {field: values[field] for field in RULE_FIELDS}
        record(work, actor, "rule.change", about=("rule", rule_id), rule=before.name, before=was, after=now)
        await work.change(update(RoutingRule).where(RoutingRule.id == rule_id).values(**values))
    announce_warnings(work)
    announce_config(work, "routing")
    return await get_rule(work, rule_id)


async def remove_rule(work: Work, actor: Staff, rule_id: str) -> None:
    """Remove a rule; its past decisions stand. Raises NotFound."""
    require(Permission.SET_ROUTING, actor)
    name = await work.one(delete(RoutingRule).where(RoutingRule.id == rule_id).returning(RoutingRule.name))
    if name is None:
        raise NotFound("rule", rule_id)
    record(work, actor, "rule.remove", about=("rule", rule_id), rule=name)
    announce_warnings(work)
    announce_config(work, "routing")


async def order_rules(work: Work, actor: Staff, asked: OrderRules) -> list[RuleView]:
    """Set the order they are tried in. Raises Conflict when a colleague has added or removed one meanwhile."""
    require(Permission.SET_ROUTING, actor)
    in_order = select(RoutingRule.id, RoutingRule.name).order_by(RoutingRule.position, RoutingRule.id)
    names = dict(await work.rows(in_order))
    if set(asked.rule_ids) != set(names) or len(asked.rule_ids) != len(names):
        raise Conflict("Another admin changed the rules. Reload to see them.")
    for position, rule_id in enumerate(asked.rule_ids):
        await work.change(update(RoutingRule).where(RoutingRule.id == rule_id).values(position=position))
    order = {"order": [names[rule_id] for rule_id in asked.rule_ids]}
    record(work, actor, "rule.order", before={"order": list(names.values())}, after=order)
    announce_warnings(work)
    announce_config(work, "routing")
    return await list_rules(work)


def rule_of(row: RoutingRule) -> Rule:
    """A kept rule as the pure function takes it."""
    return Rule(
        id=row.id,
        name=row.name,
        conditions=msgspec.convert(row.conditions, RuleConditions),
        actions=msgspec.convert(row.actions, RuleActions),
    )


async def _ground(rows: Rows) -> RuleContext:
    kept = await rows.rows(select(Inbox.id, Inbox.hours_id))
    inboxes = {id: hours_id for id, hours_id in kept}  # noqa: C416 - to the type checker a row is no pair
    members: dict[str, list[tuple[list[str], list[str]]]] = {id: [] for id in await rows.all(select(Team.id))}
    able = (
        select(TeamMember.team_id, Agent.skills, Agent.languages)
        .join(Agent, Agent.id == TeamMember.agent_id)
        .where(Agent.is_active)
    )
    for team_id, skills, languages in await rows.rows(able):
        members[team_id].append((skills or [], languages or []))
    return RuleContext(inboxes=inboxes, members=members)


def _refuse_loop(actions: RuleActions) -> None:
    way = [team for team in (actions.team_id, *(step.team_id for step in actions.overflow)) if team]
    if len(set(way)) != len(way):
        raise Invalid("Overflow can't lead back to a team that was already tried.")


def _refuse_strangers(asked: SaveRule, ground: RuleContext) -> None:
    teams = [asked.actions.team_id, *(step.team_id for step in asked.actions.overflow)]
    if any(team is not None and team not in ground.members for team in teams):
        raise Invalid("This team no longer exists.")
    if any(inbox not in ground.inboxes for inbox in asked.conditions.inbox_ids):
        raise Invalid("This inbox no longer exists.")


def _problems(rule: Rule, ground: RuleContext) -> list[RuleProblem]:
    wanted, actions = rule.conditions, rule.actions
    found: list[RuleProblem] = []
    missing = [inbox for inbox in wanted.inbox_ids if inbox not in ground.inboxes]
    if missing:
        every = len(missing) == len(wanted.inbox_ids)
        words = "None of its inboxes exists any more: it never matches." if every else "One of its inboxes is gone."
        found.append(RuleProblem(code="never_matches" if every else "missing_inbox", detail=words))
    if wanted.is_open is False and not any(
        ground.inboxes[inbox] for inbox in wanted.inbox_ids or ground.inboxes if inbox in ground.inboxes
    ):
        found.append(RuleProblem(code="no_hours", detail="No inbox it is about keeps business hours, so all are always open."))
    if actions == RuleActions():
        found.append(RuleProblem(code="does_nothing", detail="It changes nothing; it only keeps later rules from being tried."))
    if wanted == RuleConditions():
        found.append(RuleProblem(code="always_matches", detail="It has no conditions: rules after it are never tried."))
    for team_id in (actions.team_id, *(step.team_id for step in actions.overflow)):
        if team_id is not None:
            found += _team_problems(team_id, ground)
    found += _need_problems(rule, ground)
    return found


def _team_problems(team_id: str, ground: RuleContext) -> list[RuleProblem]:
    if team_id not in ground.members:
        return [RuleProblem(code="missing_team", detail="A team it names is gone: the inbox's own team is asked instead.")]
    if not ground.members[team_id]:
        return [RuleProblem(code="empty_team", detail="A team it names has no members: nobody would be asked.")]
    return []


def _need_problems(rule: Rule, ground: RuleContext) -> list[RuleProblem]:
    actions = rule.actions
    team = ground.members.get(actions.team_id or "")
    able = team if team is not None else [one for members in ground.members.values() for one in members]
    found: list[RuleProblem] = []
    if actions.skills and able and not any(set(actions.skills) <= set(skills) for skills, _ in able):
        found.append(RuleProblem(code="nobody_has_skills", detail="Nobody it could ask has these skills."))
    languages = rule.conditions.languages
    if actions.needs_language and able and languages:
        unspoken = [one for one in languages if not any(speaks(spoken, one) for _, spoken in able)]
        found += [RuleProblem(code="nobody_speaks", detail=f"Nobody it could ask speaks {one}.") for one in unspoken]
    return found


def _shadowed(by: RuleView) -> RuleProblem:
    return RuleProblem(code="never_matches", detail=f"{by.name} comes first and matches all that this one would.")


def _not_matched() -> RuleProblem:
    return RuleProblem(code="has_not_matched", detail=f"None of the last {MAX_UNMATCHED} conversations went by it.")


def _view(row: RoutingRule, rule: Rule, problems: Sequence[RuleProblem]) -> RuleView:
    return RuleView(
        id=row.id,
        position=row.position,
        name=row.name,
        is_enabled=row.is_enabled,
        conditions=rule.conditions,
        actions=rule.actions,
        problems=list(problems),
        changed_at=row.changed_at,
    )


def _tidy(names: Sequence[str]) -> list[str]:
    return sorted({line for name in names if (line := clean_line(name).lower())})
