"""The bases of everything in the contract: views, commands, events, replies and bodies of HTTP requests."""

from __future__ import annotations

from typing import Literal, dataclass_transform

from msgspec import Struct, field


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class View(Struct, frozen=True, kw_only=True, gc=False):
    """Anything that crosses the wire: immutable, named fields only."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Body(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request body."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Command(Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """Something a client asks for."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Event(Struct, frozen=True, kw_only=True, tag_field="type"):
    """Something that happened."""


class Reply(View):
    """An answer to one command."""


class Done(Reply):
    """The command succeeded; there is nothing more to say."""

    ok: Literal[True] = True
