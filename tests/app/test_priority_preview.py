"""The due time of each priority, before one is chosen, is the one that it then has."""

from __future__ import annotations

import pytest

from app.contract.conversations import SetPriority
from app.contract.sla import DueByPriority, NextDueView, SaveSlaPolicy, SlaConditions, SlaTarget
from app.contract.values import Priority
from app.conversations.lifecycle import set_priority
from app.errors import NotFound
from app.people.actors import SignedInAgent
from app.people.permissions import ROLES, Grant
from app.sla.accounts import clocks_of
from app.sla.next_due import next_due_view
from app.sla.policies import save_policy
from app.sla.priority_preview import PRIORITIES, due_by_priority
from app.sla.tracking import run_clocks
from tests.factories import House

MINUTES: dict[Priority, int] = {"urgent": 30, "high": 60, "medium": 240}


async def preview(house: House, agent: SignedInAgent, id: str) -> dict[Priority, NextDueView | None]:
    async with house.works.read() as rows:
        found: DueByPriority = await due_by_priority(rows, agent, id, house.clock())
    return {one.priority: one.next_due for one in found.due}


async def test_each_priority_is_due_then_when_the_preview_says(house: House) -> None:
    ada, ana = await house.agent("Ada", role="admin"), await house.agent()
    targets = [SlaTarget(clock="first_response", priority=name, minutes=minutes) for name, minutes in MINUTES.items()]
    await house.run(save_policy, ada, SaveSlaPolicy(name="All", conditions=SlaConditions(), targets=targets))
    urgent = SlaConditions(priorities=["urgent"])
    sooner = [SlaTarget(clock="first_response", priority="urgent", minutes=15)]
    await house.run(save_policy, ada, SaveSlaPolicy(name="Urgent", conditions=urgent, targets=sooner))
    for priority in PRIORITIES:
        id, _ = await house.chat()
        await run_clocks(house.works)
        house.clock.on(seconds=300)
        said = await preview(house, ana, id)
        assert (said["low"], list(said)) == (None, list(PRIORITIES))
        await house.run(set_priority, ana, SetPriority(conversation_id=id, priority=priority))
        await run_clocks(house.works)
        assert next_due_view(await house.conversation(id)) == said[priority], priority


async def test_nothing_is_said_without_a_policy_or_a_conversation(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat()
    assert await preview(house, ana, id) == {}
    with pytest.raises(NotFound):
        await preview(house, ana, ana.id)


async def test_clocks_of_an_inbox_that_a_role_does_not_reach_are_hidden(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = await house.agent()
    id, _ = await house.chat()
    elsewhere = await house.inbox("elsewhere")
    monkeypatch.setitem(ROLES, "agent", Grant(ROLES["agent"].names, frozenset({elsewhere})))
    with pytest.raises(NotFound):
        await preview(house, ana, id)
    async with house.works.read() as rows:
        with pytest.raises(NotFound):
            await clocks_of(rows, ana, id, house.clock())
