"""Firefox and WebKitGTK as they come from Debian, each by the interface it has: WebDriver BiDi over a socket, WebDriver over HTTP.

What a test says to either is the same: go there, run this in the page or in the widget's frame, click that, type this.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Literal

import httpx
from websockets.sync.client import ClientConnection, connect

from tests.servers.ports import free_port

WAIT_SECONDS = 30
ENTER, ESCAPE = "\ue007", "\ue00c"
Frame = Literal["page", "panel", "article"]
PANEL = 'iframe:not([src*="/widget/near"])'
PATHS: dict[Frame, tuple[str, ...]] = {"page": (), "panel": ("/widget/frame",), "article": ("/widget/frame", "/help/")}
_PANEL = f"[...document.documentElement.children].map(it => it.shadowRoot?.querySelector({PANEL!r})).find(Boolean)"
_ARTICLE = "document.querySelector('.article iframe')"
FOUND: dict[Frame, tuple[str, ...]] = {"page": (), "panel": (_PANEL,), "article": (_PANEL, _ARTICLE)}
MINI_BROWSERS = ("/usr/lib/*/webkit2gtk-4.1/MiniBrowser", "/usr/lib/*/webkit2gtk-4.0/MiniBrowser")
PACKAGES = "firefox-esr webkit2gtk-driver xvfb dbus openbox fonts-noto-color-emoji"


class Tab(ABC):
    """A page somebody looks at."""

    @abstractmethod
    def goto(self, url: str) -> None:
        """Load it, and wait until it has loaded."""

    @abstractmethod
    def run(self, expression: str, *, frame: Frame = "page") -> Any:
        """The value of JavaScript, as JSON carries it; in the widget's frame if asked."""

    @abstractmethod
    def press(self, *keys: str, frame: Frame = "page") -> None:
        """Type to whatever has the focus, in the frame that has it: BiDi wants to be told which, WebDriver finds it."""

    @abstractmethod
    def click(self, element: str, *, frame: Frame = "page") -> None:
        """Click the middle of what this JavaScript finds."""

    def sees(self, expression: str, *, frame: Frame = "page") -> None:
        """Wait until it is so."""
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            try:
                if self.run(expression, frame=frame):
                    return
            except (LookupError, ScriptError):
                pass  # the frame is not there yet, or is being replaced
            time.sleep(0.1)
        shown = self.run("document.body.innerText", frame=frame)
        raise AssertionError(f"never came true: {expression}\n{shown}")


class ScriptError(Exception):
    """The page's own words for what went wrong."""


def middle(element: str) -> str:
    """JavaScript for the middle of an element, in its own frame's pixels, or null."""
    return f"""(() => {{ const it = {element}; if (!it) return null
      it.scrollIntoView({{ block: "nearest" }}); const at = it.getBoundingClientRect()
      return at.width ? [Math.round(at.x + at.width / 2), Math.round(at.y + at.height / 2)] : null }})()"""


