"""Decode, obey, answer: the one place where whatever goes wrong with a command becomes a reply."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec
import structlog
from prometheus_client import Counter, Histogram

from app.clock import monotonic, new_id
from app.contract.commands import AgentCommand, Command, VisitorCommand
from app.contract.replies import Refused, Reply
from app.errors import Conflict, Invalid, ParleyError, RateLimited
from app.people.actors import SignedInAgent, Visitor
from realtime.hub import Subscriber
from realtime.limits import CommandLimits

log = structlog.get_logger("gateway")

commands_total = Counter("parley_commands_total", "Commands by name and outcome", ["command", "outcome"])
command_seconds = Histogram(
    "parley_command_seconds",
    "Seconds from a command's arrival to its reply",
    ["command"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
)

_visitor_decoder: msgspec.json.Decoder[VisitorCommand] = msgspec.json.Decoder(VisitorCommand)
_agent_decoder: msgspec.json.Decoder[AgentCommand] = msgspec.json.Decoder(AgentCommand)
_encoder = msgspec.json.Encoder()


class VisitorSide(Protocol):
    async def obey(self, visitor: Visitor, stream: Subscriber | None, command: VisitorCommand) -> Reply: ...


class AgentSide(Protocol):
    async def obey(self, agent: SignedInAgent, stream: Subscriber | None, command: AgentCommand) -> Reply: ...


class Answer(msgspec.Struct, frozen=True):
    """A reply, and whether the command could be understood at all."""

    reply: Reply
    is_understood: bool

    def json(self) -> str:
        return _encoder.encode(self.reply).decode()


class Gateway:
    """Both doors (sockets and plain HTTP) bring their commands here."""

    def __init__(self, visitors: VisitorSide, agents: AgentSide, limits: CommandLimits) -> None:
        self._visitors = visitors
        self._agents = agents
        self._limits = limits

    async def obey(self, actor: Visitor | SignedInAgent, stream: Subscriber | None, raw: bytes | msgspec.Raw) -> Answer:
        """Do what was asked. Never raises: a refusal has a code and a sentence, anything else an id to look up in the log."""
        began = monotonic()
        name = "malformed"
        try:
            command = self._decode(actor, raw)
            name = str(command.__struct_config__.tag)
            reply = await self._dispatch(actor, stream, command)
            outcome = "ok"
        except ParleyError as error:
            reply, outcome = refusal_of(error), error.code
        except Exception:
            id = new_id()
            log.exception("command failed", command=name, error_id=id)
            reply = refused("internal", f"Something went wrong on our side. It is noted as {id}.")
            outcome = "internal"
        commands_total.labels(name, outcome).inc()
        command_seconds.labels(name).observe(monotonic() - began)
        return Answer(reply, name != "malformed")

    def _decode(self, actor: Visitor | SignedInAgent, raw: bytes | msgspec.Raw) -> Command:
        try:
            return (_visitor_decoder if isinstance(actor, Visitor) else _agent_decoder).decode(raw)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise Invalid(f"That command does not fit the contract: {error}"[:300]) from error

    async def _dispatch(self, actor: Visitor | SignedInAgent, stream: Subscriber | None, command: Any) -> Reply:
        if isinstance(actor, Visitor):
            self._limits.take(actor.contact_id, command)
            return await self._visitors.obey(actor, stream, command)
        self._limits.take(actor.session, command)
        return await self._agents.obey(actor, stream, command)


def refusal_of(error: ParleyError) -> Refused:
    """An error as the caller reads it."""
    return Refused(
        code=error.code,
        detail=error.detail,
        retry_seconds=error.retry_seconds if isinstance(error, RateLimited) else None,
        missed=error.missed if isinstance(error, Conflict) else [],
    )


def refused(code: Any, detail: str) -> Refused:
    return Refused(code=code, detail=detail, retry_seconds=None, missed=[])
