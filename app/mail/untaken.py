"""When nobody has taken a conversation that was offered, not even the lead: mail tells the lead, and the contact."""

from __future__ import annotations

from html import escape
from typing import Any

from sqlalchemy import select

from app.conversations.views import is_queued
from app.mail.outbox import queue_mail
from app.work import Work, Works
from models import Agent, Contact, Conversation, Inbox, Ticket

ROLES_TOLD = ("supervisor", "admin")
MOST_TOLD = 20


class Untaken:
    """Writes to the lead of the team; where there is none, to every supervisor and admin. The contact, if they left an
    address, is told that their question became a ticket."""

    def __init__(self, sender: str, public_url: str) -> None:
        self._sender = sender
        self._public_url = public_url

    async def run(self, works: Works, payload: dict[str, Any]) -> None:
        """The job."""
        await works.run(self._tell, payload["conversation_id"], payload.get("lead_id"))

    async def _tell(self, work: Work, conversation_id: str, lead_id: str | None) -> None:
        conversation = await work.one(select(Conversation).where(Conversation.id == conversation_id))
        if conversation is None or not is_queued(conversation):
            return
        contact = await work.one(select(Contact).where(Contact.id == conversation.contact_id))
        number = await work.one(select(Ticket.number).where(Ticket.conversation_id == conversation_id))
        inbox = await work.one(select(Inbox.name).where(Inbox.id == conversation.inbox_id)) or "Support"
        who = (contact.name if contact else "") or "A visitor"
        for address in await _told(work, lead_id):
            await self._mail(
                work,
                conversation_id,
                address,
                f"Nobody has taken ticket #{number}",
                [f"{who} wrote to {inbox} and nobody has taken the conversation.", f"{self._public_url}/inbox"],
            )
        if contact and contact.email:
            await self._mail(
                work,
                conversation_id,
                contact.email,
                f"We have your question: ticket #{number}",
                [f"Thank you for writing to {inbox}. Nobody could answer at once; we will get back to you.", inbox],
            )

    async def _mail(self, work: Work, conversation_id: str, address: str, subject: str, lines: list[str]) -> None:
        await queue_mail(
            work,
            kind="untaken",
            sender=self._sender,
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
    others = select(Agent.email).where(Agent.role.in_(ROLES_TOLD), Agent.is_active).order_by(Agent.email).limit(MOST_TOLD)
    return list(await work.all(others))
