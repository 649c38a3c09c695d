"""Limits on how much each caller may ask of this node."""

from __future__ import annotations

from app.contract.bases import Command
from app.contract.conversations import StartConversation
from app.contract.messages import AgentSendMessage, SetTyping, VisitorSendMessage
from app.contract.reading import ConversationDelivered, ReadConversation
from app.limits import Limit
from app.people.actors import SignedInAgent, Visitor
from app.settings import Settings
from realtime.load import SEARCHES, Load

WRITES = (StartConversation, VisitorSendMessage, AgentSendMessage)
SIGNS = (SetTyping, ReadConversation, ConversationDelivered)


class CommandLimits:
    """Token buckets by kind of command and caller: messages, signs (typing, marks), searches, and everything else.

    Visitors' tokens cost nothing to get, so visitors of one address, and those of one inbox, share buckets besides.
    """

    def __init__(self, settings: Settings) -> None:
        rate = settings.message_rate
        self._writes = Limit(rate, 6 * rate)
        self._signs = Limit(4 * rate, 12 * rate)
        self._searches = Limit(rate, 4 * rate)
        self._others = Limit(4 * rate, 20 * rate)
        self._addresses = Limit(settings.address_rate, 6 * settings.address_rate)
        self._inboxes = Limit(settings.inbox_rate, 6 * settings.inbox_rate)
        self.load = Load(settings.overload_seconds)

    def take(self, actor: Visitor | SignedInAgent, address: str, command: Command) -> None:
        """Raises RateLimited when this caller has asked for too much of this kind, or the node has too much to do for it.

        `address` is empty where whoever calls has counted it already.
        """
        self.load.refuse_when_strained(command)
        if isinstance(actor, Visitor):
            self._limit_of(command).take(actor.contact_id)
            if address:
                self._addresses.take(address)
            self._inboxes.take(actor.inbox_id)
        else:
            self._limit_of(command).take(actor.session)

    def take_address(self, address: str) -> None:
        """A command came from there by plain HTTP. Raises RateLimited."""
        self._addresses.take(address)

    def _limit_of(self, command: Command) -> Limit:
        if isinstance(command, WRITES):
            return self._writes
        if isinstance(command, SIGNS):
            return self._signs
        if isinstance(command, SEARCHES):
            return self._searches
        return self._others
