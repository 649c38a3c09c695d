"""Greetings to a visitor: an agent's own message to one, or a message that a rule shows to many.

An agent's word is a row, because an agent wrote it and somebody may ask; a visitor who never answers still leaves no
contact and no conversation behind. It becomes the first line of a conversation when they answer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct
from sqlalchemy import select, update

from app.clock import new_id
from app.contract.audiences import ToContact
from app.contract.messages import AuthorView
from app.contract.proactive import GreetingView, InvitationMade, InviteVisitor
from app.contract.values import OPEN_CATEGORIES
from app.errors import Conflict, Invalid
from app.people.actors import SignedInAgent, Visitor
from app.people.permissions import Permission, require
from app.text import clean_text
from app.work import Rows, Work
from models import Agent, Conversation, Inbox, Invitation, ProactiveMessage

INVITATION_LIFE = timedelta(hours=1)


class Greeting(Struct, frozen=True, kw_only=True):
    """Greeting to a visitor. `agent` wrote it; None for a message shown by rule."""

    id: str
    author: AuthorView
    body: str
    agent: SignedInAgent | None


async def invite_visitor(work: Work, agent: SignedInAgent, command: InviteVisitor, visitor: Visitor) -> GreetingView:
    """Say something first. The same client_id again changes nothing.

    Raises Conflict for a visitor who is in a conversation already: there, one writes.
    """
    require(Permission.INVITE_VISITORS, agent)
    body = clean_text(command.body)
    if not body:
        raise Invalid("Write a message first.")
    earlier = await work.one(select(Invitation).where(Invitation.agent_id == agent.id, Invitation.client_id == command.client_id))
    if earlier is None:
        if await find_open_conversation(work, visitor.contact_id, visitor.inbox_id) is not None:
            raise Conflict("This visitor is already in a conversation.")
        earlier = await work.add(
            Invitation(
                id=new_id(),
                inbox_id=visitor.inbox_id,
                contact_id=visitor.contact_id,
                agent_id=agent.id,
                client_id=command.client_id,
                body=body,
                created_at=work.now,
            )
        )
    view = _invitation_view(earlier, agent.name)
    work.announce(InvitationMade(greeting=view), to=ToContact(contact_id=earlier.contact_id))
    return view


async def pending_invitation(rows: Rows, visitor: Visitor, now: datetime) -> GreetingView | None:
    """The last word of an agent that the visitor has neither answered nor waved away, while it is fresh."""
    found = await rows.rows(
        select(Invitation, Agent.name)
        .join(Agent, Agent.id == Invitation.agent_id)
        .where(Invitation.contact_id == visitor.contact_id, Invitation.inbox_id == visitor.inbox_id)
        .order_by(Invitation.created_at.desc())
        .limit(1)
    )
    for invitation, name in found:
        is_fresh = now - invitation.created_at < INVITATION_LIFE
        if is_fresh and invitation.dismissed_at is None and invitation.answered_at is None:
            return _invitation_view(invitation, name)
    return None


async def find_greeting(rows: Rows, visitor: Visitor, greeting_id: str) -> Greeting | None:
    """Return the greeting sent to this visitor, or to visitors of their inbox. None for anybody else's."""
    invited = await rows.rows(
        select(Invitation, Agent)
        .join(Agent, Agent.id == Invitation.agent_id)
        .where(Invitation.id == greeting_id, Invitation.contact_id == visitor.contact_id, Invitation.inbox_id == visitor.inbox_id)
    )
    for invitation, agent in invited:
        author = AuthorView(kind="agent", id=agent.id, name=agent.name)
        by = SignedInAgent(id=agent.id, name=agent.name, role=agent.role, session="")  # pyright: ignore[reportArgumentType]
        return Greeting(id=invitation.id, author=author, body=invitation.body, agent=by if agent.is_active else None)
    shown = await rows.rows(
        select(ProactiveMessage, Agent, Inbox.name)
        .join(Inbox, Inbox.id == ProactiveMessage.inbox_id)
        .outerjoin(Agent, Agent.id == ProactiveMessage.agent_id)
        .where(ProactiveMessage.id == greeting_id, ProactiveMessage.inbox_id == visitor.inbox_id)
    )
    for message, agent, inbox_name in shown:
        return Greeting(id=message.id, author=author_of(agent, inbox_name), body=message.body, agent=None)
    return None


async def greeting_told(
    work: Work, visitor: Visitor, greeting_id: str, outcome: Literal["shown", "dismissed"]
) -> Literal["shown", "dismissed"] | None:
    """Record that the visitor saw the greeting or dismissed it. Return the outcome of an agent's own message; None for a
    rule's, which is only counted, and for one that is not theirs.
    """
    values = {"shown_at": work.now} if outcome == "shown" else {"dismissed_at": work.now}
    column = Invitation.shown_at if outcome == "shown" else Invitation.dismissed_at
    told = await work.change(
        update(Invitation)
        .where(
            Invitation.id == greeting_id,
            Invitation.contact_id == visitor.contact_id,
            Invitation.inbox_id == visitor.inbox_id,
            column.is_(None),
        )
        .values(**values)
    )
    if told:
        return outcome
    if outcome == "shown":
        await _count(work, visitor, greeting_id, shown_count=ProactiveMessage.shown_count + 1)
    return None


async def greeting_answered(work: Work, visitor: Visitor, greeting_id: str) -> None:
    """The visitor answered it, which is how the conversation began."""
    told = await work.change(
        update(Invitation)
        .where(Invitation.id == greeting_id, Invitation.contact_id == visitor.contact_id)
        .values(answered_at=work.now)
    )
    if not told:
        await _count(work, visitor, greeting_id, answered_count=ProactiveMessage.answered_count + 1)


def author_of(agent: Agent | None, inbox_name: str) -> AuthorView:
    """The agent it is said by, or the inbox itself."""
    if agent is None or not agent.is_active:
        return AuthorView(kind="bot", id=None, name=inbox_name)
    return AuthorView(kind="agent", id=agent.id, name=agent.name)


async def _count(work: Work, visitor: Visitor, greeting_id: str, **values: object) -> None:
    await work.change(
        update(ProactiveMessage)
        .where(ProactiveMessage.id == greeting_id, ProactiveMessage.inbox_id == visitor.inbox_id)
        .values(**values)
    )


async def find_open_conversation(rows: Rows, contact_id: str, inbox_id: str) -> str | None:
    """The conversation somebody is in, if any."""
    return await rows.one(
        select(Conversation.id)
        .where(
            Conversation.contact_id == contact_id,
            Conversation.inbox_id == inbox_id,
            Conversation.category.in_(OPEN_CATEGORIES),
        )
        .limit(1)
    )


def _invitation_view(invitation: Invitation, agent_name: str) -> GreetingView:
    author = AuthorView(kind="agent", id=invitation.agent_id, name=agent_name)
    return GreetingView(id=invitation.id, author=author, body=invitation.body, after_seconds=0, every_days=0)
