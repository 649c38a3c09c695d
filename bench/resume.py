"""Coming back after a long while: 200 messages missed, and 50,000.

python -m bench.resume [--short]

Fifty thousand come in pages of 200. Their control is 250 times what one page takes in the same run: the last page must not
cost more than the first.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

import uvloop

from bench.figures import cpu_seconds, percentile, rss_bytes, say
from bench.grounds import auth_of, inbox_of, serving
from bench.raw_socket import Namespace
from tests.running import Running
from tests.seeding import conversation_of, seed_history

PAGE = 200
LONG, SHORT = 3_000, 6_000
"""Numbers of conversations: one of very many messages, and many of one page."""


async def catch_up(running: Running, number: int, inbox_id: str) -> tuple[int, float, float]:
    """Come back to a conversation of which nothing is held: messages, seconds in all, seconds of the slowest page."""
    conversation_id, contact_id = conversation_of(number)
    namespace = await Namespace.connect(running.url, "/visitor", auth_of(contact_id, inbox_id))
    seq, slowest, is_complete = 0, 0.0, False
    began = time.perf_counter()
    while not is_complete:
        turned = time.perf_counter()
        ask = {"type": "conversation.sync", "conversation_id": conversation_id, "after_seq": seq}
        reply = json.loads((await namespace.ask("command", json.dumps(ask))).partition("[")[2][:-1])
        slowest = max(slowest, time.perf_counter() - turned)
        seqs = [message["seq"] for message in reply["messages"]]
        assert seqs == list(range(seq + 1, seq + 1 + len(seqs)))
        seq, is_complete = seqs[-1] if seqs else seq, reply["is_complete"]
    took = time.perf_counter() - began
    namespace.socket.close()
    return seq, took, slowest


async def run(missed: int, times: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with serving(folder):
            pass  # makes the people
        url = f"sqlite:///{folder / 'data' / 'parley.db'}"
        seed_history(url, missed, each=missed, first=LONG)
        seed_history(url, PAGE * times, each=PAGE, first=SHORT)
        with serving(folder) as running:
            inbox_id = await inbox_of(running)
            pages = [(await catch_up(running, SHORT + number, inbox_id))[1] for number in range(times)]
            rss, cpu = rss_bytes(running.pid), cpu_seconds(running.pid)
            got, took, slowest = await catch_up(running, LONG, inbox_id)
            grown, spent = rss_bytes(running.pid) - rss, cpu_seconds(running.pid) - cpu
    assert got == missed
    one = percentile(pages, 0.5)
    at = {"database": "sqlite", "load": round(os.getloadavg()[0], 1)}
    say("resume", "missed_200", one * 1000, "ms", None, times, **at)
    say("resume", f"missed_{missed}", took, "s", one * missed / PAGE, 1, cpu_seconds=round(spent, 2), **at)
    say("resume", f"slowest_page_of_{missed}", slowest * 1000, "ms", max(pages) * 1000, missed // PAGE, **at)
    say("resume", f"rss_grown_by_{missed}", grown / 1e6, "MB", None, 1, **at)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    is_short = parser.parse_args().short
    uvloop.run(run(5_000 if is_short else 50_000, 20 if is_short else 60))


if __name__ == "__main__":
    main()
