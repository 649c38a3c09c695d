"""The browsers an agent is signed in with: listed, ended, and noted as seen while they are connected."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update

from app.activity.record import record
from app.contract.people import SessionView
from app.errors import NotFound
from app.people.actors import SignedInAgent
from app.work import Rows, Work
from models import AgentSession

BATCH = 500


async def list_sessions(rows: Rows, agent: SignedInAgent, now: datetime) -> list[SessionView]:
    """Return the agent's live sessions, this one first, then the last seen."""
    live = await rows.all(select(AgentSession).where(AgentSession.agent_id == agent.id, AgentSession.expires_at > now))
    views = [
        SessionView(
            id=_id_of(session.token_hash),
            user_agent=session.user_agent,
            created_at=session.created_at,
            last_seen_at=session.last_seen_at or session.created_at,
            is_this=session.token_hash == agent.session,
        )
        for session in live
    ]
    return sorted(views, key=lambda view: (view.is_this, view.last_seen_at), reverse=True)


async def end_session(work: Work, agent: SignedInAgent, session_id: str) -> None:
    """End one of the agent's own sessions; its open connections close. Raises NotFound."""
    own = await work.all(select(AgentSession.token_hash).where(AgentSession.agent_id == agent.id))
    for token_hash in own:
        if _id_of(token_hash) == session_id:
            await work.change(delete(AgentSession).where(AgentSession.token_hash == token_hash))
            record(work, agent, "session.end", agent_id=agent.id)
            return
    raise NotFound("session", session_id)


async def end_other_sessions(work: Work, agent: SignedInAgent) -> None:
    """End all of the agent's sessions but the one that asks."""
    ended: int = await work.change(
        delete(AgentSession).where(AgentSession.agent_id == agent.id, AgentSession.token_hash != agent.session)
    )
    record(work, agent, "session.end_others", agent_id=agent.id, count=ended)


async def note_sessions_seen(work: Work, sessions: Iterable[str]) -> None:
    """Note that these sessions (by their hashes) are connected now."""
    distinct: Sequence[str] = sorted(set(sessions))
    for at in range(0, len(distinct), BATCH):
        some = AgentSession.token_hash.in_(distinct[at : at + BATCH])
        await work.change(update(AgentSession).where(some).values(last_seen_at=work.now))


def _id_of(token_hash: str) -> str:
    """Return a name for a session that says nothing about the hash it is found by."""
    return hashlib.sha256(f"session-id:{token_hash}".encode()).hexdigest()[:32]
