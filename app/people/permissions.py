"""Permissions: one name per thing that a role allows, and the three built-in roles as a table of names."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from app.contract.values import Role
from app.errors import Forbidden


class Permission(StrEnum):
    """Names of what a role may be given or refused. docs/permissions.md lists the doors each of them opens."""

    VIEW_CONVERSATIONS = "conversation.view"
    REPLY = "conversation.reply"
    ASSIGN = "conversation.assign"
    SUPERVISE = "conversation.supervise"
    MANAGE_TICKETS = "ticket.manage"
    EDIT_CONTACTS = "contact.edit"
    VIEW_VISITORS = "visitor.view"
    INVITE_VISITORS = "visitor.invite"
    SHARE_TOOLBOX = "toolbox.share"
    PUBLISH_ARTICLES = "article.publish"
    WATCH_WALL = "wall.watch"
    SET_THRESHOLDS = "team.set_thresholds"
    FORCE_PRESENCE = "agent.force_presence"
    VIEW_AUDIT = "audit.view"
    SET_WORKSPACE = "settings.workspace"
    SET_PEOPLE = "settings.people"
    SET_INBOXES = "settings.inboxes"
    SET_ROUTING = "settings.routing"
    SET_HOURS = "settings.hours"
    SET_SLA = "settings.sla"
    SET_MAIL = "settings.mail"
    SET_PROACTIVE = "settings.proactive"
    SET_TICKETS = "settings.tickets"


class Grant(Struct, frozen=True):
    """Names that a role allows, and the inboxes they hold in; None for every inbox."""

    names: frozenset[Permission]
    inbox_ids: frozenset[str] | None = None


_AGENT = frozenset(
    {
        Permission.VIEW_CONVERSATIONS,
        Permission.REPLY,
        Permission.ASSIGN,
        Permission.MANAGE_TICKETS,
        Permission.EDIT_CONTACTS,
        Permission.VIEW_VISITORS,
        Permission.INVITE_VISITORS,
    }
)
_SUPERVISOR = _AGENT | {
    Permission.SUPERVISE,
    Permission.SHARE_TOOLBOX,
    Permission.WATCH_WALL,
    Permission.SET_THRESHOLDS,
    Permission.FORCE_PRESENCE,
    Permission.VIEW_AUDIT,
}
ROLES: dict[Role, Grant] = {"agent": Grant(_AGENT), "supervisor": Grant(_SUPERVISOR), "admin": Grant(frozenset(Permission))}
"""The built-in roles."""

FORMER_NAMES = {
    "ticket.open": Permission.MANAGE_TICKETS,
    "desk.share": Permission.SHARE_TOOLBOX,
    "article.manage": Permission.PUBLISH_ARTICLES,
    "people.manage": Permission.SET_PEOPLE,
    "inbox.manage": Permission.SET_INBOXES,
    "routing.manage": Permission.SET_ROUTING,
    "mail.view": Permission.SET_MAIL,
    "proactive.manage": Permission.SET_PROACTIVE,
}
"""Names of the version before this one, whose screens may still be open in a browser."""


class Permitted(Protocol):
    """An actor that may be asked for a permission."""

    def inboxes_for(self, permission: Permission) -> frozenset[str] | None:
        """Return the inboxes in which the permission is granted; None for every inbox."""
        ...

    def may(self, permission: Permission, inbox_id: str | None = None) -> bool:
        """Return whether the permission is granted, in this inbox or, without one, in any."""
        ...


def is_granted(role: Role, permission: Permission, inbox_id: str | None = None) -> bool:
    """Return whether a role allows this, in this inbox or, without one, in any."""
    grant = ROLES[role]
    return permission in grant.names and (inbox_id is None or grant.inbox_ids is None or inbox_id in grant.inbox_ids)


def inboxes_of(role: Role, permission: Permission) -> frozenset[str] | None:
    """Return the inboxes a role allows this in; None for every inbox."""
    grant = ROLES[role]
    return grant.inbox_ids if permission in grant.names else frozenset()


def names_of(role: Role) -> list[str]:
    """Return every permission of a role by name, sorted, with the former names of those that had another."""
    granted = ROLES[role].names
    return sorted([*granted, *(former for former, now in FORMER_NAMES.items() if now in granted)])


def require(permission: Permission, actor: Permitted, inbox_id: str | None = None) -> None:
    """Raise Forbidden unless the actor may."""
    if not actor.may(permission, inbox_id):
        raise Forbidden("You don't have permission to do this.")


def require_everywhere(permission: Permission, actor: Permitted) -> None:
    """Raise Forbidden unless the actor may in every inbox: for what shows the conversations of all at once."""
    if actor.inboxes_for(permission) is not None:
        raise Forbidden("You don't have permission to do this.")
