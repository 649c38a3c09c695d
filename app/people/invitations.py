"""Invitations: an address, a role and teams, accepted once through a link that expires."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from msgspec import Struct
from sqlalchemy import delete, select, update

from app.activity.record import record
from app.clock import new_id
from app.contract.people import AgentView, InvitationView, InviteAgent
from app.contract.values import Role
from app.errors import Conflict, Invalid, NotFound
from app.people.actors import SignedInAgent
from app.people.agents import open_account
from app.people.config import announce_config
from app.people.permissions import Permission, require
from app.people.tokens import hash_link, new_secret
from app.text import clean_line
from app.work import Rows, Work
from models import Agent, AgentInvitation, Team

INVITATION_LIFE = timedelta(days=7)
PURPOSE = "invitation"


class Invited(Struct, frozen=True, kw_only=True):
    """An invitation and the secret of its link, which is kept nowhere."""

    invitation: InvitationView
    secret: str


async def invite_agent(work: Work, agent: SignedInAgent, asked: InviteAgent) -> Invited:
    """Invite an address; one that is invited already gets a new link, and the old one is void.

    Raises Conflict when the address belongs to an agent, NotFound for an unknown team.
    """
    require(Permission.SET_PEOPLE, agent)
    email = clean_line(asked.email).lower()
    is_active = await work.one(select(Agent.is_active).where(Agent.email == email))
    if is_active is not None:
        raise Conflict(
            "An agent already uses this email address." if is_active else "This agent is suspended. Reactivate them instead."
        )
    await check_teams(work, asked.team_ids)
    secret = new_secret()
    values = {
        "role": asked.role,
        "team_ids": list(asked.team_ids),
        "token_hash": hash_link(PURPOSE, secret),
        "invited_by_id": agent.id,
        "expires_at": work.now + INVITATION_LIFE,
    }
    pending = update(AgentInvitation).where(AgentInvitation.pending_email == email)
    invitation = await work.one(pending.values(**values).returning(AgentInvitation))
    if invitation is None:
        invitation = await work.add(AgentInvitation(id=new_id(), email=email, pending_email=email, created_at=work.now, **values))
    record(work, agent, "agent.invite", email=email, role=asked.role)
    announce_config(work, "people")
    return Invited(invitation=_view(invitation, agent.name), secret=secret)


async def resend_invitation(work: Work, agent: SignedInAgent, invitation_id: str) -> Invited:
    """Make a new link that expires anew; the old one is void. Raises NotFound for one accepted or revoked."""
    require(Permission.SET_PEOPLE, agent)
    secret = new_secret()
    values = {"token_hash": hash_link(PURPOSE, secret), "invited_by_id": agent.id, "expires_at": work.now + INVITATION_LIFE}
    pending = update(AgentInvitation).where(AgentInvitation.id == invitation_id, AgentInvitation.pending_email.is_not(None))
    invitation = await work.one(pending.values(**values).returning(AgentInvitation))
    if invitation is None:
        raise NotFound("invitation", invitation_id)
    record(work, agent, "agent.invite_again", email=invitation.email)
    announce_config(work, "people")
    return Invited(invitation=_view(invitation, agent.name), secret=secret)


async def revoke_invitation(work: Work, agent: SignedInAgent, invitation_id: str) -> None:
    """Void the link. Raises NotFound for one accepted or revoked."""
    require(Permission.SET_PEOPLE, agent)
    pending = delete(AgentInvitation).where(AgentInvitation.id == invitation_id, AgentInvitation.pending_email.is_not(None))
    email = await work.one(pending.returning(AgentInvitation.email))
    if email is None:
        raise NotFound("invitation", invitation_id)
    record(work, agent, "agent.revoke_invitation", email=email)
    announce_config(work, "people")


async def list_invitations(rows: Rows) -> list[InvitationView]:
    """Return every invitation that was not accepted, newest first."""
    found = await rows.rows(
        select(AgentInvitation, Agent.name)
        .join(Agent, Agent.id == AgentInvitation.invited_by_id)
        .where(AgentInvitation.pending_email.is_not(None))
        .order_by(AgentInvitation.created_at.desc(), AgentInvitation.id)
    )
    return [_view(invitation, name) for invitation, name in found]


async def find_invitation(rows: Rows, secret: str, now: datetime) -> InvitationView:
    """Return the invitation a link belongs to. Raises Invalid for one that is used, revoked, expired or none at all."""
    found = await rows.rows(
        select(AgentInvitation, Agent.name)
        .join(Agent, Agent.id == AgentInvitation.invited_by_id)
        .where(
            AgentInvitation.token_hash == hash_link(PURPOSE, secret),
            AgentInvitation.pending_email.is_not(None),
            AgentInvitation.expires_at > now,
        )
    )
    for invitation, name in found:
        return _view(invitation, name)
    raise _void()


async def accept_invitation(work: Work, secret: str, name: str, password_hash: str, capacity: int) -> AgentView:
    """Become an agent. Two who use one link at the same moment become one agent: the link is taken by a single statement.

    Raises Invalid for a link that is used, revoked, expired or none at all; Conflict when the address was added meanwhile.
    """
    taking = update(AgentInvitation).where(
        AgentInvitation.token_hash == hash_link(PURPOSE, secret),
        AgentInvitation.pending_email.is_not(None),
        AgentInvitation.expires_at > work.now,
    )
    invitation = await work.one(taking.values(pending_email=None).returning(AgentInvitation))
    if invitation is None:
        raise _void()
    there = await work.all(select(Team.id).where(Team.id.in_(invitation.team_ids), Team.archived_at.is_(None)))
    view = await open_account(
        work,
        name=name,
        email=invitation.email,
        password_hash=password_hash,
        role=cast(Role, invitation.role),
        capacity=capacity,
        team_ids=sorted(there),
    )
    await work.change(update(AgentInvitation).where(AgentInvitation.id == invitation.id).values(agent_id=view.id))
    joined = SignedInAgent(id=view.id, name=view.name, role=view.role, session="")
    record(work, joined, "agent.join", agent_id=view.id)
    announce_config(work, "people")
    return view


async def check_teams(work: Work, team_ids: Sequence[str]) -> None:
    """Raise NotFound when one of these teams does not exist or is archived."""
    known = set(await work.all(select(Team.id).where(Team.id.in_(team_ids), Team.archived_at.is_(None))))
    for team_id in team_ids:
        if team_id not in known:
            raise NotFound("team", team_id)


def _void() -> Invalid:
    return Invalid("This link is no longer valid. Ask for a new invitation.")


def _view(invitation: AgentInvitation, invited_by_name: str) -> InvitationView:
    return InvitationView(
        id=invitation.id,
        email=invitation.email,
        role=cast(Role, invitation.role),
        team_ids=list(invitation.team_ids),
        invited_by_name=invited_by_name,
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
    )
