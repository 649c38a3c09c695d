"""Routing rules: what matches, what they decide, what is refused, and what a dry run says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.clock import new_id
from app.contract.forms import FieldValue, PrechatFields
from app.contract.hours import OpenPeriod, SaveHours
from app.contract.routing import (
    DryRun,
    FieldCondition,
    OrderRules,
    OverflowStep,
    RuleActions,
    RuleConditions,
    RuleView,
    SaveRule,
    SetAgentRouting,
)
from app.errors import Conflict, Invalid, NotFound
from app.people.team_routing import set_agent_routing
from app.routing.dispatch import dispatch
from app.routing.dry_run import dry_run
from app.routing.overflow import OVERFLOW_JOB, overflow_all, overflow_conversations
from app.routing.rule_store import list_rules, order_rules, remove_rule, save_rule
from app.routing.rules import Facts, Rule, judge
from app.routing.triage import FULL, apply_rules
from app.sla.hours import Period, is_open
from app.sla.hours_store import remove_hours, save_hours, set_inbox_hours
from models import Assignment, Conversation, Job, RoutingRule, Ticket
from tests.factories import OPERATOR, House

INBOX = "00000000-0000-7000-8000-000000000001"
FACTS = Facts(
    inbox_id=INBOX,
    page_url="https://shop.example/Checkout/pay?step=2",
    language="pt-BR",
    topic="Billing",
    priority="high",
    email="mia@eu.acme.example",
    company="Acme  Ltd",
    fields={"plan": "Gold"},
    words="Hello, my invoice is wrong",
    is_open=False,
)

CONDITIONS = [
    ("nothing asked", RuleConditions(), True),
    ("its inbox", RuleConditions(inbox_ids=[INBOX]), True),
    ("another inbox", RuleConditions(inbox_ids=[INBOX[:-1] + "2"]), False),
    ("its channel", RuleConditions(channels=["chat"]), True),
    ("another channel", RuleConditions(channels=["email", "sms"]), False),
    ("a part of the page, in any case", RuleConditions(pages=["/checkout"]), True),
    ("a page with a star", RuleConditions(pages=["shop.example/*pay"]), True),
    ("a question mark is itself", RuleConditions(pages=["pay?step"]), True),
    ("a bracket is itself", RuleConditions(pages=["[c]heckout"]), False),
    ("another page", RuleConditions(pages=["/cart", "/returns*"]), False),
    ("its language", RuleConditions(languages=["pt"]), True),
    ("its dialect", RuleConditions(languages=["pt-br"]), True),
    ("another dialect", RuleConditions(languages=["pt-PT"]), False),
    ("its topic, in any case", RuleConditions(topics=["billing"]), True),
    ("another topic", RuleConditions(topics=["Delivery"]), False),
    ("its priority", RuleConditions(priorities=["urgent", "high"]), True),
    ("another priority", RuleConditions(priorities=["low"]), False),
    ("its domain", RuleConditions(domains=["eu.acme.example"]), True),
    ("a domain above it", RuleConditions(domains=["acme.example"]), True),
    ("a domain that only ends like it", RuleConditions(domains=["me.example"]), False),
    ("its company", RuleConditions(companies=["acme ltd"]), True),
    ("another company", RuleConditions(companies=["Acme"]), False),
    ("its field", RuleConditions(fields=[FieldCondition(name="plan", values=["gold", "silver"])]), True),
    ("another value", RuleConditions(fields=[FieldCondition(name="plan", values=["free"])]), False),
    ("a field not filled in", RuleConditions(fields=[FieldCondition(name="size", values=["L"])]), False),
    ("a word", RuleConditions(words=["INVOICE"]), True),
    ("words in order", RuleConditions(words=["invoice is"]), True),
    ("a part of a word", RuleConditions(words=["voice"]), False),
    ("closed", RuleConditions(is_open=False), True),
    ("open", RuleConditions(is_open=True), False),
    ("all of several", RuleConditions(topics=["billing"], languages=["pt"]), True),
    ("one of several missing", RuleConditions(topics=["billing"], languages=["de"]), False),
]


@pytest.mark.parametrize(("conditions", "matches"), [row[1:] for row in CONDITIONS], ids=[row[0] for row in CONDITIONS])
def test_what_matches(conditions: RuleConditions, matches: bool) -> None:
    rule = Rule(id="r", name="R", conditions=conditions, actions=RuleActions())
    judged = judge([rule], FACTS)
    assert (judged.rule is rule) is matches
    (trace,) = judged.trace
    assert trace.matches is matches
    assert all(one.holds for one in trace.conditions) is matches


def test_the_first_that_matches_wins_and_later_ones_are_not_tried() -> None:
    no, first, later = (
        Rule(id=id, name=id, conditions=conditions, actions=RuleActions())
        for id, conditions in (("no", RuleConditions(topics=["x"])), ("first", RuleConditions()), ("later", RuleConditions()))
    )
    judged = judge([no, first, later], FACTS)
    assert judged.rule is first
    assert [(one.rule_id, one.matches) for one in judged.trace] == [("no", False), ("first", True)]


@given(st.text(max_size=40), st.text(max_size=60))
def test_no_page_pattern_is_a_way_to_fail(pattern: str, url: str) -> None:
    judge(
        [Rule(id="r", name="R", conditions=RuleConditions(pages=[pattern]), actions=RuleActions())],
        Facts(inbox_id="", page_url=url),
    )


def test_a_pattern_full_of_stars_takes_no_time() -> None:
    facts = Facts(inbox_id="", page_url="a" * 2000)
    assert (
        judge([Rule(id="r", name="R", conditions=RuleConditions(pages=["*a" * 200 + "b"]), actions=RuleActions())], facts).rule
        is None
    )


SHIFTS = [Period(0, "09:00", "12:00"), Period(0, "13:00", "17:30"), Period(4, "22:00", "02:00")]
MOMENTS = [
    ("before", "2026-03-02T07:59:59+00:00", False),
    ("the opening minute", "2026-03-02T08:00:00+00:00", True),
    ("lunch", "2026-03-02T11:00:00+00:00", False),
    ("the second shift", "2026-03-02T12:00:00+00:00", True),
    ("the closing minute", "2026-03-02T16:30:00+00:00", False),
    ("another day", "2026-03-03T09:00:00+00:00", False),
    ("a holiday", "2026-03-09T09:00:00+00:00", False),
    ("late on Friday", "2026-03-06T21:30:00+00:00", True),
    ("past midnight", "2026-03-07T00:59:00+00:00", True),
    ("past the end", "2026-03-07T01:00:00+00:00", False),
    ("in summer the clock is ahead", "2026-06-01T07:00:00+00:00", True),
    ("in summer it closes earlier by UTC", "2026-06-01T15:30:00+00:00", False),
]


@pytest.mark.parametrize(("at", "opened"), [row[1:] for row in MOMENTS], ids=[row[0] for row in MOMENTS])
def test_business_hours_follow_the_wall_clock(at: str, opened: bool) -> None:
    assert is_open("Europe/Berlin", SHIFTS, ["2026-03-09"], datetime.fromisoformat(at)) is opened


async def rule(house: House, name: str = "Rule", when: RuleConditions | None = None, **actions: Any) -> RuleView:
    return await house.run(
        save_rule, OPERATOR, SaveRule(name=name, conditions=when or RuleConditions(), actions=RuleActions(**actions))
    )


async def about(words: str) -> tuple[str, str]:
    """A stand-in for knowledge: what the words are about."""
    return "", "Billing" if "invoice" in words else "General"


async def test_what_arrives_goes_to_the_team_of_the_rule(house: House) -> None:
    billing = await house.team("Billing")
    olga = await house.agent("Olga", teams=[billing])
    await house.agent("Ana")
    await rule(house, when=RuleConditions(topics=["billing"]), team_id=billing, priority="urgent")
    id = (await house.start(body="My invoice is wrong")).conversation.id
    other = (await house.start(body="Where is my parcel?")).conversation.id
    assert await dispatch(house.works, house.team_id) == 0, "nobody is served before the rules have spoken"
    assert await apply_rules(house.works, about) == 2
    assert await apply_rules(house.works, about) == 0, "once"
    await dispatch(house.works, billing)
    await dispatch(house.works, house.team_id)
    one = await house.conversation(id)
    assert (one.agent_id, one.team_id, one.priority) == (olga.id, billing, "urgent")
    assert (await house.conversation(other)).team_id == house.team_id


async def test_the_whole_way_by_itself(house: House) -> None:
    billing = await house.team("Billing")
    olga = await house.agent("Olga", teams=[billing])
    await rule(house, when=RuleConditions(fields=[FieldCondition(name="plan", values=["gold"])]), team_id=billing)
    reactions = house.react()
    started = await house.start(fields=PrechatFields(more=[FieldValue(name="plan", value="Gold")]))
    await reactions.settle()
    assert (await house.conversation(started.conversation.id)).agent_id == olga.id


async def test_rules_that_cannot_be_applied_keep_nobody_waiting(house: House) -> None:
    ana = await house.agent()
    await rule(house, when=RuleConditions(topics=["x"]), team_id=house.team_id)
    id = (await house.start()).conversation.id
    await dispatch(house.works, house.team_id)
    assert (await house.conversation(id)).agent_id is None
    house.clock.on(seconds=15)
    await dispatch(house.works, house.team_id)
    assert (await house.conversation(id)).agent_id == ana.id


async def test_a_topic_that_cannot_be_found_is_no_topic(house: House) -> None:
    async def broken(words: str) -> tuple[str, str]:
        raise RuntimeError(words)

    await rule(house, when=RuleConditions(topics=["billing"]), priority="low")
    id = (await house.start()).conversation.id
    assert await apply_rules(house.works, broken) == 1
    assert (await house.conversation(id)).priority == "medium"


async def test_skills_and_language_are_asked_for_and_others_are_not_kept_waiting(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    await house.run(set_agent_routing, OPERATOR, ben.id, SetAgentRouting(capacity=1, skills=["Stoves"], languages=["pt"]))
    await rule(house, when=RuleConditions(words=["stove"]), skills=["stoves"], needs_language=True)
    english = (await house.start(body="My stove!")).conversation.id
    plain = (await house.start(body="Hello")).conversation.id
    await apply_rules(house.works, about)
    await dispatch(house.works, house.team_id)
    assert (await house.conversation(english)).agent_id is None, "Ben speaks no English"
    assert (await house.conversation(plain)).agent_id in {ana.id, ben.id}


async def test_who_waits_too_long_moves_on_and_keeps_the_time_waited(house: House) -> None:
    orders, last = await house.team("Orders"), await house.team("Last")
    steps = [OverflowStep(team_id=orders, after_seconds=60), OverflowStep(team_id=last, after_seconds=30)]
    await rule(house, team_id=house.team_id, overflow=steps)
    id = (await house.start()).conversation.id
    await apply_rules(house.works, about)
    before = await house.conversation(id)
    jobs = house.jobs({OVERFLOW_JOB: overflow_all})
    house.clock.on(seconds=59)
    assert await jobs.run_due() == 0
    for seconds, team in ((1, orders), (30, last)):
        house.clock.on(seconds=seconds)
        assert await jobs.run_due() == 1
        now = await house.conversation(id)
        assert (now.team_id, now.queued_at) == (team, before.queued_at)
    reasons = await house.all(select(Assignment.reason).where(Assignment.conversation_id == id))
    assert list(reasons) == ["overflow", "overflow"]
    assert list(await house.all(select(Job).where(Job.kind == OVERFLOW_JOB.name))) == []


async def test_who_was_served_in_time_does_not_move_on_even_when_the_job_was_lost(house: House) -> None:
    orders = await house.team("Orders")
    ana = await house.agent()
    await rule(house, team_id=house.team_id, overflow=[OverflowStep(team_id=orders, after_seconds=60)])
    id = (await house.start()).conversation.id
    await apply_rules(house.works, about)
    await dispatch(house.works, house.team_id)
    house.clock.on(seconds=60)
    assert [await house.run(overflow_conversations) for _ in range(2)] == [1, 0]
    now = await house.conversation(id)
    assert (now.agent_id, now.team_id) == (ana.id, house.team_id)


async def test_a_full_queue_says_so_and_opens_a_ticket_and_the_place_is_kept(house: House) -> None:
    await rule(house, team_id=house.team_id, queue_limit=1)
    first = (await house.start()).conversation.id
    await apply_rules(house.works, about)
    second = (await house.start()).conversation.id
    await apply_rules(house.works, about)
    assert [one.conversation_id for one in await house.all(select(Ticket))] == [second]
    assert [one.body for one in await house.messages(second) if one.author_kind == "bot"] == [FULL]
    assert [one.author_kind for one in await house.messages(first)] == ["contact"]
    waiting = await house.conversation(second)
    assert (waiting.agent_id, waiting.category, waiting.queued_at) == (None, "new", house.clock())


async def test_an_overflow_that_goes_round_is_refused(house: House) -> None:
    orders = await house.team("Orders")
    for way in ([house.team_id, house.team_id], [house.team_id, orders, house.team_id], [None, orders, orders]):
        steps = [OverflowStep(team_id=team, after_seconds=60) for team in way[1:] if team]
        with pytest.raises(Invalid):
            await rule(house, team_id=way[0], overflow=steps)
    assert await house.all(select(RoutingRule)) == []


async def test_strangers_are_refused(house: House) -> None:
    with pytest.raises(Invalid):
        await rule(house, team_id=new_id())
    with pytest.raises(Invalid):
        await rule(house, when=RuleConditions(inbox_ids=[new_id()]))
    with pytest.raises(Invalid):
        await rule(house, name=" ")
    with pytest.raises(NotFound):
        await house.run(remove_rule, OPERATOR, new_id())
    assert await house.all(select(RoutingRule)) == []


async def test_what_is_wrong_with_a_rule_is_said(house: House) -> None:
    empty = await house.team("Empty")
    await house.agent()
    await rule(house, "No use", RuleConditions(is_open=False))
    await rule(house, "To nobody", RuleConditions(words=["x"]), team_id=empty)
    await rule(
        house, "Too much asked", RuleConditions(languages=["ja"]), team_id=house.team_id, skills=["go"], needs_language=True
    )
    await rule(house, "Everything", priority="low")
    await rule(house, "Too late", RuleConditions(words=["y"]), priority="low")
    async with house.works.read() as rows:
        said = {one.name: [problem.code for problem in one.problems] for one in await list_rules(rows)}
    assert said == {
        "No use": ["no_hours", "does_nothing"],
        "To nobody": ["empty_team"],
        "Too much asked": ["nobody_has_skills", "nobody_speaks"],
        "Everything": ["always_matches"],
        "Too late": ["never_matches"],
    }


async def test_the_order_is_set_whole_or_not_at_all(house: House) -> None:
    one, two = await rule(house, "One", priority="low"), await rule(house, "Two", priority="high")
    assert [one.position, two.position] == [0, 1]
    turned = await house.run(order_rules, OPERATOR, OrderRules(rule_ids=[two.id, one.id]))
    assert [rule.name for rule in turned] == ["Two", "One"]
    for ids in ([one.id], [one.id, one.id], [one.id, two.id, new_id()]):
        with pytest.raises(Conflict):
            await house.run(order_rules, OPERATOR, OrderRules(rule_ids=ids))


async def test_a_dry_run_says_what_would_happen_and_writes_nothing(house: House) -> None:
    billing = await house.team("Billing")
    ana, ben = await house.agent("Ana", teams=[billing]), await house.agent("Ben", teams=[billing], presence="busy")
    made = await rule(house, "Money", RuleConditions(topics=["billing"], is_open=True), team_id=billing, priority="high")
    asked = DryRun(inbox_id=house.inbox_id, body="My invoice")
    said = await dry_run(house.works, asked, about)
    assert said.rule is not None
    assert (said.rule.id, said.team_id, said.priority, said.topic, said.agent_id) == (made.id, billing, "high", "Billing", ana.id)
    assert [(one.agent_id, one.verdict) for one in said.candidates] == [(ana.id, "chosen"), (ben.id, "busy")]
    assert [(one.condition, one.holds) for one in said.trace[0].conditions] == [("topic", True), ("hours", True)]
    hours = SaveHours(name="Mornings", time_zone="UTC", periods=[OpenPeriod(day=0, opens="08:00", closes="10:00")])
    admin = await house.agent("Ada", role="admin", teams=[], presence=None)
    kept = await house.run(save_hours, admin, hours)
    await house.run(set_inbox_hours, admin, house.inbox_id, kept.id)
    at_night = DryRun(inbox_id=house.inbox_id, body="My invoice", at=datetime(2026, 3, 2, 23, 0, tzinfo=UTC))
    said = await dry_run(house.works, at_night, about)
    assert (said.rule, said.is_open, said.team_id) == (None, False, house.team_id)
    await house.run(remove_hours, admin, kept.id)
    assert (await dry_run(house.works, at_night, about)).is_open, "without hours it is always open"
    with pytest.raises(NotFound):
        await dry_run(house.works, DryRun(inbox_id=new_id()), about)
    assert await house.all(select(Conversation)) == []


async def test_hours_of_no_zone_are_refused(house: House) -> None:
    admin = await house.agent("Ada", role="admin")
    for given_zone, days in (("Mars/Base", []), ("../etc/passwd", []), ("UTC", ["2026-02-30"])):
        with pytest.raises(Invalid):
            await house.run(save_hours, admin, SaveHours(name="Odd", time_zone=given_zone, closed_on=days))
