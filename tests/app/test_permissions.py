"""What each role may do, as a table; a question nobody answers here fails."""

from __future__ import annotations

import inspect

import pytest

from app.contract.values import Role
from app.errors import Forbidden
from app.people import permissions
from app.people.actors import SignedInAgent
from app.people.permissions import permissions_of, require

MAY: dict[str, tuple[bool, bool, bool]] = {  # agent, supervisor, admin
    "may_view_conversations": (True, True, True),
    "may_reply": (True, True, True),
    "may_assign": (True, True, True),
    "may_open_tickets": (True, True, True),
    "may_edit_contacts": (True, True, True),
    "may_view_visitors": (True, True, True),
    "may_invite_visitors": (True, True, True),
    "may_watch_wall": (False, True, True),
    "may_supervise": (False, True, True),
    "may_set_thresholds": (False, True, True),
    "may_share": (False, True, True),
    "may_force_presence": (False, True, True),
    "may_manage_routing": (False, False, True),
    "may_manage_people": (False, False, True),
    "may_manage_inboxes": (False, False, True),
    "may_manage_proactive": (False, False, True),
    "may_read_mail": (False, False, True),
    "may_manage_articles": (False, False, True),
}
ROLES: tuple[Role, ...] = ("agent", "supervisor", "admin")


def somebody(role: Role) -> SignedInAgent:
    return SignedInAgent(id="a", name="A", role=role, session="")


def test_every_question_is_in_the_table() -> None:
    asked = {name for name, it in vars(permissions).items() if name.startswith("may_") and inspect.isfunction(it)}
    assert asked == set(MAY)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("question", sorted(MAY))
def test_the_answer(question: str, role: Role) -> None:
    may = getattr(permissions, question)
    is_allowed = MAY[question][ROLES.index(role)]
    assert may(somebody(role)) is is_allowed
    if is_allowed:
        require(may, somebody(role))
    else:
        with pytest.raises(Forbidden):
            require(may, somebody(role))


def test_more_responsibility_takes_nothing_away() -> None:
    agent, supervisor, admin = (set(permissions_of(somebody(role))) for role in ROLES)
    assert agent < supervisor < admin
