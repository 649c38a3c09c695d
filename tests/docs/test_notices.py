"""Licences are named for all that Parley stands on, none of them asks for more than attribution, and bundles bring theirs."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from app.knowledge.model_files import BUNDLED_SHA256

ROOT = Path(__file__).resolve().parents[2]
LISTED = dict(re.findall(r"^\| ([@\w./-]+) \| [^|]+ \| ([^|]+) \|$", (ROOT / "THIRD-PARTY.md").read_text("utf-8"), re.MULTILINE))
SHARED_BACK = re.compile(r"\b(A|L)?GPL|SSPL|RSAL|BUSL|Commons Clause|not named", re.IGNORECASE)


def test_d12_the_notices_are_those_of_what_is_installed() -> None:
    checked = subprocess.run([ROOT / "tools" / "notices", "--check"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_d12_every_licence_is_named_and_asks_for_no_more_than_attribution() -> None:
    assert {"litestar", "torch", "vue", "preact", "sentence-transformers"} <= LISTED.keys()
    assert {name: licence for name, licence in LISTED.items() if SHARED_BACK.search(licence)} == {}


def test_d12_the_model_is_named_with_source_licence_and_hash() -> None:
    page, notice = ((ROOT / name).read_text("utf-8") for name in ("THIRD-PARTY.md", "NOTICE"))
    assert BUNDLED_SHA256 in page
    for text in (page, notice):
        assert "all-MiniLM-L6-v2" in text
        assert re.search(r"Apache(-| License )2.0", text)


@pytest.mark.parametrize(("front_end", "package"), [("widget", "preact"), ("agent_ui", "vue-router")])
def test_d12_a_bundle_brings_the_licences_of_what_is_in_it(front_end: str, package: str) -> None:
    texts = (ROOT / front_end / "dist" / "third-party.md").read_text("utf-8")
    assert re.search(rf"^## {package} - ", texts, re.MULTILINE)
    assert "Permission is hereby granted" in texts


def test_d13_every_package_of_the_lock_file_has_a_checksum() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    fetched = {path: one for path, one in packages.items() if path.startswith("node_modules/") and not one.get("link")}
    assert len(fetched) > 300
    assert [path for path, one in fetched.items() if not re.fullmatch(r"sha512-[\w+/]{86}==", one.get("integrity", ""))] == []


def test_d13_the_wheel_says_that_it_wants_an_environment_of_its_own() -> None:
    assert "the environment is its own" in (ROOT / "docs" / "hosts.md").read_text("utf-8")
