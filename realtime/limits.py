"""How much each caller may ask of this node."""

from __future__ import annotations

from app.contract.commands import (
    AgentSendMessage,
    Command,
    ConversationDelivered,
    ReadConversation,
    SearchArticles,
    SetTyping,
    StartConversation,
    VisitorSendMessage,
)
from app.limits import Limit
from app.settings import Settings

WRITES = (StartConversation, VisitorSendMessage, AgentSendMessage)
SIGNS = (SetTyping, ReadConversation, ConversationDelivered)


class CommandLimits:
    """Token buckets by kind of command and caller: messages, signs (typing, marks), searches, and everything else."""

    def __init__(self, settings: Settings) -> None:
        rate = settings.message_rate
        self._writes = Limit(rate, 6 * rate)
        self._signs = Limit(4 * rate, 12 * rate)
        self._searches = Limit(rate, 4 * rate)
        self._others = Limit(4 * rate, 20 * rate)

    def take(self, caller: str, command: Command) -> None:
        """Raises RateLimited when this caller has asked for too much of this kind."""
        self._limit_of(command).take(caller)

    def _limit_of(self, command: Command) -> Limit:
        if isinstance(command, WRITES):
            return self._writes
        if isinstance(command, SIGNS):
            return self._signs
        if isinstance(command, SearchArticles):
            return self._searches
        return self._others
