"""Follow-ups: the conversation that takes a contact's messages after theirs was closed."""

from __future__ import annotations

from typing import cast

from sqlalchemy import select

from app.contract.values import OPEN_CATEGORIES, Channel
from app.conversations.merged import merge_of
from app.conversations.new_conversations import add_conversation
from app.errors import Forbidden
from app.job_kinds import JobKind
from app.work import Work
from models import Conversation, TicketLink

FOLLOW_JOB = JobKind(name="conversation.follow_up", unique_by=("conversation_id",))
"""Queued with every follow-up; it opens the ticket and says in both where the talk goes on."""


async def conversation_after(work: Work, closed: Conversation) -> Conversation | None:
    """Return the conversation that goes on where a closed one ended, locked: the one it was merged into, the one it is a
    duplicate of, its follow-up, or the contact's open chat in this inbox. Without any a follow-up begins; None where the inbox
    takes nothing new."""
    if (merge := await merge_of(work, closed.id)) is not None:
        target = await work.one(select(Conversation).where(Conversation.id == merge.target_id).with_for_update())
        if target is not None and target.contact_id == closed.contact_id:
            return target if target.category != "closed" else await conversation_after(work, target)
    mine = select(Conversation).where(
        Conversation.contact_id == closed.contact_id,
        Conversation.inbox_id == closed.inbox_id,
        Conversation.category.in_(OPEN_CATEGORIES),
    )
    original = select(TicketLink.to_id).where(TicketLink.from_id == closed.id, TicketLink.kind == "duplicate")
    chat = await work.one(mine.where(Conversation.is_extra.is_(False)).with_for_update())
    for found in (
        await work.one(mine.where(Conversation.id.in_(original)).with_for_update()),
        await work.one(mine.where(Conversation.follows_id == closed.id).order_by(Conversation.id).limit(1).with_for_update()),
        chat if closed.channel == "chat" else None,
    ):
        if found is not None:
            return found
    try:
        new = await add_conversation(
            work,
            closed.inbox_id,
            closed.contact_id,
            channel=cast(Channel, closed.channel),
            is_extra=chat is not None,
            follows_id=closed.id,
        )
    except Forbidden:
        return None
    await work.later(FOLLOW_JOB, {"conversation_id": new.id, "follows_id": closed.id})
    return new
