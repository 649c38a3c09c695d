"""Messages, who wrote them, what hangs on them, and how far they have come."""

from __future__ import annotations

from datetime import datetime

from app.contract.values import AuthorKind, Channel, SystemCode, View, Visibility


class AuthorView(View):
    """The author of a message. `id` is empty for the system; a contact without a name has an empty name."""

    kind: AuthorKind
    id: str | None
    name: str


class AttachmentView(View):
    """A file. Fetch `url` with the same credentials as everything else; pixels only for raster images shown inline."""

    id: str
    name: str
    content_type: str
    size: int
    width: int | None
    height: int | None
    url: str


class MessageView(View):
    """One utterance.

    `seq` is its place in what both sides see, empty for an internal note. `rev` is the conversation's revision that
    brought it, shown to agents only. `system` names what happened for messages written by Parley; `body` says it in
    English for readers who do not know the code, `author.name` says who did it. `whispered` marks a supervisor's own words. `client_id` is the writer's own key.
    """

    id: str
    client_id: str | None
    conversation_id: str
    seq: int | None
    rev: int | None
    author: AuthorView
    visibility: Visibility
    channel: Channel
    system: SystemCode | None
    body: str
    attachments: list[AttachmentView]
    created_at: datetime


class MarksView(View):
    """The positions each side has reached: every message with `seq` at most the figure was delivered to, or read by, that
    side.

    Authors have read up to their own message; no `message.marked` says so besides.
    """

    contact_delivered_seq: int
    contact_read_seq: int
    agent_delivered_seq: int
    agent_read_seq: int
