"""N6: the manual promises nothing that is not there. What it names by name is looked for where it would be."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest

from app.settings import Settings
from cli import main

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs" / "manual").glob("*.md"))
LABELS = {
    text.casefold()
    for path in (ROOT / "agent_ui").rglob("*.en.json")
    if not {"node_modules", "dist"} & {*path.parts}
    for text in json.loads(path.read_text("utf-8")).values()
}
KEPT_WORDS = {"agent", "draft", "published", "archived", "online", "busy", "away", "offline"}
"""Bold words that are states, not buttons."""
AMOUNT = re.compile(r"\d|minutes")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_settings_commands_and_buttons_of_the_manual_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    fields = {f"PARLEY_{name.upper()}" for name in (field.name for field in msgspec.structs.fields(Settings))}
    assert set(re.findall(r"\bPARLEY_[A-Z_]+", text)) <= fields
    assert set(re.findall(r"`parley ([a-z-]+)", text)) <= set(main.commands)
    bold = {part.strip() for words in re.findall(r"\*\*([^*]+)\*\*", text) for part in words.split(">")}
    named = {it for it in bold if len(it) > 1 and not AMOUNT.search(it) and it.casefold() not in KEPT_WORDS and not is_key(it)}
    assert {it for it in named if it.casefold() not in LABELS} == set()


def is_key(words: str) -> bool:
    return bool(re.fullmatch(r"(Ctrl|Shift|Cmd)\+\w+", words))


def test_the_manuals_keys_are_the_inboxs() -> None:
    bound = set(re.findall(r'keys: "([^"]+)"', (ROOT / "agent_ui" / "shared" / "commands" / "commands.ts").read_text("utf-8")))
    page = (ROOT / "docs" / "manual" / "keyboard-shortcuts.md").read_text("utf-8")
    cells = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", page, re.MULTILINE)
    written = {key.lower() for cell in cells if cell not in ("Key", "---") for key in cell.split(" / ")}
    inbox_names = {"esc": "escape", "ctrl+k": "mod+k"}
    assert {inbox_names.get(key, key).replace(" then ", " ") for key in written} <= bound
