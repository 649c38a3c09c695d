"""An article cut into the passages it is found by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from itertools import pairwise

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec import Struct

PASSAGE_WORDS = 110
SMALLEST_WORDS = 25
HEADING_LENGTH = 200
CELLS = ("th_open", "td_open")

_markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
_sentence_end = re.compile(r"(?<=[.!?…。！？])\s+")
_blanks = re.compile(r"[ \t\xa0]+")


class Piece(Struct, frozen=True):
    """Some lines of plain text and the heading they stand under, empty above the first heading."""

    heading: str
    text: str


def passages_of(body: str) -> list[Piece]:
    """Pieces of about 110 words, in reading order, none across a heading. Markdown becomes plain text with bullets."""
    pieces: list[Piece] = []
    for heading, blocks in _sections(_markdown.parse(body)):
        pieces += (Piece(heading, text) for text in _pack(blocks))
    return pieces


def embedded_text(title: str, heading: str, text: str) -> str:
    """Return the text encoded for a passage: alone, without its title and heading, a passage is found far less often."""
    return "\n".join(part for part in (title, heading, text) if part)


class _Heading(Struct, frozen=True):
    text: str


def _sections(tokens: Sequence[Token]) -> Iterator[tuple[str, list[str]]]:
    heading, lines = "", list[str]()
    for line in _lines(tokens):
        if isinstance(line, str):
            lines.append(line)
            continue
        if lines:
            yield heading, lines
        heading, lines = line.text, []
    if lines:
        yield heading, lines


def _lines(tokens: Sequence[Token]) -> Iterator[str | _Heading]:
    """Headings, and each paragraph, list item, table row or code block as plain text."""
    marks: list[str] = []
    cells: list[str] = []
    for opener, token in pairwise([Token("start", "", 0), *tokens]):
        match token.type:
            case "list_item_open":
                marks.append(f"{token.info}. " if token.info else "- ")
            case "list_item_close":
                marks.pop()
            case "tr_close":
                yield " · ".join(filter(None, cells))
                cells = []
            case "inline":
                text = _plain(token)
                if opener.type == "heading_open":
                    yield _Heading(text[:HEADING_LENGTH])
                elif opener.type in CELLS:
                    cells.append(text)
                elif text:
                    yield (marks[-1] if marks else "") + text
                    marks = [" " * len(mark) for mark in marks]
            case "fence" | "code_block" | "html_block":
                yield from _raw_lines(token)
            case _:
                pass


def _raw_lines(token: Token) -> Iterator[str]:
    content = unescape(nh3.clean(token.content, tags=set())) if token.type == "html_block" else token.content
    if text := content.strip("\n \t"):
        yield _blanks.sub(" ", text)


def _plain(token: Token) -> str:
    """The words of a line of Markdown. HTML tags go, the text between them stays."""
    return _blanks.sub(" ", "".join(_words_of(token.children or ()))).strip()


def _words_of(children: Iterable[Token]) -> Iterator[str]:
    for child in children:
        match child.type:
            case "text" | "code_inline" | "text_special":
                yield child.content
            case "softbreak" | "hardbreak" | "html_inline":
                yield " "
            case "image":
                yield child.content
            case _:
                pass


def _pack(blocks: Sequence[str]) -> list[str]:
    packed: list[str] = []
    lines: list[str] = []
    count = 0
    for line in _short_lines(blocks):
        length = len(line.split())
        if lines and count + length > PASSAGE_WORDS and count >= SMALLEST_WORDS:
            packed.append("\n".join(lines))
            lines, count = [], 0
        lines.append(line)
        count += length
    if lines and packed and count < SMALLEST_WORDS:
        packed[-1] += "\n" + "\n".join(lines)
    elif lines:
        packed.append("\n".join(lines))
    return packed


def _short_lines(blocks: Iterable[str]) -> Iterator[str]:
    """Blocks, those longer than a passage cut at the ends of sentences, and failing that anywhere."""
    for block in blocks:
        if len(block.split()) <= PASSAGE_WORDS:
            yield block
            continue
        line: list[str] = []
        for sentence in _sentence_end.split(block):
            words = sentence.split()
            if line and len(line) + len(words) > PASSAGE_WORDS:
                yield " ".join(line)
                line = []
            line += words
            while len(line) > PASSAGE_WORDS:
                yield " ".join(line[:PASSAGE_WORDS])
                line = line[PASSAGE_WORDS:]
        if line:
            yield " ".join(line)
