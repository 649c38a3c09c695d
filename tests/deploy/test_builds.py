"""Both front ends and the image's steps work wherever the clone lies."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GIT = shutil.which("git") or "git"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a clone under "My Projects" holds: the files of the repository, and the packages beside them."""
    folder = tmp_path_factory.mktemp("My Projects") / "parley é"
    listed = subprocess.run([GIT, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    (folder / "node_modules").mkdir()
    for entry in (ROOT / "node_modules").iterdir():
        target = folder / "node_modules" / entry.name
        if entry.name != "@parley" and not entry.name.startswith(".built"):
            target.symlink_to(entry.resolve())
    for link in [
        *(ROOT / "node_modules").glob("@parley/*"),
        ROOT / "node_modules" / "widget",
        ROOT / "node_modules" / "agent_ui",
    ]:
        if link.is_symlink():
            target = folder / link.relative_to(ROOT)
            target.parent.mkdir(exist_ok=True)
            target.symlink_to(folder / link.resolve().relative_to(ROOT.resolve()))
    return folder


@pytest.mark.parametrize("front_end", ["widget", "agent_ui"])
def test_d1_a_front_end_is_built_under_a_path_with_a_space(clone: Path, front_end: str) -> None:
    environment = os.environ | {"PATH": f"{ROOT / '.venv' / 'node'}{os.pathsep}{os.environ['PATH']}"}
    built = subprocess.run(
        [ROOT / ".venv" / "node" / "npm", "run", "build", "--silent"],
        cwd=clone / front_end,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr[-2000:]
    assert list((clone / front_end / "dist").glob("**/*.js"))


def test_d1_every_file_the_image_copies_is_there(clone: Path) -> None:
    planned = subprocess.run([sys.executable, clone / "tools" / "image", "--plan"], capture_output=True, text=True, check=False)
    assert planned.returncode == 0, planned.stdout + planned.stderr


def test_d1_a_file_that_is_missing_is_named(clone: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(clone, broken, symlinks=True, ignore=shutil.ignore_patterns("node_modules", "dist"))
    (broken / "package-lock.json").unlink()
    planned = subprocess.run([sys.executable, broken / "tools" / "image", "--plan"], capture_output=True, text=True, check=False)
    assert planned.returncode == 1
    assert "COPY package-lock.json" in planned.stderr
