"""Golden transcripts: every command on a real database, with what both screens held before, heard, and should hold after.

`python -m tests.contract.record` writes the scenes to realtime/client/test/transcripts, where the front end's own code replays
them; `--check` changes nothing and fails when they are not what would be written. Each scene has a world of its own, which
begins on a Monday at nine; ids are named by their role.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import app.clock
from app.database.migrate import migrate
from tests.contract import scenes
from tests.contract.role_names import name_by_role
from tests.contract.world import World
from tests.factories import open_house

FOLDER = Path(__file__).resolve().parents[2] / "realtime" / "client" / "test" / "transcripts"
SCENES: dict[str, Callable[[World], Awaitable[None]]] = {
    name.replace("_", " "): it
    for name, it in vars(scenes).items()
    if asyncio.iscoroutinefunction(it) and it.__module__ == scenes.__name__
}
"""Story -> the scene."""


@contextmanager
def counted_ids() -> Iterator[None]:
    """Ids that count up, so that rows written in one moment have an order."""
    numbers = itertools.count(1)

    def next_id() -> str:
        return f"00000000-0000-7000-8000-{next(numbers):012x}"

    with mock.patch.object(app.clock.uuid_utils, "uuid7", next_id):
        yield


async def record_scene(story: str, database_url: str) -> str:
    """The transcript of one scene over a fresh database."""
    with counted_ids():
        async with open_house(database_url) as house:
            world = World(house)
            await world.open()
            await SCENES[story](world)
    assert world.transcript, f"the scene records nothing: {story}"
    return written(name_by_role({"story": story, **world.transcript})) + "\n"


async def record_all(migrated: Path) -> dict[str, str]:
    """File name to text, each from a copy of a migrated, empty SQLite database."""
    recorded: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, story in enumerate(SCENES):
            file = shutil.copy(migrated, Path(folder) / f"{number}.db")
            recorded[f"{story.replace(' ', '-')}.json"] = await record_scene(story, f"sqlite:///{file}")
    return recorded


def stale(recorded: dict[str, str]) -> list[str]:
    """Names of files that are not what would be written."""
    held = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.json")}
    return sorted(name for name in held.keys() | recorded.keys() if held.get(name) != recorded.get(name))


def written(value: Any, indent: str = "") -> str:
    """JSON as the front ends' formatter would have it."""
    deeper = indent + "  "
    if isinstance(value, dict) and value:
        lines = [f"{deeper}{json.dumps(key)}: {written(inner, deeper)}" for key, inner in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(inner, (dict, list)) for inner in value):
        return "[\n" + ",\n".join(deeper + written(inner, deeper) for inner in value) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "parley.db"
        migrate(f"sqlite:///{file}")
        recorded = asyncio.run(record_all(file))
    changed = stale(recorded)
    if "--check" in sys.argv[1:]:
        print("\n".join(changed), file=sys.stderr)  # noqa: T201
        return 1 if changed else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in changed:
        (FOLDER / name).unlink(missing_ok=True)
        if name in recorded:
            (FOLDER / name).write_text(recorded[name], "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
