"""Fields of tickets: forms of inboxes, values, and required ones that no door passes."""

from __future__ import annotations

import ast
import typing
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from sqlalchemy import select

from app.contract.assignments import AssignConversation
from app.contract.bulk_changes import Change, ChangeConversations
from app.contract.commands import AgentCommand
from app.contract.conversations import EndConversation, SetStatus
from app.contract.ticket_fields import SaveTicketField, SaveTicketForm, SetTicketFields, TicketFieldsAre, TicketValue
from app.contract.tickets import OpenTicket
from app.contract.values import StatusKey
from app.contract.workspace import ConfigChanged
from app.conversations.assignments.change import assign_conversation
from app.conversations.bulk_changes import change_conversations
from app.conversations.lifecycle import end_conversation, set_status
from app.conversations.ticket_fields import list_ticket_forms, save_ticket_form, set_ticket_fields, ticket_fields_of
from app.conversations.tickets import open_ticket
from app.conversations.undo import undo_last_change
from app.errors import Conflict, Forbidden, Incomplete, Invalid, NotFound
from app.people.actors import SignedInAgent
from app.routing.dispatch import dispatch
from models import Activity, Status, Ticket, TicketField
from realtime.gateway import Gateway
from tests.app.asking import ask
from tests.factories import House

ROOT = Path(__file__).resolve().parents[2]


def field(name: str, kind: str = "text", **more: Any) -> SaveTicketField:
    return SaveTicketField(name=name, kind=kind, **more)  # pyright: ignore[reportArgumentType]


async def form(house: House, *fields: SaveTicketField) -> list[str]:
    ada = await house.agent("Ada", role="admin", presence=None, teams=[])
    views = await house.run(save_ticket_form, ada, house.inbox_id, SaveTicketForm(fields=list(fields)))
    return [one.id for one in views]


async def write(house: House, agent: SignedInAgent, id: str, **values: str) -> TicketFieldsAre:
    asked = [TicketValue(field_id=field_id, value=value) for field_id, value in values.items()]
    return await house.run(set_ticket_fields, agent, id, SetTicketFields(values=asked))


async def fields_of(house: House, agent: SignedInAgent, id: str) -> TicketFieldsAre:
    async with house.works.read() as rows:
        return await ticket_fields_of(rows, agent, id)


async def test_a_form_is_replaced_and_a_field_left_out_keeps_its_values(house: House) -> None:
    ada = await house.agent("Ada", role="admin")
    asked = SaveTicketForm(fields=[field("Serial number"), field("Model", "choice", options=["A", "B"])])
    first, second = await house.run(save_ticket_form, ada, house.inbox_id, asked)
    assert house.told.one(ConfigChanged).area == "tickets"
    id, _ = await house.chat(ada)
    await write(house, ada, id, **{first.id: "X-1", second.id: "B"})
    kept = field("Serial", id=first.id, help="On the back")
    (renamed,) = await house.run(save_ticket_form, ada, house.inbox_id, SaveTicketForm(fields=[kept]))
    assert (renamed.id, renamed.name, renamed.help) == (first.id, "Serial", "On the back")
    assert [(one.field_id, one.value) for one in (await fields_of(house, ada, id)).values] == [(first.id, "X-1")]
    assert len(await house.all(select(TicketField))) == 2
    for wrong, error in (
        ([field("A"), field("a")], Invalid),
        ([field(" \n ")], Invalid),
        ([field("M", "choice", options=["only"])], Invalid),
        ([field("Serial", "number", id=first.id)], Invalid),
        ([field("Model", "choice", id=second.id, options=["A", "B"])], Conflict),
    ):
        with pytest.raises(error):
            await house.run(save_ticket_form, ada, house.inbox_id, SaveTicketForm(fields=wrong))
    with pytest.raises(NotFound):
        await house.run(save_ticket_form, ada, house.team_id, asked)
    with pytest.raises(Forbidden):
        await house.run(save_ticket_form, await house.agent(), house.inbox_id, asked)
    async with house.works.read() as rows:
        assert [one.name for one in await list_ticket_forms(rows, ada)] == ["Serial"]


