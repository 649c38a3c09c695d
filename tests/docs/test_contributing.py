"""Places that CONTRIBUTING.md names are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`((?:app|realtime|agent_ui|models|tests|tools)/[\w./<>-]*)`", PAGE)))


def test_it_names_places() -> None:
    assert len(NAMED) > 10


@pytest.mark.parametrize("name", NAMED)
def test_a_place_it_names_is_there(name: str) -> None:
    assert (ROOT / name.replace("<lang>", "en")).exists()
