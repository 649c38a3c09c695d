"""From the contact's message to the suggestion on the agent's screen; and what the search alone costs at 10,000 passages.

    python -m bench.suggest [--short]

The control of the way to the screen is the message itself on the same screen in the same run, that of the encoder's
CPU is the server's; the control of the search is one bare product of the query with all vectors.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import tempfile
import time
from pathlib import Path

import numpy as np
import uvloop

from app.knowledge.front_matter import read_article
from app.knowledge.index import Floats, Index, IndexedArticle, row_terms_of
from app.knowledge.passages import PASSAGE_WORDS, Piece
from bench.figures import children_of, cpu_seconds, percentile, say
from bench.raw_socket import Namespace
from tests.app.knowledge.questions import QUESTIONS
from tests.running import Running

ARTICLES = Path(__file__).resolve().parent.parent / "demo" / "articles"
DIMENSIONS = 384
TURNS = 3
SLOWEST_SECONDS = 10.0


class Screen:
    """An agent's screen: when each message, and each suggestion for it, appeared."""

    def __init__(self) -> None:
        self.messages: dict[tuple[str, int], float] = {}
        self.suggestions: dict[tuple[str, int], float] = {}

    def saw(self, frame: str) -> None:
        now = time.perf_counter()
        if '"suggestions.ready"' in frame:
            event = json.loads(frame.partition(",")[2])[1]
            self.suggestions[event["conversation_id"], event["seq"]] = now
        elif '"message.created"' in frame:
            message = json.loads(frame.partition(",")[2])[1]["message"]
            if message["seq"] is not None:
                self.messages[message["conversation_id"], message["seq"]] = now


