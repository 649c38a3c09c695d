"""Audience to room, and who may enter which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from app.contract.audiences import (
    Audience,
    ToAgent,
    ToAllAgents,
    ToContact,
    ToInboxAgents,
    ToInboxVisitors,
    ToNodes,
    ToSupervisors,
    ToVisitorWatchers,
    ToWall,
    ToWallRows,
)
from app.people.actors import SignedInAgent, Visitor
from app.people.permissions import Permission

WALL = "wall"
WALL_ROWS = "wall rows"
VISITORS = "visitors"
NODES = "nodes"
AGENTS = "agents"
SUPERVISORS = "supervisors"


def room_of(audience: Audience) -> str:
    """The name of the room an audience sits in."""
    match audience:
        case ToContact():
            return f"contact:{audience.contact_id}"
        case ToInboxVisitors():
            return f"widgets:{audience.inbox_id}"
        case ToInboxAgents():
            return f"inbox:{audience.inbox_id}"
        case ToAgent():
            return f"agent:{audience.agent_id}"
        case ToAllAgents():
            return AGENTS
        case ToSupervisors():
            return SUPERVISORS
        case ToWall():
            return WALL
        case ToWallRows():
            return WALL_ROWS
        case ToVisitorWatchers():
            return VISITORS
        case ToNodes():
            return NODES
        case _:
            assert_never(audience)


def rooms_of_visitor(visitor: Visitor) -> list[str]:
    """A visitor hears of their own conversations, whether their inbox is staffed, and nothing else."""
    return [room_of(ToContact(contact_id=visitor.contact_id)), room_of(ToInboxVisitors(inbox_id=visitor.inbox_id))]


def rooms_of_agent(agent: SignedInAgent, inbox_ids: Sequence[str]) -> list[str]:
    """An agent hears colleagues, what is for them alone, and every inbox whose conversations they may view; a supervisor what
    is wrong. The wall is entered by asking."""
    rooms = [AGENTS, room_of(ToAgent(agent_id=agent.id))]
    viewed_ids = [inbox_id for inbox_id in inbox_ids if agent.may(Permission.VIEW_CONVERSATIONS, inbox_id)]
    rooms += [room_of(ToInboxAgents(inbox_id=inbox_id)) for inbox_id in viewed_ids]
    if agent.may(Permission.WATCH_WALL):
        rooms.append(SUPERVISORS)
    return rooms
