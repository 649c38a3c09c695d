"""Outgoing mail, as admins see it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from app.contract.bases import Body, View

MailState = Literal["queued", "waiting", "held", "retrying", "sent", "failed", "discarded"]


class MailStatus(View):
    """`GET /api/v1/mail/status`: how mail leaves, and how many mails have not left.

    `host` is empty without a mail host. `waiting` wait for one; `held` waited longer than `max_age_hours` and leave only
    when an admin says so. `problem` is the latest reason a mail did not leave. `mail_ok_at` is when the mail host last
    accepted a test mail.
    """

    host: str | None
    sender: str
    waiting: int
    held: int
    queued: int
    retrying: int
    failed: int
    problem: str | None
    max_age_hours: float
    mail_ok_at: datetime | None
    ok: Literal[True] = True


class MailTested(View):
    """`POST /api/v1/mail/test`: whether the mail host accepted a mail to `recipient`, in a sentence."""

    is_accepted: bool
    recipient: str
    says: str
    mail_ok_at: datetime | None
    ok: Literal[True] = True


class SettleHeldMail(Body):
    """`POST /api/v1/mail/held`: send the mail that waited too long after all, or discard it."""

    do: Literal["send", "discard"]
