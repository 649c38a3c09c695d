"""Drafts of replies that an agent has begun."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Command, Event, Reply, View
from app.contract.messages import AttachmentView
from app.contract.values import Attachments, Id, Visibility


class DraftView(View):
    """An agent's draft in a conversation, for their eyes alone. Empty once it is sent or given up."""

    conversation_id: str
    visibility: Visibility
    body: str
    attachments: list[AttachmentView]
    changed_at: datetime


class DraftIs(Reply):
    """The draft as kept."""

    draft: DraftView
    ok: Literal[True] = True


class SaveDraft(Command, tag="draft.save", answers=DraftIs):
    """Keep what has been written so far, for this agent alone. Without words, files and note mode it is forgotten."""

    conversation_id: Id
    body: Annotated[str, Meta(max_length=20_000)]
    visibility: Visibility = "public"
    attachment_ids: Attachments = []


class DraftChanged(Event, tag="draft.changed"):
    """You wrote, sent or gave up a draft, here or elsewhere."""

    draft: DraftView
