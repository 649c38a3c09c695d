"""A real Parley on a free port, started as people start it, and short ways to be a visitor or an agent of it."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import httpx

from tests.servers.ports import free_port
from tests.wire import Wire

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "parley-demo"


class Running:
    """One `parley demo` process. Settings go in as keyword arguments without the prefix."""

    program: tuple[str, ...] = ("-m", "cli", "demo")
    wrapper: Sequence[str] = ()
    """What the server is started by, in a namespace of its own for example."""
    root = ROOT

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.log = folder / "server.log"
        given = {
            "PORT": self.port,
            "PUBLIC_URL": self.url,
            "DATA_DIR": folder / "data",
            "EMBEDDING_MODEL": "off",
            "MESSAGE_RATE": 1000,
            "ADDRESS_RATE": 100_000,
            "INBOX_RATE": 100_000,
            "SOCKETS_PER_ADDRESS": 100_000,
            "OVERLOAD_SECONDS": 60,
            "WIDGET_RATE": 1000,
            "LOGIN_RATE": 1000,
            "DEMO_HISTORY": "off",
            "DEMO_PLAYER": "off",
            **{name.upper(): value for name, value in settings.items()},
        }
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
        self.environment |= {f"PARLEY_{name}": str(value) for name, value in given.items()}
        self.process: subprocess.Popen[bytes] | None = None

    def become(self, root: Path, known: Collection[str]) -> None:
        """Run the code that lies there, with those settings of this server that it knows."""
        self.root = root
        self.environment = {
            name: value
            for name, value in self.environment.items()
            if not name.startswith("PARLEY_") or name.removeprefix("PARLEY_").lower() in known
        }

    def start(self, seconds: float = 150) -> Running:
        """Start and wait until it is ready."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.wrapper, sys.executable, *self.program], cwd=self.root, env=self.environment, stdout=log, stderr=log
            )
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise AssertionError(f"the server stopped: {self.log.read_text()[-3000:]}")
            if self._is_ready():
                return self
            time.sleep(0.05)
        self.stop(signal.SIGKILL)
        raise AssertionError(f"the server was not ready in {seconds} s: {self.log.read_text()[-3000:]}")

    def _is_ready(self) -> bool:
        """Asked without a client of httpx: each makes a TLS context, which takes longer than the question."""
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
        try:
            asking.request("GET", "/health/ready")
            return asking.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asking.close()

    def wait_for_model(self, seconds: float = 90) -> Running:
        """Wait until every article is found by meaning."""
        until = time.monotonic() + seconds
        while "articles encoded" not in self.log.read_text():
            assert time.monotonic() < until, f"no model in {seconds} s: {self.log.read_text()[-2000:]}"
            time.sleep(0.1)
        return self

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop it, politely or not, and wait until it is gone."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(40)

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def http(self, **options: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=15, **options)

    async def open_widget(self, visitor_token: str | None = None, **fields: Any) -> dict[str, Any]:
        """A widget session, as its JSON."""
        async with self.http() as http:
            response = await http.post(
                "/api/v1/widget/sessions", json={"inbox_key": "demo", "visitor_token": visitor_token, **fields}
            )
        assert response.status_code == 200, response.text
        return response.json()

    async def visitor(self, token: str | None = None) -> Visitor:
        """A visitor with their widget open."""
        session = await self.open_widget(token)
        wire = await Wire.connect(self.url, "/visitor", {"token": session["visitor_token"], "contract": 1})
        return Visitor(wire, session)

    async def sign_in(self, email: str, password: str = PASSWORD) -> str:
        """The session cookie's value."""
        async with self.http() as http:
            response = await http.post("/api/v1/login", json={"email": email, "password": password})
            assert response.status_code == 200, response.text
            return response.cookies["parley_session"]

    async def agent(self, email: str = "ana@example.com", cookie: str | None = None) -> Agent:
        """An agent with the inbox open."""
        cookie = cookie or await self.sign_in(email)
        headers = {"Cookie": f"parley_session={cookie}", "Origin": self.url}
        wire = await Wire.connect(self.url, "/agent", {"contract": 1}, headers)
        async with self.http(cookies={"parley_session": cookie}) as http:
            me = (await http.get("/api/v1/me")).json()
        return Agent(wire, cookie, me)


class Visitor:
    """A visitor's wire and what their session said."""

    def __init__(self, wire: Wire, session: dict[str, Any]) -> None:
        self.wire = wire
        self.session = session
        self.token: str = session["visitor_token"]


class Agent:
    """An agent's wire, cookie and what they were told of themself."""

    def __init__(self, wire: Wire, cookie: str, me: dict[str, Any]) -> None:
        self.wire = wire
        self.cookie = cookie
        self.me = me
        self.id: str = me["agent"]["id"]
