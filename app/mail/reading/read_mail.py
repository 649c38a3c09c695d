"""Everything read of a mail: addresses, words, HTML, quotes, files, and the kind of mail."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

MailKind = Literal["person", "bounce", "automatic", "list", "challenge"]
"""`automatic` is a vacation notice or another machine's answer; `challenge` asks the sender to prove they are a person."""


class MailParty(Struct, frozen=True):
    """A name and an address in lower case; the name may be empty."""

    name: str
    address: str


class ReadFile(Struct, frozen=True, kw_only=True):
    """A file in a mail. `content_id` names it inside the HTML; its bytes are `start..start + size` of what was read out."""

    name: str
    content_type: str
    content_id: str
    is_inline: bool
    start: int
    size: int


class Bounced(Struct, frozen=True, kw_only=True):
    """An address that a mail did not reach: `code` as in 5.1.1, empty where none is given; `is_final` when it never will."""

    address: str
    code: str
    says: str
    is_final: bool


class Verdict(Struct, frozen=True, kw_only=True):
    """One Authentication-Results header: the host that wrote it, and its words for each method (pass, fail, none ...)."""

    host: str
    dmarc: str
    dkim: str
    spf: str
    dkim_domains: list[str]
    spf_domain: str


class ReadMail(Struct, frozen=True, kw_only=True):
    """A mail as it was understood; every string is cleaned and bounded.

    `text` is what the writer wrote now, `quoted` and `signature` what follows and is folded away; together they are the whole
    plain text. `html` is the cleaned whole HTML, empty where the mail has none. `forwarded_from` is the first sender of a
    mail that was forwarded. `senders` are all the addresses in From: more than one is never trusted. `auto_words` are the headers by which a machine's
    mail was recognised. `original_message_ids` are those a bounce or an answer talks about. `faults` say what was broken, in words.
    """

    message_id: str
    digest: str
    in_reply_to: list[str]
    references: list[str]
    subject: str
    date: datetime | None
    senders: list[MailParty]
    reply_to: list[MailParty]
    to: list[MailParty]
    cc: list[MailParty]
    delivered_to: list[str]
    verdicts: list[Verdict]
    kind: MailKind
    auto_words: list[str]
    bounced: list[Bounced]
    original_message_ids: list[str]
    text: str
    quoted: str
    signature: str
    html: str
    language: str
    forwarded_from: MailParty | None
    files: list[ReadFile]
    faults: list[str]
