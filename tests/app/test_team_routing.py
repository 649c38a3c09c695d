"""How agents and teams serve: modes, honest load, sticky agents, reasons, idleness, grace, who is made to leave; and why."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.clock import new_id
from app.contract.assignments import AssignConversation
from app.contract.audiences import ToAgent
from app.contract.presence import ForcePresence, PresenceChanged, PresenceForced, SaveReason, SetIdle, SetPresence
from app.contract.routing import ChannelCapacity, SetAgentRouting, SetTeamRouting
from app.contract.values import RoutingMode
from app.conversations.assignments.change import assign_conversation
from app.conversations.queue.wait_estimate import MAX_PROMISES, WIDEST, Kept, Pace, calibration, wait_range, widening_of
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.people.actors import SignedInAgent
from app.people.agents import get_agent
from app.people.load import weight_of
from app.people.presence import (
    arrive,
    end_graces,
    force_presence,
    lapse_leases,
    renew_leases,
    set_idle,
    set_own_presence,
    set_presence,
)
from app.people.reasons import add_reason, list_reasons, remove_reason
from app.people.team_routing import deactivate_agent, set_agent_routing, set_idle_setting, set_team_routing
from app.routing.decisions import MAX_KEPT, decide_again, list_decisions, record_decision, replay_decisions
from app.routing.dispatch import dispatch, hand_on, inactive_owners
from app.routing.next_agent import Candidate, Need, next_agent, refusal, verdicts
from app.work import Work
from models import Activity, Agent, Assignment, Conversation, WaitPromise
from tests.app.test_routing import crowds
from tests.factories import LEASE, MONDAY, OPERATOR, House

TEN = timedelta(seconds=10)


def candidate(id: str = "a", **given: Any) -> Candidate:
    fields: dict[str, Any] = {"presence": "online", "has_lease": True, "load": 0.0, "capacity": 4, "last_assigned_at": None}
    return Candidate(agent_id=id, name=id.upper(), **(fields | given))


REFUSALS = [
    (candidate(), Need(), None),
    (candidate(has_lease=False), Need(), "not_here"),
    (candidate(presence="away"), Need(), "away"),
    (candidate(presence="busy"), Need(), "busy"),
    (candidate(presence="offline"), Need(), "offline"),
    (candidate(), Need(passed=["a"]), "has_passed"),
    (candidate(skills=["x"]), Need(skills=["x", "y"]), "missing_skill"),
    (candidate(skills=["x", "y", "z"]), Need(skills=["x", "y"]), None),
    (candidate(languages=["de"]), Need(language="pt-BR"), "missing_language"),
    (candidate(languages=["pt"]), Need(language="pt-BR"), None),
    (candidate(load=4.0), Need(), "full"),
    (candidate(load=3.5), Need(), "full"),
    (candidate(load=3.5), Need(channel="email"), None),
    (candidate(channels={"chat": 2}, channel_capacity={"chat": 2}), Need(), "full_on_channel"),
    (candidate(channels={"chat": 2}, channel_capacity={"chat": 2}), Need(channel="email"), None),
    (candidate(capacity=0), Need(), "full"),
]


@pytest.mark.parametrize(("one", "need", "verdict"), REFUSALS)
def test_why_it_cannot_be_them(one: Candidate, need: Need, verdict: str | None) -> None:
    assert refusal(one, need) == verdict


def test_modes_and_who_had_the_contact_before() -> None:
    busy, free = candidate("a", load=2.0, last_assigned_at=MONDAY - TEN), candidate("b", last_assigned_at=MONDAY)
    chosen = {mode: next_agent([busy, free], Need(), mode) for mode in ("least_load", "round_robin", "manual")}
    assert chosen == {"least_load": free, "round_robin": busy, "manual": None}
    assert next_agent([busy, free], Need(last_agent_id="a")) == busy
    assert next_agent([candidate("a", load=4.0), free], Need(last_agent_id="a")) == free, "not when they are full"


needs = st.builds(Need, channel=st.sampled_from(["chat", "email"]), last_agent_id=st.none() | st.uuids().map(str))


@given(crowds, needs, st.sampled_from(["least_load", "round_robin", "manual"]))
def test_what_is_kept_of_a_decision_decides_the_same(crowd: list[Candidate], need: Need, mode: RoutingMode) -> None:
    crowd = crowd * 4
    crowd = [
        Candidate(**{n: getattr(one, n) for n in one.__struct_fields__} | {"agent_id": f"{one.agent_id}{i}"})
        for i, one in enumerate(crowd)
    ]
    kept = record_decision(verdicts(crowd, need, mode, MAX_KEPT), need, mode, None)
    winner = next_agent(crowd, need, mode)
    assert kept["winner"] == (winner.agent_id if winner else None) == decide_again(kept)
    assert len(kept["candidates"]) <= MAX_KEPT
    assert len(kept["candidates"]) + sum(kept["others"].values()) == len(crowd)
    judged, _ = verdicts(crowd, need, mode)
    assert [verdict for _, verdict in judged].count("chosen") == (1 if winner else 0)


async def view(house: House, agent: SignedInAgent):
    async with house.works.read() as rows:
        return await get_agent(rows, agent.id, house.clock())


async def test_by_hand_nobody_is_given_anything(house: House) -> None:
    await house.agent()
    await house.run(set_team_routing, OPERATOR, house.team_id, SetTeamRouting(mode="manual"))
    id, _ = await house.chat()
    assert await dispatch(house.works, house.team_id) == 0
    assert (await house.conversation(id)).agent_id is None


async def test_in_turn_whatever_the_load(house: House) -> None:
    await house.run(set_team_routing, OPERATOR, house.team_id, SetTeamRouting(mode="round_robin"))
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    for _ in range(2):
        await house.chat(ana)
    house.clock.on(seconds=1)
    await house.chat(ben)
    house.clock.on(seconds=1)
    id, _ = await house.chat()
    await dispatch(house.works, house.team_id)
    assert (await house.conversation(id)).agent_id == ana.id


async def test_a_silent_chat_frees_half_a_slot_and_takes_it_back_when_somebody_writes(house: House) -> None:
    ana = await house.agent(capacity=2)
    (one, visitor), (two, _) = await house.chat(ana), await house.chat(ana)
    waiting, _ = await house.chat()
    await dispatch(house.works, house.team_id)
    assert (await house.conversation(waiting)).agent_id is None
    house.clock.on(minutes=10)
    seen = await view(house, ana)
    assert (seen.load, seen.weight) == (2, 1.0)
    await dispatch(house.works, house.team_id)
    assert (await house.conversation(waiting)).agent_id == ana.id
    await house.write(visitor, one)
    assert (await view(house, ana)).weight == 0.5 + 0.5 + 1.0
    assert (await house.conversation(two)).agent_id == ana.id, "nothing is taken away"


def test_mail_weighs_half_a_chat() -> None:
    assert (weight_of("chat"), weight_of("email"), weight_of("chat", 2, 1), weight_of("pigeon")) == (1.0, 0.5, 1.5, 1.0)


async def test_capacity_by_channel(house: House) -> None:
    ana = await house.agent()
    asked = SetAgentRouting(capacity=4, channel_capacity=[ChannelCapacity(channel="chat", capacity=1)])
    await house.run(set_agent_routing, OPERATOR, ana.id, asked)
    for _ in range(2):
        await house.chat()
    await dispatch(house.works, house.team_id)
    assert (await view(house, ana)).load == 1


async def test_more_capacity_is_a_reason_to_serve(house: House) -> None:
    ana = await house.agent(capacity=0)
    reactions = house.react()
    id, _ = await house.chat()
    await reactions.settle()
    assert (await house.conversation(id)).agent_id is None
    await house.run(set_agent_routing, OPERATOR, ana.id, SetAgentRouting(capacity=1))
    await reactions.settle()
    assert (await house.conversation(id)).agent_id == ana.id


async def test_teams_are_joined_and_left(house: House) -> None:
    ana, orders = await house.agent(), await house.team("Orders")
    seen = await house.run(
        set_agent_routing, OPERATOR, ana.id, SetAgentRouting(capacity=4, team_ids=[orders], skills=[" Go ", "go"])
    )
    assert (seen.team_ids, seen.skills) == ([orders], ["go"])
    for id, teams in ((ana.id, [new_id()]), (new_id(), None)):
        with pytest.raises(NotFound):
            await house.run(set_agent_routing, OPERATOR, id, SetAgentRouting(capacity=4, team_ids=teams))
    with pytest.raises(NotFound):
        await house.run(set_team_routing, OPERATOR, house.team_id, SetTeamRouting(lead_id=new_id()))
    with pytest.raises(NotFound):
        await house.run(set_team_routing, OPERATOR, new_id(), SetTeamRouting())


async def test_a_contact_who_comes_back_meets_the_same_agent(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    visitor = house.visitor()
    id, _ = await house.chat(ana, visitor)
    await house.resolve(ana, id)
    await house.run(set_presence, ana.id, "away", LEASE)
    house.clock.on(minutes=5)
    await house.write(visitor, id, "One more thing")
    assert (await house.conversation(id)).agent_id is None, "she is away"
    await house.run(set_presence, ana.id, "online", LEASE)
    await house.chat(ana)
    await dispatch(house.works, house.team_id)
    assert (await house.conversation(id)).agent_id == ana.id, "though Ben has less to do"
    async with house.works.read() as rows:
        decided = (await list_decisions(rows, ben, id)).decisions[0]
    assert (decided.is_sticky, decided.agent_name, decided.reason) == (True, "Ana", "routed")


async def test_what_was_put_back_by_hand_does_not_come_straight_back(house: House) -> None:
    ana = await house.agent("Ana")
    id, _ = await house.chat(ana)
    await house.run(assign_conversation, ana, AssignConversation(conversation_id=id))
    ben = await house.agent("Ben")
    await house.chat(ben)
    await house.run(set_presence, ben.id, "online", LEASE)
    await dispatch(house.works, house.team_id)
    row = (await house.all(select(Assignment).where(Assignment.conversation_id == id, Assignment.ended_at.is_(None))))[0]
    assert "last_agent_id" not in row.decision["need"]


async def test_every_decision_can_be_made_again_and_a_forged_one_is_found(house: House) -> None:
    agents = [await house.agent(name, capacity=2) for name in ("Ana", "Ben", "Chi")]
    for _ in range(5):
        house.clock.on(seconds=1)
        await house.chat()
        await dispatch(house.works, house.team_id)
    found = [one async for one in replay_decisions(house.works)]
    assert len(found) == 5
    assert all(one.again == one.winner for one in found)
    (forged, *_) = await house.all(select(Assignment))
    other = next(agent.id for agent in agents if agent.id != forged.agent_id)

    async def forge(work: Work) -> None:
        await work.change(update(Assignment).where(Assignment.id == forged.id).values(agent_id=other))

    await house.run(forge)
    assert [one.assignment_id async for one in replay_decisions(house.works) if one.again != one.winner] == [forged.id]


async def test_why_me_is_for_who_may_view_it(house: House) -> None:
    ana = await house.agent("Ana")
    await house.agent("Ben", presence="away")
    id, _ = await house.chat()
    await dispatch(house.works, house.team_id)
    async with house.works.read() as rows:
        said = await list_decisions(rows, ana, id)
        with pytest.raises(NotFound):
            await list_decisions(rows, ana, new_id())
    (one,) = said.decisions
    assert [(it.name, it.verdict) for it in one.candidates] == [("Ana", "chosen"), ("Ben", "away")]
    assert (one.made_by_id, one.mode, one.team_name) == (None, "least_load", "Support")


async def test_a_reason_has_a_name_and_goes_with_one_presence(house: House) -> None:
    ana = await house.agent()
    lunch = await house.run(add_reason, OPERATOR, SaveReason(name=" Lunch ", presence="away"))
    since = (await view(house, ana)).presence_since
    house.clock.on(minutes=1)
    away = SetPresence(presence="away", reason_id=lunch.id)
    seen = await house.run(set_own_presence, ana, away, LEASE)
    assert (seen.presence, seen.reason, seen.presence_since) == ("away", "Lunch", house.clock())
    assert seen.presence_since > since
    house.clock.on(minutes=1)
    again = await house.run(set_own_presence, ana, away, LEASE)
    assert again.presence_since == seen.presence_since, "the same again is no change"
    with pytest.raises(Invalid):
        await house.run(set_own_presence, ana, SetPresence(presence="online", reason_id=lunch.id), LEASE)
    with pytest.raises(NotFound):
        await house.run(set_own_presence, ana, SetPresence(presence="away", reason_id=new_id()), LEASE)
    with pytest.raises(Conflict):
        await house.run(add_reason, OPERATOR, SaveReason(name="Lunch", presence="busy"))
    await house.run(remove_reason, OPERATOR, lunch.id)
    async with house.works.read() as rows:
        assert await list_reasons(rows) == []
    assert (await view(house, ana)).reason == "Lunch"


async def test_idle_is_away_until_a_key_is_touched_and_never_undoes_a_choice(house: House) -> None:
    ana = await house.agent()
    seen = await house.run(set_idle, ana.id, is_idle=True)
    assert (seen.presence, seen.is_idle) == ("away", True)
    seen = await house.run(set_idle, ana.id, is_idle=False)
    assert (seen.presence, seen.is_idle) == ("online", False)
    for chosen in ("busy", "away"):
        await house.run(set_presence, ana.id, chosen, LEASE)
        for is_idle in (True, False):
            assert (await house.run(set_idle, ana.id, is_idle=is_idle)).presence == chosen
    await house.run(set_presence, ana.id, "online", LEASE)
    await house.run(set_idle, ana.id, is_idle=True)
    seen = await house.run(set_idle_setting, ana, SetIdle(idle_seconds=None))
    assert (seen.presence, seen.is_idle) == ("online", False)
    assert (await house.run(set_idle, ana.id, is_idle=True)).presence == "online", "she does not want it"


async def test_awake_on_any_node_is_not_idle(house: House) -> None:
    """Two nodes renew: on one nobody has touched the agent's browser, on the other somebody has, until a minute ago."""
    ana = await house.agent("Ana")
    await house.run(renew_leases, [ana.id], TEN)
    await house.run(renew_leases, [ana.id], TEN, [ana.id])
    assert (await house.agent_row(ana)).presence == "online", "the other node has been heard of within its lease"
    assert (await house.run(set_idle, ana.id, is_idle=True)).presence == "online"
    house.clock.on(seconds=11)
    await house.run(renew_leases, [ana.id], TEN, [ana.id])
    assert ((await house.agent_row(ana)).presence, (await house.agent_row(ana)).is_idle) == ("away", True)
    await house.run(renew_leases, [ana.id], TEN)
    assert ((await house.agent_row(ana)).presence, (await house.agent_row(ana)).is_idle) == ("online", False)


