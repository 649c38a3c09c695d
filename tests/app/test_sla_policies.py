"""SLA policies as admins keep them, and the clocks of real conversations under them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, update

from app.contract.assignments import AssignConversation
from app.contract.conversations import ConversationView, SetPriority, SetStatus
from app.contract.escalations import DeescalateConversation, EscalateConversation
from app.contract.hours import OpenPeriod, SaveHours
from app.contract.lists import ListFilter
from app.contract.sla import (
    NextDueView,
    OrderSlaPolicies,
    SaveSlaPolicy,
    SlaChanged,
    SlaClockView,
    SlaConditions,
    SlaTarget,
    TrySlaPolicy,
)
from app.contract.tickets import OpenTicket
from app.contract.workspace import ConfigChanged
from app.conversations.assignments.change import assign_conversation
from app.conversations.lifecycle import set_priority, set_status
from app.conversations.lists.pages import list_conversations
from app.conversations.tickets import open_ticket
from app.conversations.views import agent_view_of
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.escalation.requests import deescalate_conversation, escalate_conversation
from app.people.actors import SignedInAgent
from app.reports.wall import wall_view
from app.sla.accounts import clocks_of
from app.sla.dry_run import try_policy
from app.sla.hours_store import remove_hours, save_hours
from app.sla.policies import list_policies, order_policies, remove_policy, save_policy
from app.sla.tracking import run_clocks
from models import Activity, HoursVersion, SlaClock, SlaEvent, SlaPolicyVersion
from tests.factories import MONDAY, House
from tests.recount import recounted_wall

PRIORITIES = ("low", "medium", "high", "urgent")


def promise(
    name: str = "Gold", hours_id: str | None = None, conditions: SlaConditions | None = None, **minutes: int
) -> SaveSlaPolicy:
    """The same for every priority, but for urgent a quarter; warned five minutes before."""
    targets: list[SlaTarget] = []
    for clock, wanted in minutes.items():
        for priority in PRIORITIES:
            length = max(1, wanted // 4 if priority == "urgent" else wanted)
            warning = 5 if length > 5 else 0
            targets.append(SlaTarget(clock=clock, priority=priority, minutes=length, warn_minutes=warning))  # pyright: ignore[reportArgumentType]
    return SaveSlaPolicy(name=name, hours_id=hours_id, conditions=conditions or SlaConditions(), targets=targets)


def office(name: str = "Office", closes: str = "17:00", closed_on: list[str] | None = None) -> SaveHours:
    periods = [OpenPeriod(day=day, opens="09:00", closes=closes) for day in range(5)]
    return SaveHours(name=name, time_zone="UTC", periods=periods, closed_on=closed_on or [])


async def promised(house: House, asked: SaveSlaPolicy) -> tuple[SignedInAgent, str]:
    admin = await house.agent("Ada", role="admin")
    return admin, (await house.run(save_policy, admin, asked)).id


async def clock(house: House, agent: SignedInAgent, id: str, name: str) -> list[SlaClockView]:
    await run_clocks(house.works)
    async with house.works.read() as rows:
        found = await clocks_of(rows, agent, id, house.clock())
    return [one for one in found.clocks if one.clock == name]


async def fired(house: House) -> dict[tuple[str, int], tuple[Any, Any]]:
    return {(one.clock, one.cycle): (one.warned_at, one.breached_at) for one in await house.all(select(SlaClock))}


async def test_a_policy_is_kept_with_every_version_and_an_audit_line(house: House) -> None:
    admin, id = await promised(house, promise(first_response=60))
    assert house.told.one(ConfigChanged).area == "sla"
    view = await house.run(save_policy, admin, promise("Silver", first_response=90), id)
    assert (view.name, view.version, view.changed_by) == ("Silver", 2, "Ada")
    versions = await house.all(select(SlaPolicyVersion).order_by(SlaPolicyVersion.version))
    assert [(one.version, one.name, one.targets[0]["minutes"]) for one in versions] == [(1, "Gold", 60), (2, "Silver", 90)]
    await house.run(remove_policy, admin, id)
    assert await house.run(list_policies) == []
    assert len(await house.all(select(SlaPolicyVersion))) == 2
    lines = await house.all(select(Activity).order_by(Activity.id))
    assert [line.action for line in lines] == ["sla_policy.create", "sla_policy.change", "sla_policy.remove"]


async def test_only_admins_change_policies(house: House) -> None:
    sam = await house.agent("Sam", role="supervisor")
    _, id = await promised(house, promise(first_response=60))
    with pytest.raises(Forbidden):
        await house.run(save_policy, sam, promise("Mine", first_response=60))
    with pytest.raises(Forbidden):
        await house.run(remove_policy, sam, id)
    with pytest.raises(Forbidden):
        await house.run(order_policies, sam, OrderSlaPolicies(policy_ids=[id]))
    async with house.works.read() as rows:
        with pytest.raises(Forbidden):
            await try_policy(rows, sam, TrySlaPolicy(policy=promise(first_response=60)), house.clock())


async def test_policies_that_make_no_sense_are_refused(house: House) -> None:
    admin, id = await promised(house, promise(first_response=60))
    closed = await house.run(save_hours, admin, SaveHours(name="Never", time_zone="UTC"))
    twice = SaveSlaPolicy(
        name="Twice",
        conditions=SlaConditions(),
        targets=[SlaTarget(clock="resolution", priority="low", minutes=n) for n in (1, 2)],
    )
    late = SaveSlaPolicy(
        name="Late",
        conditions=SlaConditions(),
        targets=[SlaTarget(clock="resolution", priority="low", minutes=5, warn_minutes=5)],
    )
    for asked, words in (
        (promise("Never", closed.id, first_response=60), "no open hours"),
        (promise("Gone", "0" * 8 + "-0000-7000-8000-" + "0" * 12, first_response=60), "hours do not exist"),
        (promise("Lost", None, SlaConditions(team_ids=[id]), first_response=60), "team does not exist"),
        (promise("  ", first_response=60), "needs a name"),
        (twice, "two targets"),
        (late, "warning has to come after"),
    ):
        with pytest.raises(Invalid, match=words):
            await house.run(save_policy, admin, asked)
    with pytest.raises(Conflict, match="already exists"):
        await house.run(save_policy, admin, promise(first_response=60))
    with pytest.raises(NotFound):
        await house.run(save_policy, admin, promise("New", first_response=60), closed.id)
    with pytest.raises(Conflict, match="Reload"):
        await house.run(order_policies, admin, OrderSlaPolicies(policy_ids=[]))


async def test_hours_of_a_policy_stay_and_stay_usable(house: House) -> None:
    admin = await house.agent("Ada", role="admin")
    hours = await house.run(save_hours, admin, office())
    await house.run(save_policy, admin, promise(hours_id=hours.id, first_response=60))
    with pytest.raises(Conflict, match="SLA policy Gold uses these hours"):
        await house.run(remove_hours, admin, hours.id)
    with pytest.raises(Invalid, match="no open hours"):
        await house.run(save_hours, admin, SaveHours(name="Office", time_zone="UTC"), hours.id)


async def test_a_conversation_is_timed_from_its_first_message_to_the_reply(house: House) -> None:
    _, policy_id = await promised(house, promise(first_response=60, next_response=30))
    ana = await house.agent("Ana")
    id, visitor = await house.chat(ana)
    house.clock.on(minutes=10)
    (first,) = await clock(house, ana, id, "first_response")
    assert (first.progress, first.due_at, first.warn_at) == (
        "running",
        MONDAY + timedelta(hours=1),
        MONDAY + timedelta(minutes=55),
    )
    assert first.account
    assert (first.account.policy_id, first.account.policy_version, first.account.counted_minutes) == (policy_id, 1, 60)
    await house.note(ana, id)
    assert (await clock(house, ana, id, "first_response"))[0].progress == "running"
    await house.answer(ana, id)
    assert (await clock(house, ana, id, "first_response"))[0].progress == "kept"
    house.clock.on(minutes=10)
    await house.write(visitor, id)
    house.clock.on(minutes=10)
    await house.write(visitor, id, "Hello??")
    (following,) = await clock(house, ana, id, "next_response")
    assert following.due_at == MONDAY + timedelta(minutes=50)


async def test_a_reply_within_the_first_second_is_measured_too(house: House) -> None:
    await promised(house, promise(first_response=60))
    ana = await house.agent("Ana")
    id, _ = await house.chat(ana)
    await house.answer(ana, id)
    (first,) = await clock(house, ana, id, "first_response")
    assert (first.progress, first.due_at) == ("kept", MONDAY + timedelta(hours=1))


async def test_warning_and_breach_fire_once_and_in_time(house: House) -> None:
    await promised(house, promise(first_response=60))
    ana = await house.agent("Ana")
    id, _ = await house.chat(ana)
    await run_clocks(house.works)
    for minutes, expected in ((54, (None, None)), (1, (55, None)), (4, (55, None)), (1, (55, 60)), (30, (55, 60))):
        house.clock.on(minutes=minutes)
        await run_clocks(house.works)
        moments = tuple(MONDAY + timedelta(minutes=at) if at else None for at in expected)
        assert (await fired(house))["first_response", 1] == moments
    (first,) = await clock(house, ana, id, "first_response")
    assert (first.is_overdue, first.breached_at) == (True, MONDAY + timedelta(minutes=60))
    await house.answer(ana, id)
    (first,) = await clock(house, ana, id, "first_response")
    assert (first.progress, first.is_overdue) == ("missed", False)


async def test_a_clock_is_missed_in_its_moment_and_not_at_the_next_look(house: House) -> None:
    await promised(house, promise(first_response=60))
    await house.chat()
    await run_clocks(house.works)
    house.clock.on(minutes=59, seconds=59.8)
    look = asyncio.create_task(run_clocks(house.works))
    await asyncio.sleep(0.1)
    house.clock.on(seconds=0.2)
    await look
    assert (await fired(house))["first_response", 1][1] == MONDAY + timedelta(minutes=60)


async def test_a_reply_in_time_that_is_counted_late_misses_nothing(house: House) -> None:
    await promised(house, promise(first_response=60))
    ana = await house.agent("Ana")
    id, _ = await house.chat(ana)
    await run_clocks(house.works)
    house.clock.on(minutes=59)
    await house.answer(ana, id)
    house.clock.on(minutes=30)
    await run_clocks(house.works)
    assert (await fired(house))["first_response", 1] == (None, None)


async def test_a_late_reply_between_two_looks_is_a_breach(house: House) -> None:
    await promised(house, promise(first_response=60))
    ana = await house.agent("Ana")
    id, _ = await house.chat(ana)
    await run_clocks(house.works)
    house.clock.on(minutes=61)
    await house.answer(ana, id)
    await run_clocks(house.works)
    assert (await fired(house))["first_response", 1] == (None, MONDAY + timedelta(minutes=60))


async def test_snoozing_status_priority_and_owner_move_the_clocks(house: House) -> None:
    await promised(house, promise(resolution=120, agent_work=120))
    ana = await house.agent("Ana")
    id, _ = await house.chat()
    house.clock.on(minutes=10)
    await house.claim(ana, id)
    house.clock.on(minutes=10)
    (work,) = await clock(house, ana, id, "agent_work")
    assert (work.progress, work.remaining_minutes) == ("running", 110)
    await house.run(set_priority, ana, SetPriority(conversation_id=id, priority="urgent"))
    (resolution,) = await clock(house, ana, id, "resolution")
    assert resolution.due_at == MONDAY + timedelta(minutes=30)
    await house.run(set_status, ana, SetStatus(conversation_id=id, status="responded"))
    house.clock.on(minutes=60)
    (resolution,) = await clock(house, ana, id, "resolution")
    assert resolution.account
    assert (resolution.progress, resolution.due_at, resolution.remaining_minutes) == ("paused", None, 10)
    assert [(pause.because, pause.end) for pause in resolution.account.pauses] == [(["status_pauses"], None)]
    await house.resolve(ana, id)
    assert (await clock(house, ana, id, "resolution"))[0].progress == "kept"


async def test_an_escalation_is_answered_by_the_colleague_who_takes_over(house: House) -> None:
    await promised(house, promise(escalation_response=20))
    ana, sam = await house.agent("Ana"), await house.agent("Sam", role="supervisor")
    id, _ = await house.chat(ana)
    await house.run(escalate_conversation, ana, EscalateConversation(conversation_id=id, level=1, reason="Refund"))
    house.clock.on(minutes=5)
    (first,) = await clock(house, ana, id, "escalation_response")
    assert (first.progress, first.due_at) == ("running", MONDAY + timedelta(minutes=20))
    await house.run(assign_conversation, sam, AssignConversation(conversation_id=id, agent_id=sam.id))
    assert (await clock(house, ana, id, "escalation_response"))[0].progress == "kept"
    await house.run(deescalate_conversation, sam, DeescalateConversation(conversation_id=id))
    await house.run(escalate_conversation, ana, EscalateConversation(conversation_id=id, level=2, reason="Again"))
    await house.run(deescalate_conversation, sam, DeescalateConversation(conversation_id=id))
    assert [one.progress for one in await clock(house, ana, id, "escalation_response")] == ["kept", "given_up"]


async def test_the_first_policy_that_matches_applies(house: House) -> None:
    admin = await house.agent("Ada", role="admin")
    other = await house.inbox("other", house.team_id)
    plain = await house.run(save_policy, admin, promise("Everyone", first_response=60))
    special = await house.run(
        save_policy, admin, promise("Shop", None, SlaConditions(inbox_ids=[house.inbox_id]), first_response=10)
    )
    shop, _ = await house.chat()
    elsewhere, _ = await house.chat(visitor=house.visitor(other))
    assert (await clock(house, admin, shop, "first_response"))[0].due_at == MONDAY + timedelta(minutes=60)
    await house.run(order_policies, admin, OrderSlaPolicies(policy_ids=[special.id, plain.id]))
    assert (await clock(house, admin, shop, "first_response"))[0].due_at == MONDAY + timedelta(minutes=10)
    assert (await clock(house, admin, elsewhere, "first_response"))[0].due_at == MONDAY + timedelta(minutes=60)


async def test_a_changed_policy_counts_for_open_cycles_only(house: House) -> None:
    admin, policy_id = await promised(house, promise(first_response=60, resolution=120))
    ana = await house.agent("Ana")
    id, _ = await house.chat(ana)
    await house.answer(ana, id)
    await run_clocks(house.works)
    house.clock.on(minutes=5)
    await house.run(save_policy, admin, promise(first_response=1, resolution=60), policy_id)
    (first,) = await clock(house, ana, id, "first_response")
    (resolution,) = await clock(house, ana, id, "resolution")
    assert first.account
    assert resolution.account
    assert (first.progress, first.account.policy_version, first.account.target_minutes) == ("kept", 1, 60)
    assert (resolution.due_at, resolution.account.policy_version) == (MONDAY + timedelta(minutes=60), 2)


async def test_changed_hours_count_for_open_cycles_and_the_old_ones_are_kept(house: House) -> None:
    admin = await house.agent("Ada", role="admin")
    hours = await house.run(save_hours, admin, office())
    await house.run(save_policy, admin, promise(hours_id=hours.id, first_response=600))
    id, _ = await house.chat()
    (first,) = await clock(house, admin, id, "first_response")
    assert first.due_at == MONDAY + timedelta(days=1, hours=2)
    await house.run(save_hours, admin, office(closed_on=["2026-03-03"]), hours.id)
    (first,) = await clock(house, admin, id, "first_response")
    assert first.due_at == MONDAY + timedelta(days=2, hours=2)
    assert first.account
    assert (first.account.hours_version, first.account.holidays) == (2, ["2026-03-03"])
    assert sum(one.minutes for one in first.account.stretches) == 600
    kept = await house.all(select(HoursVersion).order_by(HoursVersion.version))
    assert [(one.version, one.closed_on) for one in kept] == [(1, []), (2, ["2026-03-03"])]


async def test_conversations_that_began_before_the_first_policy_count_from_its_making(house: House) -> None:
    ana = await house.agent("Ana")
    id, visitor = await house.chat(ana)
    house.clock.on(minutes=10)
    await house.answer(ana, id)
    house.clock.on(minutes=10)
    await house.write(visitor, id)
    assert await house.all(select(SlaEvent)) == []
    house.clock.on(minutes=5)
    await promised(house, promise(next_response=30))
    (following,) = await clock(house, ana, id, "next_response")
    assert (following.started_at, following.due_at) == (MONDAY + timedelta(minutes=20), MONDAY + timedelta(minutes=55))


async def test_a_conversation_reopened_before_the_first_policy_counts_from_its_making(house: House) -> None:
    ana = await house.agent("Ana")
    id, visitor = await house.chat(ana)
    await house.answer(ana, id)
    await house.resolve(ana, id)
    house.clock.on(days=20)
    await house.write(visitor, id)
    house.clock.on(minutes=5)
    await promised(house, promise(resolution=60))
    first, second = await clock(house, ana, id, "resolution")
    assert (first.progress, second.due_at) == ("kept", MONDAY + timedelta(days=20, minutes=65))


async def test_a_conversation_that_ended_before_the_first_policy_and_comes_back_is_timed(house: House) -> None:
    ana = await house.agent("Ana")
    id, visitor = await house.chat(ana)
    await house.answer(ana, id)
    await house.resolve(ana, id)
    await promised(house, promise(next_response=60, resolution=120))
    house.clock.on(days=20)
    await house.write(visitor, id)
    (following,) = await clock(house, ana, id, "next_response")
    assert following.due_at == MONDAY + timedelta(days=20, hours=1)
    assert (await clock(house, ana, id, "resolution"))[-1].due_at == MONDAY + timedelta(days=20, hours=2)


async def test_counting_again_leaves_nothing_behind(house: House) -> None:
    admin, policy_id = await promised(house, promise(first_response=60))
    await house.chat()
    await run_clocks(house.works)
    before = len(await house.all(select(SlaEvent)))
    for minutes in (50, 40, 50):
        await house.run(save_policy, admin, promise(first_response=minutes), policy_id)
        await run_clocks(house.works)
    assert [event.happened for event in await house.all(select(SlaEvent).order_by(SlaEvent.id))][before:] == ["terms"] * 3
    assert not any(event.is_new for event in await house.all(select(SlaEvent)))


async def test_a_removed_policy_promises_nothing_any_more(house: House) -> None:
    admin, policy_id = await promised(house, promise(first_response=60))
    id, _ = await house.chat()
    await run_clocks(house.works)
    await house.run(remove_policy, admin, policy_id)
    (first,) = await clock(house, admin, id, "first_response")
    assert (first.due_at, first.account) == (None, None)
    house.clock.on(hours=2)
    await run_clocks(house.works)
    assert (await fired(house))["first_response", 1] == (None, None)


async def test_a_policy_after_none_tells_each_story_anew(house: House) -> None:
    admin, policy_id = await promised(house, promise(next_response=60))
    ana = await house.agent("Ana")
    id, visitor = await house.chat(ana)
    await house.answer(ana, id)
    await house.write(visitor, id)
    await run_clocks(house.works)
    await house.run(remove_policy, admin, policy_id)
    await run_clocks(house.works)
    house.clock.on(minutes=10)
    await house.answer(ana, id)
    house.clock.on(minutes=10)
    await house.write(visitor, id)
    await house.run(save_policy, admin, promise("New", next_response=30))
    first, second = await clock(house, ana, id, "next_response")
    assert (first.progress, second.progress, second.due_at) == ("kept", "running", MONDAY + timedelta(minutes=50))
    house.clock.on(hours=2)
    await run_clocks(house.works)
    assert (await fired(house))["next_response", 1] == (None, None)
    assert (await fired(house))["next_response", 2][1] == house.clock()


async def test_the_dry_run_says_what_would_become_overdue_and_writes_nothing(house: House) -> None:
    admin, policy_id = await promised(house, promise(first_response=60))
    ids = [(await house.chat())[0] for _ in range(3)]
    await run_clocks(house.works)
    house.clock.on(minutes=20)
    late, _ = await house.chat()
    await run_clocks(house.works)
    before = len(await house.all(select(SlaEvent)))
    asked = TrySlaPolicy(policy=promise(first_response=10), policy_id=policy_id)
    async with house.works.read() as rows:
        found = await try_policy(rows, admin, asked, house.clock())
    assert (found.looked_at, found.is_complete, found.overdue_count) == (4, True, 3)
    assert {one.conversation_id for one in found.overdue} == set(ids)
    assert {one.due_at for one in found.overdue} == {MONDAY + timedelta(minutes=10)}
    assert late not in {one.conversation_id for one in found.overdue}
    assert len(await house.all(select(SlaEvent))) == before
    async with house.works.read() as rows:
        another = await try_policy(rows, admin, TrySlaPolicy(policy=promise("Last", first_response=10)), house.clock())
    assert another.overdue_count == 0  # the policy before it matches first


async def test_two_nodes_fire_each_clock_once(house: House) -> None:
    await promised(house, promise(first_response=60))
    for _ in range(30):
        await house.chat()
    await run_clocks(house.works)
    house.clock.on(minutes=60)
    async with house.another_node() as other:
        await run_clocks(other)
        await run_clocks(house.works)
    rows = await house.all(select(SlaClock).where(SlaClock.clock == "first_response"))
    assert [row.breached_at for row in rows] == [MONDAY + timedelta(minutes=60)] * 30
    await house.run(_touch)
    house.clock.on(minutes=1)
    await run_clocks(house.works)
    rows = await house.all(select(SlaClock).where(SlaClock.clock == "first_response"))
    assert [row.breached_at for row in rows] == [MONDAY + timedelta(minutes=60)] * 30


async def test_nothing_is_lost_while_two_nodes_count_and_chats_go_on(house: House) -> None:
    """Each of the chats ends answered in time, whatever was being counted meanwhile."""
    await promised(house, promise(first_response=60, next_response=60))
    ana = await house.agent("Ana", capacity=100)

    async def live() -> None:
        id, visitor = await house.chat(ana)
        for _ in range(3):
            await house.answer(ana, id)
            await house.write(visitor, id)
        await house.answer(ana, id)

    async with house.another_node() as other:
        lives = [asyncio.create_task(live()) for _ in range(12)]
        while not all(one.done() for one in lives):
            await asyncio.gather(run_clocks(house.works), run_clocks(other))
        await asyncio.gather(*lives)
        await run_clocks(other)
    house.clock.on(hours=2)
    await run_clocks(house.works)
    rows = await house.all(select(SlaClock).where(SlaClock.clock.in_(("first_response", "next_response"))))
    assert [row.progress for row in rows] == ["kept"] * 48
    assert [row.breached_at for row in rows] == [None] * 48


async def _touch(work: Any) -> None:
    """Have everything counted again."""
    await work.change(update(SlaEvent).values(is_new=True))


async def row_of(house: House, id: str) -> ConversationView:
    await run_clocks(house.works)
    async with house.works.read() as rows:
        return await agent_view_of(rows, id)


async def test_the_row_of_a_conversation_holds_the_clock_that_is_due_first(house: House) -> None:
    await promised(house, promise(first_response=60, resolution=240))
    ana = await house.agent("Ana")
    id, _ = await house.chat(ana)
    begun = house.clock()
    first = NextDueView(clock="first_response", due_at=begun + timedelta(minutes=60), warn_at=begun + timedelta(minutes=55))
    assert (await row_of(house, id)).next_due == first
    told = house.told.all(SlaChanged)[-1]
    assert (told.conversation_id, told.next_due) == (id, first)
    house.clock.on(minutes=10)
    await house.answer(ana, id)
    due = (await row_of(house, id)).next_due
    assert due is not None
    assert (due.clock, due.due_at) == ("resolution", begun + timedelta(minutes=240))
    await house.run(set_status, ana, SetStatus(conversation_id=id, status="responded"))
    assert (await row_of(house, id)).next_due is None, "it pauses"
    assert house.told.all(SlaChanged)[-1].next_due is None
    said = await house.run(set_status, ana, SetStatus(conversation_id=id, status="resolved"))
    now = await row_of(house, id)
    assert now.next_due is None
    assert now.rev == said.rev, "counting clocks takes no revision: what an agent did can still be undone"


async def test_a_missed_clock_is_told_of_when_it_is_due(house: House) -> None:
    await promised(house, promise(first_response=60))
    ana = await house.agent("Ana")
    id, _ = await house.chat(ana)
    await row_of(house, id)
    house.told.forget()
    house.clock.on(minutes=56)
    await run_clocks(house.works)
    assert len(house.told.all(SlaChanged)) == 1, "the warning"
    await run_clocks(house.works)
    assert len(house.told.all(SlaChanged)) == 1, "once"
    house.clock.on(minutes=5)
    due = (await row_of(house, id)).next_due
    assert due is not None
    assert due.due_at < house.clock(), "it stays first while it is open"
    assert len(house.told.all(SlaChanged)) == 2


async def test_lists_put_first_what_is_due_first(house: House) -> None:
    admin, _ = await promised(house, promise(first_response=60))
    ana = await house.agent("Ana")
    calm, urgent, answered = [(await house.chat(ana))[0] for _ in range(3) if house.clock.on(seconds=1)]
    await house.run(set_priority, admin, SetPriority(conversation_id=urgent, priority="urgent"))
    await house.answer(ana, answered)
    await run_clocks(house.works)
    async with house.works.read() as rows:
        page = await list_conversations(rows, ana, ListFilter(view="all", shelf="open", sort="due"), None, 2)
        rest = await list_conversations(rows, ana, ListFilter(view="all", shelf="open", sort="due"), page.next, 2)
    assert [row.id for row in page.conversations] == [urgent, calm]
    assert [row.id for row in rest.conversations] == [answered]


async def test_a_removed_policy_leaves_nothing_due(house: House) -> None:
    admin, policy_id = await promised(house, promise(first_response=60))
    id, _ = await house.chat()
    house.clock.on(minutes=61)
    assert (await row_of(house, id)).next_due is not None
    await house.run(remove_policy, admin, policy_id)
    assert (await row_of(house, id)).next_due is None
    assert house.told.all(SlaChanged)[-1].next_due is None


async def test_a_policy_that_a_colleague_changed_meanwhile_is_not_overwritten(house: House) -> None:
    admin, id = await promised(house, promise(first_response=60))
    edited = msgspec.structs.replace(promise(first_response=90), version=1)
    assert (await house.run(save_policy, admin, edited, id)).version == 2
    with pytest.raises(Conflict, match="Another admin changed this policy"):
        await house.run(save_policy, admin, msgspec.structs.replace(promise(first_response=120), version=1), id)
    (view,) = await house.run(list_policies)
    assert {one.minutes for one in view.targets} == {90, 22}


async def test_a_dry_run_names_the_contact_and_the_ticket(house: House) -> None:
    admin, _ = await promised(house, promise(first_response=600))
    ana = await house.agent("Ana")
    id, _ = await house.chat(ana)
    ticket = await house.run(open_ticket, ana, OpenTicket(conversation_id=id))
    house.clock.on(minutes=30)
    await run_clocks(house.works)
    async with house.works.read() as rows:
        asked = TrySlaPolicy(policy=promise(first_response=20), policy_id=(await list_policies(rows))[0].id)
        (overdue,) = (await try_policy(rows, admin, asked, house.clock())).overdue
    assert (overdue.conversation_id, overdue.ticket_number, overdue.clock) == (id, ticket.number, "first_response")
    assert overdue.contact_id


async def test_the_wall_counts_what_is_late_and_at_risk_by_team(house: House) -> None:
    await promised(house, promise(first_response=60))
    ana = await house.agent("Ana")
    for _ in range(2):
        await house.chat(ana)
    house.clock.on(minutes=57)
    id, _ = await house.chat(ana)
    await run_clocks(house.works)
    async with house.works.read() as rows:
        (queue,) = (await wall_view(rows, house.clock())).queues
        assert (queue.sla_late_count, queue.sla_at_risk_count) == (0, 2)
        house.clock.on(minutes=4)
        (queue,) = (await wall_view(rows, house.clock())).queues
        assert (queue.sla_late_count, queue.sla_at_risk_count) == (2, 0)
    await house.answer(ana, id)
    await run_clocks(house.works)
    async with house.works.read() as rows:
        wall = await wall_view(rows, house.clock())
        assert wall.queues == (await recounted_wall(rows, house.clock())).queues


async def test_a_first_policy_makes_nothing_late_that_was_never_promised(house: House) -> None:
    admin = await house.agent("Ada", role="admin")
    id, _ = await house.chat()
    house.clock.on(days=3)
    async with house.works.read() as rows:
        found = await try_policy(rows, admin, TrySlaPolicy(policy=promise(first_response=60)), house.clock())
    assert (found.looked_at, found.overdue_count) == (1, 0)
    await house.run(save_policy, admin, promise(first_response=60))
    (first,) = await clock(house, admin, id, "first_response")
    assert (first.due_at, first.breached_at) == (house.clock() + timedelta(minutes=60), None)
    assert first.account is not None
    house.clock.on(minutes=30)
    (first,) = await clock(house, admin, id, "first_response")
    assert first.account is not None
    assert sum(one.minutes for one in first.account.stretches) == first.account.counted_minutes == 60
    house.clock.on(minutes=31)
    (first,) = await clock(house, admin, id, "first_response")
    assert first.breached_at is not None
