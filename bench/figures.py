"""How a figure is printed, and how CPU and memory are read."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def say(bench: str, figure: str, value: float, unit: str, control: float | None, n: int, **more: object) -> None:
    """One JSON line. `ratio` is value / control."""
    ratio = round(value / control, 3) if control else None
    line = {
        "bench": bench,
        "figure": figure,
        "value": _short(value),
        "unit": unit,
        "control": _short(control),
        "ratio": ratio,
        "n": n,
    }
    print(json.dumps(line | more), flush=True)


def cpu_seconds(pid: int) -> float:
    """User and system time a process has used, its threads included, its children not."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss_bytes(pid: int) -> int:
    """Resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def children_of(pid: int) -> list[int]:
    """Processes a process has started, and those they have."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *children_of(int(child))]
    return found


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of them lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
