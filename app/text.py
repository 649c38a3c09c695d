"""Cleaning of the text people type."""

from __future__ import annotations

import re

from app.cleaning import UNWANTED

_SPACES = re.compile(r"\s+")


def clean_text(text: str) -> str:
    """Everything but control characters, with plain line ends and no blank margins. Right-to-left marks, emoji and
    combining characters stay."""
    return clean_unfinished(text).strip()


def clean_unfinished(text: str) -> str:
    """Clean a text still being written: its margins stay."""
    if text.isprintable():  # most messages are, and looking is much cheaper than searching
        return text
    return UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def clean_line(text: str) -> str:
    """Clean a text to one line."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return _SPACES.sub(" ", UNWANTED.sub("", text)).strip()


def shorten(text: str, length: int) -> str:
    """One line of at most `length` characters, cut at a word with an ellipsis."""
    line = clean_line(text)
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    head = cut.rsplit(" ", 1)[0] if " " in cut[length // 2 :] else cut
    return head.rstrip() + "…"
