"""Handing a mail to the world: by SMTP, or into the local mailbox of the demo."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from app.errors import Invalid

TIMEOUT_SECONDS = 30.0


class Mailer(Protocol):
    """Sends one mail. Raises when it was not taken; the outbox tries again with the same Message-ID."""

    async def send(self, mail: EmailMessage, recipient: str) -> None: ...


class SmtpMailer:
    """`smtp://user:password@host:587` (STARTTLS when offered), `smtps://` (TLS from the start)."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise Invalid("PARLEY_SMTP_URL must look like smtp://user:password@host:587 or smtps://host:465.")
        self._host = parts.hostname
        self._port = parts.port or (465 if parts.scheme == "smtps" else 587)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._is_tls = parts.scheme == "smtps"

    async def send(self, mail: EmailMessage, recipient: str) -> None:
        await aiosmtplib.send(
            mail,
            recipients=[recipient],
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            use_tls=self._is_tls,
            start_tls=None if not self._is_tls else False,
            timeout=TIMEOUT_SECONDS,
        )


class MailboxMailer:
    """No mail host set: the mail stays in the outbox table, where the local mailbox page shows it."""

    async def send(self, mail: EmailMessage, recipient: str) -> None:
        return
