"""A message as its author asks for it, before anything is known of the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from app.clock import new_id
from app.contract.messages import AgentSendMessage, VisitorSendMessage
from app.contract.values import Visibility
from app.people.actors import SignedInAgent, Visitor
from app.text import clean_text, shorten

PREVIEW_LENGTH = 160
Kind = Literal["contact", "answer", "note"]


class AskedMessage(Struct, frozen=True, gc=False):
    """`body` is cleaned. `client_id` is the author's own key, empty for a message without one. `seen_seq` is how far an agent
    has read, empty when they do not say."""

    kind: Kind
    id: str
    conversation_id: str
    author_id: str
    author_name: str
    inbox_id: str | None
    client_id: str | None
    body: str
    preview: str
    seen_seq: int | None
    has_files: bool

    @property
    def visibility(self) -> Visibility:
        return "internal" if self.kind == "note" else "public"


def contact_message(
    visitor: Visitor, conversation_id: str, client_id: str | None, body: str, attachment_ids: Sequence[str] = ()
) -> AskedMessage:
    """Return what a contact asks to send. Their name is on their row."""
    text = clean_text(body)
    preview = shorten(text, PREVIEW_LENGTH)
    return AskedMessage(
        *("contact", new_id(), conversation_id, visitor.contact_id, "", visitor.inbox_id),
        *(client_id, text, preview, None, bool(attachment_ids)),
    )


def agent_message(
    agent: SignedInAgent,
    conversation_id: str,
    client_id: str | None,
    body: str,
    visibility: Visibility,
    attachment_ids: Sequence[str] = (),
    seen_seq: int | None = None,
) -> AskedMessage:
    """Return what an agent asks to send: an answer to the contact, or a note for colleagues."""
    text = clean_text(body)
    kind: Kind = "answer" if visibility == "public" else "note"
    preview = shorten(text, PREVIEW_LENGTH) if kind == "answer" else ""
    return AskedMessage(
        *(kind, new_id(), conversation_id, agent.id, agent.name, None),
        *(client_id, text, preview, seen_seq, bool(attachment_ids)),
    )


def asked_message(author: Visitor | SignedInAgent, command: VisitorSendMessage | AgentSendMessage) -> AskedMessage:
    """Return the message a command asks for."""
    if isinstance(author, Visitor):
        return contact_message(author, command.conversation_id, command.client_id, command.body, command.attachment_ids)
    assert isinstance(command, AgentSendMessage)
    return agent_message(
        *(author, command.conversation_id, command.client_id, command.body),
        *(command.visibility, command.attachment_ids, command.seen_seq),
    )
