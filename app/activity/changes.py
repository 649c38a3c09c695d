"""Rows of the record as readers see them."""

from __future__ import annotations

from typing import Any, cast

from msgspec import json

from app.contract.activity import ActorKind, ChangeView
from models import Activity


def actor_kind_of(row: Activity) -> ActorKind:
    """Return the kind of a row's actor; in rows of an older version all were agents."""
    return cast(ActorKind, row.actor_kind or "agent")


def changes_of(row: Activity) -> list[ChangeView]:
    """Return what a row says of each field that changed."""
    before, after = row.before or {}, row.after or {}
    names = dict.fromkeys([*before, *after])
    return [ChangeView(name=name, before=_text(before.get(name)), after=_text(after.get(name))) for name in names]


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.encode(value).decode()
