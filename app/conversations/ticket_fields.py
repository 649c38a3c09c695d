"""Fields of tickets: forms that admins keep for each inbox, and the values of a conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from msgspec.structs import asdict
from sqlalchemy import delete, select, update

from app.activity.actor import Recorded
from app.activity.record import record
from app.clock import new_id
from app.contract.ticket_fields import (
    FieldFileView,
    FieldValueView,
    SaveTicketField,
    SaveTicketForm,
    SetTicketFields,
    TicketFieldKind,
    TicketFieldsAre,
    TicketFieldView,
    TicketValue,
)
from app.conversations.access import access_conversation, access_conversation_to_read
from app.conversations.announcements import announce_conversation
from app.conversations.completeness import missing_fields
from app.conversations.forms import NUMBER, YES
from app.conversations.row_changes import change_conversation
from app.conversations.statuses import names_of, names_view
from app.errors import Conflict, Invalid, NotFound
from app.people.actors import SignedInAgent
from app.people.config import announce_config
from app.people.permissions import Permission, require
from app.text import clean_line
from app.work import Rows, Work
from models import Attachment, Conversation, Inbox, TicketField, TicketFieldValue

MAX_FILES = 50


async def list_ticket_forms(rows: Rows, agent: SignedInAgent) -> list[TicketFieldView]:
    """Return the fields of every inbox, in order."""
    require(Permission.VIEW_CONVERSATIONS, agent)
    wanted = select(TicketField).where(TicketField.removed_at.is_(None))
    return [field_view(one) for one in await rows.all(wanted.order_by(TicketField.inbox_id, TicketField.position))]


async def form_of_inbox(rows: Rows, inbox_id: str) -> Sequence[TicketField]:
    """Return the fields that an inbox asks, in order."""
    wanted = select(TicketField).where(TicketField.inbox_id == inbox_id, TicketField.removed_at.is_(None))
    return await rows.all(wanted.order_by(TicketField.position, TicketField.id))


async def save_ticket_form(work: Work, agent: SignedInAgent, inbox_id: str, asked: SaveTicketForm) -> list[TicketFieldView]:
    """Replace the form of an inbox. A field that is left out is asked no more; its values stay.

    Raises NotFound for an unknown inbox, Conflict for a field that another admin removed meanwhile, Invalid for what makes no
    sense.
    """
    require(Permission.SET_TICKETS, agent)
    inbox = await work.one(select(Inbox).where(Inbox.id == inbox_id).with_for_update())
    if inbox is None:
        raise NotFound("inbox", inbox_id)
    kept = {one.id: one for one in await form_of_inbox(work, inbox_id)}
    before = {one.name: asdict(field_view(one)) for one in kept.values()}
    names = [clean_line(one.name).casefold() for one in asked.fields]
    ids = [one.id for one in asked.fields if one.id]
    if len(set(names)) < len(names) or len(set(ids)) < len(ids):
        raise Invalid("Two fields have the same name. Give one of them another.")
    for position, one in enumerate(asked.fields):
        values = _values_of(one) | {"position": position}
        if one.id is None:
            await work.add(TicketField(id=new_id(), inbox_id=inbox_id, kind=one.kind, removed_at=None, **values))
            continue
        if one.id not in kept:
            raise Conflict("Another admin changed this form. Reload to see it.")
        if kept[one.id].kind != one.kind:
            raise Invalid("The kind of a field never changes. Add another field instead.")
        await work.change(update(TicketField).where(TicketField.id == one.id).values(**values))
    gone = [id for id in kept if id not in ids]
    if gone:
        await work.change(update(TicketField).where(TicketField.id.in_(gone)).values(removed_at=work.now))
    views = [field_view(one) for one in await form_of_inbox(work, inbox_id)]
    after = {one.name: asdict(one) for one in views}
    record(work, agent, "ticket_form.save", about=("inbox", inbox_id), before=before, after=after)
    announce_config(work, "tickets")
    return views


async def ticket_fields_of(rows: Rows, agent: SignedInAgent, conversation_id: str) -> TicketFieldsAre:
    """Return the fields of a conversation's inbox with its values."""
    return await _fields_of(rows, await access_conversation_to_read(rows, agent, conversation_id))


async def set_ticket_fields(work: Work, agent: SignedInAgent, conversation_id: str, asked: SetTicketFields) -> TicketFieldsAre:
    """Write values of a conversation. What is so already changes nothing.

    Raises Invalid for a value its field does not take, NotFound for a field its inbox does not have.
    """
    require(Permission.MANAGE_TICKETS, agent)
    conversation = await access_conversation(work, agent, conversation_id)
    if await write_values(work, agent, conversation, await checked_values(work, conversation, asked.values)):
        await announce_conversation(work, await change_conversation(work, conversation))
    return await _fields_of(work, conversation)


