"""What agents keep at hand: whose it is, who may change it, and that only what can be done is kept."""

from __future__ import annotations

from typing import Any

import pytest

from app.clock import new_id
from app.contract.audiences import ToAgent, ToAllAgents
from app.contract.lists import ListFilter
from app.contract.toolbox import MacroStep, SaveCannedResponse, SaveMacro, SaveView, ToolboxChanged
from app.contract.values import StepKind
from app.errors import Forbidden, Invalid, NotFound
from app.people.actors import SignedInAgent
from app.toolbox import delete_kept, list_desk, save_canned_response, save_macro, save_view
from models import CannedResponse, Macro, SavedView
from tests.factories import House

KINDS: dict[str, tuple[Any, Any, Any]] = {
    "views": (save_view, SaveView(name="Urgent", filter=ListFilter(priority="urgent", sort="queue")), SavedView),
    "canned": (save_canned_response, SaveCannedResponse(shortcut="hi", body="Hello {{contact.name}}!"), CannedResponse),
    "macros": (save_macro, SaveMacro(name="Close", steps=[MacroStep(do="status", value="resolved")]), Macro),
}
SOME_TEAM = "01a21361-6935-7101-81ac-847b063465d6"
EVERY = pytest.mark.parametrize("kind", sorted(KINDS))


def shared(asked: Any) -> Any:
    return type(asked)(**{name: getattr(asked, name) for name in asked.__struct_fields__} | {"is_shared": True})


async def desk_of(house: House, agent: SignedInAgent, kind: str) -> list[Any]:
    async with house.works.read() as rows:
        return getattr(await list_desk(rows, agent), kind)


@EVERY
async def test_ones_own_is_for_oneself_and_the_shared_for_all(house: House, kind: str) -> None:
    save, asked, _ = KINDS[kind]
    ana, sam = await house.agent("Ana"), await house.agent("Sam", role="supervisor")
    house.told.forget()
    mine = await house.run(save, ana, asked)
    assert house.told.all(ToolboxChanged, ToAgent(agent_id=ana.id)) == house.told.all(ToolboxChanged)
    everybodys = await house.run(save, sam, shared(asked))
    assert len(house.told.all(ToolboxChanged, ToAllAgents)) == 1
    assert {one.id for one in await desk_of(house, ana, kind)} == {mine.id, everybodys.id}
    assert {one.id for one in await desk_of(house, sam, kind)} == {everybodys.id}
    assert [one.is_shared for one in await desk_of(house, sam, kind)] == [True]


@EVERY
async def test_the_shared_are_changed_by_supervisors_and_ones_own_by_oneself(house: House, kind: str) -> None:
    save, asked, table = KINDS[kind]
    ana, ben, sam = await house.agent("Ana"), await house.agent("Ben"), await house.agent("Sam", role="supervisor")
    mine = await house.run(save, ana, asked)
    everybodys = await house.run(save, sam, shared(asked))
    for refused, verb, agent, arguments in (
        (Forbidden, save, ana, (shared(asked),)),
        (Forbidden, save, ana, (shared(asked), mine.id)),
        (Forbidden, save, ana, (asked, everybodys.id)),
        (Forbidden, delete_kept, ana, (table, everybodys.id)),
        (NotFound, save, ben, (asked, mine.id)),
        (NotFound, delete_kept, ben, (table, mine.id)),
        (NotFound, delete_kept, sam, (table, mine.id)),
        (NotFound, delete_kept, ana, (table, new_id())),
    ):
        with pytest.raises(refused):
            await house.run(verb, agent, *arguments)
    changed = await house.run(save, sam, asked, everybodys.id)
    assert (changed.id, changed.is_shared) == (everybodys.id, False)
    await house.run(delete_kept, sam, table, everybodys.id)
    await house.run(delete_kept, ana, table, mine.id)
    assert await desk_of(house, ana, kind) == []


@pytest.mark.parametrize(
    ("do", "value", "is_fine"),
    [
        ("status", "resolved", True),
        ("status", "vanished", False),
        ("priority", "urgent", True),
        ("priority", "panic", False),
        ("assign", "me", True),
        ("assign", f"team:{SOME_TEAM}", True),
        ("assign", "agent:ana", False),
        ("snooze", "3600", True),
        ("snooze", "1", False),
        ("snooze", "²", False),
        ("snooze", "9" * 40, False),
        ("tag", "Refund", True),
        ("tag", "#", False),
        ("untag", "refund", True),
        ("reply", "Hello", True),
        ("note", " \x00", False),
    ],
)
async def test_a_macro_holds_only_what_can_be_done(house: House, do: StepKind, value: str, is_fine: bool) -> None:
    ana = await house.agent()
    asked = SaveMacro(name="One", steps=[MacroStep(do=do, value=value)])
    if is_fine:
        kept = await house.run(save_macro, ana, asked)
        assert [(step.do, step.value) for step in kept.steps] == [(do, value.lower() if do == "tag" else value)]
    else:
        with pytest.raises(Invalid):
            await house.run(save_macro, ana, asked)


async def test_names_and_texts_need_something_in_them(house: House) -> None:
    ana = await house.agent()
    for verb, asked in (
        (save_view, SaveView(name=" \n", filter=ListFilter())),
        (save_canned_response, SaveCannedResponse(shortcut="\x01", body="x")),
        (save_canned_response, SaveCannedResponse(shortcut="x", body=" \x00 ")),
    ):
        with pytest.raises(Invalid):
            await house.run(verb, ana, asked)  # pyright: ignore[reportArgumentType]
