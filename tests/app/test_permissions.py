"""Permissions of each role as a table; a name that is not in it fails."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.contract.values import Role
from app.errors import Forbidden
from app.people.actors import Operator, SignedInAgent
from app.people.permissions import FORMER_NAMES, ROLES, Grant, Permission, names_of, require

ROOT = Path(__file__).resolve().parents[2]
MAY: dict[str, tuple[bool, bool, bool]] = {  # agent, supervisor, admin
    "conversation.view": (True, True, True),
    "conversation.reply": (True, True, True),
    "conversation.assign": (True, True, True),
    "ticket.manage": (True, True, True),
    "contact.edit": (True, True, True),
    "visitor.view": (True, True, True),
    "visitor.invite": (True, True, True),
    "conversation.supervise": (False, True, True),
    "wall.watch": (False, True, True),
    "team.set_thresholds": (False, True, True),
    "toolbox.share": (False, True, True),
    "agent.force_presence": (False, True, True),
    "audit.view": (False, True, True),
    "article.publish": (False, False, True),
    "settings.workspace": (False, False, True),
    "settings.people": (False, False, True),
    "settings.inboxes": (False, False, True),
    "settings.routing": (False, False, True),
    "settings.hours": (False, False, True),
    "settings.sla": (False, False, True),
    "settings.mail": (False, False, True),
    "settings.proactive": (False, False, True),
    "settings.tickets": (False, False, True),
}
BUILT_IN: tuple[Role, ...] = ("agent", "supervisor", "admin")


def somebody(role: Role) -> SignedInAgent:
    return SignedInAgent(id="a", name="A", role=role, session="")


def test_every_permission_is_in_the_table() -> None:
    assert set(Permission) == set(MAY)


@pytest.mark.parametrize("role", BUILT_IN)
@pytest.mark.parametrize("name", sorted(MAY))
def test_a_role_allows_what_the_table_says(name: str, role: Role) -> None:
    permission, is_allowed = Permission(name), MAY[name][BUILT_IN.index(role)]
    assert somebody(role).may(permission) is is_allowed
    assert somebody(role).may(permission, "any inbox") is is_allowed
    assert (name in names_of(role)) is is_allowed
    if is_allowed:
        require(permission, somebody(role))
    else:
        with pytest.raises(Forbidden):
            require(permission, somebody(role))


def test_more_responsibility_takes_nothing_away() -> None:
    agent, supervisor, admin = (set(names_of(role)) for role in BUILT_IN)
    assert agent < supervisor < admin


def test_a_grant_holds_in_its_inboxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ROLES, "agent", Grant(frozenset({Permission.REPLY}), frozenset({"shop"})))
    ana = somebody("agent")
    assert [ana.may(Permission.REPLY, inbox) for inbox in ("shop", "help", None)] == [True, False, True]
    assert not ana.may(Permission.ASSIGN, "shop")
    with pytest.raises(Forbidden):
        require(Permission.REPLY, ana, "help")


def test_screens_of_the_version_before_find_their_names() -> None:
    assert {"people.manage", "routing.manage", "desk.share"} <= set(names_of("admin"))
    assert "desk.share" in names_of("supervisor")
    assert "routing.manage" not in names_of("supervisor")
    assert not set(FORMER_NAMES) & set(Permission)


def test_the_operator_may_do_everything() -> None:
    assert all(Operator().may(permission) for permission in Permission)


def test_screens_ask_for_permissions_that_exist() -> None:
    asked = re.compile(r"""(?:\bmay\(|permission: )["']([a-z_.]+)["']""")
    screens = [
        path
        for kind in ("ts", "vue")
        for path in (ROOT / "agent_ui").rglob(f"*.{kind}")
        if not {"node_modules", "dist", "test"} & set(path.parts)
    ]
    names = {(path.name, name) for path in screens for name in asked.findall(path.read_text("utf-8"))}
    assert len({name for _, name in names}) > 10
    assert {one for one in names if one[1] not in set(Permission) | set(FORMER_NAMES)} == set()
