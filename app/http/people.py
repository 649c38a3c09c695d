"""People: agents added or invited, changed, suspended; teams; and what the People page shows."""

from __future__ import annotations

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody

from app.contract.bases import Done
from app.contract.people import (
    AcceptInvitation,
    AgentIs,
    ArchiveTeam,
    CreateAgent,
    CreateTeam,
    InvitationIs,
    InviteAgent,
    InvitedTo,
    LookAtToken,
    PeoplePage,
    RenameTeam,
    ResetLink,
    SaveAgent,
    TeamIs,
)
from app.contract.sign_in import SignedIn
from app.http.ids import as_id
from app.http.platform import AnyRequest, Platform, address_of, agent_of, platform_of, refuse_foreign_origin
from app.http.sign_in import signed_in
from app.people.accounts import reactivate_agent, rename_team, restore_team, save_agent
from app.people.actors import SignedInAgent
from app.people.agents import add_agent, add_team
from app.people.invitations import (
    Invited,
    accept_invitation,
    find_invitation,
    invite_agent,
    resend_invitation,
    revoke_invitation,
)
from app.people.passwords import make_reset
from app.people.permissions import Permission, require
from app.people.sign_in import sign_in
from app.people.tokens import hash_password_apart
from app.people.workspace import workspace_name
from app.routing.departures import archive_team, suspend_agent
from app.routing.team_use import people_page
from app.work import Work


@get("/api/v1/people")
async def people(request: AnyRequest) -> PeoplePage:
    """Everyone with an account, pending invitations, and what each team is used for. For admins."""
    agent = await agent_of(request)
    platform = platform_of(request)
    async with platform.works.read() as rows:
        return await people_page(rows, agent, platform.works.clock(), is_mailing=platform.account_mails.is_mailing)


@post("/api/v1/agents", status_code=201)
async def create_agent(request: AnyRequest, data: JSONBody[CreateAgent]) -> AgentIs:
    """Add an agent with a password of the admin's choice. For admins."""
    agent = await agent_of(request)
    require(Permission.SET_PEOPLE, agent)  # before any time is spent on a password
    platform = platform_of(request)
    view = await platform.works.run(
        add_agent,
        agent,
        name=data.name,
        email=data.email,
        password_hash=await hash_password_apart(data.password),
        role=data.role,
        capacity=platform.settings.agent_capacity,
        team_ids=data.team_ids,
    )
    return AgentIs(agent=view)


@post("/api/v1/agents/invitations", status_code=201)
async def create_invitation(request: AnyRequest, data: JSONBody[InviteAgent]) -> InvitationIs:
    """Invite an address: its link is mailed when there is a mail host, and always returned. For admins."""
    agent = await agent_of(request)
    platform = platform_of(request)

    async def invite(work: Work) -> InvitationIs:
        return await _mail_invitation(work, platform, agent, await invite_agent(work, agent, data))

    return await platform.works.run(invite)


@post("/api/v1/agents/invitations/{invitation_id:str}/resend", status_code=200)
async def send_invitation_again(request: AnyRequest, invitation_id: FromPath[str]) -> InvitationIs:
    """Make a new link for an invitation; the old one is void. For admins."""
    agent = await agent_of(request)
    platform = platform_of(request)

    async def resend(work: Work) -> InvitationIs:
        again = await resend_invitation(work, agent, as_id(invitation_id, "invitation"))
        return await _mail_invitation(work, platform, agent, again)

    return await platform.works.run(resend)


@delete("/api/v1/agents/invitations/{invitation_id:str}", status_code=200)
async def delete_invitation(request: AnyRequest, invitation_id: FromPath[str]) -> Done:
    """Revoke an invitation. For admins."""
    agent = await agent_of(request)
    await platform_of(request).works.run(revoke_invitation, agent, as_id(invitation_id, "invitation"))
    return Done()


@post("/api/v1/invitations/look", status_code=200)
async def look_at_invitation(request: AnyRequest, data: JSONBody[LookAtToken]) -> InvitedTo:
    """Say what a link invites to."""
    platform = platform_of(request)
    platform.login_limit.take(f"address:{address_of(request)}")
    async with platform.works.read() as rows:
        found = await find_invitation(rows, data.token, platform.works.clock())
        return InvitedTo(
            email=found.email,
            role=found.role,
            invited_by_name=found.invited_by_name,
            workspace_name=await workspace_name(rows),
        )


