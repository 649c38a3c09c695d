"""New conversations, as every door writes them."""

from __future__ import annotations

from sqlalchemy import select

from app.clock import new_id
from app.contract.values import Channel
from app.conversations.row_changes import PRIORITY_RANKS, change_conversation
from app.errors import Forbidden, NotFound
from app.work import Work
from models import Conversation, Inbox


async def add_conversation(
    work: Work,
    inbox_id: str,
    contact_id: str,
    *,
    channel: Channel | None = None,
    team_id: str | None = None,
    preview: str = "",
    is_extra: bool = False,
    follows_id: str | None = None,
) -> Conversation:
    """Write a conversation without a message, for the inbox's team unless another is given. With `is_extra` it stands beside
    one that the contact has open already; `follows_id` is the closed one it follows. Raises NotFound without the inbox, Forbidden for an archived one."""
    inbox = await work.one(select(Inbox).where(Inbox.id == inbox_id))
    if inbox is None:
        raise NotFound("inbox", inbox_id)
    if inbox.archived_at is not None:
        raise Forbidden("This chat is closed and takes no new conversations.")
    conversation = await work.add(
        Conversation(
            id=new_id(),
            inbox_id=inbox.id,
            contact_id=contact_id,
            channel=channel or inbox.channel,
            is_extra=is_extra,
            follows_id=follows_id,
            status="new",
            category="new",
            priority="medium",
            priority_rank=PRIORITY_RANKS["medium"],
            team_id=team_id or inbox.team_id,
            seq=0,
            rev=0,
            contact_delivered_seq=0,
            contact_read_seq=0,
            agent_delivered_seq=0,
            agent_read_seq=0,
            mailed_seq=0,
            unread_count=0,
            preview=preview,
            last_message_at=work.now,
            queued_at=work.now,
            routed_at=work.now if team_id else None,
            escalation_level=0,
            escalation_reason="",
            reopened_count=0,
            changed_at=work.now,
            created_at=work.now,
        )
    )
    return await change_conversation(work, conversation)
