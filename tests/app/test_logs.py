"""Logs: what strangers send is shown, never obeyed, and never a line of its own (B37)."""

from __future__ import annotations

import structlog

from app.logs import Visible

RENDER = Visible(structlog.dev.ConsoleRenderer(colors=False))


def test_b37_a_terminal_obeys_nothing_in_the_log() -> None:
    hostile = "/a\x1b[2J\x07\x9b31m\u202e\r\nforged line\x00"
    line = RENDER(None, "info", {"event": hostile, "path": hostile})
    assert not any(char in line for char in "\x1b\x07\x9b\u202e\r\n\x00")
    assert r"\x1b[2J" in line
    assert r"\r\nforged" in line


def test_b37_a_traceback_keeps_its_lines_and_loses_its_escapes() -> None:
    line = RENDER(None, "error", {"event": "failed", "exception": "Traceback:\n  line\nValueError: \x1b[2J"})
    assert "Traceback:\n  line\nValueError: \\x1b[2J" in line
