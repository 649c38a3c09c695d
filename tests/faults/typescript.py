"""People on the real TypeScript client: `node/person.ts`, bundled once, each in a Node process of their own."""

from __future__ import annotations

import asyncio
import atexit
import functools
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.faults.clients import AgentClient, Client, VisitorClient, now
from tests.faults.history import Acked, Line, Seen, Sent, Shown

ROOT = Path(__file__).resolve().parents[2]
NODE = ROOT / ".venv" / "node" / "node"
FOLDER = Path(__file__).parent / "node"


@functools.cache
def bundle(name: str) -> Path:
    """A script of `node/`, with everything it imports beside it."""
    folder = Path(tempfile.mkdtemp(prefix="parley-node-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    words = [
        NODE,
        "node_modules/rolldown/bin/cli.mjs",
        FOLDER / f"{name}.ts",
        "--platform",
        "node",
        "--dir",
        folder,
        "--entry-file-names",
        "[name].mjs",
    ]
    done = subprocess.run([str(word) for word in words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / f"{name}.mjs"


class NodeProcess:
    """A script that is told things line by line and tells things line by line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, name: str, *words: str) -> NodeProcess:
        ready = FOLDER / f"{name}.mjs"
        script = ready if ready.exists() else await asyncio.to_thread(bundle, name)
        environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            NODE, script, *words, stdin=pipe, stdout=pipe, cwd=ROOT, env=environment, limit=2**24
        )
        return cls(process)

    def tell(self, **order: Any) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order).encode() + b"\n")

    async def hear(self) -> dict[str, Any] | None:
        """The next line; None when it has ended."""
        assert self._process.stdout
        line = await self._process.stdout.readline()
        return json.loads(line) if line else None

    async def end(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


class TypeScriptPerson:
    """The same doings as a `Client`, by the code that people's browsers run."""

    def __init__(self, like: Client) -> None:
        """`like` opens the widget or signs in, and says what to write where; it never connects itself."""
        self.side = like.side
        self.name = like.name
        self._like = like
        self._history = like.history
        self._node: NodeProcess | None = None
        self._online = asyncio.Event()
        self._acks: dict[str, asyncio.Future[Line]] = {}
        self._shown: asyncio.Future[list[Shown]] | None = None
        self._listener: asyncio.Task[None] | None = None

    async def come(self) -> None:
        role = {"side": self.side, "origin": self._like.url} | await self._like.insist_on(self._credentials)
        self._node = await NodeProcess.start("person", json.dumps(role))
        self._listener = asyncio.create_task(self._listen(self._node))
        await self._online.wait()

    async def leave(self) -> None:
        if self._node and self._listener and not self._listener.done():
            self._history.shown += await self.shown()
        if self._node:
            await self._node.end()
        if self._listener:
            await self._listener

    async def talk(self, pace: float, until: asyncio.Event) -> None:
        await self._like.talk(pace, until, self.say)

    async def say(self) -> Line:
        """Hand one message to the outbox, and wait until it is acked."""
        command = await self._like.next_command()
        key = command["client_id"]
        self._acks[key] = asyncio.get_running_loop().create_future()
        self._history.sent.append(Sent(by=self.name, key=key, at=now()))
        assert self._node
        is_note = command.get("visibility") == "internal"
        self._node.tell(say=key, body=command["body"], conversation=command.get("conversation_id"), note=is_note)
        return await self._acks[key]

    async def shown(self) -> list[Shown]:
        """What its threads draw now."""
        assert self._node
        self._shown = asyncio.get_running_loop().create_future()
        self._node.tell(show=True)
        return await asyncio.wait_for(self._shown, 10)

    async def _credentials(self) -> dict[str, str]:
        if isinstance(self._like, VisitorClient):
            return {"token": await self._like.open_widget(), "cookie": ""}
        assert isinstance(self._like, AgentClient)
        return {"token": "", "cookie": await self._like.sign_in()}

    async def _listen(self, node: NodeProcess) -> None:
        while told := await node.hear():
            match told:
                case {"online": _}:
                    self._online.set()
                case {"acked": key, "message": view}:
                    line = Line.of_view(view)
                    self._history.acked.append(Acked(by=self.name, key=key, at=now(), line=line))
                    if not self._acks[key].done():
                        self._acks[key].set_result(line)
                case {"seen": view}:
                    line = Line.of_view(view)
                    self._like.meet(line.conversation_id)
                    self._history.seen.append(Seen(by=self.name, at=now(), line=line))
                case {"failed": key, "refused": refused}:
                    self._history.refuse(refused["code"])
                    self._acks[key].set_exception(AssertionError(f"{self.name} was refused: {refused}"))
                case {"shown": threads} if self._shown:
                    self._shown.set_result([self._thread(thread) for thread in threads])
                case _:
                    raise AssertionError(f"{self.name} told {told}")

    def _thread(self, thread: dict[str, Any]) -> Shown:
        lines = [Line.of_view(view) for view in thread["messages"]]
        return Shown(by=self.name, side=self.side, conversation_id=thread["conversation"], lines=lines)
