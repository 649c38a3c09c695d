"""Free space for the data folder: enough, low, or full."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

LOW_BYTES = 1_000_000_000
"""With less free than this, operators are warned."""
FULL_BYTES = 100_000_000
"""With less free than this, files are refused and `/health/ready` says degraded: what is left is for messages."""


def free_bytes(folder: Path) -> int:
    """Return the free bytes of the disk that holds a folder, or will hold it."""
    absolute = folder.absolute()
    there = next(path for path in (absolute, *absolute.parents) if path.exists())
    return shutil.disk_usage(there).free


def is_low(free: int) -> bool:
    """Return whether operators should make room."""
    return free < LOW_BYTES


def is_full(free: int) -> bool:
    """Return whether files must be refused."""
    return free < FULL_BYTES


def temporary_folder(folder: Path) -> Path:
    """Return a folder for temporary files, made and freed of what a process before has left for a day."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    yesterday = time.time() - 24 * 3600
    for left in folder.iterdir():
        if left.stat().st_mtime < yesterday:
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
    return folder.absolute()
