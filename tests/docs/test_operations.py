"""What the operations page tells people to run can be read by what will run it, and says what the code needs."""

from __future__ import annotations

import configparser
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.settings import PREFIX, Settings
from cli import DRAIN_SECONDS, main

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text("utf-8")
BLOCKS = dict(re.findall(r"^```(ini|yaml)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
MANIFESTS = {f"{one['kind']} {one['metadata']['name']}": one for one in yaml.safe_load_all(BLOCKS["yaml"])}


def pod_of(manifest: dict[str, Any]) -> dict[str, Any]:
    spec = manifest["spec"]
    return (spec["jobTemplate"]["spec"] if "jobTemplate" in spec else spec)["template"]["spec"]


def test_nodes_are_asked_whether_they_are_ready_and_given_time_to_leave() -> None:
    pod = pod_of(MANIFESTS["Deployment parley"])
    (container,) = pod["containers"]
    assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"
    leaves_after = container["lifecycle"]["preStop"]["sleep"]["seconds"] + DRAIN_SECONDS
    assert pod["terminationGracePeriodSeconds"] > leaves_after
    assert MANIFESTS["Deployment parley"]["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert MANIFESTS["PodDisruptionBudget parley"]["spec"]["selector"] == MANIFESTS["Deployment parley"]["spec"]["selector"]


@pytest.mark.parametrize("name", [name for name, one in MANIFESTS.items() if one["kind"] in {"Deployment", "CronJob"}])
def test_every_container_runs_a_command_there_is(name: str) -> None:
    pod = pod_of(MANIFESTS[name])
    for container in [*pod.get("initContainers", []), *pod["containers"]]:
        words = " ".join(container["command"])
        found = re.search(r"parley (\w+)", words)
        assert found is not None
        assert found[1] in main.commands


def test_the_unit_leaves_time_to_drain() -> None:
    unit = configparser.ConfigParser(strict=True)
    unit.optionxform = str
    unit.read_string(BLOCKS["ini"])
    assert int(unit["Service"]["TimeoutStopSec"]) > DRAIN_SECONDS
    assert unit["Service"]["ExecStart"].endswith("parley serve")


def test_only_settings_there_are_are_named() -> None:
    named = set(re.findall(rf"{PREFIX}([A-Z_]+[A-Z])", PAGE))
    ours = {name.upper() for name in Settings.__struct_fields__}
    others = {name for name in named if name.startswith(("TEST_", "TORCH", "LOG_FORMAT"))}
    assert named - ours - others == set()
