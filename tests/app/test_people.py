"""People: invitations, roles, suspensions, passwords and sessions, each link for one purpose and once; teams renamed and archived."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select, update

from app.contract.conversations import ConversationChanged
from app.contract.people import ArchiveTeam, InviteAgent, RenameTeam, SaveAgent
from app.contract.routing import RuleActions, RuleConditions, SaveRule
from app.contract.workspace import ConfigChanged
from app.errors import Conflict, Forbidden, Invalid, NotFound, ParleyError, Unauthenticated
from app.mail.accounts import AccountMails
from app.mail.outbox import LINK_REMOVED, Outbox
from app.people.accounts import reactivate_agent, rename_team, restore_team, save_agent, set_own_name
from app.people.actors import SignedInAgent
from app.people.agents import get_agent, list_teams
from app.people.invitations import (
    INVITATION_LIFE,
    Invited,
    accept_invitation,
    find_invitation,
    invite_agent,
    list_invitations,
    resend_invitation,
    revoke_invitation,
)
from app.people.passwords import (
    FORGOTTEN_LIFE,
    RESET_LIFE,
    ask_for_reset,
    find_printed_passwords,
    find_reset,
    make_reset,
    set_own_password,
    set_password,
    use_reset,
)
from app.people.sessions import end_other_sessions, end_session, list_sessions, note_sessions_seen
from app.people.sign_in import find_session, sign_in
from app.people.tokens import hash_link, hash_password, hash_secret
from app.routing.departures import archive_team, suspend_agent
from app.routing.rule_store import save_rule
from app.routing.team_use import people_page
from app.work import Work
from models import Activity, Agent, AgentInvitation, AgentSession, Inbox, OutgoingMail, PasswordReset
from tests.factories import OPERATOR, House

PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)
OTHER_HASH = hash_password("another good one")


async def admin(house: House, name: str = "Ada", **fields: Any) -> SignedInAgent:
    return await house.agent(name, role="admin", presence=None, **fields)


async def invite(house: House, by: SignedInAgent, email: str = "New@Example.com", **fields: Any) -> Invited:
    return await house.run(invite_agent, by, InviteAgent(email=email, **fields))


async def join(house: House, secret: str, name: str = "Nia") -> SignedInAgent:
    view = await house.run(accept_invitation, secret, name, HASH, 4)
    return SignedInAgent(id=view.id, name=view.name, role=view.role, session="")


async def actions(house: House) -> list[str]:
    return [line.action for line in await house.all(select(Activity).order_by(Activity.created_at, Activity.id))]


async def role_of(house: House, agent: SignedInAgent) -> str:
    return (await house.agent_row(agent)).role


async def test_an_invitation_is_accepted_once_with_its_role_and_teams(house: House) -> None:
    ada = await admin(house)
    house.told.forget()
    invited = await invite(house, ada, role="supervisor", team_ids=[house.team_id])
    assert len(invited.secret) >= 43, "256 bits"
    assert invited.invitation.email == "new@example.com"
    assert [event.area for event in house.told.all(ConfigChanged)] == ["people"]
    (row,) = await house.all(select(AgentInvitation))
    assert invited.secret not in str(vars(row)), "only the hash is kept"
    async with house.works.read() as rows:
        found = await find_invitation(rows, invited.secret, house.clock())
        assert (found.email, found.invited_by_name) == ("new@example.com", "Ada")
    nia = await join(house, invited.secret)
    async with house.works.read() as rows:
        view = await get_agent(rows, nia.id, house.clock())
        assert (view.role, view.team_ids, view.email) == ("supervisor", [house.team_id], "new@example.com")
        assert await list_invitations(rows) == []
    await sign_in(house.works, "new@example.com", PASSWORD, "")
    with pytest.raises(Invalid, match="no longer valid"):
        await join(house, invited.secret, "Somebody else")
    assert await actions(house) == ["agent.invite", "agent.join"]


@pytest.mark.parametrize("secret", ["", " ", "x", "0" * 43])
async def test_b30_an_empty_or_made_up_link_never_matches(house: House, secret: str) -> None:
    ada = await admin(house)
    await invite(house, ada)
    await house.run(make_reset, ada, (await house.agent()).id)
    for using in (lambda: join(house, secret), lambda: house.run(use_reset, secret, HASH)):
        with pytest.raises(Invalid):
            await using()


async def test_a_link_expires_and_is_renewed_by_sending_it_again(house: House) -> None:
    ada = await admin(house)
    invited = await invite(house, ada)
    house.clock.on(seconds=INVITATION_LIFE.total_seconds())
    with pytest.raises(Invalid):
        await join(house, invited.secret)
    again = await house.run(resend_invitation, ada, invited.invitation.id)
    assert again.invitation.expires_at == house.clock() + INVITATION_LIFE
    with pytest.raises(Invalid):
        await join(house, invited.secret)
    await join(house, again.secret)
    with pytest.raises(NotFound):
        await house.run(resend_invitation, ada, invited.invitation.id)


async def test_inviting_an_address_again_replaces_the_link(house: House) -> None:
    ada = await admin(house)
    first, second = await invite(house, ada), await invite(house, ada, "new@example.com", role="admin")
    assert first.invitation.id == second.invitation.id
    with pytest.raises(Invalid):
        await join(house, first.secret)
    assert await role_of(house, await join(house, second.secret)) == "admin"


async def test_a_revoked_invitation_is_void(house: House) -> None:
    ada = await admin(house)
    invited = await invite(house, ada)
    await house.run(revoke_invitation, ada, invited.invitation.id)
    with pytest.raises(Invalid):
        await join(house, invited.secret)
    with pytest.raises(NotFound):
        await house.run(revoke_invitation, ada, invited.invitation.id)


async def test_agents_are_not_invited_again_and_suspended_ones_are_named(house: House) -> None:
    ada, ben = await admin(house), await house.agent("Ben")
    address = (await house.agent_row(ben)).email
    with pytest.raises(Conflict, match="already"):
        await invite(house, ada, address)
    await house.run(suspend_agent, ada, ben.id)
    with pytest.raises(Conflict, match="suspended"):
        await invite(house, ada, address.upper())
    with pytest.raises(NotFound):
        await invite(house, ada, team_ids=["00000000-0000-7000-8000-000000000000"])


async def test_two_people_with_one_invitation_become_one_agent(house: House) -> None:
    invited = await invite(house, await admin(house))
    outcomes = await asyncio.gather(*(join(house, invited.secret, f"N{n}") for n in range(5)), return_exceptions=True)
    assert sum(isinstance(one, SignedInAgent) for one in outcomes) == 1
    assert all(isinstance(one, SignedInAgent | Invalid) for one in outcomes), outcomes
    assert len(await house.all(select(Agent).where(Agent.email == "new@example.com"))) == 1


async def test_b30_a_link_fits_its_own_purpose_only(house: House) -> None:
    ada, ben = await admin(house), await house.agent("Ben")
    invited = await invite(house, ada)
    _, reset = await house.run(make_reset, ada, ben.id)
    with pytest.raises(Invalid):
        await house.run(use_reset, invited.secret, HASH)
    with pytest.raises(Invalid):
        await join(house, reset)
    async with house.works.read() as rows:
        assert await find_session(rows, reset, house.clock()) is None
    assert hash_link("invitation", "x") != hash_link("password-reset", "x") != hash_secret("x")


async def test_people_are_managed_by_admins_alone(house: House) -> None:
    ben, chi = await house.agent("Ben", role="supervisor"), await house.agent("Chi")
    save = SaveAgent(name="Chi", role="admin", team_ids=[])
    refused: Sequence[Any] = [
        (invite_agent, InviteAgent(email="x@example.com")),
        (resend_invitation, chi.id),
        (revoke_invitation, chi.id),
        (save_agent, ben.id, save),
        (suspend_agent, chi.id),
        (reactivate_agent, chi.id),
        (make_reset, chi.id),
        (rename_team, house.team_id, RenameTeam(name="x")),
        (archive_team, house.team_id, ArchiveTeam()),
        (restore_team, house.team_id),
    ]
    for verb, *given in refused:
        with pytest.raises(Forbidden):
            await house.run(verb, ben, *given)
    async with house.works.read() as rows:
        with pytest.raises(Forbidden):
            await people_page(rows, ben, house.clock(), is_mailing=False)


async def test_name_role_and_teams_are_replaced(house: House) -> None:
    ada, ben = await admin(house), await house.agent("Ben")
    orders = await house.team("Orders")
    view = await house.run(save_agent, ada, ben.id, SaveAgent(name="  Ben  O. ", role="supervisor", team_ids=[orders]))
    assert (view.name, view.role, view.team_ids) == ("Ben O.", "supervisor", [orders])
    with pytest.raises(Invalid):
        await house.run(save_agent, ada, ben.id, SaveAgent(name=" ", role="agent", team_ids=[]))
    with pytest.raises(NotFound):
        await house.run(save_agent, ada, house.team_id, SaveAgent(name="x", role="agent", team_ids=[]))


async def test_nobody_changes_their_own_role_or_suspends_themself(house: House) -> None:
    ada = await admin(house)
    await admin(house, "Second")
    with pytest.raises(Forbidden, match="another admin"):
        await house.run(save_agent, ada, ada.id, SaveAgent(name="Ada", role="agent", team_ids=[]))
    with pytest.raises(Forbidden, match="another admin"):
        await house.run(suspend_agent, ada, ada.id)
    view = await house.run(save_agent, ada, ada.id, SaveAgent(name="Ada L.", role="admin", team_ids=[]))
    assert view.name == "Ada L.", "the rest of one's own account can be changed"


async def test_two_admins_who_remove_each_other_leave_one(house: House) -> None:
    ada, eve = await admin(house), await admin(house, "Eve")
    outcomes = await asyncio.gather(
        house.run(suspend_agent, ada, eve.id),
        house.run(save_agent, eve, ada.id, SaveAgent(name="Ada", role="agent", team_ids=[])),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Forbidden | NotFound) for one in outcomes) == 1, outcomes
    left = await house.all(select(Agent).where(Agent.role == "admin", Agent.is_active))
    assert len(left) == 1


async def test_an_admin_who_was_demoted_meanwhile_cannot_remove_the_last_one(house: House) -> None:
    ada, eve = await admin(house), await admin(house, "Eve")
    await house.run(save_agent, ada, eve.id, SaveAgent(name="Eve", role="agent", team_ids=[]))
    with pytest.raises(Forbidden):
        await house.run(suspend_agent, eve, ada.id)  # her door still took her for an admin


async def test_a_suspended_agent_is_out_and_their_conversations_return(house: House) -> None:
    ada, ben = await admin(house), await house.agent("Ben", password_hash=HASH)
    id, _ = await house.chat(ben)
    address = (await house.agent_row(ben)).email
    secret, _ = await sign_in(house.works, address, PASSWORD, "")
    async with house.works.read() as rows:
        (row,) = [one for one in (await people_page(rows, ada, house.clock(), is_mailing=False)).people if one.id == ben.id]
        assert (row.open_count, row.is_active) == (1, True), "what the question says beforehand"
    await house.run(suspend_agent, ada, ben.id)
    conversation = await house.conversation(id)
    assert (conversation.agent_id, conversation.team_id) == (None, house.team_id)
    async with house.works.read() as rows:
        assert await find_session(rows, secret, house.clock()) is None
    with pytest.raises(Unauthenticated):
        await sign_in(house.works, address, PASSWORD, "")
    with pytest.raises(NotFound):
        await house.run(make_reset, ada, ben.id)
    await house.run(reactivate_agent, ada, ben.id)
    await sign_in(house.works, address, PASSWORD, "")
    with pytest.raises(NotFound):
        await house.run(reactivate_agent, ada, ben.id)
    assert "agent.suspend" in await actions(house)


async def test_a_reset_link_works_once_and_ends_every_session(house: House) -> None:
    ada, ben = await admin(house), await house.agent("Ben", password_hash=OTHER_HASH)
    address = (await house.agent_row(ben)).email
    held, _ = await sign_in(house.works, address, "another good one", "")
    _, first = await house.run(make_reset, ada, ben.id)
    email, secret = await house.run(make_reset, ada, ben.id)
    assert email == address
    (row,) = await house.all(select(PasswordReset))
    assert secret not in str(vars(row))
    with pytest.raises(Invalid):
        await house.run(use_reset, first, HASH)
    async with house.works.read() as rows:
        assert (await find_reset(rows, secret, house.clock())).name == "Ben"
    outcomes = await asyncio.gather(*(house.run(use_reset, secret, HASH) for _ in range(4)), return_exceptions=True)
    assert sum(one == address for one in outcomes) == 1, outcomes
    async with house.works.read() as rows:
        assert await find_session(rows, held, house.clock()) is None
    await sign_in(house.works, address, PASSWORD, "")


async def test_a_reset_link_expires(house: House) -> None:
    ada, ben = await admin(house), await house.agent("Ben")
    _, secret = await house.run(make_reset, ada, ben.id)
    house.clock.on(seconds=RESET_LIFE.total_seconds())
    with pytest.raises(Invalid):
        await house.run(use_reset, secret, HASH)


async def test_a_forgotten_password_is_mailed_to_agents_alone(house: House) -> None:
    ben = await house.agent("Ben")
    address = (await house.agent_row(ben)).email
    mails = AccountMails("Support <support@example.com>", "https://help.example.com", is_mailing=True)
    for email in ("nobody@example.com", address.upper()):
        await house.run(ask_for_reset, email)
        await house.run(mails.run_forgotten, {"email": email.lower()})
    (mail,) = await house.all(select(OutgoingMail))
    assert (mail.recipient, mail.kind) == (address, "password_reset")
    secret = mail.body_text.split("/inbox/reset?token=")[1].split()[0]
    house.clock.on(seconds=FORGOTTEN_LIFE.total_seconds() - 1)
    assert await house.run(use_reset, secret, HASH) == address


class Taken:
    """A mail host that takes everything."""

    async def send(self, mail: Any, recipient: str) -> None:
        return


async def test_the_outbox_forgets_a_link_once_it_is_sent(house: House) -> None:
    mails = AccountMails("Support <support@example.com>", "https://help.example.com", is_mailing=True)
    ada = await admin(house)
    invited = await invite(house, ada)
    assert await house.run(mails.invite, "new@example.com", "Ada", invited.secret)
    (mail,) = await house.all(select(OutgoingMail))
    assert invited.secret in mail.body_text
    await Outbox(Taken()).send(house.works, {"mail_id": mail.id})
    (mail,) = await house.all(select(OutgoingMail).execution_options(populate_existing=True))
    assert (mail.state, mail.body_text) == ("sent", LINK_REMOVED)
    assert invited.secret not in mail.body_html


async def test_ones_own_password_asks_for_the_old_one_and_ends_the_other_sessions(house: House) -> None:
    ben = await house.agent("Ben", password_hash=HASH)
    address = (await house.agent_row(ben)).email
    (here, me), (there, _) = [await sign_in(house.works, address, PASSWORD, "") for _ in range(2)]
    with pytest.raises(Invalid, match="current password"):
        await set_own_password(house.works, me, "wrong", "a new good one")
    await set_own_password(house.works, me, PASSWORD, "a new good one")
    async with house.works.read() as rows:
        assert await find_session(rows, here, house.clock()) is not None
        assert await find_session(rows, there, house.clock()) is None
    await sign_in(house.works, address, "a new good one", "")
    with pytest.raises(Unauthenticated):
        await sign_in(house.works, address, PASSWORD, "")


async def test_ones_own_name_is_changed(house: House) -> None:
    ben = await house.agent("Ben")
    assert (await house.run(set_own_name, ben, " Benjamin\n")).name == "Benjamin"
    with pytest.raises(Invalid):
        await house.run(set_own_name, ben, " \n")


async def test_sessions_are_listed_and_ended(house: House) -> None:
    ben, chi = await house.agent("Ben", password_hash=HASH), await house.agent("Chi", password_hash=HASH)
    address = (await house.agent_row(ben)).email
    _, me = await sign_in(house.works, address, PASSWORD, "Firefox")
    _, phone = await sign_in(house.works, address, PASSWORD, "Phone")
    _, tablet = await sign_in(house.works, address, PASSWORD, "Tablet")
    _, stranger = await sign_in(house.works, (await house.agent_row(chi)).email, PASSWORD, "Chi's")
    house.clock.on(minutes=5)
    await house.run(note_sessions_seen, [tablet.session])

    async def listed() -> list[tuple[str, bool]]:
        async with house.works.read() as rows:
            return [(one.user_agent, one.is_this) for one in await list_sessions(rows, me, house.clock())]

    assert await listed() == [("Firefox", True), ("Tablet", False), ("Phone", False)]
    async with house.works.read() as rows:
        ids = {one.user_agent: one.id for one in await list_sessions(rows, me, house.clock())}
        (theirs,) = await list_sessions(rows, stranger, house.clock())
    assert phone.session not in str(ids)
    with pytest.raises(NotFound):
        await house.run(end_session, me, theirs.id)
    with pytest.raises(NotFound):
        await house.run(end_session, me, "")
    await house.run(end_session, me, ids["Phone"])
    assert await listed() == [("Firefox", True), ("Tablet", False)]
    await house.run(end_other_sessions, me)
    assert await listed() == [("Firefox", True)]
    assert len(await house.all(select(AgentSession).where(AgentSession.agent_id == chi.id))) == 1


async def test_a_password_set_on_the_command_line_ends_every_session(house: House) -> None:
    ben = await house.agent("Ben", password_hash=OTHER_HASH)
    address = (await house.agent_row(ben)).email
    held, _ = await sign_in(house.works, address, "another good one", "")
    await house.run(set_password, OPERATOR, f" {address.upper()} ", HASH)
    await sign_in(house.works, address, PASSWORD, "")
    async with house.works.read() as rows:
        assert await find_session(rows, held, house.clock()) is None
    with pytest.raises(NotFound):
        await house.run(set_password, OPERATOR, "nobody@example.com", HASH)


async def test_printed_passwords_are_found(house: House) -> None:
    ben, chi = await house.agent("Ben", password_hash=HASH), await house.agent("Chi", password_hash=OTHER_HASH)
    gone = await house.agent("Gone", password_hash=HASH)
    addresses = [(await house.agent_row(one)).email for one in (ben, chi, gone)]

    async def suspend(work: Work) -> None:
        await work.change(update(Agent).where(Agent.id == gone.id).values(is_active=False))

    await house.run(suspend)
    async with house.works.read() as rows:
        assert await find_printed_passwords(rows, addresses, PASSWORD) == [addresses[0]]


async def test_a_team_is_renamed_unless_the_name_is_taken(house: House) -> None:
    ada, orders = await admin(house), await house.team("Orders")
    assert (await house.run(rename_team, ada, orders, RenameTeam(name=" Returns "))).name == "Returns"
    with pytest.raises(Conflict):
        await house.run(rename_team, ada, orders, RenameTeam(name="Support"))
    with pytest.raises(NotFound):
        await house.run(rename_team, ada, ada.id, RenameTeam(name="x"))


async def test_an_archived_team_leaves_menus_and_its_conversations_go_on(house: House) -> None:
    ada, orders = await admin(house), await house.team("Orders")
    ben = await house.agent("Ben", teams=[house.team_id])
    held, _ = await house.chat(ben)
    waiting, _ = await house.chat()
    rule = SaveRule(name="Parcels", conditions=RuleConditions(), actions=RuleActions(team_id=house.team_id))
    made = await house.run(save_rule, OPERATOR, rule)
    with pytest.raises(Conflict, match="inbox Shop, rule Parcels"):
        await house.run(archive_team, ada, house.team_id, ArchiveTeam(move_to=orders))

    async def let_go(work: Work) -> None:
        await work.change(update(Inbox).values(team_id=orders))

    await house.run(let_go)
    await house.run(save_rule, OPERATOR, SaveRule(name="Parcels", conditions=RuleConditions(), actions=RuleActions()), made.id)
    with pytest.raises(Invalid):
        await house.run(archive_team, ada, house.team_id, ArchiveTeam(move_to=house.team_id))
    house.told.forget()
    assert await house.run(archive_team, ada, house.team_id, ArchiveTeam(move_to=orders)) == 2
    assert len(house.told.all(ConversationChanged)) == 2
    for id, owner in ((held, ben.id), (waiting, None)):
        conversation = await house.conversation(id)
        assert (conversation.team_id, conversation.agent_id) == (orders, owner)
    async with house.works.read() as rows:
        assert [team.name for team in await list_teams(rows)] == ["Orders"]
        page = await people_page(rows, ada, house.clock(), is_mailing=False)
        assert [(team.name, team.is_archived, team.open_count) for team in page.teams] == [
            ("Orders", False, 2),
            ("Support", True, 0),
        ]
    with pytest.raises(NotFound):
        await house.run(archive_team, ada, house.team_id, ArchiveTeam())
    await house.run(save_agent, ada, ben.id, SaveAgent(name="Ben", role="agent", team_ids=[orders]))
    await house.run(restore_team, ada, house.team_id)
    async with house.works.read() as rows:
        assert set((await get_agent(rows, ben.id, house.clock())).team_ids) == {house.team_id, orders}


async def test_no_refusal_names_more_than_it_should(house: House) -> None:
    ada = await admin(house)
    for verb, given in ((save_agent, SaveAgent(name="x", role="agent", team_ids=[])), (suspend_agent, None)):
        with pytest.raises(ParleyError) as refused:
            await house.run(verb, ada, house.inbox_id, *([given] if given else []))
        assert refused.value.detail == "There is no such agent."
