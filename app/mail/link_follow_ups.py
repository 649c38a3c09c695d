"""Follow-ups to a link in a mail: a new link, or no more mail about the conversation."""

from __future__ import annotations

from sqlalchemy import update

from app.mail.contact_mail import MailSettings, mail_contact
from app.mail.words import language_of, say
from app.mailed_links import MailedLink
from app.work import Work
from models import Conversation

LINK_KIND = "new_link"


async def send_new_link(work: Work, settings: MailSettings, link: MailedLink) -> None:
    """Mail a new link to the address the old one was bound to."""
    language = language_of(link.contact.locale)
    await mail_contact(
        work,
        settings,
        link.contact,
        link.conversation,
        link.inbox,
        kind=LINK_KIND,
        subject=say(language, "link_subject", inbox=link.inbox.name),
        intro=say(language, "link_intro", inbox=link.inbox.name),
    )


async def stop_mail(work: Work, link: MailedLink) -> None:
    """Send no more answers of this conversation by mail."""
    await work.change(
        update(Conversation)
        .where(Conversation.id == link.conversation.id, Conversation.mail_stopped_at.is_(None))
        .values(mail_stopped_at=work.now)
    )
