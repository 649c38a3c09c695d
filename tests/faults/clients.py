"""Visitors and agents that behave as the widget and the inbox do, and note down what they sent, were acked and saw.

A message keeps its client_id until it is acked and is sent again blindly; a lost line is opened again after a jittered
pause, wherever the address leads; what is missing is fetched by seq or rev.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, TypeVar

import httpx
import websockets

from tests.faults.history import Acked, Claimed, History, Line, Seen, Sent, Shown
from tests.faults.screens import Screen
from tests.running import PASSWORD
from tests.wire import Refused, Wire

T = TypeVar("T")

REPLY_SECONDS = 2.0
OPEN_SECONDS = 8.0
INSIST_SECONDS = 120.0
MAX_TIMEOUTS = 2
OVERTAKEN_SECONDS = 0.15
PASSING = {"unavailable", "internal", "rate_limited"}
INTERNAL_TRIES = 3
LINE_TROUBLE = (OSError, TimeoutError, EOFError, httpx.TransportError, websockets.WebSocketException, AssertionError)


def now() -> float:
    return asyncio.get_running_loop().time()


class Lost(Exception):
    """No answer came: nobody knows whether it happened."""


class HeardWire(Wire):
    """A wire that tells of each event as it comes. Whoever opened it closes it."""

    opened: ClassVar[list[Wire]] = []
    on_event: Callable[[dict[str, Any]], None]

    async def _take(self, frame: str) -> None:
        if frame.startswith("42"):
            self.on_event(json.loads(frame.partition(",")[2])[1])
        else:
            await super()._take(frame)


class Client:
    """What a widget and an inbox have in common. `resumes=False` is one that never asks for what it missed."""

    side = ""

    def __init__(
        self,
        name: str,
        url: str,
        history: History,
        seed: int,
        *,
        resumes: bool = True,
        reply_seconds: float = REPLY_SECONDS,
    ) -> None:
        self.name = name
        self.url = url
        self.history = history
        self.dice = random.Random(f"{seed} {name}")
        self.screens: dict[str, Screen] = {}
        self.wire: HeardWire | None = None
        self.is_online = asyncio.Event()
        self._resumes = resumes
        self._reply_seconds = reply_seconds
        self._failures = 0
        self._timeouts = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._number = 0

    async def come(self) -> None:
        """Be there from now on, whatever happens; returns once connected for the first time."""
        self._tasks = [asyncio.create_task(self._stay()), asyncio.create_task(self._keep_synced())]
        await self.is_online.wait()

    async def leave(self) -> None:
        """Close the window; what it showed is noted."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.wire:
            await self.wire.close()
        self.history.shown += await self.shown()

    async def shown(self) -> list[Shown]:
        """What it draws now."""
        return [Shown(by=self.name, side=self.side, conversation_id=id, lines=it.lines) for id, it in self.screens.items()]

    async def talk(self, pace: float, until: asyncio.Event, say: Callable[[], Awaitable[Line]] | None = None) -> None:
        """Say something `pace` times a second, each once the one before is acked, until told to stop."""
        while not until.is_set():
            await (say or self.say)()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(until.wait(), self.dice.uniform(0.5, 1.5) / pace)

    async def say(self) -> Line:
        """Send one message, again and again until it is acked."""
        command = await self.next_command()
        key = command["client_id"]
        self.history.sent.append(Sent(by=self.name, key=key, at=now()))
        reply = await self.insist(**command)
        line = Line.of_view(reply["message"])
        self.history.acked.append(Acked(by=self.name, key=key, at=now(), line=line))
        self._show(line)
        return line

    async def next_command(self) -> dict[str, Any]:
        """What to say next, and where, under a key of its own."""
        self._number += 1
        return await self._command_for(f"{self.name}-{self._number}")

    async def insist(self, **command: Any) -> dict[str, Any]:
        """Send a command until it is answered with a yes. A no that will not pass is an error here."""
        failures = internal = 0
        until = now() + INSIST_SECONDS
        while now() < until:
            with contextlib.suppress(Lost):
                reply = await self.ask(**command)
                if reply["ok"]:
                    return reply
                self.history.refuse(reply["code"])
                internal += reply["code"] == "internal"
                if reply["code"] not in PASSING or internal >= INTERNAL_TRIES:
                    raise AssertionError(f"{self.name} was refused: {reply}")
                failures += 1
                await asyncio.sleep(reply["retry_seconds"] or self._backoff(failures))
        raise AssertionError(f"{self.name} got no answer in {INSIST_SECONDS:.0f} s")

    async def ask(self, type: str, **fields: Any) -> dict[str, Any]:
        """One try on whatever line there is. Raises Lost."""
        await self.is_online.wait()
        wire = self.wire
        assert wire is not None
        try:
            reply = await wire.command(type, timeout=self._reply_seconds, **fields)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task and task.cancelling():
                raise
            raise Lost from None  # the wire closed, and cancelled what waited for it
        except TimeoutError:
            self._timeouts += 1
            if self._timeouts >= MAX_TIMEOUTS:
                await self._drop(wire)
            raise Lost from None
        except LINE_TROUBLE:
            await asyncio.sleep(self._backoff(1))
            raise Lost from None
        self._timeouts = 0
        return reply

    async def insist_on(self, act: Callable[[], Awaitable[T]]) -> T:
        """Do something over HTTP, again until it is done."""
        while True:
            with contextlib.suppress(*LINE_TROUBLE):
                return await act()
            await asyncio.sleep(self._backoff(1))

    async def _drop(self, wire: HeardWire) -> None:
        """This line is dead, whatever it says of itself."""
        if self.wire is wire:
            self.is_online.clear()
        await wire.vanish()

    async def _stay(self) -> None:
        while True:
            try:
                async with asyncio.timeout(OPEN_SECONDS):
                    wire = await self._open()
            except (*LINE_TROUBLE, Refused):
                self._failures += 1
                await asyncio.sleep(self._backoff(self._failures))
                continue
            self.wire, self._failures, self._timeouts = wire, 0, 0
            for screen in self.screens.values():
                screen.must_sync = True
            self.is_online.set()
            await wire.is_closed.wait()
            self.is_online.clear()

    async def _keep_synced(self) -> None:
        while True:
            await asyncio.sleep(OVERTAKEN_SECONDS)
            for screen in list(self.screens.values()):
                if screen.needs_sync and self._resumes and self.is_online.is_set():
                    with contextlib.suppress(Lost):
                        await self._sync(screen)

    async def _sync(self, screen: Screen) -> None:
        while True:
            place = {"after_rev" if self.side == "agent" else "after_seq": screen.cursor}
            page = await self.ask("conversation.sync", conversation_id=screen.conversation_id, **place)
            if not page["ok"]:
                self.history.refuse(page["code"])
                return
            for line in screen.take_page(page):
                self._note(line)
            if page["is_complete"]:
                return

    def hear(self, event: dict[str, Any]) -> None:
        """An event, as `apply.ts` takes it."""
        match event["type"]:
            case "message.created":
                self._show(Line.of_view(event["message"]))
            case "conversation.changed":
                conversation = event["conversation"]
                self.meet(conversation["id"]).hear(conversation["rev" if self.side == "agent" else "seq"])
            case "heads":
                for head in event["heads"]:
                    self.meet(head["conversation_id"]).hear(head["rev" if self.side == "agent" else "seq"])
            case _:
                pass

    def meet(self, conversation_id: str) -> Screen:
        """The screen of a conversation that it may not have heard of before."""
        return self.screens.setdefault(conversation_id, Screen(self.side, conversation_id))

    def _show(self, line: Line) -> None:
        if self.meet(line.conversation_id).add(line):
            self._note(line)

    def _note(self, line: Line) -> None:
        self.history.seen.append(Seen(by=self.name, at=now(), line=line))

    def _backoff(self, failures: int) -> float:
        return self.dice.random() * min(2.0, 0.1 * 2**failures)

    async def _open(self) -> HeardWire:
        raise NotImplementedError

    async def _command_for(self, key: str) -> dict[str, Any]:
        raise NotImplementedError


