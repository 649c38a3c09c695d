"""Mails about accounts: an invitation to join, and a link to a new password."""

from __future__ import annotations

from html import escape
from typing import Any

from app.job_kinds import does
from app.mail.outbox import queue_mail
from app.people.passwords import FORGOTTEN_JOB, make_own_reset
from app.people.workspace import workspace_name
from app.tokens import MUTED, SMALL_PX
from app.work import Work

PLAIN_NAME = "Parley"


class AccountMails:
    """Writes and queues them, where there is a mail host; `is_mailing` says so."""

    def __init__(self, sender: str, public_url: str, *, is_mailing: bool) -> None:
        self.is_mailing = is_mailing
        self._sender = sender
        self._public_url = public_url

    def join_link(self, secret: str) -> str:
        """Return the page where an invitation is accepted."""
        return f"{self._public_url}/inbox/join?token={secret}"

    def reset_link(self, secret: str) -> str:
        """Return the page where a new password is chosen."""
        return f"{self._public_url}/inbox/reset?token={secret}"

    async def invite(self, work: Work, email: str, invited_by: str, secret: str) -> bool:
        """Mail an invitation, in the transaction that made it. Whether there is a mail host to take it."""
        place = await workspace_name(work) or PLAIN_NAME
        return await self._mail(
            work,
            "invitation",
            email,
            f"{invited_by} invited you to {place}",
            [f"{invited_by} invited you to answer customers with them in {place}."],
            ("Join", self.join_link(secret)),
            "The link works once and for 7 days. If you don't know the sender, ignore this mail.",
        )

    async def reset(self, work: Work, email: str, secret: str, life: str) -> bool:
        """Mail a link to a new password, in the transaction that made it. Whether there is a mail host to take it."""
        place = await workspace_name(work) or PLAIN_NAME
        return await self._mail(
            work,
            "password_reset",
            email,
            f"Choose a new password for {place}",
            [f"Use this link to choose a new password for your account ({email})."],
            ("Choose a password", self.reset_link(secret)),
            f"The link works once and for {life}. If you didn't ask for it, ignore this mail: your password stays as it is.",
        )

    @does(FORGOTTEN_JOB)
    async def run_forgotten(self, work: Work, payload: dict[str, Any]) -> None:
        """Mail a link to a forgotten password; an address that is no agent's gets nothing."""
        email = str(payload["email"])
        secret = await make_own_reset(work, email) if self.is_mailing else None
        if secret is not None:
            await self.reset(work, email, secret, "1 hour")

    async def _mail(
        self, work: Work, kind: str, email: str, subject: str, lines: list[str], link: tuple[str, str], foot: str
    ) -> bool:
        if not self.is_mailing:
            return False
        label, url = link
        html = [
            *(f"<p>{escape(line)}</p>" for line in lines),
            f'<p><a href="{escape(url)}">{escape(label)}</a></p><p>{escape(url)}</p>',
            f'<p style="color:{MUTED};font-size:{SMALL_PX}px">{escape(foot)}</p>',
        ]
        await queue_mail(
            work,
            kind=kind,
            sender=self._sender,
            recipient=email,
            subject=subject,
            body_text="\n\n".join([*lines, url, foot]),
            body_html="".join(html),
        )
        return True
