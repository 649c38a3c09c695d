"""Decode, obey, answer: the one place where whatever goes wrong with a command becomes a reply."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

import msgspec
import structlog
from prometheus_client import Counter, Histogram

from app.cleaning import clean_json
from app.clock import monotonic, new_id
from app.contract.bases import Command, Reply
from app.contract.commands import AgentCommand, VisitorCommand
from app.contract.messages import AgentSendMessage, MessageView, Sent, VisitorSendMessage
from app.contract.replies import Refused
from app.conversations.messages.outbox import MessageOutbox
from app.database.connection_errors import refusal_for
from app.errors import Invalid, ParleyError, refusal_of
from app.people.actors import SignedInAgent, Visitor
from realtime.hub import Subscriber
from realtime.limits import CommandLimits
from realtime.transport.packets import HALF_A_CHARACTER

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


class HalfACharacter(Invalid):
    """A text was cut in the middle of a character. The client is told, and keeps its line: other texts may be whole."""


class Answer(msgspec.Struct, frozen=True):
    """A reply, and whether the command could be understood at all."""

    reply: Reply
    is_understood: bool

    def json(self) -> bytes:
        return _encoder.encode(self.reply)


Answered = Callable[[Answer], None]
"""Told once what became of a command."""


class Gateway:
    """Both doors (sockets and plain HTTP) bring their commands here."""

    def __init__(self, visitors: VisitorSide, agents: AgentSide, posting: MessageOutbox, limits: CommandLimits) -> None:
        self._visitors = visitors
        self._agents = agents
        self._posting = posting
        self._limits = limits
        self._load = limits.load
        self._under_way: set[asyncio.Task[None]] = set()
        self._counters: dict[tuple[str, str], Any] = {}
        self._clocks: dict[str, Any] = {}

    @property
    def is_idle(self) -> bool:
        """Return whether every command taken has been answered."""
        return self._load.in_flight == 0

    async def obey(self, actor: Visitor | SignedInAgent, stream: Subscriber | None, raw: bytes | msgspec.Raw) -> Answer:
        """Do what was asked, and wait for what came of it."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.take(actor, stream, raw, lambda found: None if answer.done() else answer.set_result(found))
        return await answer

    def take(
        self, actor: Visitor | SignedInAgent, stream: Subscriber | None, raw: bytes | msgspec.Raw, answered: Answered
    ) -> None:
        """Do what was asked; `answered` is called once, now or later. Never raises: a refusal has a code and a sentence,
        anything else an id to look up in the log.

        Messages, which are most of what is asked, go on without a task of their own.
        """
        began = monotonic()
        self._load.in_flight += 1
        name = "malformed"
        try:
            command = self._decode(actor, raw)
            name = str(command.__struct_config__.tag)
            self._limits.take(actor, getattr(stream, "address", ""), command)
            if isinstance(command, VisitorSendMessage | AgentSendMessage):
                self._posting.post(actor, command, partial(self._posted, name, began, answered))
                return
        except Exception as error:  # noqa: BLE001 - it becomes the answer
            self._answer("half_a_character" if isinstance(error, HalfACharacter) else name, began, answered, error)
            return
        task = asyncio.create_task(self._dispatch(actor, stream, command, name, began, answered))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def _decode(self, actor: Visitor | SignedInAgent, raw: bytes | msgspec.Raw) -> Command:
        try:
            return (_visitor_decoder if isinstance(actor, Visitor) else _agent_decoder).decode(clean_json(bytes(raw)))
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            if raw == HALF_A_CHARACTER:
                raise HalfACharacter("A text ends in half a character. Send it without.") from error
            raise Invalid(f"That command does not fit the contract: {error}"[:300]) from error

    async def _dispatch(
        self,
        actor: Visitor | SignedInAgent,
        stream: Subscriber | None,
        command: Any,
        name: str,
        began: float,
        answered: Answered,
    ) -> None:
        try:
            if isinstance(actor, Visitor):
                found = await self._visitors.obey(actor, stream, command)
            else:
                found = await self._agents.obey(actor, stream, command)
        except Exception as error:  # noqa: BLE001 - it becomes the answer
            found = error
        self._answer(name, began, answered, found)

    def _posted(self, name: str, began: float, answered: Answered, found: MessageView | Exception) -> None:
        self._answer(name, began, answered, found if isinstance(found, Exception) else Sent(message=found))

    def _answer(self, name: str, began: float, answered: Answered, found: Reply | Exception) -> None:
        outcome = "ok"
        if isinstance(found, ParleyError):
            outcome, found = found.code, refusal_of(found)
        elif isinstance(found, Exception) and (known := refusal_for(found)):
            log.error("command refused", command=name, reason=known.detail, error=str(found)[:300])
            outcome, found = known.code, refusal_of(known)
        elif isinstance(found, Exception):
            id = new_id()
            log.error("command failed", command=name, error_id=id, exc_info=found)
            outcome, found = "internal", refused("internal", f"Something went wrong on our side. It is noted as {id}.")
        self._load.in_flight -= 1
        self._count(name, outcome, monotonic() - began)
        answered(Answer(found, name != "malformed"))

    def _count(self, name: str, outcome: str, seconds: float) -> None:
        counter = self._counters.get((name, outcome))
        if counter is None:
            counter = self._counters[name, outcome] = commands_total.labels(name, outcome)
        counter.inc()
        clock = self._clocks.get(name)
        if clock is None:
            clock = self._clocks[name] = command_seconds.labels(name)
        clock.observe(seconds)


def refused(code: Any, detail: str, retry_seconds: float | None = None) -> Refused:
    return Refused(code=code, detail=detail, retry_seconds=retry_seconds, missed=[])
