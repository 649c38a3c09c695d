"""A failed test gets a second chance, alone, and is named for it."""

from __future__ import annotations

import importlib.util
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent

FAILS_ONCE = """
from pathlib import Path
import pytest

@pytest.mark.parametrize("number", range({count}))
def test_once(number):
    seen = Path(__file__).with_name(f"seen-{{number}}")
    if not seen.exists():
        seen.touch()
        raise AssertionError("the first time")

def test_good():
    pass
"""
FAILS_ALWAYS = """
def test_bad():
    raise AssertionError("each time")
"""
FAILS_IN_SET_UP = """
from pathlib import Path
import pytest

@pytest.fixture
def server():
    seen = Path(__file__).with_name("seen-server")
    if not seen.exists():
        seen.touch()
        raise OSError("the port was taken")

def test_with_a_server(server):
    pass
"""


def load_tool() -> Any:
    """Return tools/test as a module."""
    loader = SourceFileLoader("tools_test", str(ROOT / "tools" / "test"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def suite_of(folder: Path, **files: str) -> Any:
    """Return a suite that has run these files once."""
    for name, source in files.items():
        (folder / f"test_{name}.py").write_text(source)
    suite = load_tool().Suite(folder)
    suite.run_pytest("-p", "no:xdist")
    return suite


def test_a_test_that_passes_alone_is_unsteady_and_counts_as_passed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    suite = suite_of(tmp_path, once=FAILS_ONCE.format(count=2))
    assert suite.run_failed_again()
    assert (suite.total["passed"], suite.failed_count()) == (3, 0)
    said = capfd.readouterr().out
    assert "unsteady: test_once.py::test_once[0]" in said
    assert "unsteady: test_once.py::test_once[1]" in said


def test_a_test_that_fails_twice_has_failed(tmp_path: Path) -> None:
    suite = suite_of(tmp_path, always=FAILS_ALWAYS, once=FAILS_ONCE.format(count=1))
    assert suite.run_failed_again()
    assert (suite.total["passed"], suite.failed_count()) == (2, 1)


def test_a_failed_set_up_gets_a_second_chance_too(tmp_path: Path) -> None:
    suite = suite_of(tmp_path, server=FAILS_IN_SET_UP)
    assert suite.run_failed_again()
    assert (suite.total["passed"], suite.failed_count()) == (1, 0)


def test_more_than_five_unsteady_tests_fail_the_run(tmp_path: Path) -> None:
    suite = suite_of(tmp_path, once=FAILS_ONCE.format(count=6))
    suite.run_failed_again()
    assert (suite.total["passed"], suite.failed_count()) == (1, 6)


def test_a_run_that_names_no_test_has_failed(tmp_path: Path) -> None:
    suite = suite_of(tmp_path, nothing="")
    assert suite.run_failed_again()
    assert suite.failed_count() == 1
