"""Messages, their authors, the files that hang on them, and signs of typing."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from app.contract.bases import Command, Done, Event, Reply, View
from app.contract.values import (
    Attachments,
    AuthorKind,
    Channel,
    ClientId,
    Counter,
    Id,
    MessageBody,
    Preview,
    SystemCode,
    Visibility,
)


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


class Sent(Reply):
    """The message as stored: durable, ordered, told to everyone who may read it."""

    message: MessageView
    ok: Literal[True] = True


class VisitorSendMessage(Command, tag="message.send", answers=Sent):
    """A visitor writes. Reopens a resolved conversation."""

    client_id: ClientId
    conversation_id: Id
    body: MessageBody
    attachment_ids: Attachments = []


class AgentSendMessage(Command, tag="message.send", answers=Sent):
    """An agent writes. With `seen_seq`, refused as `conflict` if the contact or a colleague has written since."""

    client_id: ClientId
    conversation_id: Id
    body: MessageBody
    visibility: Visibility = "public"
    seen_seq: Counter | None = None
    attachment_ids: Attachments = []


class SetTyping(Command, tag="typing.set", answers=Done):
    """The writer started or stopped typing. Readers let it lapse after 6 s without a repeat. `preview` is what a visitor
    has typed so far (the last of it, when it is long); it is passed on only where the inbox says so, and kept nowhere."""

    conversation_id: Id
    typing: bool
    preview: Preview = ""


class MessageCreated(Event, tag="message.created"):
    """A message was written. Notes reach agents only; visitors are never shown a `rev`."""

    message: MessageView


class TypingChanged(Event, tag="typing.changed"):
    """Somebody started or stopped typing. To visitors `author_id` is empty. Lapses after 6 s. `preview` is what a visitor has
    typed so far; only agents are told, and only of an inbox with `previews_typing`."""

    conversation_id: str
    author_kind: str
    author_id: str | None
    author_name: str
    typing: bool
    preview: str


class Uploaded(View):
    """A file, ready to be named in a message."""

    attachment: AttachmentView
    ok: Literal[True] = True
