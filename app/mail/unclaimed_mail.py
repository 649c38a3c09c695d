"""When nobody has taken a conversation that was offered, not even the lead: mail tells the lead, and the contact.

Strangers can cause such mail, so there is a budget, and none of their words is in it: a colleague is mailed once an hour
and then what is still waiting, a contact's address twice a day.
"""

from __future__ import annotations

from datetime import timedelta
from html import escape
from typing import Any

from sqlalchemy import func, select

from app.conversations.assignments.claim import UNTAKEN_JOB
from app.conversations.views import is_queued
from app.job_kinds import JobKind, does
from app.mail.contact_mail import MailSettings, mail_contact
from app.mail.outbox import queue_mail
from app.mail.words import language_of, say
from app.text import clean_line
from app.work import Work
from models import Agent, Contact, Conversation, Inbox, OutgoingMail, Ticket
from models.conversation import IS_QUEUED

ROLES_TOLD = ("supervisor", "admin")
MAX_TOLD = 20
UNTAKEN_CONTACT_KIND = "untaken_contact"
UNTAKEN_KIND = "untaken"
DIGEST_JOB = JobKind(name="mail.untaken_digest", unique_by=("address",))
MAX_ACKNOWLEDGED = 2
"""Acknowledgements one address gets in a day: strangers may type anybody's address into the chat."""
MAX_INBOX_ACKNOWLEDGED = 60
"""Acknowledgements of one inbox in an hour: strangers may type everybody's address into the chat."""
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Untaken:
    """Writes to the lead of the team; where there is none, to every supervisor and admin. The contact, if they left an
    address, is told that their question became a ticket."""

    def __init__(self, settings: MailSettings, public_url: str) -> None:
        self._settings = settings
        self._public_url = public_url

    @does(UNTAKEN_JOB)
    async def run(self, work: Work, payload: dict[str, Any]) -> None:
        """Mail the lead and the contact about a conversation, unless somebody has it now."""
        conversation_id, lead_id = str(payload["conversation_id"]), payload.get("lead_id")
        conversation = await work.one(select(Conversation).where(Conversation.id == conversation_id))
        if conversation is None or not is_queued(conversation):
            return
        contact = await work.one(select(Contact).where(Contact.id == conversation.contact_id))
        number = await work.one(select(Ticket.number).where(Ticket.conversation_id == conversation_id))
        inbox = await work.one(select(Inbox).where(Inbox.id == conversation.inbox_id))
        if inbox is None:
            return
        for address in await _told(work, lead_id):
            pause = await _pause(work, address)
            if pause > timedelta():
                await work.later(DIGEST_JOB, {"address": address}, pause)
                continue
            await self._mail(
                work,
                conversation_id,
                address,
                f"Nobody has taken ticket #{number}",
                [
                    f"A visitor is waiting for an answer in {clean_line(inbox.name)}, and nobody has taken the conversation.",
                    f"{self._public_url}/inbox/c/{conversation_id}",
                ],
            )
        if contact and contact.email and await _may_acknowledge(work, contact.email, inbox.id):
            language = language_of(contact.locale)
            await mail_contact(
                work,
                self._settings,
                contact,
                conversation,
                inbox,
                kind=UNTAKEN_CONTACT_KIND,
                subject=say(language, "ticket_subject", number=number),
                intro=say(language, "ticket_intro", inbox=inbox.name),
            )

    @does(DIGEST_JOB)
    async def run_digest(self, work: Work, payload: dict[str, Any]) -> None:
        """Mail a colleague how many still wait, in place of mail about each."""
        address = str(payload["address"])
        pause = await _pause(work, address)
        if pause > timedelta():  # mailed meanwhile
            return
        waiting = await work.one(select(func.count()).select_from(Conversation).where(IS_QUEUED)) or 0
        if waiting:
            are = "1 conversation is" if waiting == 1 else f"{waiting} conversations are"
            lines = [f"{are} waiting in the queue, and nobody has taken them.", f"{self._public_url}/inbox"]
            await self._mail(work, None, address, f"{are} waiting", lines)

    async def _mail(self, work: Work, conversation_id: str | None, address: str, subject: str, lines: list[str]) -> None:
        await queue_mail(
            work,
            kind=UNTAKEN_KIND,
            sender=self._settings.sender,
            recipient=address,
            subject=subject,
            body_text="\n\n".join(lines),
            body_html="".join(f"<p>{escape(line)}</p>" for line in lines),
            conversation_id=conversation_id,
        )


async def _told(work: Work, lead_id: str | None) -> list[str]:
    lead = select(Agent.email).where(Agent.id == lead_id, Agent.is_active)
    if lead_id and (addresses := await work.all(lead)):
        return list(addresses)
    others = select(Agent.email).where(Agent.role.in_(ROLES_TOLD), Agent.is_active).order_by(Agent.email).limit(MAX_TOLD)
    return list(await work.all(others))


async def _pause(work: Work, address: str) -> timedelta:
    """Return how long it is until this colleague may be mailed again."""
    newest = await work.one(
        select(func.max(OutgoingMail.created_at)).where(
            OutgoingMail.recipient == address, OutgoingMail.created_at > work.now - HOUR, OutgoingMail.kind == UNTAKEN_KIND
        )
    )
    return newest + HOUR - work.now if newest else timedelta()


async def _may_acknowledge(work: Work, address: str, inbox_id: str) -> bool:
    automatic = select(func.count()).select_from(OutgoingMail).where(OutgoingMail.kind == UNTAKEN_CONTACT_KIND)
    to_address = automatic.where(OutgoingMail.recipient == address, OutgoingMail.created_at > work.now - DAY)
    if (await work.one(to_address) or 0) >= MAX_ACKNOWLEDGED:
        return False
    of_inbox = (
        automatic.join(Conversation, Conversation.id == OutgoingMail.conversation_id)
        .where(Conversation.inbox_id == inbox_id)
        .where(OutgoingMail.created_at > work.now - HOUR)
    )
    return (await work.one(of_inbox) or 0) < MAX_INBOX_ACKNOWLEDGED
