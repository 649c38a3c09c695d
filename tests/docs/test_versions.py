"""The Pythons that are claimed are the ones that are checked, run, and refused otherwise."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.test_unsteady import load_tool

ROOT = Path(__file__).resolve().parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CLAIMED = [found[1] for one in PROJECT["classifiers"] if (found := re.search(r"Python :: (3\.\d+)$", one))]


def test_d14_every_claimed_python_is_admitted_and_run() -> None:
    assert CLAIMED == ["3.11", "3.12", "3.13"]
    assert PROJECT["requires-python"] == ">=3.11,<3.14"
    assert "${*:-3.12 3.13}" in (ROOT / "tools" / "versions").read_text()
    assert "Python 3.11, 3.12 or 3.13" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("version", [(3, 10, 14), (3, 14, 0)])
def test_d14_another_python_is_refused_with_a_sentence(version: tuple[int, int, int]) -> None:
    program = f"import sys; sys.version_info = {(*version, 'final', 0)}; import cli"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Parley runs on Python 3.11, 3.12 and 3.13")
    assert "Traceback" not in done.stderr


def test_w10_a_command_that_only_tells_how_to_get_a_browser_is_none(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, does in (("chromium-browser", "echo get the snap; exit 1"), ("google-chrome", "echo Chrome 156")):
        (folder / name).write_text(f"#!/bin/sh\n{does}\n")
        (folder / name).chmod(0o755)
    for tool in ("bash", "dirname", "find", "head", "grep"):
        (folder / tool).symlink_to(Path("/usr/bin") / tool)
    found = subprocess.run(
        [ROOT / "tools" / "chromium"],
        env={"PATH": str(folder), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, found.stdout.strip()) == (0, str(folder / "google-chrome"))


def test_w10_tests_that_cannot_run_fail_the_run_and_let_the_others_run(capsys: pytest.CaptureFixture[str]) -> None:
    suite = load_tool().Suite(ROOT)
    suite.leave_out("tests/browser", "there is no browser")
    assert suite.run([sys.executable, "-c", "print('=== 3 passed in 1.00s ===')"])
    assert (suite.total["passed"], suite.failed_count()) == (3, 1)
    assert "not run: tests/browser, because there is no browser" in capsys.readouterr().out
