"""Everything known of a contact: conversations, pages, tickets and scores."""

from __future__ import annotations

from typing import Literal

from app.contract.bases import View
from app.contract.contacts import ContactDetailsView, ContactView
from app.contract.conversations import ConversationView
from app.contract.surveys import ScoreView
from app.contract.tickets import TicketView
from app.contract.visitors import PageView


class ContactHistory(View):
    """A contact's conversations, newest first. `next` is the cursor of the following page, empty at the end."""

    conversations: list[ConversationView]
    next: str | None
    ok: Literal[True] = True


class ContactKnown(View):
    """Everything known of a contact besides their conversations; each list newest first."""

    contact: ContactView
    details: ContactDetailsView
    pages: list[PageView]
    tickets: list[TicketView]
    scores: list[ScoreView]
    ok: Literal[True] = True
