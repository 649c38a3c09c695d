"""Handing a mail to the world by SMTP, or keeping it until there is a mail host."""

from __future__ import annotations

from email.message import EmailMessage
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from app.errors import Invalid

TIMEOUT_SECONDS = 30.0
KNOCK_SECONDS = 10.0


class NoMailHost(Exception):
    """The set-up has no mail host: the mail waits for one."""


class Mailer(Protocol):
    """Sends one mail. Raises when it was not taken; the outbox tries again with the same Message-ID."""

    async def send(self, mail: EmailMessage, recipient: str) -> None: ...


class SmtpMailer:
    """`smtp://user:password@host:587` (STARTTLS), `smtps://` (TLS from the start). Without TLS, mail and password go to
    this machine only, unless `is_tls_optional`: who is on the way can strip the offer."""

    def __init__(self, url: str, *, is_tls_optional: bool = False) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise Invalid("PARLEY_SMTP_URL must look like smtp://user:password@host:587 or smtps://host:465.")
        self._host = parts.hostname
        self._port = parts.port or (465 if parts.scheme == "smtps" else 587)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._is_tls = parts.scheme == "smtps"
        self._start_tls = False if self._is_tls else None if is_tls_optional or is_here(parts.hostname) else True

    @property
    def address(self) -> str:
        """Host and port, without the user and password."""
        return f"{self._host}:{self._port}"

    async def send(self, mail: EmailMessage, recipient: str) -> None:
        await aiosmtplib.send(
            mail,
            recipients=[recipient],
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            use_tls=self._is_tls,
            start_tls=self._start_tls,
            timeout=TIMEOUT_SECONDS,
        )

    async def knock(self) -> None:
        """Connect, say EHLO, switch to TLS where offered and sign in; send nothing. Raises what `send` would raise."""
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            use_tls=self._is_tls,
            start_tls=self._start_tls,
            timeout=KNOCK_SECONDS,
        )
        async with client:
            await client.noop()


def is_here(host: str) -> bool:
    """Return whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class MailboxMailer:
    """No mail host is set: mail stays in the outbox, and the outgoing mail page says that it waits."""

    async def send(self, mail: EmailMessage, recipient: str) -> None:
        raise NoMailHost