async def checked_values(rows: Rows, conversation: Conversation, values: Sequence[TicketValue]) -> dict[str, str]:
    """Return values by field, cleaned. Raises Invalid for one its field does not take, NotFound for an unknown field."""
    fields = {one.id: one for one in await form_of_inbox(rows, conversation.inbox_id)} if values else {}
    found: dict[str, str] = {}
    for one in values:
        field = fields.get(one.field_id)
        if field is None:
            raise NotFound("field", one.field_id)
        found[field.id] = value = check_value(field, one.value)
        if value and field.kind == "file":
            sent = select(Attachment.id).where(Attachment.id == value, Attachment.conversation_id == conversation.id)
            if not _is_id(value) or await rows.one(sent) is None:
                raise Invalid(f"{field.name}: choose a file of this conversation.")
    return found


def check_value(field: TicketField, written: str) -> str:
    """Return a value as it is kept; empty for none. Raises Invalid for one the field does not take."""
    value = clean_line(written)
    match field.kind:
        case "number" if value and not NUMBER.match(value):
            raise Invalid(f"{field.name}: enter a number.")
        case "choice" if value and value not in field.options:
            raise Invalid(f"{field.name}: choose one of the options.")
        case "date" if value and not _is_date(value):
            raise Invalid(f"{field.name}: enter a date as 2026-12-24.")
        case "checkbox" if value not in ("", YES):
            raise Invalid(f"{field.name}: tick the box or leave it.")
        case _:
            return value


async def write_values(work: Work, actor: Recorded, conversation: Conversation, values: Mapping[str, str]) -> bool:
    """Write checked values and record what differs. Return whether anything did."""
    kept = await _kept(work, conversation.id)
    changed = {id: value for id, value in values.items() if value != kept.get(id, "")}
    if not changed:
        return False
    for id, value in changed.items():
        if value:
            row = TicketFieldValue(conversation_id=conversation.id, field_id=id, value=value, changed_at=work.now)
            await work.put(row)
        else:
            mine = TicketFieldValue.conversation_id == conversation.id, TicketFieldValue.field_id == id
            await work.change(delete(TicketFieldValue).where(*mine))
    names = {one.id: one.name for one in await form_of_inbox(work, conversation.inbox_id)}
    record(
        work,
        actor,
        "ticket.set_fields",
        conversation=conversation,
        before={names[id]: kept.get(id, "") for id in changed},
        after={names[id]: value for id, value in changed.items()},
    )
    return True


def field_view(field: TicketField) -> TicketFieldView:
    """A field as agents and admins see it."""
    return TicketFieldView(
        id=field.id,
        inbox_id=field.inbox_id,
        kind=cast(TicketFieldKind, field.kind),
        name=field.name,
        names=names_view(field.names),
        help=field.help,
        options=list(field.options),
        is_required_to_open=field.is_required_to_open,
        is_required_to_resolve=field.is_required_to_resolve,
        is_shown=field.is_shown,
    )


async def _fields_of(rows: Rows, conversation: Conversation) -> TicketFieldsAre:
    fields = await form_of_inbox(rows, conversation.inbox_id)
    kept = await _kept(rows, conversation.id)
    sent = select(Attachment).where(Attachment.conversation_id == conversation.id, Attachment.uploader_kind == "contact")
    files = await rows.all(sent.order_by(Attachment.created_at.desc()).limit(MAX_FILES)) if _has_file(fields) else []
    names = {one.id: one.name for one in files}
    return TicketFieldsAre(
        fields=[field_view(one) for one in fields],
        values=[
            FieldValueView(field_id=one.id, value=kept[one.id], text=names.get(kept[one.id], kept[one.id]))
            for one in fields
            if one.id in kept
        ],
        missing=[one.id for one in await missing_fields(rows, conversation, "resolve")],
        missing_to_open=[one.id for one in await missing_fields(rows, conversation, "open")],
        files=[FieldFileView(id=one.id, name=one.name) for one in files],
    )


def _has_file(fields: Sequence[TicketField]) -> bool:
    return any(one.kind == "file" for one in fields)


async def _kept(rows: Rows, conversation_id: str) -> dict[str, str]:
    found = await rows.rows(
        select(TicketFieldValue.field_id, TicketFieldValue.value).where(TicketFieldValue.conversation_id == conversation_id)
    )
    return {field_id: value for field_id, value in found}  # noqa: C416 - to the type checker a row is no pair


def _values_of(asked: SaveTicketField) -> dict[str, Any]:
    name = clean_line(asked.name)
    if not name:
        raise Invalid("Each field needs a name.")
    options = [clean_line(one) for one in asked.options] if asked.kind == "choice" else []
    if asked.kind == "choice" and (len(options) < 2 or not all(options) or len(set(options)) < len(options)):
        raise Invalid(f"{name}: a choice needs at least two different options.")
    return {
        "name": name,
        "names": names_of(asked.names),
        "help": clean_line(asked.help),
        "options": options,
        "is_required_to_open": asked.is_required_to_open,
        "is_required_to_resolve": asked.is_required_to_resolve,
        "is_shown": asked.is_shown,
    }


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_id(value: str) -> bool:
    return len(value) == 36 and all(letter in "0123456789abcdef-" for letter in value)
