"""The tree on the page of the architecture is the tree of the folder."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TREE = (ROOT / "docs" / "architecture.md").read_text("utf-8").partition("## The tree")[2].split("```")[1]


def named() -> set[Path]:
    """Every path of the tree, from the depth of its line."""
    found: set[Path] = set()
    above: list[str] = []
    for line in filter(None, TREE.splitlines()):
        names = re.match(r"((?: {2})*)((?:[a-z_]+(?:/|\.[a-z]+) +)+|[a-z_/. ]+$)", line)
        assert names, line
        depth = len(names[1]) // 2
        parts = names[2].split()
        above = [*above[:depth], parts[0].rstrip("/")]
        found |= {Path(*above[:depth], part.rstrip("/")) for part in parts}
    return found


def test_every_path_of_the_tree_is_there() -> None:
    assert [str(path) for path in sorted(named()) if not (ROOT / path).exists()] == []


def test_every_folder_of_the_server_is_on_the_tree() -> None:
    rooms = [path for room in ("app", "app/conversations") for path in (ROOT / room).iterdir() if (path / "__init__.py").exists()]
    assert {path.relative_to(ROOT) for path in rooms} - named() == set()
