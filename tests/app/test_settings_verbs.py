"""Verbs that change settings: each refuses who may not, says what it changed, and has other admins' screens follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import Struct
from sqlalchemy import select

from app.contract.audiences import ToAllAgents
from app.contract.hours import SaveHours
from app.contract.presence import SaveReason
from app.contract.proactive import SaveProactiveMessage
from app.contract.routing import (
    OrderRules,
    RuleActions,
    RuleConditions,
    SaveRule,
    SetAgentRouting,
    SetTeamRouting,
)
from app.contract.toolbox import SaveCannedResponse
from app.contract.workspace import ConfigChanged, HideChecklist, SetWorkspace
from app.errors import Forbidden
from app.people.actors import SignedInAgent
from app.people.agents import add_agent, add_team
from app.people.reasons import add_reason, remove_reason
from app.people.team_routing import deactivate_agent, set_agent_routing
from app.people.workspace import set_workspace
from app.reports.setup_checklist import hide_checklist
from app.routing.dispatch import serve_team_anew
from app.routing.rule_store import order_rules, remove_rule, save_rule
from app.routing.warnings import dismiss_notice
from app.sla.hours_store import remove_hours, save_hours, set_inbox_hours
from app.toolbox import save_canned_response
from app.visiting.proactive import delete_proactive_message, order_proactive_messages, save_proactive_message
from models import Activity
from tests.factories import OPERATOR, House


class World(Struct):
    """Things to change: two rules, a reason, hours, two proactive messages, and an agent."""

    house: House
    rules: list[str]
    reason: str
    hours: str
    proactive: list[str]
    ben: SignedInAgent


class Case(Struct, frozen=True):
    """A verb, what it is asked, and what comes of it."""

    verb: Any
    asked: Callable[[World], tuple[Any, ...]]
    area: str | None
    action: str | None
    says: str = ""
    fields: dict[str, Any] = {}


def a_rule(name: str) -> SaveRule:
    return SaveRule(name=name, conditions=RuleConditions(), actions=RuleActions(priority="high"))


def a_message(world: World, name: str = "Hi") -> SaveProactiveMessage:
    return SaveProactiveMessage(inbox_id=world.house.inbox_id, name=name, body="Hello?")


NEW_AGENT = {"name": "Cleo", "email": "cleo@example.com", "password_hash": "", "role": "agent", "capacity": 1}
CASES = [
    Case(save_rule, lambda it: (a_rule("New"),), "routing", "rule.add", "New"),
    Case(save_rule, lambda it: (a_rule("Other"), it.rules[0]), "routing", "rule.change", "'name': 'First'} > {'name': 'Other'}"),
    Case(
        order_rules,
        lambda it: (OrderRules(rule_ids=it.rules[::-1]),),
        "routing",
        "rule.order",
        "['First', 'Second']} > {'order': ['Second', 'First']}",
    ),
    Case(remove_rule, lambda it: (it.rules[0],), "routing", "rule.remove", "First"),
    Case(add_reason, lambda it: (SaveReason(name="Lunch", presence="away"),), "routing", "reason.add", "Lunch"),
    Case(remove_reason, lambda it: (it.reason,), "routing", "reason.remove", "Training"),
    Case(
        serve_team_anew,
        lambda it: (it.house.team_id, SetTeamRouting(accept_seconds=20)),
        "routing",
        "team.set_routing",
        "'accept_seconds': 20",
    ),
    Case(
        set_agent_routing,
        lambda it: (it.ben.id, SetAgentRouting(capacity=9)),
        "people",
        "agent.set_routing",
        "'capacity': 9",
    ),
    Case(deactivate_agent, lambda it: (it.ben.id,), None, None),
    Case(add_agent, lambda it: (), "people", "agent.add", "agent", NEW_AGENT),
    Case(add_team, lambda it: ("Returns",), "people", "team.add", "Returns"),
    Case(
        save_hours,
        lambda it: (SaveHours(name="Late", time_zone="UTC"), it.hours),
        "hours",
        "hours.change",
        "'name': 'Office'} > {'name': 'Late'}",
    ),
    Case(set_inbox_hours, lambda it: (it.house.inbox_id, it.hours), "inboxes", "inbox.change", "'hours_id': None} > {"),
    Case(remove_hours, lambda it: (it.hours,), "hours", "hours.remove", "Office"),
    Case(save_proactive_message, lambda it: (None, a_message(it)), "proactive", "proactive.add", "Hi"),
    Case(
        save_proactive_message,
        lambda it: (it.proactive[0], a_message(it, "Hello")),
        "proactive",
        "proactive.change",
        "{'name': 'Hi'} > {'name': 'Hello'}",
    ),
    Case(
        order_proactive_messages,
        lambda it: (it.house.inbox_id, it.proactive[::-1]),
        "proactive",
        "proactive.order",
        "['Hi', 'Bye']} > {'order': ['Bye', 'Hi']}",
    ),
    Case(delete_proactive_message, lambda it: (it.proactive[0],), "proactive", "proactive.remove", "Hi"),
    Case(
        set_workspace,
        lambda it: (SetWorkspace(name="Juniper"),),
        "workspace",
        "workspace.set",
        "{'name': ''} > {'name': 'Juniper'}",
    ),
    Case(hide_checklist, lambda it: (HideChecklist(is_hidden=True),), "workspace", "workspace.hide_checklist", "True"),
    Case(
        save_canned_response,
        lambda it: (SaveCannedResponse(shortcut="hi", body="Hello!", is_shared=True),),
        None,
        "canned_response.create",
        "hi",
    ),
    Case(dismiss_notice, lambda it: ("none",), None, None),
]


@pytest.fixture
async def world(house: House) -> World:
    rules = [(await house.run(save_rule, OPERATOR, a_rule(name))).id for name in ("First", "Second")]
    reason = await house.run(add_reason, OPERATOR, SaveReason(name="Training", presence="busy"))
    ada, ben = await house.agent("Ada", role="admin"), await house.agent("Ben")
    hours = await house.run(save_hours, ada, SaveHours(name="Office", time_zone="UTC"))
    world = World(house, rules, reason.id, hours.id, [], ben)
    for name in ("Hi", "Bye"):
        world.proactive.append((await house.run(save_proactive_message, OPERATOR, None, a_message(world, name))).id)
    house.told.forget()
    return world


async def lines(house: House) -> list[Activity]:
    async with house.works.read() as rows:
        return list(await rows.all(select(Activity).order_by(Activity.id)))


async def test_each_refuses_who_may_not_and_changes_nothing(world: World) -> None:
    house = world.house
    ana = await house.agent("Ana")
    before = len(await lines(house))
    house.told.forget()
    for case in CASES:
        with pytest.raises(Forbidden):
            await house.run(case.verb, ana, *case.asked(world), **case.fields)
    assert house.told.announcements == []
    assert len(await lines(house)) == before


@pytest.mark.parametrize("case", CASES, ids=[f"{case.verb.__name__} {case.action}" for case in CASES])
async def test_each_says_what_it_changed_and_other_screens_follow(world: World, case: Case) -> None:
    house = world.house
    ada = await house.agent("Eve", role="admin")
    house.told.forget()
    before = len(await lines(house))
    await house.run(case.verb, ada, *case.asked(world), **case.fields)
    assert {event.area for event in house.told.all(ConfigChanged, ToAllAgents())} == ({case.area} if case.area else set())
    added = (await lines(house))[before:]
    assert [line.action for line in added] == ([case.action] if case.action else [])
    for row in added:
        assert row.by_id == ada.id
        assert case.says in f"{row.detail} {row.before} > {row.after}"
