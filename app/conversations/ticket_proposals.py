"""Titles, topics and priorities for tickets that opened by themselves, filled in by a job."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from app.contract.values import Priority
from app.conversations.tickets import PROPOSE_JOB, fill_in_proposal, first_words
from app.job_kinds import does
from app.work import Works

Propose = Callable[[str], Awaitable[tuple[str, str]]]


class TicketProposals:
    """Proposes what the button would. `propose` finds a title and a topic for some words, `propose_priority` a priority."""

    def __init__(self, propose: Propose, propose_priority: Callable[[str], Priority]) -> None:
        self._propose = propose
        self._propose_priority = propose_priority

    @does(PROPOSE_JOB)
    async def run(self, works: Works, payload: dict[str, Any]) -> None:
        """The job."""
        id = payload["conversation_id"]
        async with works.read() as rows:
            words = await first_words(rows, id)
        if words:
            title, topic = await self._propose(words)
            await works.run(fill_in_proposal, id, payload["title"], title, topic, self._propose_priority(words))
