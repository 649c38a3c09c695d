"""Forms that a visitor fills in before or after the first message."""

from __future__ import annotations

from typing import Annotated, dataclass_transform

from msgspec import Meta, Struct, field

from app.contract.bases import Command
from app.contract.contacts import ContactIs
from app.contract.values import Email, Id, Line


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class FieldValue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One field of a form and what was filled in."""

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    value: Line


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class PrechatFields(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A visitor's own details from the form before the chat. Unverified until proven. `more` are the form's other fields, by
    their keys."""

    name: Line | None = None
    email: Email | None = None
    phone: Annotated[str, Meta(max_length=40)] | None = None
    more: Annotated[list[FieldValue], Meta(max_length=20)] = []


class SubmitForm(Command, tag="form.submit", answers=ContactIs):
    """The visitor fills in the form that the inbox asks for after the first message. Refused as `invalid` while a required
    field is empty. Sent again, it replaces what it said before."""

    conversation_id: Id
    fields: PrechatFields
