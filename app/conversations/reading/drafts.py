"""Drafts of an agent: kept for them alone, wherever they sign in, until sent or given up."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

import msgspec
from sqlalchemy import bindparam, delete, or_, select

from app.contract.audiences import ToAgent
from app.contract.drafts import DraftChanged, DraftView, SaveDraft
from app.contract.messages import AttachmentView
from app.contract.values import Visibility
from app.conversations.access import access_conversation_to_read
from app.conversations.messages.files import attachment_view
from app.conversations.views import as_json
from app.database import Prepared
from app.errors import NotFound
from app.people.actors import SignedInAgent
from app.people.permissions import Permission, require
from app.text import clean_unfinished
from app.work import Rows, Work
from models import Attachment, Draft

MAX_LISTED = 200

_TABLE = Draft.__table__
_FORGET = Prepared(
    delete(Draft)
    .where(_TABLE.c.agent_id == bindparam("by"), _TABLE.c.conversation_id == bindparam("about"))
    .returning(*_TABLE.c),
    Draft,
)


async def save_draft(work: Work, agent: SignedInAgent, command: SaveDraft) -> DraftView:
    """Keep what stands in the composer now; nothing in it, nothing kept. The last to write wins.

    Raises NotFound for a file that is not the agent's own, or already another conversation's.
    """
    require(Permission.REPLY, agent)
    conversation = await access_conversation_to_read(work, agent, command.conversation_id)
    body = clean_unfinished(command.body)
    if not body and not command.attachment_ids and command.visibility == "public":
        await forget_draft(work, agent.id, conversation.id)
        return _empty(conversation.id, work.now)
    draft = Draft(
        agent_id=agent.id,
        conversation_id=conversation.id,
        visibility=command.visibility,
        body=body,
        attachments=await _own_files(work, agent, conversation.id, command.attachment_ids),
        changed_at=work.now,
    )
    await work.put(draft)
    view = draft_view(draft)
    work.announce(DraftChanged(draft=view), to=ToAgent(agent_id=agent.id))
    return view


async def forget_draft(work: Work, agent_id: str, conversation_id: str) -> None:
    """The draft is sent or given up. Where there was none, nothing happens."""
    if await work.first(_FORGET, by=agent_id, about=conversation_id):
        work.announce(DraftChanged(draft=_empty(conversation_id, work.now)), to=ToAgent(agent_id=agent_id))


async def list_drafts(rows: Rows, agent: SignedInAgent) -> list[DraftView]:
    """The agent's drafts, the latest first."""
    wanted = select(Draft).where(Draft.agent_id == agent.id).order_by(Draft.changed_at.desc()).limit(MAX_LISTED)
    return [draft_view(draft) for draft in await rows.all(wanted)]


def draft_view(draft: Draft) -> DraftView:
    return DraftView(
        conversation_id=draft.conversation_id,
        visibility=cast(Visibility, draft.visibility),
        body=draft.body,
        attachments=msgspec.convert(draft.attachments, list[AttachmentView]),
        changed_at=draft.changed_at,
    )


def _empty(conversation_id: str, now: datetime) -> DraftView:
    return DraftView(conversation_id=conversation_id, visibility="public", body="", attachments=[], changed_at=now)


async def _own_files(work: Work, agent: SignedInAgent, conversation_id: str, ids: list[str]) -> list[Any]:
    if not ids:
        return []
    found = await work.all(
        select(Attachment).where(
            Attachment.id.in_(ids),
            Attachment.uploader_id == agent.id,
            or_(Attachment.conversation_id.is_(None), Attachment.conversation_id == conversation_id),
        )
    )
    by_id = {attachment.id: attachment for attachment in found}
    for id in ids:
        if id not in by_id:
            raise NotFound("file", id)
    return [as_json(attachment_view(by_id[id])) for id in dict.fromkeys(ids)]
