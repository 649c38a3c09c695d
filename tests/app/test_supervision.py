"""Stepping in: what a supervisor may do to a conversation, what it leaves behind, and what nobody else may."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.activity.log import list_lines
from app.contract.messages import MessageCreated
from app.contract.presence import PresenceChanged
from app.contract.reading import AgentSync, VisitorSync
from app.conversations.reading.sync import sync_for_agent, sync_for_visitor
from app.people.actors import SignedInAgent
from app.people.agents import list_teams
from app.people.presence import set_presence
from app.reports.wall import wall_view
from app.routing.dispatch import dispatch, hand_on
from app.routing.queue import queue_of
from models import Activity, Assignment
from tests.app.asking import Doors, ask
from tests.factories import LEASE, House
from tests.recording import Stream

WORDS = "Ask for the serial number"
STEPS: dict[str, dict[str, Any]] = {
    "conversation.watch": {},
    "conversation.whisper": {"client_id": "w1", "body": WORDS},
    "conversation.take_over": {},
    "conversation.pull_back": {},
}
BY_ROLE = [*STEPS, "team.set_thresholds"]
THRESHOLDS = {"waiting_count": 3, "longest_seconds": 60, "p90_seconds": 45, "answer_seconds": 30}


@pytest.fixture
def doors(house: House) -> Doors:
    return Doors(house)


@pytest.fixture
async def sue(house: House) -> SignedInAgent:
    return await house.agent("Sue", role="supervisor", presence="away")


@pytest.fixture
async def ana(house: House) -> SignedInAgent:
    return await house.agent("Ana")


async def lines(house: House) -> list[tuple[str, str, str | None, str | None]]:
    return [
        (it.action, it.by_name, it.conversation_id, it.agent_id)
        for it in await house.all(select(Activity).where(Activity.action.in_(BY_ROLE)).order_by(Activity.created_at, Activity.id))
    ]


@pytest.mark.parametrize("step", STEPS)
async def test_agents_may_not_step_in(house: House, doors: Doors, ana: SignedInAgent, step: str) -> None:
    ben = await house.agent("Ben")
    id, _ = await house.chat(ana)
    before = await house.conversation(id)
    answer = await ask(doors.gateway, ben, step, conversation_id=id, **STEPS[step])
    assert answer["code"] == "forbidden"
    assert (await house.conversation(id)).rev == before.rev
    assert await lines(house) == []


@pytest.mark.parametrize("step", STEPS)
async def test_where_there_is_nothing_nothing_is_found(house: House, doors: Doors, sue: SignedInAgent, step: str) -> None:
    nowhere = "00000000-0000-7000-8000-000000000000"
    assert (await ask(doors.gateway, sue, step, conversation_id=nowhere, **STEPS[step]))["code"] == "not_found"


@pytest.mark.parametrize("step", STEPS)
async def test_visitors_have_no_such_commands(house: House, doors: Doors, step: str) -> None:
    id, visitor = await house.chat()
    assert (await ask(doors.gateway, visitor, step, conversation_id=id, **STEPS[step]))["code"] == "invalid"


async def test_watching_disturbs_nobody_and_leaves_a_line(
    house: House, doors: Doors, sue: SignedInAgent, ana: SignedInAgent
) -> None:
    id, _ = await house.chat(ana)
    before, colleague = await house.conversation(id), Stream()
    await doors.connected_clients.connected(colleague, ana)
    colleague.heard.clear()
    house.told.forget()
    assert (await ask(doors.gateway, sue, "conversation.watch", conversation_id=id))["ok"]
    assert (await ask(doors.gateway, sue, "conversation.sync", conversation_id=id, after_rev=0))["ok"]
    after = await house.conversation(id)
    assert (after.rev, after.agent_read_seq, after.unread_count) == (before.rev, before.agent_read_seq, before.unread_count)
    assert (house.told.announcements, colleague.heard) == ([], [])
    assert await lines(house) == [("conversation.watch", "Sue", id, ana.id)]


async def test_a_whisper_reaches_colleagues_and_never_the_contact(
    house: House, doors: Doors, sue: SignedInAgent, ana: SignedInAgent
) -> None:
    id, visitor = await house.chat(ana)
    seq, widget = (await house.conversation(id)).seq, Stream()
    await doors.connected_clients.connected(widget, visitor)
    house.told.forget()
    sent = await ask(doors.gateway, sue, "conversation.whisper", conversation_id=id, client_id="w1", body=WORDS)
    message = sent["message"]
    assert (message["visibility"], message["system"], message["seq"], message["author"]["name"]) == (
        "internal",
        "whispered",
        None,
        "Sue",
    )
    assert [it.message.body for it in house.told.all(MessageCreated)] == [WORDS]
    await house.answer(ana, id)
    async with house.works.read() as rows:
        theirs = await sync_for_visitor(rows, visitor, VisitorSync(conversation_id=id, after_seq=0))
        ours = await sync_for_agent(rows, ana, AgentSync(conversation_id=id, after_rev=0))
    assert WORDS not in str(theirs)
    assert WORDS in str(ours)
    assert not [encoded for encoded in widget.heard if WORDS.encode() in encoded.json]
    assert house.told.to_contact()
    assert WORDS not in str(house.told.to_contact())
    assert (await house.conversation(id)).seq == seq + 1, "only the answer took a seq"


async def test_a_whisper_sent_again_is_one_whisper(house: House, doors: Doors, sue: SignedInAgent, ana: SignedInAgent) -> None:
    id, _ = await house.chat(ana)
    one, again = [
        await ask(doors.gateway, sue, "conversation.whisper", conversation_id=id, client_id="w1", body=WORDS) for _ in range(2)
    ]
    assert one == again
    assert [it.body for it in await house.messages(id)].count(WORDS) == 1
    (line,) = await house.all(select(Activity).where(Activity.action == "conversation.whisper"))
    assert (line.by_id, line.agent_id, line.conversation_id, line.detail) == (sue.id, ana.id, id, {}), "that, never what"


async def test_there_must_be_somebody_to_whisper_to(house: House, doors: Doors, sue: SignedInAgent) -> None:
    for id in ((await house.chat())[0], (await house.chat(sue))[0]):
        answer = await ask(doors.gateway, sue, "conversation.whisper", conversation_id=id, client_id=f"w{id}", body=WORDS)
        assert answer["code"] == "invalid"


async def test_taking_over(house: House, doors: Doors, sue: SignedInAgent, ana: SignedInAgent) -> None:
    id, _ = await house.chat(ana)
    for _ in range(2):
        taken = await ask(doors.gateway, sue, "conversation.take_over", conversation_id=id)
        assert taken["conversation"]["agent_id"] == sue.id
    assert await lines(house) == [("conversation.take_over", "Sue", id, ana.id)]
    held = await house.all(select(Assignment.agent_id).where(Assignment.conversation_id == id, Assignment.ended_at.is_(None)))
    assert held == [sue.id]


async def test_what_is_pulled_back_is_served_next(house: House, doors: Doors, sue: SignedInAgent, ana: SignedInAgent) -> None:
    id, _ = await house.chat(ana)
    house.clock.on(minutes=1)
    await house.chat()
    pulled = await ask(doors.gateway, sue, "conversation.pull_back", conversation_id=id)
    assert (pulled["conversation"]["agent_id"], pulled["conversation"]["queued_at"] is None) == (None, False)
    (head, _) = await house.all(queue_of(house.team_id))
    assert head.id == id
    assert await lines(house) == [("conversation.pull_back", "Sue", id, ana.id)]


async def test_only_what_somebody_has_can_be_pulled_back(
    house: House, doors: Doors, sue: SignedInAgent, ana: SignedInAgent
) -> None:
    waiting, _ = await house.chat()
    ended, _ = await house.chat(ana)
    await house.resolve(ana, ended)
    for id in (waiting, ended):
        assert (await ask(doors.gateway, sue, "conversation.pull_back", conversation_id=id))["code"] == "invalid"
    assert await lines(house) == []


async def test_thresholds_are_set_for_every_wall(house: House, doors: Doors, sue: SignedInAgent) -> None:
    for waiting_count in (7, 3):
        given = THRESHOLDS | {"waiting_count": waiting_count}
        assert (await ask(doors.gateway, sue, "team.set_thresholds", team_id=house.team_id, **given))["ok"]
    await house.chat()
    house.clock.on(seconds=48)
    async with house.works.read() as rows:
        (queue,) = (await wall_view(rows, house.clock())).queues
        (team,) = await list_teams(rows)
    assert team.longest_seconds == THRESHOLDS["longest_seconds"], "the lists' clocks go by it too"
    assert (queue.thresholds.waiting_count, queue.thresholds.answer_seconds, queue.at_risk_count) == (3, 30, 1)
    assert [action for action, *_ in await lines(house)] == ["team.set_thresholds"] * 2


async def test_what_was_pulled_back_goes_to_somebody_else(
    house: House, doors: Doors, sue: SignedInAgent, ana: SignedInAgent
) -> None:
    id, _ = await house.chat(ana)
    await ask(doors.gateway, sue, "conversation.pull_back", conversation_id=id)
    assert await dispatch(house.works, house.team_id) == 0, "the only one who could have it has just had it"
    ben = await house.agent("Ben")
    await dispatch(house.works, house.team_id)
    assert (await house.conversation(id)).agent_id == ben.id
    house.told.forget()
    await house.run(hand_on, [ben.id])
    assert [event.agent.load for event in house.told.all(PresenceChanged)] == [0], "colleagues see that he holds nothing now"
    await house.run(set_presence, ben.id, "away", LEASE)
    await dispatch(house.works, house.team_id)
    assert (await house.conversation(id)).agent_id == ana.id, "somebody had it meanwhile, so she may be asked again"


async def test_supervisors_read_what_was_done_a_page_at_a_time(
    house: House, doors: Doors, sue: SignedInAgent, ana: SignedInAgent
) -> None:
    id, _ = await house.chat(ana)
    for step in ("conversation.watch", "conversation.take_over"):
        house.clock.on(seconds=1)
        await ask(doors.gateway, sue, step, conversation_id=id)
    async with house.works.read() as rows:
        first = await list_lines(rows, None, 1)
        rest = await list_lines(rows, first.next, 1)
    assert [line.action for line in [*first.lines, *rest.lines]] == ["conversation.take_over", "conversation.watch"]
    assert (first.lines[0].by_name, first.lines[0].agent_id, rest.next) == ("Sue", ana.id, rest.lines[0].id)
    (change,) = [it for it in first.lines[0].changes if it.name == "agent_id"]
    assert (change.before, change.after) == (ana.id, sue.id)
    async with house.works.read() as rows:
        settings = await list_lines(rows, None, 50, settings_only=True)
    assert {line.conversation_id for line in settings.lines} <= {None}, "changes of conversations are left out"


async def test_thresholds_are_for_supervisors_and_for_teams_there_are(
    house: House, doors: Doors, sue: SignedInAgent, ana: SignedInAgent
) -> None:
    assert (await ask(doors.gateway, ana, "team.set_thresholds", team_id=house.team_id, **THRESHOLDS))["code"] == "forbidden"
    assert (await ask(doors.gateway, sue, "team.set_thresholds", team_id=sue.id, **THRESHOLDS))["code"] == "not_found"
    nothing = THRESHOLDS | {"longest_seconds": 0}
    assert (await ask(doors.gateway, sue, "team.set_thresholds", team_id=house.team_id, **nothing))["code"] == "invalid"
