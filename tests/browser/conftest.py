"""A real Chromium, driven by Playwright's plain interface. These tests run in a pytest of their own: `pytest tests/browser`."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright

from tests.running import Running

ROOT = Path(__file__).resolve().parents[2]
ARTEFACTS = ROOT / "artefacts" / "browser"
FLAGS = [
    "--headless",
    "--no-sandbox",  # as root, and in containers, Chromium has no sandbox to start
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",  # a test's browser talks to the test's server and to nobody else
    "--disable-component-update",
    "--disable-sync",
]
ACT_MILLISECONDS = 15_000
LOAD_MILLISECONDS = 60_000
"""A server that has just started, on a machine where everything starts at once."""
expect.set_options(timeout=ACT_MILLISECONDS)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver, once for the session."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser on this machine, as tools/chromium finds it; the test fails with its words when there is none."""
    found = subprocess.run([ROOT / "tools" / "chromium"], capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.fail(found.stderr)
    return found.stdout.strip()


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """One process on a new, empty profile; people in it are kept apart by their contexts."""
    launched = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
    yield launched
    launched.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes people who want nothing to slide: each context has its own cookies and storage. Takes what Playwright's takes."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        options.setdefault("reduced_motion", "reduce")
        context = browser.new_context(**options)
        context.set_default_timeout(ACT_MILLISECONDS)
        context.set_default_navigation_timeout(LOAD_MILLISECONDS)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def busy_parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for all tests that do not mind what else is said there."""
    running = Running(tmp_path_factory.mktemp("parley"), agent_capacity=1000).start()
    yield running
    running.stop()


@pytest.fixture
def artefacts(request: pytest.FixtureRequest) -> Path:
    """A folder for this test's screenshots; what lies there after a run is kept for people to look at."""
    folder = ARTEFACTS / request.node.name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
