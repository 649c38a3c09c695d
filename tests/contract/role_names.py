"""Names by role for the ids of a transcript: `conversation-1`, `message-2`, in the order in which they first appear in it.

A verb that makes one id more or less, or makes them in another order, then changes no transcript but those that show that id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SAME_ROLE = {
    "by": "agent",
    "forced_by": "agent",
    "lead": "agent",
    "made_by": "agent",
    "author": "contact",
    "gone": "contact",
    "missed": "message",
    "before": "agent",
    "after": "agent",
}
"""Role of a field that is not named for what its ids are of. `before` and `after` are the agents' own."""
SINGULAR = {"activities": "activity", "inboxes": "inbox", "replies": "reply"}


def name_by_role(transcript: Any) -> Any:
    """The transcript, every id in it named."""
    names: dict[str, str] = {}
    counts: dict[str, int] = {}
    for role, value in ids_in(transcript, "thing"):
        for id in ID.findall(value):
            if id not in names:
                counts[role] = counts.get(role, 0) + 1
                names[id] = f"{role}-{counts[role]}"
    return renamed(transcript, names)


def ids_in(value: Any, role: str) -> Iterator[tuple[str, str]]:
    """Every text with its role, in order. `id` has the role of the field its object stands in."""
    if isinstance(value, str):
        yield role, value
    elif isinstance(value, list):
        for it in value:
            yield from ids_in(it, role)
    elif isinstance(value, dict):
        for key, it in value.items():
            yield from ids_in(it, role_of(key, value, role))


def role_of(key: str, fields: dict[str, Any], within: str) -> str:
    """The role of a field, by its name and its siblings."""
    if key == "id":
        return str(fields.get("kind")) if within in ("author", "contact") and "kind" in fields else within
    if key in ("actor_id", "object_id") or (key == "author_id" and "author_kind" in fields):
        return str(fields.get(key.replace("_id", "_kind")) or within)
    noun = re.sub(r"_ids?$", "", key)
    noun = SINGULAR.get(noun, noun[:-1] if key == noun and noun.endswith("s") else noun)
    return SAME_ROLE.get(noun, noun)


def renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str):
        return ID.sub(lambda found: names[found.group()], value)
    if isinstance(value, list):
        return [renamed(it, names) for it in value]
    if isinstance(value, dict):
        return {key: renamed(it, names) for key, it in value.items()}
    return value
