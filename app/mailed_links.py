"""Links in mails: signed, bound to a contact, their conversation, address and one purpose, valid for a while."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from typing import Literal

from msgspec import Struct
from sqlalchemy import select

from app.errors import NotFound
from app.work import Rows
from models import Agent, Contact, Conversation, Escalation, Inbox

Purpose = Literal["chat", "stop"]
"""`chat` opens the conversation and its files; `stop` ends mail about it."""

MAX_TOKEN = 256
LEEWAY = timedelta(minutes=5)
_TOKEN = re.compile(r"ml1\.(chat|stop)\.([0-9a-f-]{36})\.([0-9a-f-]{36})\.([0-9]{1,12})\.([A-Za-z0-9_-]{43})")

_APPROVAL = re.compile(r"ml1\.approve\.([0-9a-f-]{36})\.([0-9a-f-]{36})\.([0-9]{1,12})\.([A-Za-z0-9_-]{43})")


class MailedLink(Struct, frozen=True, kw_only=True):
    """A link that was read: whose it is, and whether its time is over."""

    purpose: Purpose
    contact: Contact
    conversation: Conversation
    inbox: Inbox
    is_expired: bool


class ApprovalLink(Struct, frozen=True, kw_only=True):
    """A link that was read: the escalation, the agent it was mailed to, and whether its time is over."""

    escalation: Escalation
    agent: Agent
    is_expired: bool


class MailedLinks:
    """Makes and reads links. None needs a row: another secret key voids them all, another address of the contact theirs."""

    def __init__(self, secret_key: str, public_url: str, life: timedelta) -> None:
        self._key = hashlib.sha256(b"mailed-link:" + secret_key.encode()).digest()
        self._public_url = public_url
        self._life = life

    def token(self, purpose: Purpose, contact: Contact, conversation_id: str, now: datetime) -> str:
        """Sign a link's token for the contact's present address."""
        signed = f"ml1.{purpose}.{contact.id}.{conversation_id}.{int(now.timestamp())}"
        return f"{signed}.{self._sign(signed, contact.email)}"

    def chat_url(self, contact: Contact, conversation_id: str, now: datetime) -> str:
        """Return the address that opens the conversation."""
        return f"{self._public_url}/chat/{self.token('chat', contact, conversation_id, now)}"

    def file_url(self, contact: Contact, conversation_id: str, file_id: str, now: datetime) -> str:
        """Return the address of a file of the conversation."""
        return f"{self.chat_url(contact, conversation_id, now)}/files/{file_id}"

    def stop_url(self, contact: Contact, conversation_id: str, now: datetime) -> str:
        """Return the address that ends mail about the conversation."""
        return f"{self._public_url}/mail/stop/{self.token('stop', contact, conversation_id, now)}"

    def approval_token(self, escalation_id: str, agent_id: str, address: str, now: datetime) -> str:
        """Sign a link's token for an agent who may decide an escalation, bound to their present address."""
        signed = f"ml1.approve.{escalation_id}.{agent_id}.{int(now.timestamp())}"
        return f"{signed}.{self._sign(signed, address)}"

    def approval_url(self, escalation_id: str, agent_id: str, address: str, now: datetime) -> str:
        """Return the address where the agent decides."""
        return f"{self._public_url}/escalations/{self.approval_token(escalation_id, agent_id, address, now)}"

    async def read_approval(self, rows: Rows, token: str, now: datetime) -> ApprovalLink:
        """Return whose decision the token asks for, expired or not. Raises NotFound for a forged or voided one, and for an
        agent who has left, alike for all reasons."""
        unknown = NotFound("link", "")
        match = _APPROVAL.fullmatch(token) if len(token) <= MAX_TOKEN else None
        if match is None:
            raise unknown
        escalation_id, agent_id, issued, signature = match.groups()
        escalation = await rows.one(select(Escalation).where(Escalation.id == escalation_id))
        agent = await rows.one(select(Agent).where(Agent.id == agent_id, Agent.is_active))
        if escalation is None or agent is None:
            raise unknown
        if not hmac.compare_digest(signature, self._sign(token.rpartition(".")[0], agent.email)):
            raise unknown
        age = now - datetime.fromtimestamp(int(issued), UTC)
        if age < -LEEWAY:
            raise unknown
        return ApprovalLink(escalation=escalation, agent=agent, is_expired=age > self._life)

    async def read(self, rows: Rows, token: str, purpose: Purpose, now: datetime) -> MailedLink:
        """Return what the token opens, expired or not. Raises NotFound for a forged or voided one, alike for all reasons."""
        unknown = NotFound("link", "")
        match = _TOKEN.fullmatch(token) if len(token) <= MAX_TOKEN else None
        if match is None or match.group(1) != purpose:
            raise unknown
        _, contact_id, conversation_id, issued, signature = match.groups()
        found = await rows.rows(
            select(Contact, Conversation, Inbox)
            .join(Conversation, Conversation.contact_id == Contact.id)
            .join(Inbox, Inbox.id == Conversation.inbox_id)
            .where(Contact.id == contact_id, Conversation.id == conversation_id)
        )
        if len(found) != 1:
            raise unknown
        contact, conversation, inbox = found[0]
        if not hmac.compare_digest(signature, self._sign(token.rpartition(".")[0], contact.email)):
            raise unknown
        age = now - datetime.fromtimestamp(int(issued), UTC)
        if age < -LEEWAY:
            raise unknown
        return MailedLink(
            purpose=purpose,
            contact=contact,
            conversation=conversation,
            inbox=inbox,
            is_expired=age > self._life,
        )

    def _sign(self, text: str, address: str | None) -> str:
        digest = hmac.digest(self._key, f"{text}.{address or ''}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
