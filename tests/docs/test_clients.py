"""The clients that the documentation shows are started as they stand there, and a newcomer is told of the transport first."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.running import Running

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "clients.md").read_text("utf-8")
PROGRAMS = dict(re.findall(r"^```(python|js)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))


def test_w9_the_transport_is_said_in_the_first_lines() -> None:
    for page in ("contract.md", "clients.md"):
        assert "websocket only" in "\n".join((ROOT / "docs" / page).read_text("utf-8").splitlines()[:10])


def test_w9_the_clients_of_the_page_chat(tmp_path: Path) -> None:
    (tmp_path / "client.py").write_text(PROGRAMS["python"])
    (tmp_path / "client.mjs").write_text(PROGRAMS["js"])
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    running = Running(tmp_path).start()
    node = str(ROOT / ".venv" / "node" / "node")
    try:
        for command in ([sys.executable, "client.py"], [node, "client.mjs"]):
            assert len(PROGRAMS["js"].splitlines()) <= 12
            done = subprocess.run(
                [*command, running.url, "demo"],
                cwd=tmp_path,
                env=os.environ | {"NO_PROXY": "*"},
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            (reply,) = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
            assert reply["ok"], reply
    finally:
        running.stop()
