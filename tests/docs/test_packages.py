"""What a server is installed from: every package pinned, each with checksums, and a list of them all."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENTRY = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^ ;\\]+)[^\n]*\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_d13_every_package_of_a_server_is_pinned_with_checksums() -> None:
    text = (ROOT / "requirements.txt").read_text()
    entries = {plain(name): version for name, version, _ in ENTRY.findall(text)}
    assert len(entries) == len(re.findall(r"^[^ #\n]", text, re.MULTILINE)), "each line begins a package that has checksums"
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE))
    versions = {plain(name): version for name, version in pinned.items()}
    assert entries.items() <= versions.items()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {plain(re.split(r"[\[=;]", one)[0]) for one in project["dependencies"]}
    assert asked - {"torch"} <= entries.keys()


def test_d13_image_and_hosts_install_by_checksum() -> None:
    torch = re.search(r'"(torch==[\d.]+)"', (ROOT / "pyproject.toml").read_text())
    assert torch is not None
    assert "pip install --no-cache-dir --require-hashes -r requirements.txt" in (ROOT / "Dockerfile").read_text()
    hosts = (ROOT / "docs" / "hosts.md").read_text()
    assert "pip install --require-hashes -r requirements.txt" in hosts
    assert f'"{torch[1]}+cpu"' in hosts


def test_d13_every_package_of_the_front_ends_has_a_checksum() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    bare = [
        path
        for path, one in packages.items()
        if path.startswith("node_modules/") and not one.get("link") and "integrity" not in one
    ]
    assert bare == []


def test_d13_the_list_of_packages_is_made_by_a_tool() -> None:
    tool = ROOT / "tools" / "sbom"
    assert os.access(tool, os.X_OK)
    assert "cyclonedx-bom==" in tool.read_text()
    assert "npm sbom --sbom-format cyclonedx" in tool.read_text()
