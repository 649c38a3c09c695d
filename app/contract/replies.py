"""Replies to commands. Every reply says `ok`; a refusal says why in a stable code and a sentence."""

from __future__ import annotations

from typing import Literal

from app.contract.articles import ArticlesFound
from app.contract.bases import Done, Reply
from app.contract.bulk_changes import ManyChanged
from app.contract.contacts import ContactEdited
from app.contract.conversations import Changed, Ended, Started
from app.contract.drafts import DraftIs
from app.contract.messages import MessageView, Sent
from app.contract.presence import PresenceIs
from app.contract.reading import AgentSynced, EarlierMessages, VisitorSynced
from app.contract.tickets import TicketIs
from app.contract.values import ErrorCode
from app.contract.visitors import VisitorsWatched
from app.contract.wall import Watching
from app.contract.widget import ContactIs


class Refused(Reply):
    """The command was refused. `missed` holds the messages a stale reply had not seen; `retry_seconds` when to try again."""

    code: ErrorCode
    detail: str
    retry_seconds: float | None
    missed: list[MessageView]
    ok: Literal[False] = False


VisitorReply = Done | Started | Sent | VisitorSynced | EarlierMessages | Ended | ContactIs | ArticlesFound | Refused

AgentReply = (
    Done
    | Sent
    | AgentSynced
    | EarlierMessages
    | Changed
    | ManyChanged
    | DraftIs
    | TicketIs
    | PresenceIs
    | ArticlesFound
    | Watching
    | ContactEdited
    | VisitorsWatched
    | Refused
)
