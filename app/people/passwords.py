"""Passwords: changed by their owner, set on the command line, or chosen anew through a link that works once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app.activity.record import record
from app.contract.people import ResetFor
from app.errors import Conflict, Invalid, NotFound
from app.job_kinds import JobKind
from app.people.actors import Operator, SignedInAgent
from app.people.permissions import Permission, require
from app.people.tokens import hash_link, hash_password_apart, is_password_apart, new_secret
from app.text import clean_line
from app.work import Rows, Work, Works
from models import Agent, AgentSession, PasswordReset

FORGOTTEN_JOB = JobKind(name="people.forgotten")
"""Mails a link to an address whose password was forgotten, if it belongs to an agent."""
RESET_LIFE = timedelta(hours=24)
FORGOTTEN_LIFE = timedelta(hours=1)
PURPOSE = "password-reset"


async def set_own_password(works: Works, agent: SignedInAgent, old: str, new: str) -> None:
    """Change one's own password; all other sessions end. Raises Invalid when the old one is wrong."""
    async with works.read() as rows:
        known = await rows.one(select(Agent.password_hash).where(Agent.id == agent.id))
    if known is None or not await is_password_apart(known, old):
        raise Invalid("The current password is wrong.")
    await works.run(_replace_own, agent, known, await hash_password_apart(new))


async def _replace_own(work: Work, agent: SignedInAgent, known: str, password_hash: str) -> None:
    if not await work.change(
        update(Agent).where(Agent.id == agent.id, Agent.password_hash == known).values(password_hash=password_hash)
    ):
        raise Conflict("The password was changed elsewhere just now. Sign in again.")
    await work.change(delete(AgentSession).where(AgentSession.agent_id == agent.id, AgentSession.token_hash != agent.session))
    await work.change(delete(PasswordReset).where(PasswordReset.agent_id == agent.id))
    record(work, agent, "password.change", agent_id=agent.id)


async def set_password(work: Work, operator: Operator, email: str, password_hash: str) -> None:
    """Set an agent's password by their address, and end all their sessions. Raises NotFound."""
    require(Permission.SET_PEOPLE, operator)
    address = clean_line(email).lower()
    agent_id = await work.one(update(Agent).where(Agent.email == address).values(password_hash=password_hash).returning(Agent.id))
    if agent_id is None:
        raise NotFound("agent", address)
    await _end_everything(work, agent_id)
    record(work, operator, "password.set", agent_id=agent_id)


async def make_reset(work: Work, agent: SignedInAgent, agent_id: str) -> tuple[str, str]:
    """Make a link that lets a colleague choose a new password; an earlier one is void. The address and the secret.

    Raises NotFound for one who is not active.
    """
    require(Permission.SET_PEOPLE, agent)
    email = await work.one(select(Agent.email).where(Agent.id == agent_id, Agent.is_active))
    if email is None:
        raise NotFound("agent", agent_id)
    secret = await _write_reset(work, agent_id, RESET_LIFE, agent.id)
    record(work, agent, "agent.reset_password", agent_id=agent_id)
    return email, secret


async def make_own_reset(work: Work, email: str) -> str | None:
    """Make a link for the agent of this address, who forgot their password: its secret, or None without an agent."""
    agent_id = await work.one(select(Agent.id).where(Agent.email == clean_line(email).lower(), Agent.is_active))
    return await _write_reset(work, agent_id, FORGOTTEN_LIFE, None) if agent_id else None


async def ask_for_reset(work: Work, email: str) -> None:
    """Queue the same job for every address, so that neither the answer nor its time says whether it is known."""
    await work.later(FORGOTTEN_JOB, {"email": clean_line(email).lower()})


async def find_reset(rows: Rows, secret: str, now: datetime) -> ResetFor:
    """Return whose password a link is for. Raises Invalid for one that is used, expired or none at all."""
    found = await rows.one(
        select(Agent)
        .join(PasswordReset, PasswordReset.agent_id == Agent.id)
        .where(PasswordReset.token_hash == hash_link(PURPOSE, secret), PasswordReset.expires_at > now, Agent.is_active)
    )
    if found is None:
        raise _void()
    return ResetFor(email=found.email, name=found.name)


async def use_reset(work: Work, secret: str, password_hash: str) -> str:
    """Set the password through a link, which is void from then on, and end every session. The agent's address.

    Raises Invalid for a link that is used, expired or none at all.
    """
    taking = delete(PasswordReset).where(
        PasswordReset.token_hash == hash_link(PURPOSE, secret), PasswordReset.expires_at > work.now
    )
    agent_id = await work.one(taking.returning(PasswordReset.agent_id))
    if agent_id is None:
        raise _void()
    found = await work.one(
        update(Agent).where(Agent.id == agent_id, Agent.is_active).values(password_hash=password_hash).returning(Agent)
    )
    if found is None:
        raise _void()
    await _end_everything(work, agent_id)
    owner = SignedInAgent(id=found.id, name=found.name, role=found.role, session="")  # pyright: ignore[reportArgumentType]
    record(work, owner, "password.reset", agent_id=found.id)
    return found.email


async def find_printed_passwords(rows: Rows, addresses: Sequence[str], password: str) -> list[str]:
    """Return which of these addresses belong to active agents whose password is still this one."""
    there = await rows.all(select(Agent).where(Agent.email.in_(addresses), Agent.is_active).order_by(Agent.email))
    known = {agent.email: agent.password_hash for agent in there}
    return [email for email, kept in known.items() if await is_password_apart(kept, password)]


async def _write_reset(work: Work, agent_id: str, life: timedelta, created_by_id: str | None) -> str:
    secret = new_secret()
    await work.change(delete(PasswordReset).where(PasswordReset.agent_id == agent_id))
    await work.add(
        PasswordReset(
            token_hash=hash_link(PURPOSE, secret),
            agent_id=agent_id,
            created_by_id=created_by_id,
            created_at=work.now,
            expires_at=work.now + life,
        )
    )
    return secret


async def _end_everything(work: Work, agent_id: str) -> None:
    await work.change(delete(AgentSession).where(AgentSession.agent_id == agent_id))
    await work.change(delete(PasswordReset).where(PasswordReset.agent_id == agent_id))


def _void() -> Invalid:
    return Invalid("This link is no longer valid. Ask for a new one.")
