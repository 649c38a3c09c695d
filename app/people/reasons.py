"""Names admins give to being away."""

from __future__ import annotations

from typing import cast

from sqlalchemy import delete, select

from app.activity.record import record
from app.clock import new_id
from app.contract.presence import PresenceReasonView, SaveReason
from app.contract.values import Presence
from app.errors import Conflict, Invalid, NotFound
from app.people.actors import Staff
from app.people.config import announce_config
from app.people.permissions import Permission, require
from app.text import clean_line
from app.work import Rows, Work
from models import PresenceReason


async def list_reasons(rows: Rows) -> list[PresenceReasonView]:
    """Every reason, by name."""
    return [_view(reason) for reason in await rows.all(select(PresenceReason).order_by(PresenceReason.name))]


async def add_reason(work: Work, actor: Staff, asked: SaveReason) -> PresenceReasonView:
    """Add a reason. Raises Invalid without a name, Conflict when the name is taken."""
    require(Permission.SET_ROUTING, actor)
    name = clean_line(asked.name)
    if not name:
        raise Invalid("A reason needs a name.")
    if await work.one(select(PresenceReason.id).where(PresenceReason.name == name)):
        raise Conflict("A reason with this name already exists.")
    reason = await work.add(PresenceReason(id=new_id(), name=name, presence=asked.presence, created_at=work.now))
    record(work, actor, "reason.add", name=name, presence=asked.presence)
    announce_config(work, "routing")
    return _view(reason)


async def remove_reason(work: Work, actor: Staff, reason_id: str) -> None:
    """Whoever has it now keeps its name until they choose anew. Raises NotFound."""
    require(Permission.SET_ROUTING, actor)
    name = await work.one(delete(PresenceReason).where(PresenceReason.id == reason_id).returning(PresenceReason.name))
    if name is None:
        raise NotFound("reason", reason_id)
    record(work, actor, "reason.remove", name=name)
    announce_config(work, "routing")


def _view(reason: PresenceReason) -> PresenceReasonView:
    return PresenceReasonView(id=reason.id, name=reason.name, presence=cast(Presence, reason.presence))
