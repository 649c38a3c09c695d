"""Agents signing in and out, and programs that act as agents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import bindparam, delete, select, union_all

from app.contract.values import Role
from app.errors import Unauthenticated
from app.people.actors import SignedInAgent
from app.people.tokens import hash_secret, is_password_apart, new_secret
from app.text import clean_line
from app.work import Rows, Work, Works
from models import Agent, AgentSession, ApiToken

SESSION_LIFE = timedelta(days=14)
BATCH = 500


async def sign_in(works: Works, email: str, password: str, user_agent: str) -> tuple[str, SignedInAgent]:
    """Check a password and open a session: the cookie's secret and who it is.

    An unknown address and a wrong password take as long and say the same. Raises Unauthenticated.
    """
    async with works.read() as rows:
        agent = await rows.one(select(Agent).where(Agent.email == clean_line(email).lower(), Agent.is_active))
    if not await is_password_apart(agent.password_hash if agent else None, password) or agent is None:
        raise Unauthenticated("Wrong email or password.")
    secret = new_secret()
    await works.run(_open_session, agent.id, hash_secret(secret), user_agent)
    return secret, _signed_in(agent, hash_secret(secret))


async def _open_session(work: Work, agent_id: str, token_hash: str, user_agent: str) -> None:
    await work.add(
        AgentSession(
            token_hash=token_hash,
            agent_id=agent_id,
            user_agent=clean_line(user_agent)[:300],
            created_at=work.now,
            expires_at=work.now + SESSION_LIFE,
        )
    )


async def sign_out(work: Work, agent: SignedInAgent) -> None:
    """Forget the session; its cookie proves nothing any more."""
    await work.change(delete(AgentSession).where(AgentSession.token_hash == agent.session))


async def find_session(rows: Rows, secret: str, now: datetime) -> SignedInAgent | None:
    """The agent a session cookie belongs to, if it is live and they are still active."""
    row = await rows.one(
        select(Agent)
        .join(AgentSession, AgentSession.agent_id == Agent.id)
        .where(AgentSession.token_hash == hash_secret(secret), AgentSession.expires_at > now, Agent.is_active)
    )
    return _signed_in(row, hash_secret(secret)) if row else None


async def find_api_token(rows: Rows, secret: str, now: datetime) -> SignedInAgent | None:
    """The agent an API token acts as, if it is live and they are still active."""
    row = await rows.one(
        select(Agent)
        .join(ApiToken, ApiToken.agent_id == Agent.id)
        .where(
            ApiToken.token_hash == hash_secret(secret),
            ApiToken.expires_at.is_(None) | (ApiToken.expires_at > now),
            Agent.is_active,
        )
    )
    return _signed_in(row, hash_secret(secret)) if row else None


_PROOFS = bindparam("proofs", expanding=True)
_NOW = bindparam("now", type_=AgentSession.__table__.c.expires_at.type)
_STILL_SIGNED_IN = union_all(
    select(AgentSession.token_hash, Agent.id, Agent.role, Agent.name)
    .join(Agent, Agent.id == AgentSession.agent_id)
    .where(AgentSession.token_hash.in_(_PROOFS), AgentSession.expires_at > _NOW, Agent.is_active),
    select(ApiToken.token_hash, Agent.id, Agent.role, Agent.name)
    .join(Agent, Agent.id == ApiToken.agent_id)
    .where(ApiToken.token_hash.in_(_PROOFS), ApiToken.expires_at.is_(None) | (ApiToken.expires_at > _NOW), Agent.is_active),
)
"""Built once: it is asked every second."""


async def still_signed_in(rows: Rows, proofs: Iterable[str], now: datetime) -> dict[str, SignedInAgent]:
    """Which of these proofs (hashes of sessions and tokens) still hold: each with its agent as they are now."""
    distinct = sorted(set(proofs))
    found: dict[str, SignedInAgent] = {}
    for at in range(0, len(distinct), BATCH):
        some = distinct[at : at + BATCH]
        answer = (await rows.execute(_STILL_SIGNED_IN, {"proofs": some, "now": now})).all()
        held = cast(Iterable[tuple[str, str, Role, str]], answer)
        found |= {proof: SignedInAgent(id=id, name=name, role=role, session=proof) for proof, id, role, name in held}
    return found


def _signed_in(agent: Agent, session: str) -> SignedInAgent:
    return SignedInAgent(id=agent.id, name=agent.name, role=agent.role, session=session)  # pyright: ignore[reportArgumentType]
