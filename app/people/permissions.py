"""Permissions of each role: one function per question, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable

from app.errors import Forbidden
from app.people.actors import SignedInAgent

AGENT_MAY = {"conversation.view", "conversation.reply", "conversation.assign", "ticket.open", "article.search"} | {
    "contact.edit",
    "visitor.view",
    "visitor.invite",
}
SUPERVISOR_MAY = AGENT_MAY | {"wall.watch", "conversation.supervise", "team.set_thresholds", "agent.force_presence", "desk.share"}
ADMIN_MAY = SUPERVISOR_MAY | {
    "people.manage",
    "routing.manage",
    "inbox.manage",
    "article.manage",
    "mail.view",
    "proactive.manage",
}

PERMISSIONS: dict[str, set[str]] = {"agent": AGENT_MAY, "supervisor": SUPERVISOR_MAY, "admin": ADMIN_MAY}


def permissions_of(agent: SignedInAgent) -> list[str]:
    """Names of everything the agent may do, sorted."""
    return sorted(PERMISSIONS[agent.role])


def may_view_conversations(agent: SignedInAgent) -> bool:
    return "conversation.view" in PERMISSIONS[agent.role]


def may_reply(agent: SignedInAgent) -> bool:
    return "conversation.reply" in PERMISSIONS[agent.role]


def may_assign(agent: SignedInAgent) -> bool:
    return "conversation.assign" in PERMISSIONS[agent.role]


def may_open_tickets(agent: SignedInAgent) -> bool:
    return "ticket.open" in PERMISSIONS[agent.role]


def may_supervise(agent: SignedInAgent) -> bool:
    """Read along, whisper, take over, pull back."""
    return "conversation.supervise" in PERMISSIONS[agent.role]


def may_set_thresholds(agent: SignedInAgent) -> bool:
    return "team.set_thresholds" in PERMISSIONS[agent.role]


def may_watch_wall(agent: SignedInAgent) -> bool:
    return "wall.watch" in PERMISSIONS[agent.role]


def may_share(agent: SignedInAgent) -> bool:
    """Saved views, canned responses and macros for everybody."""
    return "desk.share" in PERMISSIONS[agent.role]


def may_force_presence(agent: SignedInAgent) -> bool:
    return "agent.force_presence" in PERMISSIONS[agent.role]


def may_manage_routing(agent: SignedInAgent) -> bool:
    return "routing.manage" in PERMISSIONS[agent.role]


def may_manage_people(agent: SignedInAgent) -> bool:
    return "people.manage" in PERMISSIONS[agent.role]


def may_read_mail(agent: SignedInAgent) -> bool:
    return "mail.view" in PERMISSIONS[agent.role]


def may_edit_contacts(agent: SignedInAgent) -> bool:
    return "contact.edit" in PERMISSIONS[agent.role]


def may_view_visitors(agent: SignedInAgent) -> bool:
    return "visitor.view" in PERMISSIONS[agent.role]


def may_invite_visitors(agent: SignedInAgent) -> bool:
    return "visitor.invite" in PERMISSIONS[agent.role]


def may_manage_inboxes(agent: SignedInAgent) -> bool:
    return "inbox.manage" in PERMISSIONS[agent.role]


def may_manage_articles(agent: SignedInAgent) -> bool:
    return "article.manage" in PERMISSIONS[agent.role]


def may_manage_proactive(agent: SignedInAgent) -> bool:
    return "proactive.manage" in PERMISSIONS[agent.role]


def require(may: Callable[[SignedInAgent], bool], agent: SignedInAgent) -> None:
    """Raises Forbidden unless the agent may."""
    if not may(agent):
        raise Forbidden("You don't have permission to do this.")
