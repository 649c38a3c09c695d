"""Checks of who somebody is and what they may: a forgotten `await` makes a coroutine, which is true, and lets everybody in (B10)."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHECKS = (
    "app/conversations/access.py",
    "app/http/platform.py",
    "app/people/accounts.py",
    "app/people/identity.py",
    "app/people/sessions.py",
    "app/people/sign_in.py",
    "app/people/visitor_sessions.py",
    "realtime/handshake.py",
)
"""Where people are recognised and let in."""


def awaits(tree: ast.Module) -> Iterator[tuple[ast.AsyncFunctionDef, list[ast.Await]]]:
    """Return each coroutine function with the awaits that are its own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef):
            inner = {
                id(one)
                for child in ast.walk(node)
                if child is not node and isinstance(child, ast.AsyncFunctionDef)
                for one in ast.walk(child)
            }
            yield node, [one for one in ast.walk(node) if isinstance(one, ast.Await) and id(one) not in inner]


def without(lines: list[str], one: ast.Await) -> None:
    line = lines[one.lineno - 1].encode()
    assert line[one.col_offset :].startswith(b"await "), "an await and what it awaits begin on one line"
    lines[one.lineno - 1] = (line[: one.col_offset] + line[one.col_offset + len(b"await ") :]).decode()


def test_b10_an_await_taken_out_of_any_check_fails_the_type_check(tmp_path: Path) -> None:
    """One await a function is taken out in each copy, so that a mistake found in a function is that function's own."""
    taken: dict[tuple[str, int, int], str] = {}
    for name in CHECKS:
        text = (ROOT / name).read_text("utf-8")
        functions = list(awaits(ast.parse(text)))
        for turn in range(max(len(own) for _, own in functions)):
            lines = text.splitlines(keepends=True)
            copy = f"{Path(name).stem}_{turn}.py"
            for function, own in functions:
                if turn < len(own):
                    said = lines[own[turn].lineno - 1].strip()
                    without(lines, own[turn])
                    taken[copy, function.lineno, function.end_lineno or 0] = f"{name}:{own[turn].lineno} {said}"
            (tmp_path / copy).write_text("".join(lines), "utf-8")
    assert len(taken) > 30
    config = {"include": ["."], "extraPaths": [str(ROOT)], "pythonVersion": "3.11", "typeCheckingMode": "standard"}
    (tmp_path / "pyrightconfig.json").write_text(
        json.dumps(config | {"reportUnusedCoroutine": "error", "reportUnnecessaryComparison": "error"})
    )
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "--pythonpath", sys.executable, "-p", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = [
        (Path(one["file"]).name, one["range"]["start"]["line"] + 1)
        for one in json.loads(done.stdout)["generalDiagnostics"]
        if one["severity"] == "error"
    ]
    unseen = [
        said
        for (copy, first, last), said in taken.items()
        if not any(file == copy and first <= line <= last for file, line in found)
    ]
    assert unseen == [], "taken out, and nothing says so"
