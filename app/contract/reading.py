"""Catching up with a conversation: syncing, reading back, and the marks of what has arrived and been read."""

from __future__ import annotations

from typing import Literal

from app.contract.bases import Command, Done, Event, Reply, View
from app.contract.conversations import ConversationView, VisitorConversationView
from app.contract.messages import MarksView, MessageView
from app.contract.values import Counter, Id


class HeadView(View):
    """The position a conversation has reached on the server. `rev` is 0 for visitors."""

    conversation_id: str
    seq: int
    rev: int
    marks: MarksView


class VisitorSynced(Reply):
    """Messages after the asked seq, oldest first. `is_complete` is false when another page follows. A snapshot replaces
    every message held; `has_earlier` says whether there are messages before it."""

    conversation: VisitorConversationView
    messages: list[MessageView]
    is_complete: bool
    is_snapshot: bool
    has_earlier: bool
    ok: Literal[True] = True


class AgentSynced(Reply):
    """Messages after the asked rev, oldest first, and the conversation as it is now. A snapshot replaces every message
    held; `has_earlier` says whether there are messages before it."""

    conversation: ConversationView
    messages: list[MessageView]
    is_complete: bool
    is_snapshot: bool
    has_earlier: bool
    ok: Literal[True] = True


class EarlierMessages(Reply):
    """The messages just before those asked about, oldest first, and whether there are more before them."""

    messages: list[MessageView]
    has_earlier: bool
    ok: Literal[True] = True


class VisitorSync(Command, tag="conversation.sync", answers=VisitorSynced):
    """Ask for what was missed since `after_seq` (0 for everything), oldest first, in pages. With `newest`, a client that
    missed more than a page is given the newest page instead (`is_snapshot`), and reads back with conversation.earlier."""

    conversation_id: Id
    after_seq: Counter
    newest: bool = False


class AgentSync(Command, tag="conversation.sync", answers=AgentSynced):
    """Ask for what changed since `after_rev` (0 for everything), oldest first, in pages. With `newest`, a client that missed
    more than a page is given the newest page instead (`is_snapshot`), and reads back with conversation.earlier."""

    conversation_id: Id
    after_rev: Counter
    newest: bool = False


class VisitorEarlier(Command, tag="conversation.earlier", answers=EarlierMessages):
    """A page of the messages before `before_seq`."""

    conversation_id: Id
    before_seq: Counter


class AgentEarlier(Command, tag="conversation.earlier", answers=EarlierMessages):
    """A page of the messages and notes before `before_rev`."""

    conversation_id: Id
    before_rev: Counter


class ReadConversation(Command, tag="conversation.read", answers=Done):
    """Everything up to `seq` was seen on a visible screen. Never goes back."""

    conversation_id: Id
    seq: Counter


class ConversationDelivered(Command, tag="conversation.delivered", answers=Done):
    """Everything up to `seq` has arrived in this client, seen or not. Never goes back."""

    conversation_id: Id
    seq: Counter


class MessageMarked(Event, tag="message.marked"):
    """A side has received or read further. Figures never go back."""

    conversation_id: str
    marks: MarksView


class Heads(Event, tag="heads"):
    """Sent on connecting and every few seconds: if you are behind, ask with conversation.sync. A new `epoch` means
    the data was restored from a backup: forget cursors and sync from 0."""

    epoch: str
    heads: list[HeadView]
