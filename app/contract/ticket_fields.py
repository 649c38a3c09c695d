"""Fields of tickets: the form of each inbox, and the values of a conversation."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Body, View
from app.contract.statuses import LocalName, LocalNameView, ShortName
from app.contract.values import Id, Line

TicketFieldKind = Literal["text", "number", "choice", "date", "checkbox", "file"]
FieldText = Annotated[str, Meta(max_length=500)]


class TicketFieldView(View):
    """A question that tickets of an inbox answer; `is_shown` to the customer. One that is required to open is required to
    resolve as well."""

    id: str
    inbox_id: str
    kind: TicketFieldKind
    name: str
    names: list[LocalNameView]
    help: str
    options: list[str]
    is_required_to_open: bool
    is_required_to_resolve: bool
    is_shown: bool


class TicketFormList(View):
    """The fields of every inbox, in order."""

    fields: list[TicketFieldView]
    ok: Literal[True] = True


class SaveTicketField(Body):
    """A field of a form. Without `id` it is a new one; the kind of a field never changes."""

    name: ShortName
    kind: TicketFieldKind
    id: Id | None = None
    names: Annotated[list[LocalName], Meta(max_length=40)] = []
    help: Line = ""
    options: Annotated[list[ShortName], Meta(max_length=100)] = []
    is_required_to_open: bool = False
    is_required_to_resolve: bool = False
    is_shown: bool = False


class SaveTicketForm(Body):
    """`PUT /api/v1/ticket-forms/{inbox_id}`: every field in order. One that is left out is asked no more; its values stay."""

    fields: Annotated[list[SaveTicketField], Meta(max_length=100)]


class TicketValue(Body):
    """A value as text: a number or a date (2026-12-24) as written, `yes` for a ticked box, a file by the id of its attachment.
    Empty takes it away."""

    field_id: Id
    value: FieldText


class FieldValueView(View):
    """A value, and how people read it: a file by its name."""

    field_id: str
    value: str
    text: str


class FieldFileView(View):
    """A file the contact sent in the conversation."""

    id: str
    name: str


class TicketFieldsAre(View):
    """The fields of a conversation's inbox with its values. `missing` names those that are still needed to resolve, and
    `missing_to_open` those needed for a ticket to be opened."""

    fields: list[TicketFieldView]
    values: list[FieldValueView]
    missing: list[str]
    missing_to_open: list[str]
    files: list[FieldFileView]
    ok: Literal[True] = True


class SetTicketFields(Body):
    """`PUT /api/v1/conversations/{conversation_id}/fields`: fields left out stay as they are."""

    values: Annotated[list[TicketValue], Meta(max_length=100)]
