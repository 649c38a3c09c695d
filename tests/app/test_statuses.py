"""Statuses as admins keep them: named, ordered, retired, what may follow, and what SLA clocks do in them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.contract.bulk_changes import Change, ChangeConversations
from app.contract.conversations import ConversationChanged, SetStatus, SnoozeConversation
from app.contract.lists import ListFilter
from app.contract.statuses import LocalName, OrderStatuses, RetireStatus, SaveStatus, StatusView
from app.contract.toolbox import SaveView
from app.contract.values import Category
from app.contract.workspace import ConfigChanged
from app.conversations.bulk_changes import change_conversations
from app.conversations.lifecycle import set_status, snooze_conversation
from app.conversations.statuses import (
    MAX_STATUSES,
    list_status_use,
    list_statuses,
    order_statuses,
    replace_status,
    retire_status,
    save_status,
)
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.people.actors import SignedInAgent
from app.toolbox import save_view
from models import Activity, SavedView
from tests.app.test_sla_policies import clock, promise, promised
from tests.factories import House


async def put(house: House, agent: SignedInAgent, id: str, status: str) -> None:
    await house.run(set_status, agent, SetStatus(conversation_id=id, status=status))


async def use_of(house: House, admin: SignedInAgent, key: str) -> tuple[int, bool]:
    async with house.works.read() as rows:
        return next((one.open_count, one.is_used) for one in await list_status_use(rows, admin) if one.status.key == key)


async def statuses(house: House) -> dict[str, StatusView]:
    async with house.works.read() as rows:
        return {one.key: one for one in await list_statuses(rows)}


def parts(category: Category = "waiting", name: str = "Waiting for parts", **more: object) -> SaveStatus:
    return SaveStatus(name=name, category=category, **more)  # pyright: ignore[reportArgumentType]


async def test_the_shipped_statuses_have_their_categories_colours_and_names(house: House) -> None:
    found = await statuses(house)
    assert [(one.key, one.category, one.clock) for one in found.values()] == [
        ("new", "new", "runs"),
        ("open", "open", "runs"),
        ("in_progress", "open", "runs"),
        ("reopened", "open", "runs"),
        ("responded", "waiting", "pauses"),
        ("snoozed", "waiting", "pauses"),
        ("resolved", "resolved", "stops"),
        ("closed", "closed", "stops"),
        ("duplicate", "closed", "stops"),
    ]
    assert {name.locale: name.name for name in found["resolved"].names} == {"de": "Gelöst", "ar": "محلولة"}
    assert all(one.color for one in found.values())


async def test_an_admin_adds_a_status_and_agents_choose_it(house: House) -> None:
    ada, ana = await house.agent("Ada", role="admin"), await house.agent()
    names = [LocalName(locale="de", name=" Wartet auf  Teile ")]
    view = await house.run(save_status, ada, parts(names=names, color="pink"))
    assert (view.key, view.category, view.clock, view.color) == ("waiting_for_parts", "waiting", "pauses", "pink")
    assert [(one.locale, one.name) for one in view.names] == [("de", "Wartet auf Teile")]
    assert house.told.all(ConfigChanged)[-1].area == "tickets"
    assert list(await statuses(house)).index("waiting_for_parts") == 6  # at the end of its category
    id, _ = await house.chat(ana)
    await put(house, ana, id, "waiting_for_parts")
    stands = await house.conversation(id)
    assert (stands.status, stands.category) == ("waiting_for_parts", "waiting")
    assert await use_of(house, ada, "waiting_for_parts") == (1, True)
    renamed = await house.run(save_status, ada, parts(name="Parts ordered"), "waiting_for_parts")
    assert (renamed.key, renamed.name, renamed.color) == ("waiting_for_parts", "Parts ordered", "gray")
    found = await house.all(select(Activity).where(Activity.action.like("status.%")).order_by(Activity.id))
    assert [one.action for one in found] == ["status.create", "status.change"]
    assert (found[1].before["name"], found[1].after["name"]) == ("Waiting for parts", "Parts ordered")


async def test_a_status_that_makes_no_sense_is_refused(house: House) -> None:
    ada = await house.agent("Ada", role="admin")
    for asked, error in (
        (parts(name=" \n "), Invalid),
        (parts(name="resolved"), Conflict),
        (parts(next_keys=["nowhere"]), Invalid),
        (parts(names=[LocalName(locale="de", name="A"), LocalName(locale="de", name="B")]), Invalid),
    ):
        with pytest.raises(error):
            await house.run(save_status, ada, asked)
    with pytest.raises(Invalid, match="never changes"):
        await house.run(save_status, ada, parts("open", "Open"), "closed")
    with pytest.raises(NotFound):
        await house.run(save_status, ada, parts(), "nowhere")
    for n in range(MAX_STATUSES - 9):
        await house.run(save_status, ada, parts(name=f"Step {n}"))
    with pytest.raises(Invalid, match="up to 100"):
        await house.run(save_status, ada, parts(name="One more"))


async def test_only_admins_arrange_statuses(house: House) -> None:
    sam = await house.agent("Sam", role="supervisor")
    for verb, *given in (
        (save_status, parts()),
        (order_statuses, OrderStatuses(keys=[])),
        (retire_status, "in_progress", RetireStatus()),
    ):
        with pytest.raises(Forbidden):
            await house.run(verb, sam, *given)  # pyright: ignore[reportArgumentType, reportUnknownArgumentType]
    async with house.works.read() as rows:
        with pytest.raises(Forbidden):
            await list_status_use(rows, sam)


async def test_the_order_is_kept_within_categories(house: House) -> None:
    ada = await house.agent("Ada", role="admin")
    keys = list(await statuses(house))
    await house.run(order_statuses, ada, OrderStatuses(keys=list(reversed(keys))))
    assert list(await statuses(house)) == [
        *("new", "reopened", "in_progress", "open", "snoozed", "responded", "resolved", "duplicate", "closed")
    ]
    with pytest.raises(Conflict):
        await house.run(order_statuses, ada, OrderStatuses(keys=keys[1:]))


async def test_only_what_may_follow_can_be_chosen_at_any_door(house: House) -> None:
    ada, ana = await house.agent("Ada", role="admin"), await house.agent()
    await house.run(save_status, ada, parts("open", "In Progress", next_keys=["open", "resolved"]), "in_progress")
    id, visitor = await house.chat(ana)
    await put(house, ana, id, "in_progress")
    with pytest.raises(Invalid, match=r"“Closed” cannot follow “In Progress”\. Choose one of: Open, Resolved\."):
        await put(house, ana, id, "closed")
    snooze = SnoozeConversation(conversation_id=id, until=house.clock() + timedelta(hours=1))
    with pytest.raises(Invalid, match="cannot follow"):
        await house.run(snooze_conversation, ana, snooze)
    many = ChangeConversations(changes=[Change(conversation_ids=[id], status="closed")])
    assert "cannot follow" in (await change_conversations(house.works, ana, many)).failed[0].detail
    assert (await house.conversation(id)).status == "in_progress"
    await put(house, ana, id, "resolved")
    await house.write(visitor, id)  # reopened by the contact: Parley itself asks no table
    assert (await house.conversation(id)).status == "reopened"


async def test_a_status_in_use_is_retired_only_with_a_replacement(house: House) -> None:
    ada, ana = await house.agent("Ada", role="admin"), await house.agent()
    await house.run(save_status, ada, parts())
    await house.run(save_status, ada, parts("open", "In Progress", next_keys=["waiting_for_parts", "resolved"]), "in_progress")
    id, _ = await house.chat(ana)
    await put(house, ana, id, "waiting_for_parts")
    view = await house.run(save_view, ana, SaveView(name="Parts", filter=ListFilter(status="waiting_for_parts")))
    with pytest.raises(Conflict, match=r"“Waiting for parts” is in use\. Choose the status that replaces it\."):
        await house.run(retire_status, ada, "waiting_for_parts", RetireStatus())
    for wrong in ("waiting_for_parts", "open", "nowhere"):
        with pytest.raises(Invalid):
            await house.run(retire_status, ada, "waiting_for_parts", RetireStatus(replace_by=wrong))
    retired = await house.run(retire_status, ada, "waiting_for_parts", RetireStatus(replace_by="responded"))
    assert (retired.is_retired, retired.replaced_by) == (True, "responded")
    rev = (await house.conversation(id)).rev
    house.told.forget()
    await house.run(replace_status, {"status": "waiting_for_parts", "after": ""})
    stands = await house.conversation(id)
    assert (stands.status, stands.category, stands.rev) == ("responded", "waiting", rev + 1)
    assert house.told.all(ConversationChanged)[-1].conversation.status == "responded"
    assert await use_of(house, ada, "waiting_for_parts") == (0, False)
    assert (await statuses(house))["in_progress"].next_keys == ["responded", "resolved"]
    assert (await house.all(select(SavedView.filter).where(SavedView.id == view.id)))[0]["status"] == "responded"
    await put(house, ana, id, "open")
    await put(house, ana, id, "waiting_for_parts")  # a macro of before means what took its place
    assert (await house.conversation(id)).status == "responded"


async def test_a_status_nobody_uses_just_goes_and_one_parley_needs_stays(house: House) -> None:
    ada = await house.agent("Ada", role="admin")
    assert (await house.run(retire_status, ada, "responded", RetireStatus())).is_retired
    with pytest.raises(NotFound):
        await house.run(retire_status, ada, "responded", RetireStatus())
    id, _ = await house.chat(ada)
    with pytest.raises(Invalid, match="does not exist"):
        await put(house, ada, id, "responded")
    for key in ("new", "open", "reopened", "snoozed", "resolved", "closed", "duplicate"):
        with pytest.raises(Invalid, match="Parley itself uses"):
            await house.run(retire_status, ada, key, RetireStatus(replace_by="in_progress"))


async def test_the_clock_of_a_status_decides_and_its_category_where_it_says_nothing(house: House) -> None:
    ada, _ = await promised(house, promise(resolution=60))
    ana = await house.agent()
    await house.run(save_status, ada, parts("open", "Testing", clock="pauses"))
    await house.run(save_status, ada, parts("waiting", "With the courier", clock="runs"))
    id, _ = await house.chat(ana)
    house.clock.on(minutes=10)
    await put(house, ana, id, "testing")
    (one,) = await clock(house, ana, id, "resolution")
    assert (one.progress, one.remaining_minutes) == ("paused", 50)
    house.clock.on(minutes=30)
    await put(house, ana, id, "with_the_courier")
    (one,) = await clock(house, ana, id, "resolution")
    assert one.progress == "running"
    house.clock.on(minutes=5)
    await put(house, ana, id, "responded")
    (one,) = await clock(house, ana, id, "resolution")
    assert (one.progress, one.remaining_minutes) == ("paused", 45)


async def test_changing_the_clock_of_a_status_counts_for_open_conversations_from_then_on(house: House) -> None:
    ada, _ = await promised(house, promise(resolution=60))
    ana = await house.agent()
    id, _ = await house.chat(ana)
    await put(house, ana, id, "in_progress")
    house.clock.on(minutes=20)
    await house.run(save_status, ada, parts("open", "In Progress", clock="pauses"), "in_progress")
    (one,) = await clock(house, ana, id, "resolution")
    assert (one.progress, one.remaining_minutes) == ("paused", 40)
    house.clock.on(minutes=20)
    await house.run(save_status, ada, parts("open", "In Progress", clock="runs"), "in_progress")
    house.clock.on(minutes=5)
    (one,) = await clock(house, ana, id, "resolution")
    assert one.due_at is not None
    assert (one.due_at - house.clock()).total_seconds() == 35 * 60
