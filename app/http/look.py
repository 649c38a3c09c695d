"""Look of every page of the server: the style sheet of tokens.json."""

from __future__ import annotations

from pathlib import Path

TOKENS = (Path(__file__).parent / "tokens.css").read_text("utf-8")
