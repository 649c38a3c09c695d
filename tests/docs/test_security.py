"""The page on security: each threat once, each with tests that are there and carry its number."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROWS = re.findall(
    r"^\| B(\d+) \| ([^|]+) \| ([^|]+) \| (.+) \|$", (ROOT / "docs" / "security.md").read_text("utf-8"), re.MULTILINE
)
TESTS = {
    name for path in (ROOT / "tests").rglob("test_*.py") for name in re.findall(r"def (test_\w+)\(", path.read_text("utf-8"))
}


def test_each_of_the_forty_threats_has_a_row_and_a_state() -> None:
    assert [int(number) for number, *_ in ROWS] == list(range(1, 41))
    assert {state for _, _, state, _ in ROWS} == {"tested", "not applicable", "open"}


def test_the_tests_named_are_there_and_carry_the_threats_number() -> None:
    for number, _, state, says in ROWS:
        named = re.findall(r"`(test_\w+)`", says)
        assert set(named) <= TESTS, number
        assert all(name.startswith(f"test_b{number}_") for name in named), number
        assert bool(named) or state != "tested", number


def test_every_test_with_a_number_belongs_to_a_threat() -> None:
    numbers = {int(found[1]) for name in TESTS if (found := re.match(r"test_b(\d+)_", name))}
    assert numbers <= {int(number) for number, _, _, says in ROWS if "`test_" in says}


def test_an_audit_without_a_network_says_that_it_knows_nothing() -> None:
    nowhere = {"npm_config_registry": "http://127.0.0.1:9", "npm_config_fetch_retries": "0", "HTTPS_PROXY": "http://127.0.0.1:9"}
    done = subprocess.run([ROOT / "tools" / "audit"], env=os.environ | nowhere, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stdout
    assert done.stdout.count("UNKNOWN") == 2
    assert "ok " not in done.stdout