@post("/api/v1/invitations/accept", status_code=200)
async def accept(request: AnyRequest, data: JSONBody[AcceptInvitation]) -> Response[SignedIn]:
    """Accept an invitation: choose a name and a password, and be signed in."""
    platform = platform_of(request)
    refuse_foreign_origin(request)
    platform.login_limit.take(f"address:{address_of(request)}")
    async with platform.works.read() as rows:
        await find_invitation(rows, data.token, platform.works.clock())  # before any time is spent on a password
    password_hash = await hash_password_apart(data.password)
    view = await platform.works.run(accept_invitation, data.token, data.name, password_hash, platform.settings.agent_capacity)
    secret, agent = await sign_in(platform.works, view.email, data.password, request.headers.get("user-agent", ""))
    return await signed_in(request, secret, agent, view.email)


@put("/api/v1/agents/{agent_id:str}")
async def change_agent(request: AnyRequest, agent_id: FromPath[str], data: JSONBody[SaveAgent]) -> AgentIs:
    """Replace an agent's name, role and teams. For admins."""
    agent = await agent_of(request)
    return AgentIs(agent=await platform_of(request).works.run(save_agent, agent, as_id(agent_id, "agent"), data))


@post("/api/v1/agents/{agent_id:str}/suspend", status_code=200)
async def suspend(request: AnyRequest, agent_id: FromPath[str]) -> AgentIs:
    """Suspend an agent: signed out everywhere, and what they hold returns to the queue. For admins."""
    agent = await agent_of(request)
    return AgentIs(agent=await platform_of(request).works.run(suspend_agent, agent, as_id(agent_id, "agent")))


@delete("/api/v1/agents/{agent_id:str}", status_code=200)
async def remove_agent(request: AnyRequest, agent_id: FromPath[str]) -> AgentIs:
    """Suspend an agent, as `suspend` does: accounts keep their history and are never deleted. For admins."""
    agent = await agent_of(request)
    return AgentIs(agent=await platform_of(request).works.run(suspend_agent, agent, as_id(agent_id, "agent")))


@post("/api/v1/agents/{agent_id:str}/reactivate", status_code=200)
async def reactivate(request: AnyRequest, agent_id: FromPath[str]) -> AgentIs:
    """Let a suspended agent sign in again. For admins."""
    agent = await agent_of(request)
    return AgentIs(agent=await platform_of(request).works.run(reactivate_agent, agent, as_id(agent_id, "agent")))


@post("/api/v1/agents/{agent_id:str}/password-reset", status_code=201)
async def create_reset(request: AnyRequest, agent_id: FromPath[str]) -> ResetLink:
    """Make a one-time link with which an agent chooses a new password; mailed when there is a mail host. For admins."""
    agent = await agent_of(request)
    platform = platform_of(request)

    async def make(work: Work) -> ResetLink:
        email, secret = await make_reset(work, agent, as_id(agent_id, "agent"))
        is_mailed = await platform.account_mails.reset(work, email, secret, "24 hours")
        return ResetLink(link=platform.account_mails.reset_link(secret), is_mailed=is_mailed)

    return await platform.works.run(make)


@post("/api/v1/teams", status_code=201)
async def create_team(request: AnyRequest, data: JSONBody[CreateTeam]) -> TeamIs:
    """Add a team. For admins."""
    return TeamIs(team=await platform_of(request).works.run(add_team, await agent_of(request), data.name))


@put("/api/v1/teams/{team_id:str}")
async def change_team(request: AnyRequest, team_id: FromPath[str], data: JSONBody[RenameTeam]) -> TeamIs:
    """Rename a team. For admins."""
    agent = await agent_of(request)
    return TeamIs(team=await platform_of(request).works.run(rename_team, agent, as_id(team_id, "team"), data))


@post("/api/v1/teams/{team_id:str}/archive", status_code=200)
async def archive(request: AnyRequest, team_id: FromPath[str], data: JSONBody[ArchiveTeam]) -> Done:
    """Archive a team: it leaves menus, and its open conversations go to another. For admins."""
    agent = await agent_of(request)
    await platform_of(request).works.run(archive_team, agent, as_id(team_id, "team"), data)
    return Done()


@post("/api/v1/teams/{team_id:str}/restore", status_code=200)
async def restore(request: AnyRequest, team_id: FromPath[str]) -> TeamIs:
    """Offer an archived team again. For admins."""
    agent = await agent_of(request)
    return TeamIs(team=await platform_of(request).works.run(restore_team, agent, as_id(team_id, "team")))


async def _mail_invitation(work: Work, platform: Platform, agent: SignedInAgent, invited: Invited) -> InvitationIs:
    mails = platform.account_mails
    is_mailed = await mails.invite(work, invited.invitation.email, agent.name, invited.secret)
    return InvitationIs(invitation=invited.invitation, link=mails.join_link(invited.secret), is_mailed=is_mailed)


ROUTES = [
    people,
    create_agent,
    create_invitation,
    send_invitation_again,
    delete_invitation,
    look_at_invitation,
    accept,
    change_agent,
    suspend,
    remove_agent,
    reactivate,
    create_reset,
    create_team,
    change_team,
    archive,
    restore,
]