def pressed(keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """Key by key, as both interfaces want it."""
    downs = [[{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}] for text in keys for key in text]
    return [{"type": "key", "id": "keys", "actions": list(itertools.chain.from_iterable(downs))}]


def clicked(x: int, y: int) -> list[dict[str, Any]]:
    steps = [{"type": "pointerMove", "x": x, "y": y}, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
    return [{"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": steps}]


class Bidi:
    """A WebDriver BiDi session: commands with answers, one after another."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.numbers = itertools.count(1)

    def command(self, method: str, **params: Any) -> Any:
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self.socket.recv(timeout=WAIT_SECONDS))
            if answer.get("id") == number:
                if answer["type"] == "error":
                    raise ScriptError(f"{method}: {answer['message']}")
                return answer["result"]


class FirefoxTab(Tab):
    def __init__(self, bidi: Bidi, context: str) -> None:
        self.bidi = bidi
        self.context = context

    def goto(self, url: str) -> None:
        self.bidi.command("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def run(self, expression: str, *, frame: Frame = "page") -> Any:
        target = {"context": self._context(frame)}
        asked = f"(async () => JSON.stringify(await ({expression}) ?? null))()"
        answer = self.bidi.command("script.evaluate", expression=asked, target=target, awaitPromise=True)
        if answer["type"] != "success":
            raise ScriptError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def press(self, *keys: str, frame: Frame = "page") -> None:
        self._act(frame, pressed(keys))

    def click(self, element: str, *, frame: Frame = "page") -> None:
        self.sees(middle(element), frame=frame)
        x, y = self.run(middle(element), frame=frame)
        self._act(frame, clicked(x, y))

    def _act(self, frame: Frame, actions: list[dict[str, Any]]) -> None:
        self.bidi.command("input.performActions", context=self._context(frame), actions=actions)

    def _context(self, frame: Frame) -> str:
        [tree] = self.bidi.command("browsingContext.getTree", root=self.context)["contexts"]
        for path in PATHS[frame]:
            tree = next((child for child in tree["children"] if path in child["url"]), None)
            if tree is None:
                raise LookupError(f"no {frame}")
        return str(tree["context"])


class WebKitTab(Tab):
    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def goto(self, url: str) -> None:
        self._ask("/url", url=url)

    def run(self, expression: str, *, frame: Frame = "page") -> Any:
        self._enter(frame)
        return json.loads(self._ask("/execute/sync", script=f"return JSON.stringify(({expression}) ?? null)", args=[]))

    def press(self, *keys: str, frame: Frame = "page") -> None:
        self._ask("/actions", actions=pressed(keys))

    def click(self, element: str, *, frame: Frame = "page") -> None:
        self.sees(middle(element), frame=frame)
        found = self._ask("/execute/sync", script=f"return {element}", args=[])
        self._ask(f"/element/{next(iter(found.values()))}/click")

    def _enter(self, frame: Frame) -> None:
        self._ask("/frame", id=None)
        for found in FOUND[frame]:
            inner = self._ask("/execute/sync", script=f"return {found}", args=[])
            if not inner:
                raise LookupError(f"no {frame}")
            self._ask("/frame", id=inner)

    def _ask(self, path: str, **body: Any) -> Any:
        answer = self.client.post(path, json=body).json()["value"]
        if isinstance(answer, dict) and "error" in answer:
            raise ScriptError(f"{path}: {answer['error']}: {answer['message']}")
        return answer


@contextmanager
def firefox(folder: Path, **preferences: Any) -> Iterator[Bidi]:
    """A Firefox on a new profile with these settings; it ends with the block."""
    profile = folder / "profile"
    profile.mkdir(parents=True)
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items())
    (profile / "user.js").write_text("".join(lines))
    log = folder / "firefox.log"
    arguments = ["--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
    with ExitStack() as stack:
        _started(stack, [_program("firefox-esr", "firefox"), *arguments], log, HOME=str(folder))
        address = _said(log, re.compile(r"WebDriver BiDi listening on (ws://\S+)"))
        bidi = Bidi(stack.enter_context(connect(f"{address}/session", max_size=None, proxy=None)))
        bidi.command("session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
        yield bidi


def firefox_tab(bidi: Bidi) -> FirefoxTab:
    """A tab of somebody else: with cookies and storage of its own."""
    person = bidi.command("browser.createUserContext")["userContext"]
    tab = bidi.command("browsingContext.create", type="tab", userContext=person)["context"]
    bidi.command("browsingContext.setViewport", context=tab, viewport={"width": 1280, "height": 800})
    return FirefoxTab(bidi, tab)


@contextmanager
def webkit(folder: Path) -> Iterator[WebKitTab]:
    """A MiniBrowser of its own on a screen of its own, and its one tab."""
    folder.mkdir(parents=True)
    browser = next((str(path) for wanted in MINI_BROWSERS for path in Path("/").glob(wanted[1:])), None)
    if browser is None:
        raise LookupError(f"needs Debian's packages {PACKAGES}")
    port, log = free_port(), folder / "webkit.log"
    screen = folder / "screen"
    with ExitStack() as stack:
        _started(stack, ["sh", "-c", f"exec {_program('Xvfb')} -displayfd 3 -screen 0 1366x900x24 3>'{screen}'"], log)
        number = _said(screen, re.compile(r"(\d+)\n"))
        own = {"DISPLAY": f":{number}", "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "GDK_BACKEND": "x11"}
        own |= {"LIBGL_ALWAYS_SOFTWARE": "1", "WEBKIT_DISABLE_COMPOSITING_MODE": "1", "NO_AT_BRIDGE": "1"}
        _started(stack, [_program("openbox")], log, **own)  # without a window manager no window ever has the focus
        _started(stack, ["dbus-run-session", "--", _program("WebKitWebDriver"), f"--port={port}"], log, **own)
        client = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60))
        _reached(client)
        options = {"binary": browser, "args": ["--automation"]}
        asked = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        session = client.post("/session", json=asked).json()["value"]
        client.base_url = httpx.URL(f"http://127.0.0.1:{port}/session/{session['sessionId']}")
        yield WebKitTab(client)
        client.delete("")


def missing_programs() -> list[str]:
    """What this machine lacks for the two."""
    wanted = ["firefox-esr", "WebKitWebDriver", "Xvfb", "openbox", "dbus-run-session"]
    return [name for name in wanted if not shutil.which(name) and not (name == "firefox-esr" and shutil.which("firefox"))]


def _program(*names: str) -> str:
    for name in names:
        if found := shutil.which(name):
            return found
    raise LookupError(f"needs {names[0]}: Debian's packages {PACKAGES}")


def _started(stack: ExitStack, command: list[str], log: Path, **environment: str) -> None:
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=os.environ | environment, start_new_session=True)

    def stop() -> None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    stack.callback(stop)


def _said(log: Path, pattern: re.Pattern[str]) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if log.exists() and (found := pattern.search(log.read_text(errors="replace"))):
            return found.group(1)
        time.sleep(0.05)
    raise AssertionError(f"never said {pattern.pattern}: {log.read_text(errors='replace') if log.exists() else ''}")


def _reached(client: httpx.Client) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            client.get("/status")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the driver never answered")
