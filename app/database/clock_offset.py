"""Parley's lead over the database's clock after a jump: how much of it remains, and who may report it."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import select

from app.database.rows import Rows, Transaction
from models import ClockJump

WORKED_OFF = 0.05
"""Parley's time goes by this part faster or slower than the database's until the two agree again: an hour takes twenty."""
NO_TIME = timedelta()


class Lead(Struct, frozen=True):
    """`ahead` at the database's time `told_at`, less of it later. Every node computes the same from the same row."""

    number: int = 0
    ahead: timedelta = NO_TIME
    told_at: datetime | None = None

    def at(self, told: datetime) -> timedelta:
        """Return the lead that remains at this time of the database."""
        if self.told_at is None:
            return NO_TIME
        left = max(NO_TIME, abs(self.ahead) - max(NO_TIME, told - self.told_at) * WORKED_OFF)
        return left if self.ahead > NO_TIME else -left

    @property
    def ends_at(self) -> datetime | None:
        """When nothing is left of it, by either time."""
        return self.told_at and self.told_at + abs(self.ahead) / WORKED_OFF


async def newest_lead(rows: Rows) -> Lead:
    """As the last jump left it."""
    for jump in await rows.all(select(ClockJump).order_by(ClockJump.number.desc()).limit(1)):
        return Lead(jump.number, timedelta(seconds=jump.ahead_seconds), jump.told_at)
    return Lead()


async def set_lead(transaction: Transaction, lead: Lead, jump: timedelta, node: str) -> bool:
    """The clock has jumped, and this is what is left from now on. False when another node has said so already."""
    assert lead.told_at is not None
    return await transaction.add_unless_there(
        ClockJump(
            number=lead.number,
            seconds=jump.total_seconds(),
            ahead_seconds=lead.ahead.total_seconds(),
            told_at=lead.told_at,
            noticed_by=node,
        )
    )
