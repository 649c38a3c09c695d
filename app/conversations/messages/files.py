"""Binding uploaded files to the message that names them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select, update

from app.contract.messages import AttachmentView
from app.conversations.views import as_json
from app.errors import NotFound
from app.people.actors import SignedInAgent, Visitor
from app.work import Work
from models import Attachment, Conversation


async def attach_files(
    work: Work, conversation: Conversation, author: Visitor | SignedInAgent, attachment_ids: Sequence[str], *, is_internal: bool
) -> list[Any]:
    """Bind the author's own uploads to this conversation; what the message keeps of each, in the order given.

    A file of somebody else, or one bound to another conversation, raises the same NotFound as a missing one.
    """
    if not attachment_ids:
        return []
    author_id = author.contact_id if isinstance(author, Visitor) else author.id
    found = await work.all(
        select(Attachment).where(
            Attachment.id.in_(attachment_ids),
            Attachment.uploader_id == author_id,
            or_(Attachment.conversation_id.is_(None), Attachment.conversation_id == conversation.id),
        )
    )
    by_id = {attachment.id: attachment for attachment in found}
    for attachment_id in attachment_ids:
        if attachment_id not in by_id:
            raise NotFound("file", attachment_id)
    changing = [one.id for one in found if one.conversation_id is None or not is_internal]  # what the contact has, they keep
    await work.change(
        update(Attachment).where(Attachment.id.in_(changing)).values(conversation_id=conversation.id, is_internal=is_internal)
    )
    return [as_json(attachment_view(by_id[attachment_id])) for attachment_id in dict.fromkeys(attachment_ids)]


def attachment_view(attachment: Attachment) -> AttachmentView:
    """A file as its readers see it."""
    return AttachmentView(
        id=attachment.id,
        name=attachment.name,
        content_type=attachment.content_type,
        size=attachment.size,
        width=attachment.width,
        height=attachment.height,
        url=f"/api/v1/attachments/{attachment.id}",
    )