def test_a_form_of_ten_thousand_fields_is_refused() -> None:
    body = msgspec.json.encode({"fields": [{"name": f"F{n}", "kind": "text"} for n in range(10_000)]})
    with pytest.raises(msgspec.ValidationError, match="length <= 100"):
        msgspec.json.decode(body, type=SaveTicketForm)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("text", "  two  words ", None),
        ("number", "-12,5", "twelve"),
        ("choice", "A", "C"),
        ("date", "2028-02-29", "2027-02-29"),
        ("checkbox", "yes", "no"),
        ("file", None, "not-a-file"),
    ],
)
async def test_a_value_fits_its_field(house: House, kind: str, good: str | None, bad: str | None) -> None:
    ana = await house.agent()
    (id,) = await form(house, field("It", kind, options=["A", "B"]))
    chat, _ = await house.chat(ana)
    if bad:
        with pytest.raises(Invalid, match="It: "):
            await write(house, ana, chat, **{id: bad})
    if good:
        rev = (await house.conversation(chat)).rev
        held = await write(house, ana, chat, **{id: good})
        assert held.values[0].value == " ".join(good.split())
        assert (await house.conversation(chat)).rev == rev + 1
        await write(house, ana, chat, **{id: good})
        assert (await house.conversation(chat)).rev == rev + 1
        (change,) = await house.all(select(Activity).where(Activity.action == "ticket.set_fields"))
        assert change.after == {"It": " ".join(good.split())}
    assert (await write(house, ana, chat, **{id: ""})).values == []
    with pytest.raises(NotFound):
        await write(house, ana, chat, **{chat: "x"})


async def test_a_required_field_is_asked_before_a_ticket_opens_and_never_blocks_assigning_or_replying(house: House) -> None:
    ana = await house.agent()
    serial, _ = await form(house, field("Serial", is_required_to_open=True), field("Cause", is_required_to_resolve=True))
    id, _ = await house.chat(ana)
    with pytest.raises(Incomplete, match=r"Fill in first: Serial\."):
        await house.run(open_ticket, ana, OpenTicket(conversation_id=id))
    assert await house.all(select(Ticket)) == []
    given = [TicketValue(field_id=serial, value="X-1")]
    assert (await house.run(open_ticket, ana, OpenTicket(conversation_id=id, fields=given))).number == 1
    held = await fields_of(house, ana, id)
    assert ([one.value for one in held.values], len(held.missing), held.missing_to_open) == (["X-1"], 1, [])
    await house.answer(ana, id)
    await house.run(assign_conversation, ana, AssignConversation(conversation_id=id, agent_id=None, team_id=house.team_id))


async def test_what_opens_by_itself_opens_and_is_resolved_only_when_it_is_complete(house: House) -> None:
    ada = await house.agent("Ana", presence=None)
    (serial,) = await form(house, field("Serial", is_required_to_open=True))
    id, _ = await house.chat()
    await dispatch(house.works, house.team_id)
    assert [one.number for one in await house.all(select(Ticket))] == [1]
    with pytest.raises(Incomplete):
        await house.resolve(ada, id)
    await write(house, ada, id, **{serial: "X-1"})
    assert (await house.resolve(ada, id)).category == "resolved"


Door = Callable[[House, Gateway, SignedInAgent, str, str], Awaitable[str]]


async def by_verb(house: House, gateway: Gateway, agent: SignedInAgent, id: str, status: str) -> str:
    try:
        await house.run(set_status, agent, SetStatus(conversation_id=id, status=status))
    except Incomplete as refused:
        return refused.code
    return "passed"


async def by_socket(house: House, gateway: Gateway, agent: SignedInAgent, id: str, status: str) -> str:
    reply = await ask(gateway, agent, "conversation.set_status", conversation_id=id, status=status)
    return reply["code"]


