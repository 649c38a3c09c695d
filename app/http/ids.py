"""Ids in paths."""

from __future__ import annotations

import msgspec

from app.contract.values import Id
from app.errors import NotFound


def as_id(text: str, kind: str) -> str:
    """The id, if it is one; anything else names nothing and raises NotFound."""
    try:
        return msgspec.convert(text, Id)
    except msgspec.ValidationError:
        raise NotFound(kind, text) from None
