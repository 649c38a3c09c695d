"""How far a command walks: `tools/walk` counts its statements and the files it enters."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_commands_need_no_more_statements_than_they_did() -> None:
    said = subprocess.run([sys.executable, ROOT / "tools" / "walk"], check=True, capture_output=True, text=True).stdout
    found = {line["command"]: line for line in map(json.loads, said.splitlines())}
    statements = {name: line["statements"] for name, line in found.items()}
    assert statements["plain message"] == {"SELECT": 1, "UPDATE": 1, "INSERT": 1}
    assert statements["set a priority"] == {"SELECT": 3, "UPDATE": 1, "INSERT": 2}
    assert sum(statements["assign"].values()) <= 15
    assert sum(statements["message that reopens"].values()) <= 21
    assert found["plain message"]["files"] <= 19
