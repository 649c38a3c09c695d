"""When the visitor has left with an answer unread: one mail for everything they missed, cancelled if they read it first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from html import escape
from typing import Any

from sqlalchemy import select, update

from app.conversations.messages import UNREAD_JOB
from app.mail.outbox import queue_mail
from app.work import Work, Works
from models import Contact, Conversation, Inbox, Message

MOST_MESSAGES = 50


class Fallback:
    """`after` is how long an answer may stay unread before it is mailed."""

    def __init__(self, after: timedelta, sender: str) -> None:
        self._after = after
        self._sender = sender

    async def run(self, works: Works, payload: dict[str, Any]) -> None:
        """The job."""
        await works.run(self._mail_what_is_unread, payload["conversation_id"])

    async def _mail_what_is_unread(self, work: Work, conversation_id: str) -> None:
        conversation = await work.one(select(Conversation).where(Conversation.id == conversation_id).with_for_update())
        if conversation is None:
            return
        contact = await work.one(select(Contact).where(Contact.id == conversation.contact_id))
        unread = await _unread_answers(work, conversation)
        if not unread or contact is None or not contact.email:
            return
        waits = self._after - (work.now - unread[0].created_at)
        if waits > timedelta(seconds=1):
            await work.later(UNREAD_JOB, {"conversation_id": conversation_id}, waits, unique_key=conversation_id)
            return
        inbox = await work.one(select(Inbox).where(Inbox.id == conversation.inbox_id))
        name = inbox.name if inbox else "Support"
        last_seq = unread[-1].seq or 0
        await queue_mail(
            work,
            kind="unread_answers",
            sender=self._sender,
            recipient=contact.email,
            subject=f"{unread[-1].author_name} from {name} answered you",
            body_text=_as_text(unread, name),
            body_html=_as_html(unread, name),
            conversation_id=conversation.id,
            first_seq=unread[0].seq or 0,
            last_seq=last_seq,
        )
        await work.change(update(Conversation).where(Conversation.id == conversation.id).values(mailed_seq=last_seq))
        if len(unread) == MOST_MESSAGES:
            await work.later(UNREAD_JOB, {"conversation_id": conversation_id}, unique_key=conversation_id)


async def _unread_answers(work: Work, conversation: Conversation) -> Sequence[Message]:
    """Public answers the contact has neither read nor been mailed, oldest first. A note has no seq and cannot match."""
    return await work.all(
        select(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.seq > max(conversation.contact_read_seq, conversation.mailed_seq),
            Message.author_kind == "agent",
            Message.visibility == "public",
        )
        .order_by(Message.seq)
        .limit(MOST_MESSAGES)
    )


def _as_text(messages: Sequence[Message], inbox: str) -> str:
    parts = [f"{message.author_name}:\n{_words(message)}" for message in messages]
    return "\n\n".join(["You left before we could answer. This is what we wrote:", *parts, f"-- \n{inbox}"])


def _as_html(messages: Sequence[Message], inbox: str) -> str:
    rows = "".join(
        f'<p style="margin:0 0 4px;color:#667085;font-size:13px">{escape(message.author_name)}</p>'
        f'<p style="margin:0 0 16px;padding:12px 14px;background:#f2f4f7;border-radius:10px;white-space:pre-wrap">{escape(_words(message))}</p>'
        for message in messages
    )
    return (
        '<div style="font-family:system-ui,sans-serif;font-size:15px;line-height:1.5;color:#101828;max-width:560px">'
        f"<p>You left before we could answer. This is what we wrote:</p>{rows}"
        f'<p style="color:#667085;font-size:13px">{escape(inbox)}</p></div>'
    )


def _words(message: Message) -> str:
    files = [f"[{file['name']}]" for file in message.attachments]
    return "\n".join([message.body, *files] if message.body else files)
