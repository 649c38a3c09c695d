"""The commit rule: good first lines pass, bad ones are refused with the reason, and git asks before each commit."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GOOD = [
    "routing: Skip the agent who handed the chat over.",
    "jobs: Give each queue its own lane",
    "search, help centre: Say that an article is still being read.",
    "agent_ui: Need no second click to reply.",
    "tests: Bring the clock along.",
    'Revert "jobs: Give each queue its own lane"',
    "fixup! jobs: Give each queue its own lane",
    "jobs: Give each queue its own lane.\n\nAll kinds shared one lane; a slow mail held up an alarm.\n",
]
BAD = [
    ("Skip the agent who handed the chat over.", "area"),
    ("Routing: Skip the agent.", "area"),
    ("routing:Skip the agent.", "area"),
    ("routing: skip the agent.", "capital"),
    ("routing: Skipped the agent.", "verb"),
    ("routing: Skips the agent.", "verb"),
    ("routing: Skipping the agent.", "verb"),
    ("queue: Who comes back to a place is told anew.", "verb"),
    ("routing: The agent is skipped.", "verb"),
    ("routing: Skip the agent; tell the lead.", "one idea"),
    ("routing: Skip the agent, and tell the lead.", "one idea"),
    ("routing: Skip the agent who handed the chat over to somebody who left a while ago.", "72"),
    ("routing: Skip the agent.\nBecause they left.", "second line"),
]


def run(*command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("message", GOOD)
def test_a_good_message_passes(message: str, tmp_path: Path) -> None:
    (tmp_path / "message").write_text(message)
    assert run(ROOT / "tools" / "commit-rule", tmp_path / "message").stdout == ""


@pytest.mark.parametrize(("message", "says"), BAD)
def test_a_bad_message_is_refused_with_the_reason(message: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "message").write_text(message)
    checked = run(ROOT / "tools" / "commit-rule", tmp_path / "message")
    assert checked.returncode == 1
    assert says in checked.stdout


def test_git_asks_the_rule_before_each_commit(tmp_path: Path) -> None:
    (tmp_path / "tools").symlink_to(ROOT / "tools")
    who = ("-c", "user.name=Mia", "-c", "user.email=mia@example.com")
    run("git", "init", "-q", ".", cwd=tmp_path)
    run("git", "config", "core.hooksPath", "tools/hooks", cwd=tmp_path)
    bad = run("git", *who, "commit", "-q", "--allow-empty", "-m", "Fixed things", cwd=tmp_path)
    assert (bad.returncode, "area" in bad.stdout + bad.stderr) == (1, True)
    assert run("git", *who, "commit", "-q", "--allow-empty", "-m", "jobs: Give each queue a lane.", cwd=tmp_path).returncode == 0


def test_the_page_for_contributors_passes_its_own_rule(tmp_path: Path) -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text()
    good = [line[2:].strip("` ") for line in page.split("Good:")[1].split("Bad:")[0].splitlines() if line.startswith("- `")]
    assert len(good) >= 3
    for message in good:
        (tmp_path / "message").write_text(message)
        assert run(ROOT / "tools" / "commit-rule", tmp_path / "message").stdout == ""
