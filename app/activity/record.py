"""The one way to record a change.

    record(work, agent, "conversation.set_priority", conversation=conversation, before={"priority": "low"}, after={"priority": "high"})
    record(work, agent, "team.rename", team_id=team.id, before={"name": "Desk"}, after={"name": "Support"})
    record(work, agent, "rule.save", about=("rule", rule.id), before=asdict(old_view), after=asdict(new_view))
    record(work, PARLEY, "ticket.auto_close", conversation=conversation, before=..., after=..., cause=f"rule:{rule.id}")
    record(work, agent, "mail.test", is_accepted=True)

`actor` is the caller itself (`SignedInAgent`, `Visitor`), `PARLEY`, or `rule_actor(id, name)`. `action` is the command's name,
or what happened by itself (`sla.missed`); list it in docs/activity.md. Give `conversation` (the row) for what belongs into a
conversation's timeline; `about=(kind, id)` names any other object, `agent_id` and `team_id` the colleague or team concerned.
Of `before` and `after` only what differs is kept, so whole views may be given (`asdict` of a Struct); when nothing differs,
nothing is recorded. Without both, a row is always written. `cause` is what made it happen: a rule, a decision, a timer. Everything else is kept as detail.

For a verb that changes a conversation, `app/conversations/recorded_facts.py` finds the differences itself.

Never give passwords, tokens or words of a message. Values are cut to a length, and those named like a secret are left out.
The rows of a Work are inserted together just before its commit, in one statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from app.activity.actor import DOORS, PARLEY, Recorded, rule_actor
from app.activity.changes import UNSEEN, activity_view
from app.clock import new_id
from app.contract.activity import ActivityAdded, ActivityView, Door
from app.contract.audiences import ToInboxAgents
from app.text import shorten
from app.work import Work
from models import Activity, Conversation

MAX_TEXT = 200
MAX_ENTRIES = 50
MAX_DEPTH = 4
SECRET_WORDS = ("password", "secret", "token", "body")
HIDDEN = "***"


def record(
    work: Work,
    actor: Recorded,
    action: str,
    *,
    conversation: Conversation | None = None,
    conversation_id: str | None = None,
    about: tuple[str, str] | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    cause: str | None = None,
    door: Door | None = None,
    agent_id: str | None = None,
    team_id: str | None = None,
    **detail: Any,
) -> None:
    """Record that `actor` did `action`, from `before` to `after`. See the top of this file."""
    by = actor.recorded
    if before is not None and after is not None:
        before, after = differences(before, after)
        if not before and not after:
            return
    row = Activity(
        id=new_id(),
        action=action,
        by_id=by.id if by.kind == "agent" else None,
        by_name=by.name,
        conversation_id=conversation.id if conversation else conversation_id,
        agent_id=agent_id,
        team_id=team_id,
        detail=bounded(detail),
        created_at=work.now,
        actor_kind=by.kind,
        actor_id=by.id,
        door=door or work.door or DOORS[by.kind],
        object_kind=about[0] if about else None,
        object_id=about[1] if about else None,
        before=bounded(before) if before is not None else None,
        after=bounded(after) if after is not None else None,
        cause=cause,
    )
    work.recorded.append((row, conversation.inbox_id if conversation else None))
    work.before_commit(_write)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what differs between two mappings, as it was and as it is; a key that only one has is empty in the other."""
    names = [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)]
    return {name: before.get(name) for name in names}, {name: after.get(name) for name in names}


def bounded(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as the record keeps them: short, of JSON's kinds, without secrets."""
    return {name: _bounded(value, name, 0) for name, value in list(values.items())[:MAX_ENTRIES]}


def _bounded(value: Any, name: str, depth: int) -> Any:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if any(word in name.lower() for word in SECRET_WORDS):
        return HIDDEN
    if isinstance(value, datetime):
        return value.isoformat()
    if depth < MAX_DEPTH and isinstance(value, Struct):
        value = {field: getattr(value, field) for field in value.__struct_fields__}
    if depth < MAX_DEPTH and isinstance(value, Mapping):
        return {str(key): _bounded(one, str(key), depth + 1) for key, one in list(value.items())[:MAX_ENTRIES]}
    if depth < MAX_DEPTH and isinstance(value, (list, tuple, set, frozenset)):
        return [_bounded(one, name, depth + 1) for one in list(value)[:MAX_ENTRIES]]
    return shorten(str(value), MAX_TEXT)


async def _write(work: Work) -> None:
    """Insert what the Work has recorded, and let agents know of what concerns a conversation."""
    await work.add_all([row for row, _ in work.recorded])
    added: dict[tuple[str, str], list[ActivityView]] = {}
    for row, inbox_id in work.recorded:
        if inbox_id and row.conversation_id and row.action not in UNSEEN:
            added.setdefault((row.conversation_id, inbox_id), []).append(activity_view(row))
    for (conversation_id, inbox_id), activities in added.items():
        event = ActivityAdded(conversation_id=conversation_id, activities=activities)
        work.announce(event, to=ToInboxAgents(inbox_id=inbox_id))


__all__ = ["PARLEY", "record", "rule_actor"]