async def test_a_supervisor_sets_a_presence_and_the_agent_is_told_by_whom(house: House) -> None:
    sam, ana = await house.agent("Sam", role="supervisor"), await house.agent("Ana")
    house.told.forget()
    command = ForcePresence(agent_id=ana.id, presence="away")
    seen = await house.run(force_presence, sam, command)
    assert (seen.presence, seen.forced_by_id) == ("away", sam.id)
    told = house.told.one(PresenceForced, ToAgent(agent_id=ana.id))
    assert (told.by_name, told.agent.presence) == ("Sam", "away")
    (line,) = await house.all(select(Activity))
    assert (line.action, line.by_id, line.agent_id, line.detail["presence"]) == ("presence.force", sam.id, ana.id, "away")
    with pytest.raises(Forbidden):
        await house.run(force_presence, ana, ForcePresence(agent_id=sam.id, presence="away"))
    gone = await house.agent("Gone", presence=None)
    assert (await house.run(force_presence, sam, ForcePresence(agent_id=gone.id, presence="online"))).presence == "offline"
    assert (await house.run(set_presence, ana.id, "online", LEASE)).forced_by_id is None


async def test_the_grace_keeps_what_one_holds_and_ends_once(house: House) -> None:
    ana = await house.agent(lease=TEN)
    id, _ = await house.chat(ana)
    house.clock.on(seconds=10)
    await house.run(lapse_leases)
    house.clock.on(seconds=9.9)
    assert await house.run(end_graces, TEN) == []
    await house.run(arrive, ana.id, TEN)
    house.clock.on(seconds=1)
    assert await house.run(end_graces, TEN) == [], "she is back: a short loss moves nothing"
    assert (await house.conversation(id)).agent_id == ana.id
    house.clock.on(seconds=10)
    await house.run(lapse_leases)
    house.clock.on(seconds=10)
    assert await house.run(end_graces, TEN) == [ana.id]
    assert await house.run(end_graces, TEN) == []
    await house.run(hand_on, [ana.id])
    assert (await house.conversation(id)).agent_id is None


