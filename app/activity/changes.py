"""Rows of the record as readers see them."""

from __future__ import annotations

from typing import Any, cast

from msgspec import json

from app.contract.activity import ActivityView, ActorKind, ChangeView, Door
from models import Activity

UNSEEN = ("conversation.watch", "conversation.whisper")
"""Actions left out of timelines: nobody is told that a supervisor reads along, and a whisper is a message."""


def actor_kind_of(row: Activity) -> ActorKind:
    """Return the kind of a row's actor; in rows of an older version all were agents."""
    return cast(ActorKind, row.actor_kind or "agent")


def changes_of(row: Activity) -> list[ChangeView]:
    """Return what a row says of each field that changed."""
    before, after = row.before or {}, row.after or {}
    names = dict.fromkeys([*before, *after])
    return [ChangeView(name=name, before=_text(before.get(name)), after=_text(after.get(name))) for name in names]


def activity_view(row: Activity) -> ActivityView:
    """Return a row about a conversation as its timeline shows it."""
    return ActivityView(
        id=row.id,
        conversation_id=row.conversation_id or "",
        at=row.created_at,
        action=row.action,
        actor_kind=actor_kind_of(row),
        actor_id=row.actor_id or row.by_id,
        actor_name=row.by_name,
        door=cast(Door | None, row.door),
        object_kind=row.object_kind,
        object_id=row.object_id,
        agent_id=row.agent_id,
        team_id=row.team_id,
        cause=row.cause,
        changes=changes_of(row),
    )


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.encode(value).decode()
