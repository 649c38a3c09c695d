"""When the visitor has left with an answer unread: one mail for everything they missed, cancelled if they read it first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from app.conversations.messages.store import UNREAD_JOB
from app.job_kinds import does
from app.mail.contact_mail import MailSettings, mail_contact
from app.mail.outbox import UNREAD_KIND
from app.mail.words import language_of, say
from app.work import Work
from models import Contact, Conversation, Inbox, Message, OutgoingMail

MAX_MESSAGES = 50
MAX_A_DAY = 20
"""Mails with answers an address gets in a day that nobody has vouched for: it may be a stranger's."""
DAY, PAUSE = timedelta(days=1), timedelta(hours=1)


class Fallback:
    """`after` is how long an answer may stay unread before it is mailed."""

    def __init__(self, after: timedelta, settings: MailSettings) -> None:
        self._after = after
        self._settings = settings

    @does(UNREAD_JOB)
    async def run(self, work: Work, payload: dict[str, Any]) -> None:
        """Mail what is unread, or look again later."""
        conversation_id = str(payload["conversation_id"])
        conversation = await work.one(select(Conversation).where(Conversation.id == conversation_id).with_for_update())
        if conversation is None or conversation.mail_stopped_at is not None:
            return
        contact = await work.one(select(Contact).where(Contact.id == conversation.contact_id))
        unread = await _unread_answers(work, conversation)
        if not unread or contact is None or not contact.email:
            return
        waits = self._after - (work.now - unread[0].created_at)
        if waits > timedelta(seconds=1):
            await work.later(UNREAD_JOB, {"conversation_id": conversation_id}, waits)
            return
        if not contact.is_verified and await _had_enough(work, contact.email):
            await work.later(UNREAD_JOB, {"conversation_id": conversation_id}, PAUSE)
            return
        inbox = await work.one(select(Inbox).where(Inbox.id == conversation.inbox_id))
        if inbox is None:
            return
        language = language_of(contact.locale)
        await mail_contact(
            work,
            self._settings,
            contact,
            conversation,
            inbox,
            kind=UNREAD_KIND,
            subject=say(language, "answered", name=unread[-1].author_name, inbox=inbox.name),
            intro=say(language, "intro"),
            messages=unread,
            may_stop=True,
        )
        last_seq = unread[-1].seq or 0
        await work.change(update(Conversation).where(Conversation.id == conversation.id).values(mailed_seq=last_seq))
        if len(unread) == MAX_MESSAGES:
            await work.later(UNREAD_JOB, {"conversation_id": conversation_id})


async def _had_enough(work: Work, address: str) -> bool:
    sent = await work.one(
        select(func.count()).where(
            OutgoingMail.recipient == address, OutgoingMail.created_at > work.now - DAY, OutgoingMail.kind == UNREAD_KIND
        )
    )
    return (sent or 0) >= MAX_A_DAY


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
        .limit(MAX_MESSAGES)
    )
