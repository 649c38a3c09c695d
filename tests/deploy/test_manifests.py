"""The manifests fit Kubernetes' own schema, and Parley starts with the environment a cluster gives it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from app.settings import Settings, read_settings
from cli import DRAIN_SECONDS, main
from tests.running import Running

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = json.loads((ROOT / "tests" / "data" / "kubernetes-1.37.json").read_text())
MANIFESTS = {
    f"{one['kind']} {one['metadata']['name']}": one
    for one in yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text())
}
PODS = [name for name, one in MANIFESTS.items() if one["kind"] in {"Deployment", "CronJob"}]


def pod_of(manifest: dict[str, Any]) -> dict[str, Any]:
    spec = manifest["spec"]
    return (spec["jobTemplate"]["spec"] if "jobTemplate" in spec else spec)["template"]["spec"]


def validator_of(kind: str, version: str) -> Any:
    root = SCHEMAS["kinds"][f"{kind} {version}"]
    return jsonschema_rs.validator_for({"$ref": f"#/definitions/{root}", "definitions": SCHEMAS["definitions"]})


@pytest.mark.parametrize("name", MANIFESTS)
def test_d2_a_manifest_fits_the_schema_of_its_kind(name: str) -> None:
    one = MANIFESTS[name]
    assert [error.message for error in validator_of(one["kind"], one["apiVersion"]).iter_errors(one)] == []


@pytest.mark.parametrize(
    ("wrong", "value"), [("enableServiceLink", False), ("terminationGracePeriodSeconds", "40"), ("containers", [{"image": "x"}])]
)
def test_d2_the_schema_refuses_a_name_that_does_not_exist_and_a_value_of_another_kind(wrong: str, value: Any) -> None:
    one = json.loads(json.dumps(MANIFESTS["Deployment parley"]))
    pod_of(one)[wrong] = value
    assert not validator_of("Deployment", "apps/v1").is_valid(one)


@pytest.mark.parametrize("name", PODS)
def test_d2_a_pod_gets_no_variables_of_services_and_may_write_its_volumes(name: str) -> None:
    pod = pod_of(MANIFESTS[name])
    assert pod["enableServiceLinks"] is False
    assert pod["securityContext"]["fsGroup"] == pod["securityContext"]["runAsUser"] == 10001
    assert pod["securityContext"]["runAsNonRoot"] is True
    claims = {volume["persistentVolumeClaim"]["claimName"] for volume in pod["volumes"]}
    assert claims <= {one["metadata"]["name"] for one in MANIFESTS.values() if one["kind"] == "PersistentVolumeClaim"}
    for container in [*pod.get("initContainers", []), *pod["containers"]]:
        assert container["command"][0] == "parley"
        assert container["command"][1] in main.commands
        mounts = {mount["name"] for mount in container["volumeMounts"]}
        assert mounts <= {volume["name"] for volume in pod["volumes"]}


def test_d2_the_image_runs_as_a_number_that_kubernetes_can_tell_from_root() -> None:
    assert re.findall(r"^USER (.*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE) == ["10001"]


def test_d2_the_ingress_leads_to_the_service_and_the_service_to_the_nodes() -> None:
    (service,) = (one for one in MANIFESTS.values() if one["kind"] == "Service")
    (ingress,) = (one for one in MANIFESTS.values() if one["kind"] == "Ingress")
    (path,) = ingress["spec"]["rules"][0]["http"]["paths"]
    assert path["backend"]["service"] == {
        "name": service["metadata"]["name"],
        "port": {"name": service["spec"]["ports"][0]["name"]},
    }
    assert service["spec"]["selector"] == MANIFESTS["Deployment parley"]["spec"]["selector"]["matchLabels"]
    assert not service["metadata"]["name"].startswith("parley")


def test_nodes_are_asked_whether_they_are_ready_and_given_time_to_leave() -> None:
    pod = pod_of(MANIFESTS["Deployment parley"])
    (container,) = pod["containers"]
    assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"
    leaves_after = container["lifecycle"]["preStop"]["sleep"]["seconds"] + DRAIN_SECONDS
    assert pod["terminationGracePeriodSeconds"] > leaves_after
    assert MANIFESTS["Deployment parley"]["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert MANIFESTS["PodDisruptionBudget parley"]["spec"]["selector"] == MANIFESTS["Deployment parley"]["spec"]["selector"]


def service_links(name: str) -> dict[str, str]:
    """What Kubernetes puts into each pod of a namespace for a Service of this name with a port called http."""
    prefix, at = name.upper().replace("-", "_"), "10.96.0.17"
    return {
        f"{prefix}_SERVICE_HOST": at,
        f"{prefix}_SERVICE_PORT": "80",
        f"{prefix}_SERVICE_PORT_HTTP": "80",
        f"{prefix}_PORT": f"tcp://{at}:80",
        f"{prefix}_PORT_80_TCP": f"tcp://{at}:80",
        f"{prefix}_PORT_80_TCP_PROTO": "tcp",
        f"{prefix}_PORT_80_TCP_PORT": "80",
        f"{prefix}_PORT_80_TCP_ADDR": at,
    }


@pytest.mark.parametrize("service", ["parley", "parley-web", "parley-redis"])
def test_d2_variables_of_services_are_no_settings(tmp_path: Path, service: str) -> None:
    settings = read_settings(service_links(service) | {"PARLEY_DATA_DIR": str(tmp_path)})
    assert settings.port == Settings().port


def test_d2_parley_starts_beside_a_service_of_its_own_name(tmp_path: Path) -> None:
    running = Running(tmp_path)
    port = running.environment["PARLEY_PORT"]
    running.environment |= service_links("parley") | service_links("parley-redis") | {"PARLEY_PORT": port}
    running.start()
    running.stop()


def test_d8_compose_hands_every_setting_of_env_to_the_nodes_and_no_other_name(tmp_path: Path) -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    for name in ("migrate", "app-1", "app-2", "worker"):
        assert services[name]["env_file"] == ".env"
    example = dict(
        line.split("=", 1) for line in (ROOT / ".env.example").read_text().splitlines() if line and not line.startswith("#")
    )
    fixed = {key for key in services["app-1"]["environment"] if not str(services["app-1"]["environment"][key]).startswith("${")}
    given = {key: value or "x" * 40 for key, value in example.items()} | {
        "PARLEY_LOG_LEVEL": "debug",
        "PARLEY_DATA_DIR": str(tmp_path),
    }
    assert read_settings(given).log_level == "debug"
    assert not fixed & set(example), "what compose decides itself is not asked for"


def test_d6_the_proxies_keep_every_path_of_the_metrics_to_themselves() -> None:
    for page in ("compose.yaml", "tests/servers/caddy.py"):
        assert "@private path /metrics /metrics/*" in (ROOT / page).read_text()
