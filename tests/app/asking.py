"""Commands as they come off a wire, obeyed by the real gateway over a house's rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args

import msgspec

from app.contract.commands import AgentCommand, VisitorCommand
from app.contract.replies import Refused
from app.conversations.messages.outbox import MessageOutbox
from app.knowledge.embedder import NoEmbedder
from app.knowledge.library import Library
from app.knowledge.suggest import Suggester
from app.people.actors import SignedInAgent, Visitor
from app.settings import Settings
from realtime.agent_socket import AgentCommands
from realtime.connected_clients import ConnectedClients
from realtime.gateway import Gateway
from realtime.hub import LocalHub, Subscriber
from realtime.limits import CommandLimits
from realtime.visiting import Visits
from realtime.visitor_socket import VisitorCommands
from realtime.wall import WallPainter
from tests.factories import House
from tests.recording import Stream

LEASE = timedelta(hours=8)


class Doors:
    """Both sides' commands over a house, and who stands before them."""

    def __init__(self, house: House) -> None:
        self.hub = LocalHub()
        self.library = Library(house.works, NoEmbedder())
        self.suggester = Suggester(house.works, house.told, self.library, "https://help.example.com")
        self.connected_clients = ConnectedClients(house.works, self.hub, LEASE, "1")
        self.visits = Visits(house.works, self.hub)
        self.wall = WallPainter(house.works, self.hub)
        self.gateway = Gateway(
            VisitorCommands(house.works, self.hub, self.suggester, self.visits),
            AgentCommands(house.works, self.hub, self.suggester, self.connected_clients, self.visits, self.wall, LEASE),
            MessageOutbox(house.works),
            CommandLimits(Settings(message_rate=1000.0)),
        )
        house.told.listeners.append(self.hub.publish)


async def ask(
    gateway: Gateway, actor: Visitor | SignedInAgent, type: str, stream: Subscriber | None = None, **given: Any
) -> dict[str, Any]:
    """The reply to a command, as its JSON."""
    return await ask_raw(gateway, actor, msgspec.json.encode({"type": type, **given}), stream)


async def ask_raw(
    gateway: Gateway, actor: Visitor | SignedInAgent, raw: bytes, stream: Subscriber | None = None
) -> dict[str, Any]:
    """The reply to whatever came in, as its JSON. Anything but a refusal is what the command says answers it."""
    answer = await gateway.obey(actor, stream or Stream(), raw)
    if not isinstance(answer.reply, Refused):
        kinds = get_args(VisitorCommand if isinstance(actor, Visitor) else AgentCommand)
        tag = msgspec.json.decode(raw)["type"]
        command = next(kind for kind in kinds if kind.__struct_config__.tag == tag)
        assert isinstance(answer.reply, command.answers), f"{tag} was answered with {answer.reply}"
    return msgspec.json.decode(answer.json())
