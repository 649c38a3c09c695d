"""What can be set is written down, with the default it has."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from app.settings import PREFIX, Settings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "settings.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| `(PARLEY_[A-Z_]+)` \| ([^|]*) \|", PAGE, re.MULTILINE))
FOLLOWS_FROM_THE_DATA_FOLDER = {"database_url", "secret_key"}


@pytest.mark.parametrize("field", msgspec.structs.fields(Settings), ids=lambda field: field.name)
def test_setting_is_documented_with_its_default(field: msgspec.structs.FieldInfo) -> None:
    said = ROWS[PREFIX + field.name.upper()].strip()
    if field.name in FOLLOWS_FROM_THE_DATA_FOLDER:
        assert "data folder" in said
        return
    default = str(field.default).lower() if isinstance(field.default, bool) else str(field.default).removesuffix(".0")
    assert said.strip("`") == (default or "empty")


def test_nothing_else_is_documented() -> None:
    assert set(ROWS) == {PREFIX + name.upper() for name in Settings.__struct_fields__}