class VisitorClient(Client):
    """A widget: its first message starts the conversation."""

    side = "visitor"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.token: str | None = None

    @property
    def conversation_id(self) -> str | None:
        return next(iter(self.screens), None)

    async def open_widget(self) -> str:
        """The token, kept from the first time."""
        if self.token is None:
            async with httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=OPEN_SECONDS) as http:
                response = await http.post("/api/v1/widget/sessions", json={"inbox_key": "demo"})
            assert response.status_code == 200, response.text
            self.token = response.json()["visitor_token"]
        assert self.token
        return self.token

    async def _open(self) -> HeardWire:
        token = await self.open_widget()
        wire = await HeardWire.connect(self.url, "/visitor", {"token": token, "contract": 1})
        assert isinstance(wire, HeardWire)
        wire.on_event = self.hear
        return wire

    async def _command_for(self, key: str) -> dict[str, Any]:
        body = f"{key} {'x' * self.dice.randrange(60)}"
        if id := self.conversation_id:
            return {"type": "message.send", "client_id": key, "conversation_id": id, "body": body}
        return {"type": "conversation.start", "client_id": key, "body": body}


class AgentClient(Client):
    """An inbox: hears every conversation, answers here and there, and writes a note now and then."""

    side = "agent"

    def __init__(self, email: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.email = email
        self.cookie: str | None = None

    async def sign_in(self) -> str:
        """The session's cookie, kept from the first time."""
        if self.cookie is None:
            async with httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=OPEN_SECONDS) as http:
                response = await http.post("/api/v1/login", json={"email": self.email, "password": PASSWORD})
            assert response.status_code == 200, response.text
            self.cookie = response.cookies["parley_session"]
        return self.cookie

    async def _open(self) -> HeardWire:
        headers = {"Cookie": f"parley_session={await self.sign_in()}", "Origin": self.url}
        wire = await HeardWire.connect(self.url, "/agent", {"contract": 1}, headers)
        assert isinstance(wire, HeardWire)
        wire.on_event = self.hear
        async with httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=OPEN_SECONDS) as http:
            try:
                response = await http.get("/api/v1/conversations?limit=200", headers=headers)
                assert response.status_code == 200, response.text
            except BaseException:
                await wire.vanish()
                raise
        for conversation in response.json()["conversations"]:
            self.meet(conversation["id"]).hear(conversation["rev"])
        return wire

    async def claim(self, conversation_id: str) -> bool:
        """Ask for a conversation, once more if no answer came; whether it is theirs now."""
        try:
            reply = await self.ask("conversation.claim", conversation_id=conversation_id)
        except Lost:
            reply = await self.ask("conversation.claim", conversation_id=conversation_id)
        if reply["ok"]:
            self.history.claimed.append(Claimed(by=self.name, conversation_id=conversation_id, at=now()))
        return reply["ok"]

    async def _command_for(self, key: str) -> dict[str, Any]:
        while not self.screens:
            await asyncio.sleep(0.05)
        id = self.dice.choice(sorted(self.screens))
        visibility = "internal" if self.dice.random() < 0.3 else "public"
        return {"type": "message.send", "client_id": key, "conversation_id": id, "body": f"{key} ok", "visibility": visibility}
