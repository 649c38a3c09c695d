"""Load of an agent, by channel and by how lively each conversation is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct, field
from sqlalchemy import Select, case, func, select

from app.work import Rows
from models import Conversation
from models.conversation import IS_HELD

WEIGHTS: dict[str, float] = {"chat": 1.0, "sms": 1.0, "email": 0.5, "form": 0.5}
"""What one conversation takes of an agent: a chat wants an answer now, a mail can wait for a minute."""
IDLE_AFTER = timedelta(minutes=10)
IDLE_SHARE = 0.5
"""What is left of the weight once nobody has written for that long. The next message takes the rest back."""


class Load(Struct, frozen=True):
    """`count` conversations that want attention (new or open), what they weigh, and how many there are by channel."""

    count: int = 0
    weight: float = 0.0
    channels: dict[str, int] = field(default_factory=dict)


def weight_of(channel: str, count: int = 1, idle_count: int = 0) -> float:
    """Return the load of so many conversations of a channel, when so many of them are idle."""
    return WEIGHTS.get(channel, 1.0) * (count - idle_count * (1 - IDLE_SHARE))


async def loads_of(rows: Rows, now: datetime, agent_ids: Sequence[str] | Select[str] | None = None) -> dict[str, Load]:
    """The load of each agent who has one; only of these, by id or as a query for ids."""
    is_idle = case((Conversation.last_message_at <= now - IDLE_AFTER, 1), else_=0)
    held = (
        select(Conversation.agent_id, Conversation.channel, func.count(), func.sum(is_idle))
        .where(IS_HELD)
        .group_by(Conversation.agent_id, Conversation.channel)
    )
    if agent_ids is not None:
        held = held.where(Conversation.agent_id.in_(agent_ids))
    loads: dict[str, Load] = {}
    for agent_id, channel, count, idle_count in await rows.rows(held):
        if agent_id is not None:
            loads[agent_id] = more_load(loads.get(agent_id, Load()), channel, count, int(idle_count or 0))
    return loads


def more_load(load: Load, channel: str, count: int, idle_count: int) -> Load:
    """With so many conversations of one more channel."""
    return Load(
        load.count + count,
        round(load.weight + weight_of(channel, count, idle_count), 3),
        load.channels | {channel: count},
    )
