"""Plain messages: words only, into a conversation that nothing but the words will change.

Almost every message is one, so they have statements of their own, one file a database. Those write exactly what the
verbs in `messages.py` would, and only where the verbs would do no more than that: whatever needs waking, opening,
refusing or repeating is left alone, and the verb sees to it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from app.clock import new_id
from app.contract.commands import AgentSendMessage, VisitorSendMessage
from app.contract.values import Channel
from app.contract.views import AuthorView, MessageView
from app.conversations.messages.send import PREVIEW_LENGTH
from app.people.actors import SignedInAgent, Visitor
from app.people.permissions import may_reply, may_view_conversations
from app.text import clean_text, shorten

Kind = Literal["contact", "answer", "note"]
ANY_SEQ = 2**53


class Plain(Struct):
    """A message as it is asked for. From `seq` on: as it was written, when it was."""

    kind: Kind
    id: str
    conversation_id: str
    author_id: str
    inbox_id: str | None
    author_name: str | None
    client_id: str
    body: str
    preview: str
    seen_seq: int
    seq: int | None = None
    rev: int = 0
    channel: Channel = "chat"
    contact_id: str = ""
    at: datetime | None = None

    def view(self, *, for_agents: bool) -> MessageView:
        """The message as its readers see it."""
        assert self.at is not None
        return MessageView(
            id=self.id,
            client_id=self.client_id,
            conversation_id=self.conversation_id,
            seq=self.seq,
            rev=self.rev if for_agents else None,
            author=AuthorView(
                kind="contact" if self.kind == "contact" else "agent", id=self.author_id, name=self.author_name or ""
            ),
            visibility="internal" if self.kind == "note" else "public",
            channel=self.channel,
            system=None,
            body=self.body,
            attachments=[],
            created_at=self.at,
        )


def plain_of(author: Visitor | SignedInAgent, command: VisitorSendMessage | AgentSendMessage) -> Plain | None:
    """The command as a plain message; None when it has files, no words, or an author who may not write."""
    body = clean_text(command.body)
    if not body or command.attachment_ids:
        return None
    if isinstance(command, VisitorSendMessage) and isinstance(author, Visitor):
        kind, author_id, inbox_id, name, seen = "contact", author.contact_id, author.inbox_id, None, ANY_SEQ
    elif isinstance(command, AgentSendMessage) and isinstance(author, SignedInAgent):
        if not may_reply(author) or not may_view_conversations(author):
            return None
        kind = "answer" if command.visibility == "public" else "note"
        author_id, inbox_id, name = author.id, None, author.name
        seen = ANY_SEQ if command.seen_seq is None else command.seen_seq
    else:
        return None
    preview = "" if kind == "note" else shorten(body, PREVIEW_LENGTH)
    return Plain(kind, new_id(), command.conversation_id, author_id, inbox_id, name, command.client_id, body, preview, seen)
