"""Audiences of events. The wire turns each into one room; `realtime/rooms.py` says who may enter."""

from __future__ import annotations

from app.contract.bases import View


class ToContact(View):
    """Every connection of one contact."""

    contact_id: str


class ToInboxVisitors(View):
    """Every connected widget of one inbox."""

    inbox_id: str


class ToInboxAgents(View):
    """Every agent who may see the conversations of one inbox."""

    inbox_id: str


class ToAgent(View):
    """Every connection of one agent."""

    agent_id: str


class ToAllAgents(View):
    """Every agent."""


class ToSupervisors(View):
    """Every supervisor and admin."""


class ToWall(View):
    """Every supervisor who has the wall open."""


class ToWallRows(View):
    """Every supervisor who has the wall open and takes the rows of it that changed."""


class ToVisitorWatchers(View):
    """Every agent who has the list of visitors open."""


class ToNodes(View):
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
