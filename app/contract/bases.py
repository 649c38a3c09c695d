"""The bases of everything in the contract: views, commands, events, replies and bodies of HTTP requests."""

from __future__ import annotations

from types import UnionType
from typing import Any, Literal, dataclass_transform

from msgspec import Struct, StructMeta, field


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class View(Struct, frozen=True, kw_only=True, gc=False):
    """Anything that crosses the wire: immutable, named fields only."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Body(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request body."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Event(Struct, frozen=True, kw_only=True, tag_field="type"):
    """Something that happened."""


class Reply(View):
    """An answer to one command."""


class Done(Reply):
    """The command succeeded; there is nothing more to say."""

    ok: Literal[True] = True


class Answered(StructMeta):
    """The type of commands: each says in its declaration which reply, or one of which, it gets (`answers=`)."""

    answers: type[Reply] | UnionType

    def __new__(  # noqa: PYI034 (a metaclass has no Self)
        cls,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        answers: type[Reply] | UnionType | None = None,
        **options: Any,
    ) -> Answered:
        made = super().__new__(cls, name, bases, namespace, **options)
        if answers is None and any(isinstance(base, Answered) for base in bases):
            raise TypeError(f"{name} does not say what answers it: class {name}(Command, tag=..., answers=...)")
        made.answers = Done if answers is None else answers
        return made


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Command(Struct, metaclass=Answered, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """Something a client asks for."""
