"""How soon an agent sees what a visitor types, from the key in one browser to the painted words in another.

python -m bench.preview [--short]

Keys come 40 to 400 ms apart, as people's do. The control is the same key in the visitor's own field: from the key to the
frame in which it is painted there.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import tempfile
from pathlib import Path

import httpx
from playwright.sync_api import Browser, sync_playwright

from bench.figures import percentile, say
from tests.browser.conftest import FLAGS
from tests.browser.people import AgentPage, VisitorPage, session_of
from tests.running import ROOT, Running

ADMIN = "admin@example.com"
QUIET_MS = 1000
"""After so long without a key the next one is the first of a run."""
RUN = 10
PRESSED = """field => {
    window.keys = []
    const now = () => performance.timeOrigin + performance.now()
    field.addEventListener("input", () => {
        const key = { length: field.value.length, at: pressed }
        keys.push(key)
        requestAnimationFrame(() => requestAnimationFrame(() => { key.painted = now() }))
    })
    let pressed = 0
    field.addEventListener("keydown", () => { pressed = now() }, true)
}"""
SEEN = """() => {
    window.seen = []
    const now = () => performance.timeOrigin + performance.now()
    new MutationObserver(() => {
        const length = document.querySelector("[data-preview]")?.textContent.length ?? 0
        if (length <= (seen.at(-1)?.length ?? 0)) return
        requestAnimationFrame(() => requestAnimationFrame(() => seen.push({ length, at: now() })))
    }).observe(document.body, { subtree: true, childList: true, characterData: true })
}"""
"""When so many letters stood on the agent's screen: the frame after the one in which they stand has been painted."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chromium = subprocess.run([ROOT / "tools" / "chromium"], capture_output=True, text=True, check=True).stdout.strip()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        running = Running(Path(folder)).start()
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        try:
            measure(running, browser, 60 if options.short else 240, random.Random(options.seed))  # noqa: S311 - no secret, the same keys each time
        finally:
            browser.close()
            running.stop()


def measure(running: Running, browser: Browser, count: int, dice: random.Random) -> None:
    show_previews(running)
    visitor = VisitorPage(browser.new_context(), running.url)
    visitor.open()
    visitor.begin("Where is my tent?")
    agent = AgentPage(browser.new_context(viewport={"width": 1440, "height": 900}), running.url)
    agent.open_row("Where is my tent?")
    box = visitor.frame.get_by_role("textbox", name="Write a message")
    box.evaluate(PRESSED)
    agent.page.evaluate(SEEN)
    firsts: set[int] = set()
    for number in range(count):
        if number % RUN == 0:
            visitor.page.wait_for_timeout(QUIET_MS)
            firsts.add(number + 1)
        box.press(dice.choice("abcdefghij"))
        visitor.page.wait_for_timeout(dice.uniform(40, 400))
    agent.page.wait_for_function("count => seen.at(-1)?.length >= count", arg=count)

    keys: list[dict[str, float]] = box.evaluate("() => keys")
    seen: list[dict[str, float]] = agent.page.evaluate("seen")
    took = {key["length"]: next(it["at"] for it in seen if it["length"] >= key["length"]) - key["at"] for key in keys}
    own = [key["painted"] - key["at"] for key in keys]
    figures = {"key": list(took.values()), "first_key": [took[length] for length in firsts]}
    for name, values in figures.items():
        for mark, share in (("p50", 0.5), ("p95", 0.95)):
            control = percentile(own, share)
            say("preview", f"{name}_to_screen_{mark}_ms", percentile(values, share), "ms", control, len(values))
    say("preview", "key_to_screen_max_ms", max(took.values()), "ms", max(own), len(took), load=os.getloadavg()[0])


def show_previews(running: Running) -> None:
    """As an admin switches them on in the settings."""
    cookies = {"parley_session": session_of(running.url, ADMIN)}
    origin = {"Origin": running.url}
    with httpx.Client(base_url=f"{running.url}/api/v1", cookies=cookies, headers=origin, trust_env=False, timeout=60) as http:
        (inbox,) = http.get("/me").raise_for_status().json()["inboxes"]
        http.post(f"/inboxes/{inbox['id']}", json={"previews_typing": True}).raise_for_status()


if __name__ == "__main__":
    main()
