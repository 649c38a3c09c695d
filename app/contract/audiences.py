"""Who an event is for. The wire turns each into one room; `realtime/rooms.py` says who may enter."""

from __future__ import annotations

from app.contract.values import Said


class ToContact(Said):
    """Every connection of one contact."""

    contact_id: str


class ToInboxVisitors(Said):
    """Every connected widget of one inbox."""

    inbox_id: str


class ToInboxAgents(Said):
    """Every agent who may see the conversations of one inbox."""

    inbox_id: str


class ToAgent(Said):
    """Every connection of one agent."""

    agent_id: str


class ToAllAgents(Said):
    """Every agent."""


class ToSupervisors(Said):
    """Every supervisor and admin."""


class ToWall(Said):
    """Every supervisor who has the wall open."""


class ToWallRows(Said):
    """Every supervisor who has the wall open and takes the rows of it that changed."""


class ToVisitorWatchers(Said):
    """Every agent who has the list of visitors open."""


class ToNodes(Said):
    """Every node, for what each keeps in memory."""


Audience = (
    ToContact
    | ToInboxVisitors
    | ToInboxAgents
    | ToAgent
    | ToAllAgents
    | ToSupervisors
    | ToWall
    | ToWallRows
    | ToVisitorWatchers
    | ToNodes
)