class Contacts:
    """People who each ask a question in a few turns; no two say the same, so nothing is answered from memory."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._questions = itertools.cycle(random.Random(7).sample(QUESTIONS, len(QUESTIONS)))  # noqa: S311 - for repeatable runs
        self._numbers = itertools.count(1)
        self._ready: list[tuple[Namespace, str, int]] = []
        self.sent: dict[tuple[str, int], float] = {}

    async def arrive(self, count: int) -> None:
        """Open that many widgets and say hello in each."""
        async with self._running.http() as http:
            for _ in range(count):
                session = (await http.post("/api/v1/widget/sessions", json={"inbox_key": "demo"})).json()
                auth = json.dumps({"token": session["visitor_token"], "contract": 1})
                visitor = await Namespace.connect(self._running.url, "/visitor", auth)
                start = {"type": "conversation.start", "client_id": f"h{next(self._numbers)}", "body": "hello"}
                reply = json.loads((await visitor.ask("command", json.dumps(start))).partition("[")[2][:-1])
                self._ready.append((visitor, reply["conversation"]["id"], 0))

    def speak(self) -> None:
        """The one who has waited longest says the next thing; nobody does if all still wait for their last ack."""
        if not self._ready:
            return
        visitor, conversation_id, turns = self._ready.pop(0)
        number = next(self._numbers)
        command = {"type": "message.send", "client_id": f"c{number}", "conversation_id": conversation_id}
        command["body"] = f"{next(self._questions)[0]} ({number})"
        began = time.perf_counter()

        def acked(frame: str) -> None:
            reply = json.loads(frame.partition("[")[2][:-1])
            assert reply["ok"], reply
            message = reply["message"]
            self.sent[message["conversation_id"], message["seq"]] = began
            if turns + 1 < TURNS:
                self._ready.append((visitor, message["conversation_id"], turns + 1))

        visitor.emit("command", json.dumps(command), acked)


def encoder_of(running: Running) -> int:
    """The process that holds the model."""
    return next(pid for pid in children_of(running.pid) if "encoder_process" in Path(f"/proc/{pid}/cmdline").read_text())


async def way_to_the_screen(running: Running, rates: list[int], seconds: float) -> None:
    encoder = encoder_of(running)
    cookie = await running.sign_in("ana@example.com")
    agent = await Namespace.connect(
        running.url, "/agent", '{"contract":1}', {"Cookie": f"parley_session={cookie}", "Origin": running.url}
    )
    for rate in rates:
        screen, contacts = Screen(), Contacts(running)
        agent.on_event = screen.saw
        await contacts.arrive(max(10, round(rate * seconds / TURNS) + 2 * rate))
        cpu = {pid: cpu_seconds(pid) for pid in (running.pid, encoder)}
        began = time.perf_counter()
        for place in range(round(rate * seconds)):
            await asyncio.sleep(max(0.0, began + place / rate - time.perf_counter()))
            contacts.speak()
        await _until_quiet(screen)
        shown = [screen.suggestions[key] - sent for key, sent in contacts.sent.items() if key in screen.suggestions]
        plain = [screen.messages[key] - sent for key, sent in contacts.sent.items() if key in screen.messages]
        for share, name in ((0.5, "p50"), (0.99, "p99")):
            value, control = percentile(shown, share) * 1000, percentile(plain, share) * 1000
            say(
                "suggest",
                f"message_to_suggestion_{name}_at_{rate}_per_s",
                value,
                "ms",
                control,
                len(shown),
                asked=len(contacts.sent),
            )
        encoding, serving = ((cpu_seconds(pid) - cpu[pid]) / len(contacts.sent) * 1000 for pid in (encoder, running.pid))
        say("suggest", f"encoder_cpu_per_message_at_{rate}_per_s", encoding, "ms", serving, len(contacts.sent))


async def _until_quiet(screen: Screen) -> None:
    """Until no suggestion has come for a second."""
    until = time.perf_counter() + SLOWEST_SECONDS
    count = -1
    while len(screen.suggestions) != count and time.perf_counter() < until:
        count = len(screen.suggestions)
        await asyncio.sleep(1)


async def live(rates: list[int], seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        running = Running(Path(folder), embedding_model="bundled", agent_capacity=100_000, message_rate=1e6, widget_rate=1e6)
        running.start(90)
        try:
            await _until_indexed(running)
            await way_to_the_screen(running, rates, seconds)
        finally:
            running.stop()


async def _until_indexed(running: Running) -> None:
    """Until a question is answered by meaning, and nothing is being encoded any more."""
    for _ in range(600):
        if "articles encoded" in running.log.read_text():
            await asyncio.sleep(1)
            return
        await asyncio.sleep(0.25)
    raise AssertionError("the help centre was not encoded in time")


def made_up_index(passages: int) -> Index:
    """Articles of five passages each, their words drawn from the demo's as often as they occur there."""
    dice = random.Random(7)  # noqa: S311 - for repeatable runs
    words = " ".join(read_article(path.read_text("utf-8")).body for path in sorted(ARTICLES.glob("*.md"))).split()
    noise = np.random.default_rng(7)
    articles: list[IndexedArticle] = []
    for number in range(passages // 5):
        pieces = tuple(Piece("Heading", " ".join(dice.choices(words, k=PASSAGE_WORDS))) for _ in range(5))
        vectors: Floats = noise.standard_normal((6, DIMENSIONS), np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        title = " ".join(dice.choices(words, k=6))
        articles.append(
            IndexedArticle(f"{number:06}", f"{number}", "en", title, "C", True, pieces, row_terms_of(title, pieces), vectors)
        )
    return Index(articles, DIMENSIONS)


def engine(passages: int, count: int) -> None:
    index = made_up_index(passages)
    noise = np.random.default_rng(8)
    rows = noise.standard_normal((passages, DIMENSIONS), np.float32)
    took: list[float] = []
    bare: list[float] = []
    for question, _ in itertools.islice(itertools.cycle(QUESTIONS), count):
        vector: Floats = noise.standard_normal(DIMENSIONS, np.float32)
        began = time.perf_counter()
        index.search(question, vector, least=0.0, most=8)
        took.append(time.perf_counter() - began)
        began = time.perf_counter()
        (rows @ vector).max()
        bare.append(time.perf_counter() - began)
    for share, name in ((0.5, "p50"), (0.99, "p99")):
        value, control = percentile(took, share) * 1000, percentile(bare, share) * 1000
        say("suggest", f"search_{name}_at_{passages}_passages", value, "ms", control, count)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    is_short = parser.parse_args().short
    engine(10_000, 300 if is_short else 2000)
    uvloop.run(live([5] if is_short else [5, 50], 4.0 if is_short else 20.0))


if __name__ == "__main__":
    main()
