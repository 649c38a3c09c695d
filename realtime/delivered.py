"""Progress this node has heard of each conversation: whatever the rows hold beyond it was lost on the way here."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from app.contract.bases import Event
from app.contract.messages import MarksView
from app.conversations.reading.heads import ConversationPosition

MAX_REMEMBERED = 20_000
TELLING = frozenset({"message.created", "message.marked", "conversation.changed"})
Figures = tuple[int, int, int, int, int]
"""The newest rev (or seq, in a contact's room), then the four marks."""
NOTHING: Figures = (0, 0, 0, 0, 0)


class _Author(Struct):
    kind: str


class _Message(Struct):
    conversation_id: str
    author: _Author
    rev: int | None = None
    seq: int | None = None


class _Conversation(Struct):
    id: str
    seq: int
    marks: MarksView
    rev: int = 0


class _Event(Struct):
    """As much of an event as says how far its conversation has come."""

    type: str
    message: _Message | None = None
    conversation: _Conversation | None = None
    conversation_id: str | None = None
    marks: MarksView | None = None


_decoder = msgspec.json.Decoder(_Event)


class Delivered:
    """Remembers as many conversations as are likely to have moved in the last minute; the longest unheard are let go."""

    def __init__(self) -> None:
        self._young: dict[tuple[str, str], Figures] = {}
        self._old: dict[tuple[str, str], Figures] = {}

    def event(self, room: str, event: Event) -> None:
        """An event of this node's own was told in a room."""
        type = str(event.__struct_config__.tag)
        if type in TELLING:
            self._note(room, type, event)

    def json(self, room: str, raw: bytes | memoryview) -> None:
        """An event of another node arrived in a room. Raises msgspec.DecodeError when it is none."""
        event = _decoder.decode(raw)
        if event.type in TELLING:
            self._note(room, event.type, event)

    def is_behind(self, room: str, place: ConversationPosition) -> bool:
        """Return whether a room has not been told that the conversation has come so far."""
        heard = self._find((room, place.id))
        return any(told < stands for told, stands in zip(heard, _figures_of(room, place), strict=True))

    def note(self, room: str, place: ConversationPosition) -> None:
        """Note that the room has been told now."""
        self._raise((room, place.id), _figures_of(room, place))

    def _note(self, room: str, type: str, event: Any) -> None:
        if type == "message.marked":
            self._raise((room, event.conversation_id), (0, *_marks_of(event.marks)))
        elif type == "message.created":
            message = event.message
            seq = message.seq or 0
            by_contact, by_agent = message.author.kind == "contact", message.author.kind == "agent"
            figure = (seq if _is_contact(room) else message.rev) or 0
            self._raise((room, message.conversation_id), (figure, *([seq * by_contact] * 2), *([seq * by_agent] * 2)))
        else:
            conversation = event.conversation
            figure = conversation.seq if _is_contact(room) else conversation.rev
            self._raise((room, conversation.id), (figure, *_marks_of(conversation.marks)))

    def _find(self, key: tuple[str, str]) -> Figures:
        return self._young.get(key) or self._old.get(key) or NOTHING

    def _raise(self, key: tuple[str, str], to: Any) -> None:
        self._young[key] = tuple(map(max, self._find(key), to))  # pyright: ignore[reportArgumentType]
        if len(self._young) > MAX_REMEMBERED:
            self._old, self._young = self._young, {}


def _is_contact(room: str) -> bool:
    return room.startswith("contact:")


def _figures_of(room: str, place: ConversationPosition) -> Figures:
    return (place.seq if _is_contact(room) else place.rev, *_marks_of(place.marks))


def _marks_of(marks: MarksView) -> tuple[int, int, int, int]:
    return (marks.contact_delivered_seq, marks.contact_read_seq, marks.agent_delivered_seq, marks.agent_read_seq)
