"""How ten thousand conversations feel in a real browser, and what the server's list costs with a hundred thousand open.

python -m bench.inbox [--short]

The control of each browser figure is a plain list of the same rows in the same browser and run: no framework, no
server, every row in the DOM. The control of each list figure is the same question asked with a tenth of the rows.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
from playwright.sync_api import BrowserContext, Page, sync_playwright

from bench.figures import cpu_seconds, percentile, say
from tests.browser.conftest import FLAGS
from tests.browser.crowd import crowd, name_of
from tests.browser.lists import SAM
from tests.browser.people import AgentPage, session_of
from tests.running import ROOT, Running

PLAIN = """count => {
    document.body.innerHTML =
        "<main style='display:flex;height:100vh'><ul id=list style='overflow:auto;width:340px'></ul><p id=log></p></main>"
    const list = document.querySelector("#list"), log = document.querySelector("#log")
    for (let n = 0; n < count; n++) {
        const row = document.createElement("li")
        row.style = "height:82px;padding:12px"
        row.innerHTML = `<b>Contact ${n}</b><p>Question ${n} about my order</p><time></time>`
        list.append(row)
    }
    let at = -1
    document.addEventListener("keydown", event => {
        if (event.key !== "j") return
        list.children[at]?.removeAttribute("class")
        const row = list.children[++at]
        row.className = "on"
        row.scrollIntoView({ block: "nearest" })
        log.textContent = row.querySelector("p").textContent
    })
}"""
WATCH = """log => {
    window.took = []
    document.addEventListener("keydown", event => {
        if (event.key !== "j") return
        const pressed = performance.now(), was = document.querySelector(log)?.textContent ?? ""
        const look = () => {
            const now = document.querySelector(log)?.textContent ?? ""
            if (now === was || !now.includes("Question")) return requestAnimationFrame(look)
            requestAnimationFrame(() => took.push(performance.now() - pressed))
        }
        requestAnimationFrame(look)
    }, true)
}"""
"""From the key to the frame after the one in which the words stand: that frame has been painted."""
TYPED = """() => {
    window.found = []
    document.querySelector("input[type=search]").addEventListener("input", () => {
        const from = performance.now()
        requestAnimationFrame(() => requestAnimationFrame(() => found.push(performance.now() - from)))
    }, true)
}"""
TO_THE_END = """async () => {
    const list = document.querySelector("[data-conversation-list]")
    const last = () => [...list.querySelectorAll("li")].at(-1)
    while (last().getAttribute("aria-posinset") !== last().getAttribute("aria-setsize")) {
        list.scrollTop = list.scrollHeight
        await new Promise(requestAnimationFrame)
    }
    list.scrollTop = 0
}"""
QUESTIONS = {
    "newest": "view=all",
    "waiting": "view=all&sort=waiting",
    "unassigned": "view=unassigned",
    "mine": "view=mine",
}


class Cost(NamedTuple):
    """Milliseconds of one question: as asked for, and of the server's processor."""

    p50_ms: float
    p95_ms: float
    cpu_ms: float
    n: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    few, many = (1_000, 10_000) if options.short else (10_000, 100_000)
    with serving(few) as running:
        in_a_browser(running, few, steps=30 if options.short else 80)
        control = lists(running, 20 if options.short else 60)
    with serving(many) as running:
        for figure, took in lists(running, 20 if options.short else 60).items():
            for name in ("p50_ms", "p95_ms", "cpu_ms"):
                value, tenth = getattr(took, name), getattr(control[figure], name)
                say("inbox", f"{figure}_{name}", value, "ms", tenth, took.n, open=many, load=os.getloadavg()[0])


@contextmanager
def serving(count: int) -> Generator[Running]:
    """A desk with so many open conversations."""
    with tempfile.TemporaryDirectory() as folder:
        running = Running(Path(folder))
        crowd(running.folder / "data", count)
        running.start()
        try:
            yield running
        finally:
            running.stop()


def lists(running: Running, times: int) -> dict[str, Cost]:
    """What each question costs, and the counts beside the views."""
    took: dict[str, Cost] = {}
    cookies = {"parley_session": session_of(running.url, SAM)}
    with httpx.Client(base_url=f"{running.url}/api/v1", cookies=cookies, trust_env=False, timeout=60) as http:
        paths = {f"list_{name}": f"/conversations?limit=100&{query}" for name, query in QUESTIONS.items()}
        for figure, path in {**paths, "counts": "/conversations/counts"}.items():
            http.get(path).raise_for_status()
            before, held = cpu_seconds(running.pid), list[float]()
            for _ in range(times):
                began = time.perf_counter()
                http.get(path).raise_for_status()
                held.append((time.perf_counter() - began) * 1000)
            cpu_ms = (cpu_seconds(running.pid) - before) * 1000 / times
            took[figure] = Cost(percentile(held, 0.5), percentile(held, 0.95), cpu_ms, times)
    return took


def in_a_browser(running: Running, count: int, steps: int) -> None:
    chromium = subprocess.run([ROOT / "tools" / "chromium"], capture_output=True, text=True, check=True).stdout.strip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        try:
            measure(running, browser.new_context(viewport={"width": 1440, "height": 900}), steps, count)
        finally:
            browser.close()


def measure(running: Running, context: BrowserContext, steps: int, count: int) -> None:
    plain = context.new_page()
    plain.goto(f"{running.url}/health/live")
    plain.evaluate(PLAIN, count)
    control = switching(plain, "#log", steps)
    plain.close()

    page = AgentPage(context, running.url, SAM, "?view=all").page
    page.set_default_timeout(120_000)
    page.wait_for_selector("[data-conversation-list] a[data-id]")
    page.evaluate(TO_THE_END)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else None)
    took = switching(page, "[role=log]", steps)
    for name, share in (("p50", 0.5), ("p95", 0.95)):
        say("inbox", f"switch_{name}_ms", percentile(took, share), "ms", percentile(control, share), len(took), rows=count)
    say("inbox", "requests_per_switch", len(asked) / steps, "requests", None, steps, rows=count)

    page.keyboard.press("/")
    page.evaluate(TYPED)
    for letter in f"{name_of(count - 7).split()[0].lower()} {count - 7}":
        page.keyboard.press(letter if letter != " " else "Space")
        page.wait_for_timeout(250)
    found: list[float] = page.evaluate("found")
    say("inbox", "letter_to_painted_p95_ms", percentile(found, 0.95), "ms", None, len(found), rows=count)
    page.keyboard.press("Escape")
    idle = [busy_ms_per_second(page, 3) for _ in range(2)]
    say("inbox", "clocks_ms_per_second", statistics.mean(idle), "ms", None, len(idle), rows=count)
    nodes = page.locator("[data-conversation-list] a[data-id]").count()
    say("inbox", "row_nodes", nodes, "nodes", float(count), 1, rows=count, load=os.getloadavg()[0])


def switching(page: Page, log: str, steps: int) -> list[float]:
    """Milliseconds from each j to the painted thread."""
    page.evaluate(WATCH, log)
    for step in range(steps):
        page.keyboard.press("j")
        page.wait_for_function("count => took.length >= count", arg=step + 1)
    return page.evaluate("took")


def busy_ms_per_second(page: Page, seconds: int) -> float:
    """What the page costs while nobody touches it: script, style and layout."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def spent() -> float:
        metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
        return metrics["ScriptDuration"] + metrics["LayoutDuration"] + metrics["RecalcStyleDuration"]

    before = spent()
    page.wait_for_timeout(seconds * 1000)
    return (spent() - before) * 1000 / seconds


if __name__ == "__main__":
    main()
