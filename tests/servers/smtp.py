"""A mail host that takes everything, or refuses when told to, and shows what arrived."""

from __future__ import annotations

import asyncio
import email
import email.policy
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers.ports import free_port


@dataclass(frozen=True)
class ReceivedMail:
    """One mail as it crossed the wire."""

    sender: str
    recipients: list[str]
    message: EmailMessage
    raw: bytes


@dataclass
class SmtpSink:
    """Listens on loopback from `start` to `stop`; `mails` grows in the order of arrival."""

    port: int = field(default_factory=free_port)
    mails: list[ReceivedMail] = field(default_factory=list)
    refusal: str | None = None
    """Answer every mail with this instead, for example `451 4.3.2 Please try later`."""
    seconds: float = 0.0
    """How long the host takes to accept a mail."""

    def __post_init__(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    @property
    def url(self) -> str:
        """As in PARLEY_SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Take mail, in a thread of its own."""
        self._controller.start()

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()

    async def wait_for(self, count: int, seconds: float = 20.0) -> list[ReceivedMail]:
        """The mails, once there are as many as `count`; TimeoutError when they do not come in time."""
        async with asyncio.timeout(seconds):
            while len(self.mails) < count:
                await asyncio.sleep(0.01)
        return self.mails

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (named by aiosmtpd)
        """Called by aiosmtpd for each mail."""
        if self.refusal:
            return self.refusal
        await asyncio.sleep(self.seconds)
        raw = envelope.original_content or b""
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append(ReceivedMail(envelope.mail_from or "", list(envelope.rcpt_tos), message, raw))
        return "250 2.0.0 Taken"
