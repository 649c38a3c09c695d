"""The page of permissions is what the declarations say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_permissions_is_written_from_the_declarations() -> None:
    done = subprocess.run([sys.executable, ROOT / "tools" / "permissions", "--check"], check=False)
    assert done.returncode == 0, "run tools/permissions"
