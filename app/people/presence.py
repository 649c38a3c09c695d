"""Presence is a lease: whoever stops renewing it is gone, however they went.

The lease is a column, so a conditional UPDATE can demand it and no second store can disagree with it. When it lapses a
grace begins (`left_at`): colleagues see the agent offline and routing passes them over, but what they hold stays theirs
until the grace is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select, update

from app.activity.record import record
from app.contract.audiences import ToAgent, ToAllAgents
from app.contract.people import AgentView
from app.contract.presence import ForcePresence, PresenceChanged, PresenceForced, SetPresence
from app.contract.values import Presence
from app.errors import Invalid, NotFound
from app.people.actors import SignedInAgent
from app.people.agents import get_agent, list_agents
from app.people.permissions import Permission, require
from app.work import Work
from models import Agent, PresenceReason


async def arrive(work: Work, agent_id: str, lease: timedelta) -> AgentView:
    """The agent has connected: they hold a lease, with the presence they last chose (offline becomes online)."""
    agent = await work.one(select(Agent).where(Agent.id == agent_id).with_for_update(key_share=True))
    was_here = agent is not None and agent.lease_until is not None and agent.lease_until > work.now
    values: dict[str, Any] = {"lease_until": work.now + lease, "left_at": None}
    if agent is not None and not was_here:
        values["presence_since"] = work.now
        if agent.presence == "offline" or agent.is_idle:
            values |= {"presence": "online", "presence_reason": None, "presence_by_id": None, "is_idle": False}
    await work.change(update(Agent).where(Agent.id == agent_id).values(**values))
    view = await get_agent(work, agent_id, work.now)
    if not was_here:
        work.announce(PresenceChanged(agent=view), to=ToAllAgents())
    return view


async def renew_leases(work: Work, agent_ids: Sequence[str], lease: timedelta, idle_ids: Sequence[str] = ()) -> None:
    """Everybody connected to this node is still here. One who lapsed all the same (the node was busy) is back as they
    were, and colleagues are told.

    Nobody has touched any browser here of those in `idle_ids`: they are idle, unless they are awake on another node.
    Whoever is awake here is not idle, whatever another node said.
    """
    agent_ids = await work.all(select(Agent.id).where(Agent.id.in_(agent_ids), Agent.is_active))
    idle_ids = [one for one in idle_ids if one in agent_ids]
    if not agent_ids:
        return
    back = await work.all(
        select(Agent.id).where(Agent.id.in_(agent_ids), or_(Agent.lease_until.is_(None), Agent.lease_until <= work.now))
    )
    until = work.now + lease
    await work.change(
        update(Agent)
        .where(Agent.id.in_(agent_ids), or_(Agent.lease_until.is_(None), Agent.lease_until < until))
        .values(lease_until=until, left_at=None)
    )
    awake_ids = sorted(set(agent_ids) - set(idle_ids))
    await work.change(update(Agent).where(Agent.id.in_(awake_ids)).values(awake_until=until))
    for agent_id in await work.all(select(Agent.id).where(Agent.id.in_(awake_ids), Agent.is_idle.is_(True))):
        await set_idle(work, agent_id, is_idle=False)
    for agent_id in idle_ids:
        await set_idle(work, agent_id, is_idle=True)
    for agent_id in back:
        await work.change(update(Agent).where(Agent.id == agent_id).values(presence_since=work.now))
        await announce_presence(work, agent_id)


async def set_presence(
    work: Work, agent_id: str, presence: Presence, lease: timedelta, reason_id: str | None = None
) -> AgentView:
    """The agent says whether they are available, and why not. The same again changes nothing but the lease.

    Raises NotFound for an unknown reason, Invalid for one that goes with another presence.
    """
    reason = await _reason_for(work, presence, reason_id)
    await _choose(work, agent_id, presence, reason, None, {"lease_until": work.now + lease, "left_at": None})
    return await announce_presence(work, agent_id)


async def set_own_presence(work: Work, agent: SignedInAgent, command: SetPresence, lease: timedelta) -> AgentView:
    """`presence.set`: chosen by the agent, or noticed by their browser."""
    if command.is_automatic:
        return await set_idle(work, agent.id, is_idle=command.presence != "online")
    return await set_presence(work, agent.id, command.presence, lease, command.reason_id)


async def set_idle(work: Work, agent_id: str, *, is_idle: bool) -> AgentView:
    """Nobody has touched a key for a while, or somebody has again. Only who is online can fall idle, only who is idle
    comes back by it: what an agent chose themself stays, and so does everything for one who wants no such thing, or who
    has been awake on any node within the last lease."""
    changes: dict[str, Any] = {"presence_since": work.now, "presence_reason": None, "presence_by_id": None, "is_idle": is_idle}
    was = or_(Agent.is_idle.is_(None), Agent.is_idle.is_(False))
    if is_idle:
        asleep = or_(Agent.awake_until.is_(None), Agent.awake_until <= work.now)
        statement = update(Agent).where(Agent.presence == "online", was, asleep, Agent.idle_seconds.is_not(None))
        changed = await work.change(statement.where(Agent.id == agent_id).values(presence="away", **changes))
    else:
        statement = update(Agent).where(Agent.presence == "away", Agent.is_idle.is_(True))
        changed = await work.change(statement.where(Agent.id == agent_id).values(presence="online", **changes))
    return await announce_presence(work, agent_id) if changed else await get_agent(work, agent_id, work.now)


async def force_presence(work: Work, supervisor: SignedInAgent, command: ForcePresence) -> AgentView:
    """A supervisor sets a colleague's presence; they are told by whom. It gives nobody a lease: who is not here stays
    offline, and comes back with what was set. Raises NotFound, Invalid."""
    require(Permission.FORCE_PRESENCE, supervisor)
    await get_agent(work, command.agent_id, work.now)
    reason = await _reason_for(work, command.presence, command.reason_id)
    await _choose(work, command.agent_id, command.presence, reason, supervisor.id, {})
    record(work, supervisor, "presence.force", agent_id=command.agent_id, presence=command.presence, reason=reason)
    view = await announce_presence(work, command.agent_id)
    work.announce(PresenceForced(agent=view, by_id=supervisor.id, by_name=supervisor.name), to=ToAgent(agent_id=command.agent_id))
    return view


async def lapse_leases(work: Work) -> list[str]:
    """End the leases of agents who silently left, begin their grace and tell colleagues. Return their ids."""
    gone = await work.all(select(Agent).where(Agent.lease_until <= work.now).with_for_update(skip_locked=True, key_share=True))
    for agent in gone:
        left = {"lease_until": None, "left_at": work.now, "presence_since": agent.lease_until}
        await work.change(update(Agent).where(Agent.id == agent.id).values(**left))
        await announce_presence(work, agent.id)
    return [agent.id for agent in gone]


async def end_graces(work: Work, grace: timedelta) -> list[str]:
    """End the grace of agents who left so long ago that they no longer keep their conversations. Return each id once."""
    over = (
        select(Agent.id)
        .where(Agent.left_at <= work.now - grace, Agent.lease_until.is_(None))
        .with_for_update(skip_locked=True, key_share=True)
    )
    return list(await work.all(update(Agent).where(Agent.id.in_(over)).values(left_at=None).returning(Agent.id)))


async def announce_presence(work: Work, agent_id: str) -> AgentView:
    """Tell colleagues how the agent stands now, load included."""
    view = await get_agent(work, agent_id, work.now)
    work.announce(PresenceChanged(agent=view), to=ToAllAgents())
    return view


async def announce_load(work: Work, agent_id: str) -> None:
    """Colleagues see how much the agent holds now. Who is no longer one of them is not spoken of."""
    await announce_loads(work, [agent_id])


async def announce_loads(work: Work, agent_ids: Sequence[str]) -> None:
    """Announce the load of many agents, in as many queries as for one."""
    if agent_ids:
        for view in await list_agents(work, work.now, agent_ids=sorted(set(agent_ids))):
            work.announce(PresenceChanged(agent=view), to=ToAllAgents())


async def _choose(
    work: Work, agent_id: str, presence: Presence, reason: str | None, by_id: str | None, more: dict[str, Any]
) -> None:
    """Write a chosen presence; `presence_since` moves only when something others can see does."""
    agent = await work.one(select(Agent).where(Agent.id == agent_id).with_for_update(key_share=True))
    if agent is None:
        raise NotFound("agent", agent_id)
    was_here = agent.lease_until is not None and agent.lease_until > work.now
    is_new = (agent.presence, agent.presence_reason or None) != (presence, reason) or (bool(more) and not was_here)
    values: dict[str, Any] = {"presence": presence, "presence_reason": reason, "presence_by_id": by_id, "is_idle": False}
    await work.change(
        update(Agent)
        .where(Agent.id == agent_id)
        .values(presence_since=work.now if is_new else agent.presence_since, **values, **more)
    )


async def _reason_for(work: Work, presence: Presence, reason_id: str | None) -> str | None:
    if reason_id is None:
        return None
    reason = await work.one(select(PresenceReason).where(PresenceReason.id == reason_id))
    if reason is None:
        raise NotFound("reason", reason_id)
    if reason.presence != presence:
        raise Invalid(f"{reason.name} can only be used with {reason.presence}.")
    return reason.name
