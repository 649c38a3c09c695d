"""Mail to a contact: the inbox's name and colour, the contact's language, and a link that opens the conversation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from email.utils import formataddr, parseaddr
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from msgspec import Struct
from sqlalchemy import select

from app.mail.outbox import queue_mail
from app.mail.words import WORDS, language_of, say
from app.mailed_links import MailedLinks
from app.text import clean_line
from app.tokens import ACCENT
from app.work import Rows, Work
from models import Attachment, Contact, Conversation, Inbox, Message, OutgoingMail

FALLBACK_COLOR = ACCENT
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


class MailSettings(Struct, frozen=True, kw_only=True):
    """Everything a mail to a contact needs besides rows."""

    sender: str
    links: MailedLinks
    link_life: timedelta
    max_attached_bytes: int

    @property
    def link_days(self) -> int:
        return max(1, round(self.link_life / timedelta(days=1)))


class MailedFile(Struct, frozen=True):
    """A file of a message: attached where `url` is empty."""

    name: str
    url: str | None


class MailedPart(Struct, frozen=True):
    """One message in a mail."""

    name: str
    body: str
    files: list[MailedFile]


async def mail_contact(
    work: Work,
    settings: MailSettings,
    contact: Contact,
    conversation: Conversation,
    inbox: Inbox,
    *,
    kind: str,
    subject: str,
    intro: str,
    messages: Sequence[Message] = (),
    may_stop: bool = False,
) -> OutgoingMail:
    """Queue a mail to the contact's address, with the files of its messages attached while they are small together."""
    language = language_of(contact.locale)
    links, color = settings.links, _color_of(inbox.color)
    files = await _files_of(work, messages)
    is_attached = sum(int(file["size"]) for file in files.values()) <= settings.max_attached_bytes

    def part_of(message: Message) -> MailedPart:
        named = [files[file["id"]] for file in message.attachments if file["id"] in files]
        mailed = [
            MailedFile(it["name"], None if is_attached else links.file_url(contact, conversation.id, it["id"], work.now))
            for it in named
        ]
        return MailedPart(clean_line(message.author_name), message.body, mailed)

    stop_url = links.stop_url(contact, conversation.id, work.now) if may_stop else None
    mail = {
        "language": language,
        "words": WORDS[language],
        "subject": clean_line(subject),
        "inbox": clean_line(inbox.name),
        "color": color,
        "on_color": _readable_on(color),
        "intro": intro,
        "parts": [part_of(message) for message in messages],
        "url": links.chat_url(contact, conversation.id, work.now),
        "keep": say(language, "keep", days=settings.link_days),
        "stop_url": stop_url,
    }
    return await queue_mail(
        work,
        kind=kind,
        sender=named_sender(settings.sender, inbox.name),
        recipient=contact.email or "",
        subject=subject,
        body_text=_render("text", mail),
        body_html=_render("html", mail),
        conversation_id=conversation.id,
        first_seq=(messages[0].seq or 0) if messages else 0,
        last_seq=(messages[-1].seq or 0) if messages else 0,
        attachments=list(files.values()) if is_attached else [],
        stop_url=stop_url,
    )


def named_sender(sender: str, inbox_name: str) -> str:
    """Return the sender's address under the inbox's name."""
    return formataddr((clean_line(inbox_name), parseaddr(sender)[1]))


async def _files_of(rows: Rows, messages: Sequence[Message]) -> dict[str, dict[str, Any]]:
    """Return the files of these messages by id, with the digest under which their bytes lie."""
    ids = [file["id"] for message in messages for file in message.attachments]
    if not ids:
        return {}
    found = {it.id: it for it in await rows.all(select(Attachment).where(Attachment.id.in_(ids), ~Attachment.is_internal))}
    return {
        id: {"id": id, "name": it.name, "content_type": it.content_type, "size": it.size, "digest": it.digest}
        for id in ids
        if (it := found.get(id)) is not None
    }


@cache
def _template(form: str) -> Any:
    """Return one form of the template. Only HTML is escaped: plain text is read by no browser."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=form == "html",  # noqa: S701 (the other form is plain text)
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    return getattr(environment.get_template("contact_mail.html").module, form)


def _render(form: str, mail: Mapping[str, Any]) -> str:
    return str(_template(form)(mail)).strip() + "\n"


def _color_of(color: str) -> str:
    return color if _HEX.fullmatch(color) else FALLBACK_COLOR


def _readable_on(color: str) -> str:
    """Return white or black, whichever reads better on the colour."""
    red, green, blue = (_linear(int(color[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#ffffff"


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
