"""Presence is a lease: whoever stops renewing it is gone, however they went.

The lease is a column, so a conditional UPDATE can demand it and no second store can disagree with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update

from app.contract.audiences import ToAllAgents
from app.contract.events import PresenceChanged
from app.contract.values import Presence
from app.contract.views import AgentView
from app.people.agents import get_agent
from app.work import Work
from models import Agent


async def arrive(work: Work, agent_id: str, lease: timedelta) -> AgentView:
    """The agent has connected: they hold a lease, with the presence they last chose (offline becomes online)."""
    agent = await work.one(select(Agent).where(Agent.id == agent_id).with_for_update())
    was_here = agent is not None and agent.lease_until is not None and agent.lease_until > work.now
    values: dict[str, object] = {"lease_until": work.now + lease}
    if agent is not None and not was_here:
        values["presence_since"] = work.now
        values["presence"] = "online" if agent.presence == "offline" else agent.presence
    await work.change(update(Agent).where(Agent.id == agent_id).values(**values))
    view = await get_agent(work, agent_id, work.now)
    if not was_here:
        work.announce(PresenceChanged(agent=view), to=ToAllAgents())
    return view


async def renew_leases(work: Work, agent_ids: Sequence[str], lease: timedelta) -> None:
    """Everybody connected to this node is still here."""
    if agent_ids:
        await work.change(update(Agent).where(Agent.id.in_(agent_ids)).values(lease_until=work.now + lease))


async def set_presence(work: Work, agent_id: str, presence: Presence, lease: timedelta) -> AgentView:
    """The agent says whether they are available."""
    await work.change(
        update(Agent).where(Agent.id == agent_id).values(presence=presence, presence_since=work.now, lease_until=work.now + lease)
    )
    return await announce_presence(work, agent_id)


async def lapse_leases(work: Work) -> list[str]:
    """Who has silently gone: their lease ends and colleagues are told. The ids, for their chats to be handed on."""
    gone = await work.all(select(Agent.id).where(Agent.lease_until <= work.now).with_for_update(skip_locked=True))
    for agent_id in gone:
        await work.change(update(Agent).where(Agent.id == agent_id).values(lease_until=None, presence_since=work.now))
        await announce_presence(work, agent_id)
    return list(gone)


async def announce_presence(work: Work, agent_id: str) -> AgentView:
    """Tell colleagues how the agent stands now, load included."""
    view = await get_agent(work, agent_id, work.now)
    work.announce(PresenceChanged(agent=view), to=ToAllAgents())
    return view
