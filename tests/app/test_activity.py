"""The record of changes: each verb leaves one row, with its actor, what was and what is; nothing else leaves any."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args

import pytest
from msgspec import Struct, to_builtins
from msgspec.json import decode
from sqlalchemy import select

from app.activity.actor import PARLEY
from app.activity.record import HIDDEN, MAX_ENTRIES, MAX_TEXT, bounded, record
from app.clock import new_id
from app.contract.activity import ActivityAdded
from app.contract.commands import AgentCommand
from app.contract.routing import SetTeamRouting
from app.conversations.assignments.offers import lapse_offers
from app.conversations.snooze import wake_conversations
from app.conversations.timeline import read_timeline
from app.errors import ParleyError
from app.people.actors import SignedInAgent
from app.people.permissions import ROLES, Grant
from app.people.team_routing import set_team_routing
from app.routing.dispatch import dispatch, hand_on
from app.sla.tracking import run_clocks
from app.work import Work
from models import Activity
from tests.app.asking import Doors, ask
from tests.app.test_sla_policies import promise, promised
from tests.factories import MONDAY, OPERATOR, House
from tests.recording import Stream

SOON = (MONDAY + timedelta(hours=1)).isoformat()
LATER = (MONDAY + timedelta(days=1)).isoformat()
CANARY = "canary-7f3a"


class Case(Struct, frozen=True, kw_only=True):
    """One command after some others, and the row it leaves. `$ana`, `$ben` and `$team` stand for their ids."""

    given: dict[str, Any]
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    first: tuple[tuple[str, dict[str, Any]], ...] = ()
    by: str = "Ana"
    has_owner: bool = True


RESOLVED = ("conversation.set_status", {"status": "resolved"})
CASES: dict[tuple[str, str], Case] = {
    ("conversation.claim", ""): Case(
        given={}, action="conversation.claim", before={"agent_id": None}, after={"agent_id": "$ana"}, has_owner=False
    ),
    ("conversation.assign", ""): Case(
        given={"agent_id": "$ben"}, action="conversation.assign", before={"agent_id": "$ana"}, after={"agent_id": "$ben"}
    ),
    ("conversation.assign", "to the queue"): Case(
        given={}, action="conversation.assign", before={"agent_id": "$ana"}, after={"agent_id": None}
    ),
    ("conversation.assign", "to a team"): Case(
        given={"team_id": "$team"},
        action="conversation.assign",
        before={"agent_id": "$ana", "team_id": "$support"},
        after={"agent_id": None, "team_id": "$team"},
    ),
    ("conversation.transfer", ""): Case(
        given={"agent_id": "$ben", "note": f"Please take this, {CANARY}"},
        action="conversation.transfer",
        before={"agent_id": "$ana"},
        after={"agent_id": "$ben"},
    ),
    ("conversation.set_status", "resolved"): Case(
        given={"status": "resolved"}, action="conversation.resolve", before={"status": "new"}, after={"status": "resolved"}
    ),
    ("conversation.set_status", "closed"): Case(
        given={"status": "closed"}, action="conversation.close", before={"status": "new"}, after={"status": "closed"}
    ),
    ("conversation.set_status", "open"): Case(
        given={"status": "open"}, action="conversation.set_status", before={"status": "new"}, after={"status": "open"}
    ),
    ("conversation.set_status", "reopened"): Case(
        given={"status": "open"},
        first=(RESOLVED,),
        action="conversation.reopen",
        before={"status": "resolved"},
        after={"status": "open"},
    ),
    ("conversation.set_priority", ""): Case(
        given={"priority": "high"}, action="conversation.set_priority", before={"priority": "medium"}, after={"priority": "high"}
    ),
    ("conversation.snooze", ""): Case(
        given={"until": LATER},
        action="conversation.snooze",
        before={"status": "new", "snoozed_until": None},
        after={"status": "snoozed", "snoozed_until": LATER},
    ),
    ("conversation.escalate", ""): Case(
        given={"level": 2, "reason": "Third broken lamp"},
        action="conversation.escalate",
        before={"escalation_level": None, "escalation_reason": None},
        after={"escalation_level": 2, "escalation_reason": "Third broken lamp"},
    ),
    ("conversation.deescalate", ""): Case(
        given={},
        first=(("conversation.escalate", {"level": 1, "reason": "Broken"}),),
        action="conversation.deescalate",
        before={"escalation_level": 1, "escalation_reason": "Broken"},
        after={"escalation_level": None, "escalation_reason": None},
    ),
    ("ticket.open", ""): Case(
        given={"title": "Lamp", "topic": "Returns", "priority": "high"},
        action="ticket.open",
        before={"priority": "medium", "number": None, "title": None, "topic": None},
        after={"priority": "high", "number": 1, "title": "Lamp", "topic": "Returns"},
    ),
    ("ticket.update", ""): Case(
        given={"title": "Lamp is broken", "priority": "urgent"},
        first=(("ticket.open", {"title": "Lamp", "topic": "Returns"}),),
        action="ticket.update",
        before={"title": "Lamp", "priority": "medium"},
        after={"title": "Lamp is broken", "priority": "urgent"},
    ),
    ("conversation.take_over", ""): Case(
        given={},
        by="Sue",
        action="conversation.take_over",
        before={"agent_id": "$ana"},
        after={"agent_id": "$sue"},
    ),
    ("conversation.pull_back", ""): Case(
        given={}, by="Sue", action="conversation.pull_back", before={"agent_id": "$ana"}, after={"agent_id": None}
    ),
    ("conversation.watch", ""): Case(given={}, by="Sue", action="conversation.watch", before=None, after=None),
    ("conversation.whisper", ""): Case(
        given={"client_id": "w", "body": CANARY}, by="Sue", action="conversation.whisper", before=None, after=None
    ),
    ("contact.edit", ""): Case(
        given={"contact_id": "$contact", "company": "Lamp Ltd", "facts": [{"name": "Plan", "value": "Gold"}]},
        action="contact.edit",
        before={"company": None, "field Plan": None},
        after={"company": "Lamp Ltd", "field Plan": "Gold"},
    ),
    ("contact.ask_email", ""): Case(given={}, action="contact.ask_email", before=None, after=None),
    ("conversations.bulk", "tags"): Case(
        given={"changes": [{"conversation_ids": ["$id"], "add_tags": ["vip", "lamp"]}]},
        action="conversation.tag",
        before={"tags": None},
        after={"tags": ["vip", "lamp"]},
    ),
    ("conversations.bulk", "priority"): Case(
        given={"changes": [{"conversation_ids": ["$id"], "priority": "low"}]},
        action="conversation.set_priority",
        before={"priority": "medium"},
        after={"priority": "low"},
    ),
    ("conversations.undo", ""): Case(
        given={"conversation_ids": ["$id"]},
        first=(("conversation.set_priority", {"priority": "high"}),),
        action="conversation.undo",
        before={"priority": "high"},
        after={"priority": "medium"},
    ),
    ("message.send", "takes it"): Case(
        given={"client_id": "a", "body": CANARY},
        has_owner=False,
        action="conversation.claim",
        before={"agent_id": None, "status": "new"},
        after={"agent_id": "$ana", "status": "open"},
    ),
    ("message.send", "first answer"): Case(
        given={"client_id": "a", "body": CANARY},
        action="conversation.open",
        before={"status": "new"},
        after={"status": "open"},
    ),
}
BY_OTHER_TESTS = {
    "conversation.accept": "test_an_offer_is_recorded_until_it_is_taken",
    "conversation.decline": "test_an_offer_is_recorded_until_it_is_taken",
    "presence.force": "tests/app/test_team_routing.py",
    "team.set_thresholds": "tests/app/test_supervision.py",
}
LEAVES_NOTHING = {
    "article.search": "reads",
    "article.suggest": "reads",
    "conversation.delivered": "a mark",
    "conversation.earlier": "reads",
    "conversation.read": "a mark",
    "conversation.sync": "reads",
    "conversation.view": "an agent looks; what looking accepts is recorded as conversation.accept",
    "draft.save": "what an agent has begun to write is theirs",
    "presence.set": "an agent's own presence",
    "screen.watch": "what a screen shows",
    "typing.set": "passes",
    "visitor.invite": "kept as an invitation",
    "visitors.watch": "what a screen shows",
    "wall.watch": "what a screen shows",
}


@pytest.fixture
def doors(house: House) -> Doors:
    return Doors(house)


async def rows(house: House) -> list[Activity]:
    return list(await house.all(select(Activity).order_by(Activity.id)))


def fill(value: Any, names: dict[str, str]) -> Any:
    """The value with ids in the place of their names."""
    if isinstance(value, dict):
        return {key: fill(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [fill(one, names) for one in value]
    return names.get(value, value) if isinstance(value, str) else value


def test_every_command_records_or_says_why_not() -> None:
    commands = {str(kind.__struct_config__.tag) for kind in get_args(AgentCommand)}
    recorded = {command for command, _ in CASES} | BY_OTHER_TESTS.keys()
    assert commands == recorded | LEAVES_NOTHING.keys()
    assert not recorded & LEAVES_NOTHING.keys()


@pytest.mark.parametrize(("command", "what"), CASES, ids=lambda it: it.replace(" ", "_"))
async def test_each_verb_records_one_row_from_what_to_what(house: House, doors: Doors, command: str, what: str) -> None:
    case = CASES[command, what]
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    sue = await house.agent("Sue", role="supervisor", presence="away")
    id, visitor = await house.chat(ana if case.has_owner else None)
    names = {"$ana": ana.id, "$ben": ben.id, "$sue": sue.id, "$id": id, "$contact": visitor.contact_id}
    names |= {"$support": house.team_id, "$team": await house.team("Repairs")}
    actor = sue if case.by == "Sue" else ana
    for type, given in case.first:
        assert (await ask(doors.gateway, actor, type, conversation_id=id, **given))["ok"]
    known = {row.id for row in await rows(house)}
    given = fill(case.given, names)
    if not command.startswith("conversations.") and "contact_id" not in given:
        given["conversation_id"] = id
    assert (await ask(doors.gateway, actor, command, **given))["ok"]
    new = [row for row in await rows(house) if row.id not in known]
    assert [row.action for row in new] == [case.action]
    (row,) = new
    assert (row.actor_kind, row.by_id, row.actor_id, row.by_name, row.door) == ("agent", actor.id, actor.id, case.by, "inbox")
    assert (row.conversation_id, row.created_at) == (id, house.clock())
    assert row.before == fill(case.before, names)
    assert row.after == fill(case.after, names)
    assert CANARY not in str([row.before, row.after, row.detail, row.cause])
    if command in {"conversation.watch", "conversation.whisper", "contact.ask_email"}:
        return
    await ask(doors.gateway, actor, command, **given)
    if command not in {"ticket.open", "conversation.pull_back"}:
        assert len(await rows(house)) == len(known) + 1, "the same again changes nothing"


async def test_plain_messages_marks_and_typing_leave_no_row(house: House, doors: Doors) -> None:
    ana = await house.agent()
    id, visitor = await house.chat(ana)
    await house.answer(ana, id)
    known = len(await rows(house))
    await house.write(visitor, id)
    await house.answer(ana, id)
    await house.note(ana, id)
    await ask(doors.gateway, ana, "typing.set", conversation_id=id, typing=True)
    await ask(doors.gateway, ana, "conversation.read", conversation_id=id, seq=2)
    await ask(doors.gateway, ana, "conversation.view", conversation_id=id)
    assert len(await rows(house)) == known


async def test_a_contact_who_ends_reopens_and_corrects_is_the_actor(house: House, doors: Doors) -> None:
    id, visitor = await house.chat()
    await ask(doors.gateway, visitor, "conversation.end", conversation_id=id)
    message = await house.write(visitor, id)
    await ask(doors.gateway, visitor, "contact.update", name="Nora")
    end, reopened, update = await rows(house)
    assert [row.action for row in (end, reopened, update)] == ["conversation.end", "conversation.reopen", "contact.update"]
    assert {(row.actor_kind, row.actor_id, row.by_id, row.door) for row in (end, reopened, update)} == {
        ("contact", visitor.contact_id, None, "widget")
    }
    assert (end.before, end.after) == ({"status": "new"}, {"status": "resolved"})
    assert (reopened.before, reopened.after) == ({"status": "resolved"}, {"status": "reopened"})
    assert reopened.cause == f"message:{message.id}"
    assert (update.object_kind, update.object_id) == ("contact", visitor.contact_id)
    assert (update.before, update.after) == ({"name": None}, {"name": "Nora"})


async def test_an_offer_is_recorded_until_it_is_taken(house: House, doors: Doors) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    await house.run(set_team_routing, OPERATOR, house.team_id, SetTeamRouting(mode="round_robin", accept_seconds=30))
    id, _ = await house.chat()
    await dispatch(house.works, house.team_id)
    first = (await house.conversation(id)).agent_id
    one, other = (ana, ben) if first == ana.id else (ben, ana)
    await ask(doors.gateway, one, "conversation.decline", conversation_id=id)
    await dispatch(house.works, house.team_id)
    house.clock.on(seconds=31)
    await house.run(lapse_offers)
    kim = await house.agent("Kim")
    await house.run(_offer_again, house, id, kim)
    await ask(doors.gateway, kim, "conversation.accept", conversation_id=id)
    found = await rows(house)
    assert [(row.action, row.actor_kind, row.by_name) for row in found] == [
        ("team.set_routing", "operator", ""),
        ("conversation.offer", "parley", ""),
        ("conversation.decline", "agent", one.name),
        ("conversation.offer", "parley", ""),
        ("conversation.lapse", "parley", ""),
        ("conversation.offer", "parley", ""),
        ("conversation.accept", "agent", "Kim"),
    ]
    assert (found[1].before, found[1].after) == (
        {"agent_id": None, "is_offered": None},
        {"agent_id": one.id, "is_offered": True},
    )
    assert (found[1].cause, found[1].door) == ("routing", "job")
    assert found[4].agent_id == other.id
    assert (found[6].before, found[6].after) == ({"is_offered": True}, {"is_offered": None})


async def _offer_again(work: Work, house: House, id: str, agent: SignedInAgent) -> None:
    from app.conversations.assignments.claim import Claim, take_if_free

    await take_if_free(work, [Claim(id, agent.id, "offered", {})], 30)


async def test_routing_timers_and_departures_record_what_they_did(house: House, doors: Doors) -> None:
    ana = await house.agent()
    id, _ = await house.chat()
    await dispatch(house.works, house.team_id)
    await ask(doors.gateway, ana, "conversation.snooze", conversation_id=id, until=SOON)
    house.clock.on(hours=1)
    await house.run(wake_conversations)
    await house.run(hand_on, [ana.id], all_of_it=True)
    route, _, wake, back = await rows(house)
    assert [row.action for row in (route, wake, back)] == ["conversation.route", "conversation.wake", "conversation.return"]
    assert {row.actor_kind for row in (route, wake, back)} == {"parley"}
    assert (route.before, route.after) == ({"agent_id": None}, {"agent_id": ana.id})
    assert (wake.before["status"], wake.after["status"], wake.cause) == ("snoozed", "open", "timer:snooze")
    assert (back.agent_id, back.cause, back.after["agent_id"]) == (ana.id, "agent_left", None)


async def test_sla_warnings_and_missed_promises_are_recorded_once(house: House) -> None:
    await promised(house, promise(first_response=30))
    id, _ = await house.chat()
    for minutes in (0, 26, 5, 1):
        house.clock.on(minutes=minutes)
        await run_clocks(house.works)
        await run_clocks(house.works)
    found = [row for row in await rows(house) if row.action.startswith("sla.")]
    clocks = [row for row in found if row.action in {"sla.warned", "sla.missed"}]
    assert [(row.action, row.after["clock"], row.cause) for row in clocks] == [
        ("sla.warned", "first_response", "sla:first_response:1"),
        ("sla.missed", "first_response", "sla:first_response:1"),
    ]
    assert {row.conversation_id for row in clocks} == {id}


async def test_the_rows_of_a_bulk_change_are_one_insert(house: House) -> None:
    id, _ = await house.chat()
    statements: list[str] = []

    async def change(work: Work) -> None:
        add_all = work.add_all

        async def counted(rows: Any) -> None:
            statements.append(f"{len(rows)}")
            await add_all(rows)

        work.add_all = counted  # counts, and does what it always does
        for number in range(500):
            record(work, PARLEY, "conversation.tag", conversation_id=id, after={"n": number})

    await house.run(change)
    assert statements == ["500"]
    assert len(await rows(house)) == 500


async def test_a_change_that_fails_records_nothing(house: House) -> None:
    async def fail(work: Work) -> None:
        record(work, PARLEY, "conversation.tag")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await house.run(fail)
    assert await rows(house) == []


def test_what_is_kept_is_short_and_holds_no_secret() -> None:
    given = {
        "password": CANARY,
        "identity_secret": CANARY,
        "api_token": {"value": CANARY},
        "body": CANARY,
        "title": "x" * 10_000,
        "tags": [str(number) for number in range(1000)],
        "nested": {"more": {"secret_key": CANARY}},
    }
    kept = bounded(given)
    assert CANARY not in str(kept)
    assert kept["password"] == HIDDEN
    assert len(kept["title"]) == MAX_TEXT
    assert len(kept["tags"]) == MAX_ENTRIES


async def test_equal_views_record_nothing(house: House) -> None:
    async def save(work: Work) -> None:
        record(work, PARLEY, "team.rename", before={"name": "Desk"}, after={"name": "Desk"})

    await house.run(save)
    assert await rows(house) == []


async def test_a_timeline_is_read_in_order_a_page_at_a_time(house: House, doors: Doors) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    id, _ = await house.chat(ana)
    for priority in ("high", "urgent", "low"):
        house.clock.on(seconds=10)
        await ask(doors.gateway, ana, "conversation.set_priority", conversation_id=id, priority=priority)
    await ask(doors.gateway, ana, "conversation.assign", conversation_id=id, agent_id=ben.id)
    async with house.works.read() as rows:
        newest = await read_timeline(rows, ben, id, limit=3)
        first = await read_timeline(rows, ben, id, newest.earlier, 3)
    assert [one.action for one in [*first.activities, *newest.activities]] == [
        "conversation.claim",
        *["conversation.set_priority"] * 3,
        "conversation.assign",
    ]
    assert (newest.earlier, first.earlier) == (newest.activities[0].id, None)
    assert [(one.name, one.before, one.after) for one in newest.activities[1].changes] == [("priority", "urgent", "low")]
    assert {one.id: one.name for one in newest.names} == {ana.id: "Ana", ben.id: "Ben"}
    assert (newest.activities[2].actor_name, newest.activities[2].at) == ("Ana", house.clock())


async def test_a_timeline_is_for_those_who_may_see_the_conversation(
    house: House, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    elsewhere = await house.inbox("elsewhere")
    names = ROLES["agent"].names

    async def look(wanted: str) -> str:
        try:
            async with house.works.read() as rows:
                return "seen" if (await read_timeline(rows, ana, wanted)).activities else "empty"
        except ParleyError as error:
            return error.code

    assert (await look(id), await look(new_id())) == ("seen", "not_found")
    monkeypatch.setitem(ROLES, "agent", Grant(names, frozenset({elsewhere})))
    assert await look(id) == "not_found"
    monkeypatch.setitem(ROLES, "agent", Grant(frozenset()))
    assert await look(id) == "forbidden"


async def test_nobody_reads_that_a_supervisor_watches(house: House, doors: Doors) -> None:
    ana, sue = await house.agent("Ana"), await house.agent("Sue", role="supervisor", presence="away")
    id, _ = await house.chat(ana)
    house.told.forget()
    await ask(doors.gateway, sue, "conversation.watch", conversation_id=id)
    await ask(doors.gateway, sue, "conversation.whisper", conversation_id=id, client_id="w", body="Ask for the number")
    async with house.works.read() as rows:
        assert [one.action for one in (await read_timeline(rows, ana, id)).activities] == ["conversation.claim"]
    assert house.told.all(ActivityAdded) == []


async def test_a_change_is_heard_where_its_conversation_is_open(house: House, doors: Doors) -> None:
    ana, ben, kim = await house.agent("Ana"), await house.agent("Ben"), await house.agent("Kim")
    id, _ = await house.chat(ana)
    streams = {name: Stream() for name in ("open", "owner", "elsewhere")}
    for (name, stream), agent in zip(streams.items(), (ben, ana, kim), strict=True):
        await doors.connected_clients.connected(stream, agent)
        shown = [id] if name == "open" else []
        assert (await ask(doors.gateway, agent, "screen.watch", stream, conversation_ids=shown))["ok"]
        stream.heard.clear()
    change = {"conversation_ids": [id], "priority": "high", "add_tags": ["vip"]}
    assert (await ask(doors.gateway, ana, "conversations.bulk", changes=[change]))["ok"]
    heard = {
        name: [event for it in stream.heard if (event := decode(it.json))["type"] == "activity.added"]
        for name, stream in streams.items()
    }
    assert (heard["owner"], heard["elsewhere"]) == ([], [])
    (event,) = heard["open"]
    assert [one["action"] for one in event["activities"]] == ["conversation.tag", "conversation.set_priority"]
    async with house.works.read() as rows:
        page = await read_timeline(rows, ben, id)
    assert event["activities"] == to_builtins(page.activities[-2:])
