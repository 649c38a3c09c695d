"""Mails that ask for a decision about an escalation, each with a link of its own."""

from __future__ import annotations

from html import escape
from typing import Any

from sqlalchemy import select

from app.escalation.approvers import deciders_of, list_candidates
from app.escalation.requests import MAIL_JOB
from app.job_kinds import does
from app.mail.contact_mail import MailSettings
from app.mail.outbox import queue_mail
from app.text import shorten
from app.tokens import MUTED, SMALL_PX
from app.work import Work
from models import Contact, Conversation, Escalation, Ticket

MAX_MAILED = 20
UNNAMED = "a visitor"
FOOT = "Only you can use this link. Nothing is decided before you press a button on the page it opens."


class EscalationMails:
    """Writes and queues them, where there is a mail host; `is_mailing` says so."""

    def __init__(self, mail: MailSettings, *, is_mailing: bool) -> None:
        self._mail = mail
        self._is_mailing = is_mailing

    @does(MAIL_JOB)
    async def run(self, work: Work, payload: dict[str, Any]) -> None:
        """Mail everyone who may decide an escalation that is still open."""
        wanted = (
            select(Escalation, Contact.name, Ticket.number)
            .join(Conversation, Conversation.id == Escalation.conversation_id)
            .join(Contact, Contact.id == Conversation.contact_id)
            .outerjoin(Ticket, Ticket.conversation_id == Conversation.id)
            .where(Escalation.id == payload["escalation_id"], Escalation.state == "open")
        )
        found = await work.rows(wanted)
        if not found or not self._is_mailing:
            return
        escalation, contact_name, number = found[0]
        about = f"{contact_name or UNNAMED} (#{number})" if number else contact_name or UNNAMED
        for one in deciders_of(await list_candidates(work, work.now), escalation)[:MAX_MAILED]:
            url = self._mail.links.approval_url(escalation.id, one.id, one.email, work.now)
            lines = [
                f"{escalation.asked_by_name} escalated the conversation with {about} to level {escalation.level} and asks you to decide.",
                escalation.reason,
            ]
            html = [
                *(f"<p>{escape(line)}</p>" for line in lines),
                f'<p><a href="{escape(url)}">Review and decide</a></p><p>{escape(url)}</p>',
                f'<p style="color:{MUTED};font-size:{SMALL_PX}px">{escape(FOOT)}</p>',
            ]
            await queue_mail(
                work,
                kind="escalation",
                sender=self._mail.sender,
                recipient=one.email,
                subject=shorten(f"Decision needed: {about}", 150),
                body_text="\n\n".join([*lines, url, FOOT]),
                body_html="".join(html),
            )