async def by_bulk(house: House, gateway: Gateway, agent: SignedInAgent, id: str, status: str) -> str:
    asked = ChangeConversations(changes=[Change(conversation_ids=[id], status=status, priority="high")])
    return (await change_conversations(house.works, agent, asked)).failed[0].code


DOORS: dict[str, Door] = {"verb": by_verb, "conversation.set_status": by_socket, "conversations.bulk": by_bulk}


def names_a_status(kind: Any, seen: set[Any]) -> bool:
    """Return whether a Struct has a status anywhere in it."""
    if kind == StatusKey:
        return True
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in seen:
        seen.add(kind)
        return any(names_a_status(hint, seen) for hint in typing.get_type_hints(kind, include_extras=True).values())
    return any(names_a_status(part, seen) for part in get_args(kind) if kind != StatusKey)


def test_every_command_with_a_status_is_a_door_that_is_tried() -> None:
    tags = {kind.__struct_config__.tag for kind in get_args(AgentCommand) if names_a_status(kind, set())}
    assert tags == set(DOORS) - {"verb"}


@pytest.mark.parametrize("door", DOORS)
async def test_no_door_ends_a_ticket_past_its_required_fields(house: House, gateway: Gateway, door: str) -> None:
    ana = await house.agent(capacity=20)
    to_open, to_resolve = await form(
        house, field("Serial", is_required_to_open=True), field("Cause", is_required_to_resolve=True)
    )
    ended = await house.all(select(Status.key).where(Status.category.in_(("resolved", "closed"))))
    assert len(ended) == 3
    for status in ended:
        id, _ = await house.chat(ana)
        given = [TicketValue(field_id=to_open, value="X-1")]
        await house.run(open_ticket, ana, OpenTicket(conversation_id=id, fields=given))
        assert await DOORS[door](house, gateway, ana, id, status) == "incomplete"
        stands = await house.conversation(id)
        assert (stands.category, stands.priority) == ("new", "medium")
        await write(house, ana, id, **{to_resolve: "A leak"})
        await house.run(set_status, ana, SetStatus(conversation_id=id, status=status))
        assert (await house.conversation(id)).status == status


async def test_resolving_first_and_opening_the_ticket_then_is_no_way_round(house: House) -> None:
    ana = await house.agent()
    await form(house, field("Cause", is_required_to_resolve=True))
    id, _ = await house.chat(ana)
    await house.resolve(ana, id)
    with pytest.raises(Incomplete):
        await house.run(open_ticket, ana, OpenTicket(conversation_id=id))


async def test_undo_puts_back_an_end_and_no_other(house: House) -> None:
    ana = await house.agent()
    (cause,) = await form(house, field("Cause", is_required_to_resolve=True))
    id, _ = await house.chat(ana)
    await house.run(open_ticket, ana, OpenTicket(conversation_id=id))
    await write(house, ana, id, **{cause: "A leak"})
    await house.resolve(ana, id)
    await house.run(set_status, ana, SetStatus(conversation_id=id, status="open"))
    await write(house, ana, id, **{cause: ""})
    with pytest.raises(Conflict):
        await house.run(undo_last_change, ana, id)
    assert (await house.conversation(id)).category == "open"


async def test_a_contact_may_always_end_their_chat(house: House) -> None:
    ana = await house.agent()
    await form(house, field("Cause", is_required_to_resolve=True))
    id, visitor = await house.chat(ana)
    await house.run(open_ticket, ana, OpenTicket(conversation_id=id))
    await house.run(end_conversation, visitor, EndConversation(conversation_id=id))
    assert (await house.conversation(id)).category == "resolved"


def test_a_conversation_ends_nowhere_but_in_the_one_verb_that_asks() -> None:
    """Each statement that writes conversations itself is listed with what it does; none of these ends one."""
    known = {
        "app/conversations/row_changes.py",  # the gate itself
        "app/conversations/snooze.py",  # wakes
        "app/conversations/statuses.py",  # from a retired status to one of its category
    }
    writing = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "app").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.keyword)
        and node.arg in ("category", "status")
        and "update(Conversation" in path.read_text("utf-8")
    }
    assert writing - known == set()
