"""What is not as somebody meant it is told to those who can mend it, once, and until it is mended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from app.contract.audiences import ToSupervisors
from app.contract.routing import OrderRules, OverflowStep, RuleActions, RuleConditions, RuleView, SaveRule, SetAgentRouting
from app.contract.warnings import WarningsChanged, WarningView
from app.database.clock_offset import Lead, set_lead
from app.people.actors import SignedInAgent
from app.people.team_routing import deactivate_agent, set_agent_routing
from app.routing.dispatch import dispatch, hand_on
from app.routing.rule_store import MAX_UNMATCHED, order_rules, remove_rule, save_rule
from app.routing.rules import Facts, Rule, covers, judge
from app.routing.warnings import dismiss_notice, list_notices
from app.timetable import Sweep, domain_sweeps
from app.work import Work
from models import Conversation, DismissedNotice, Inbox, NodeClock, Routing
from tests.factories import OPERATOR, House

HOUR = timedelta(hours=1)


@pytest.fixture
async def sam(house: House) -> SignedInAgent:
    """A supervisor, in the team."""
    return await house.agent("Sam", role="supervisor")


async def noticed(house: House, agent: SignedInAgent) -> list[WarningView]:
    async with house.works.read() as rows:
        return await list_notices(rows, agent, house.clock())


async def said(house: House, agent: SignedInAgent) -> list[tuple[str, str]]:
    """Kind (of a rule: its trouble) and subject."""
    return [(notice.problem or notice.kind, notice.subject) for notice in await noticed(house, agent)]


async def rule(
    house: House, name: str, team_id: str | None = None, *, steps: list[OverflowStep] | None = None, **when: object
) -> RuleView:
    actions = RuleActions(team_id=team_id or house.team_id, overflow=steps or [])
    return await house.run(save_rule, OPERATOR, SaveRule(name=name, conditions=RuleConditions(**when), actions=actions))  # pyright: ignore[reportArgumentType]


def trouble(house: House) -> Sweep:
    """The sweep that looks for it."""
    (sweep,) = (one for one in domain_sweeps(house.works, house.react(), HOUR) if one.name == "look for trouble")
    return sweep


async def test_where_all_is_well_nobody_is_told(house: House, sam: SignedInAgent) -> None:
    await rule(house, "Billing", topics=["Billing"])
    await rule(house, "All others")
    assert await noticed(house, sam) == []


async def test_a_rule_that_can_never_match_is_told_until_it_can(house: House, sam: SignedInAgent) -> None:
    broad = await rule(house, "All of the shop", pages=["/shop", "/cart"])
    narrow = await rule(house, "Cart", pages=["/Cart"], topics=["Billing"])
    assert await said(house, sam) == [("never_matches", "Cart")]
    await house.run(order_rules, OPERATOR, OrderRules(rule_ids=[narrow.id, broad.id]))
    assert await noticed(house, sam) == []
    assert len(house.told.all(WarningsChanged, ToSupervisors)) >= 3, "each change to the rules is told"


async def test_a_rule_that_nothing_goes_by_is_told(house: House, sam: SignedInAgent) -> None:
    used = await rule(house, "Billing", topics=["Billing"])
    unused = await rule(house, "Mistyped", pages=["/chekout"])
    house.clock.on(hours=1)

    for _ in range(MAX_UNMATCHED):
        started = await house.start()
        await house.add(_routing(started.conversation.id, used.id, house))
    assert await said(house, sam) == [("has_not_matched", "Mistyped")]
    house.clock.on(seconds=1)
    await house.run(
        save_rule,
        OPERATOR,
        SaveRule(name="Spelled", conditions=RuleConditions(pages=["/checkout"]), actions=RuleActions()),
        unused.id,
    )
    assert await noticed(house, sam) == [], "what was changed has not had its chance yet"


def _routing(conversation_id: str, rule_id: str, house: House) -> Routing:
    return Routing(
        conversation_id=conversation_id,
        rule_id=rule_id,
        fields={},
        trace=[],
        skills=[],
        overflow=[],
        passed=[],
        made_at=house.clock(),
    )


async def test_a_team_nobody_is_in_is_told_once_conversations_come_to_it(house: House, sam: SignedInAgent) -> None:
    empty = await house.team("Nights")
    assert await noticed(house, sam) == [], "nothing comes to it"
    made = await rule(house, "Nights", empty, topics=["Billing"])
    assert await said(house, sam) == [("team_without_members", "Nights")], "once, and not of the rule besides"
    await house.run(remove_rule, OPERATOR, made.id)
    await house.run(
        save_rule,
        OPERATOR,
        SaveRule(
            name="Later",
            conditions=RuleConditions(),
            actions=RuleActions(overflow=[OverflowStep(team_id=empty, after_seconds=60)]),
        ),
    )
    assert await said(house, sam) == [("team_without_members", "Nights")]
    await house.agent("Nick", teams=[empty], presence=None)
    assert await noticed(house, sam) == [], "somebody who is not here now will come"


async def test_a_team_without_capacity_is_told(house: House, sam: SignedInAgent) -> None:
    await house.run(set_agent_routing, OPERATOR, sam.id, SetAgentRouting(capacity=0))
    (conversation_id, _) = await house.chat()
    await dispatch(house.works, house.team_id)
    assert (await house.conversation(conversation_id)).agent_id is None
    assert await said(house, sam) == [("team_without_capacity", "Support")]
    await house.run(set_agent_routing, OPERATOR, sam.id, SetAgentRouting(capacity=1))
    assert await noticed(house, sam) == []


async def test_without_teams_all_agents_are_one(house: House, sam: SignedInAgent) -> None:
    async def no_team(work: Work) -> None:
        await work.change(update(Inbox).values(team_id=None))

    await house.run(no_team)
    assert await noticed(house, sam) == []
    await house.run(set_agent_routing, OPERATOR, sam.id, SetAgentRouting(capacity=0))
    assert await said(house, sam) == [("team_without_capacity", "")]


async def test_what_a_removed_agent_held_is_told_until_somebody_has_it(house: House, sam: SignedInAgent) -> None:
    await house.run(set_agent_routing, OPERATOR, sam.id, SetAgentRouting(capacity=1))
    ben = await house.agent("Ben")
    for _ in range(3):
        await house.chat(ben)

    async def leave(work: Work) -> None:
        await deactivate_agent(work, OPERATOR, ben.id)
        await hand_on(work, [ben.id], "deactivated", all_of_it=True)

    await house.run(leave)
    assert [(one.kind, one.subject, one.count) for one in await noticed(house, sam)] == [("removed_agent", "Ben", 3)]
    assert house.told.all(WarningsChanged, ToSupervisors)
    await dispatch(house.works, house.team_id)
    assert [one.count for one in await noticed(house, sam)] == [2]
    for conversation in await house.all(select(Conversation).where(Conversation.agent_id.is_(None))):
        await house.claim(sam, conversation.id)
    assert await noticed(house, sam) == []


async def test_a_jump_of_the_clock_is_told_until_it_is_worked_off(house: House, sam: SignedInAgent) -> None:
    async with house.database.begin(lambda: None) as transaction:
        await set_lead(transaction, Lead(1, -HOUR, house.clock() + HOUR), HOUR, "web-1")
    (notice,) = await noticed(house, sam)
    assert (notice.kind, notice.seconds, notice.until) == ("clock_jump", 3600, house.clock() + HOUR + 20 * HOUR)
    house.clock.on(hours=21, seconds=1)
    assert await noticed(house, sam) == []


async def test_a_node_whose_clock_differs_is_told_while_it_is_heard(house: House, sam: SignedInAgent) -> None:
    await house.add(NodeClock(node="web-2", ahead_seconds=-3599.7, seen_at=house.clock()))
    (notice,) = await noticed(house, sam)
    assert (notice.kind, notice.subject, notice.seconds) == ("clock_differs", "web-2", -3600)
    house.clock.on(minutes=1)
    assert await noticed(house, sam) == [], "it is gone, and its clock with it"


async def test_what_was_dismissed_is_dismissed_for_that_agent_and_as_long_as_it_lasts(house: House, sam: SignedInAgent) -> None:
    una = await house.agent("Una", role="admin")
    look = trouble(house)
    empty = await house.team("Nights")
    made = await rule(house, "Nights", empty, topics=["Billing"])
    await look.run()
    (notice,) = await noticed(house, sam)
    for _ in range(2):
        await house.run(dismiss_notice, sam, notice.key)
    await house.run(dismiss_notice, sam, "no such notice")
    assert [one.is_dismissed for one in await noticed(house, sam)] == [True]
    assert [one.is_dismissed for one in await noticed(house, una)] == [False]
    await look.run()
    assert len(await house.all(select(DismissedNotice))) == 1
    await house.run(remove_rule, OPERATOR, made.id)
    await look.run()
    assert not await house.all(select(DismissedNotice))
    await rule(house, "Nights again", empty, topics=["Billing"])
    assert [one.is_dismissed for one in await noticed(house, sam)] == [False], "what comes again is told again"


async def test_what_no_verb_brought_about_is_told_by_the_timetable_and_told_once(house: House, sam: SignedInAgent) -> None:
    look = trouble(house)
    await look.run()
    assert not house.told.all(WarningsChanged)[2:], "nothing is wrong"
    house.told.forget()
    await house.add(NodeClock(node="web-2", ahead_seconds=30.0, seen_at=house.clock()))
    for _ in range(3):
        await look.run()
    house.told.one(WarningsChanged, ToSupervisors)

    async def mend(work: Work) -> None:
        await work.change(delete(NodeClock))

    await house.run(mend)
    for _ in range(3):
        await look.run()
    assert len(house.told.all(WarningsChanged, ToSupervisors)) == 2
    assert await noticed(house, sam) == []


NAMES = st.lists(st.sampled_from(["a", "A", "b", "c"]), max_size=3)
CONDITIONS = st.builds(
    RuleConditions,
    topics=NAMES,
    companies=NAMES,
    languages=st.lists(st.sampled_from(["pt", "pt-BR", "en"]), max_size=2),
    domains=st.lists(st.sampled_from(["acme.example", "eu.acme.example"]), max_size=2),
    is_open=st.none() | st.booleans(),
)
FACTS = st.builds(
    Facts,
    inbox_id=st.just("shop"),
    topic=st.sampled_from(["a", "b", "c", ""]),
    company=st.sampled_from(["a", "B", ""]),
    language=st.sampled_from(["pt", "pt-BR", "pt-PT", "en", ""]),
    email=st.sampled_from(["mia@eu.acme.example", "mia@acme.example", ""]),
    is_open=st.booleans(),
)


@given(CONDITIONS, CONDITIONS, FACTS)
def test_what_is_said_to_be_covered_is_matched_by_the_rule_before_it(
    wide: RuleConditions, narrow: RuleConditions, facts: Facts
) -> None:
    first, second = (
        Rule(id=name, name=name, conditions=when, actions=RuleActions()) for name, when in (("1", wide), ("2", narrow))
    )
    if covers(wide, narrow) and judge([second], facts).rule:
        assert judge([first, second], facts).rule == first
    assert covers(RuleConditions(), narrow)
    assert covers(narrow, narrow)
