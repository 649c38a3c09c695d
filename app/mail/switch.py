"""Mail off: a restored copy writes to nobody until someone switches its mail on."""

from __future__ import annotations

from sqlalchemy import delete, select

from app.activity.record import record
from app.database.rows import Rows
from app.people.actors import Operator
from app.people.permissions import Permission, require
from app.work import Work
from models import Sequence

MAIL_OFF = "mail_off"
"""A row of this name in `sequences`; it lies in the database, so that every node and worker obeys it."""


async def is_mail_off(rows: Rows) -> bool:
    """Return whether this is a restored copy whose mail has not been switched on."""
    return await rows.one(select(Sequence.name).where(Sequence.name == MAIL_OFF)) is not None


async def switch_mail(work: Work, operator: Operator, *, is_on: bool) -> None:
    """Let mail leave from the next start on, or keep it. The same again changes nothing."""
    require(Permission.SET_MAIL, operator)
    if is_on:
        await work.change(delete(Sequence).where(Sequence.name == MAIL_OFF))
    else:
        await work.add_unless_there(Sequence(name=MAIL_OFF, value=1))
    record(work, operator, "mail.switch", is_on=is_on)
