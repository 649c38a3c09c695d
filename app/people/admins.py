"""The last active admin stays one, however many change each other at once."""

from __future__ import annotations

from sqlalchemy import select

from app.errors import Conflict, Forbidden
from app.people.actors import SignedInAgent
from app.work import Work
from models import Agent


async def keep_an_admin(work: Work, asking: SignedInAgent, agent_id: str) -> None:
    """Lock every active admin before `agent_id` stops being one.

    Two admins who remove each other at the same moment take turns: the second finds that they are no admin any more.
    Raises Forbidden then, and Conflict when nobody else would be left.
    """
    admins = await work.all(
        select(Agent.id).where(Agent.role == "admin", Agent.is_active).order_by(Agent.id).with_for_update(key_share=True)
    )
    if asking.id not in admins:
        raise Forbidden("You don't have permission to do this.")
    if not set(admins) - {agent_id}:
        raise Conflict("This is the only active admin. Make someone else an admin first.")