async def test_offline_since_the_lease_ended_and_back_without_a_new_connection(house: House) -> None:
    ana = await house.agent(lease=TEN)
    ended = house.clock() + TEN
    house.clock.on(seconds=13)
    await house.run(lapse_leases)
    assert ((await view(house, ana)).presence, (await view(house, ana)).presence_since) == ("offline", ended)
    house.told.forget()
    await house.run(renew_leases, [ana.id], TEN)
    assert house.told.one(PresenceChanged).agent.presence == "online", "the node was only slow"


async def test_a_clock_set_back_shortens_no_lease_and_makes_no_wait_negative(house: House) -> None:
    ana = await house.agent()
    until = (await house.agent_row(ana)).lease_until
    id, _ = await house.chat()
    house.clock.on(hours=-1)
    await house.run(renew_leases, [ana.id], LEASE)
    assert (await house.agent_row(ana)).lease_until == until
    await dispatch(house.works, house.team_id)
    (row,) = await house.all(select(Assignment).where(Assignment.conversation_id == id))
    assert (row.agent_id, row.waited_seconds) == (ana.id, 0)


async def test_whoever_is_made_to_leave_leaves_nothing_orphaned(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    (waiting, _), (answered, _) = await house.chat(ana), await house.chat(ana)
    await house.answer(ana, answered)
    await house.run(deactivate_agent, OPERATOR, ana.id)
    async with house.works.read() as rows:
        assert await inactive_owners(rows) == [ana.id]
    await house.run(hand_on, [ana.id], "deactivated", all_of_it=True)
    await dispatch(house.works, house.team_id)
    assert {(await house.conversation(id)).agent_id for id in (waiting, answered)} == {ben.id}
    async with house.works.read() as rows:
        assert await inactive_owners(rows) == []
    with pytest.raises(NotFound):
        await house.run(deactivate_agent, OPERATOR, ana.id)
    assert (await house.all(select(Agent.is_active).where(Agent.id == ana.id))) == [False]


@pytest.mark.parametrize("position", [1, 2, 5, 40])
def test_the_range_holds_four_waits_in_five(position: int) -> None:
    import random

    dice = random.Random(position)
    kept = 0
    for _ in range(3000):
        seen = sum(dice.expovariate(1 / 300) for _ in range(50)) / 50
        low, middle, high = wait_range(position, Pace(slots=6, hold_seconds=seen, held_count=50))
        kept += low <= sum(dice.expovariate(6 / 300) for _ in range(position)) <= high
        assert middle == round(position * seen / 6)
    assert 0.76 <= kept / 3000 <= 0.84


def test_ranges_are_stretched_as_the_last_ones_should_have_been() -> None:
    """Where the pace drifts, four waits in five still lie within; where it does not, nothing is stretched for it."""
    import random

    for drift, least, most in ((1.0, 0.76, 0.9), (2.0, 0.72, 0.9)):
        dice = random.Random(7)
        promises: deque[Kept] = deque(maxlen=MAX_PROMISES)
        kept: list[bool] = []
        for _ in range(3000):
            position = dice.randint(1, 60)
            pace = Pace(slots=6, hold_seconds=300, widening=widening_of(promises))
            low, middle, high = wait_range(position, pace)
            assert low <= middle <= high
            slower = drift ** dice.choice((-1, 1))
            waited = sum(dice.expovariate(6 / 300) for _ in range(position)) * slower
            promises.append(Kept(position, low, high, waited))
            kept.append(low <= waited <= high)
        late = kept[200:]
        assert least <= sum(late) / len(late) <= most, drift
    assert widening_of([]) == 1.0
    assert widening_of([Kept(1, 10, 20, 0.0)] * MAX_PROMISES) <= WIDEST


async def test_the_first_promise_is_kept_and_compared_with_the_wait(house: House) -> None:
    ana = await house.agent(capacity=1)
    for _ in range(3):
        id, _ = await house.chat(ana)
        house.clock.on(seconds=60)
        await house.resolve(ana, id)
    held, _ = await house.chat(ana)
    waiting, _ = await house.chat()
    await dispatch(house.works, house.team_id)
    house.clock.on(seconds=30)
    await dispatch(house.works, house.team_id)
    (promise,) = await house.all(select(WaitPromise))
    assert (promise.conversation_id, promise.position, promise.waited_seconds) == (waiting, 1, None)
    assert promise.low_seconds < 60 < promise.high_seconds
    async with house.works.read() as rows:
        assert (await calibration(rows, MONDAY)).promise_count == 0, "not before the wait is over"
    await house.resolve(ana, held)
    house.clock.on(seconds=10)
    await dispatch(house.works, house.team_id)
    async with house.works.read() as rows:
        kept = await calibration(rows, MONDAY, house.team_id)
        elsewhere = await calibration(rows, MONDAY, new_id())
    assert (kept.kept_count, kept.promise_count, elsewhere.promise_count) == (1, 1, 0)
    assert [one.waited_seconds for one in await house.all(select(WaitPromise))] == [40]
    assert (await house.all(select(Conversation.agent_id).where(Conversation.id == waiting))) == [ana.id]
