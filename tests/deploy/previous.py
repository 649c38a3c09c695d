"""The version before this one, as this repository's history keeps it."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from pathlib import Path

from tests.running import ROOT

STEPS = "models/migrations/versions"
CODE = ("app", "demo", "models", "realtime", "cli.py", "pyproject.toml", "server.py")
BUILT = ("agent_ui/dist", "widget/dist")


def lay_out_previous(folder: Path) -> Path | None:
    """The code as it stood before the newest migration, in `folder`. None where the history does not reach back to it,
    as in a shallow clone or an unpacked archive."""
    added = _git("log", "-1", "--diff-filter=A", "--format=%H %P", "--", STEPS).decode().split()
    return lay_out(added[1], folder) if len(added) >= 2 else None


def lay_out(commit: str, folder: Path) -> Path | None:
    """The code of a commit, in `folder`, with the front ends of now. None where the history does not reach back to it."""
    packed = _git("archive", commit, *CODE)
    if not packed:
        return None
    folder.mkdir()
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    for built in BUILT:
        (folder / built).parent.mkdir()
        (folder / built).symlink_to(ROOT / built)
    return folder


def settings_known_to(folder: Path) -> list[str]:
    """The names of that version's settings, as it says them."""
    asking = "from app.settings import Settings; print(*Settings.__struct_fields__)"
    return subprocess.run([sys.executable, "-c", asking], cwd=folder, capture_output=True, check=True, text=True).stdout.split()


def _git(*words: str) -> bytes:
    """What git says; nothing, where this is no repository or git is missing."""
    try:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=True).stdout  # noqa: S607
    except (OSError, subprocess.CalledProcessError):
        return b""
