"""What the operations page tells people to run can be read by what will run it, and says what the code needs."""

from __future__ import annotations

import re
from pathlib import Path

from app.settings import PREFIX, Settings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text("utf-8")


def test_only_settings_there_are_are_named() -> None:
    named = set(re.findall(rf"{PREFIX}([A-Z_]+[A-Z])", PAGE))
    ours = {name.upper() for name in Settings.__struct_fields__}
    others = {name for name in named if name.startswith(("TEST_", "TORCH", "LOG_FORMAT"))}
    assert named - ours - others == set()
