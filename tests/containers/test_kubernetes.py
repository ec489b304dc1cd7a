"""Kubernetes manifests: what may be scaled, who may speak to whom, what a pod may do, and where the numbers came from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.adapters.container_linters import Kubernetes, Trivy
from agent.containers.facade.files import facade_files
from agent.containers.kubernetes import write_kubernetes
from agent.domain.container import Deployable
from tests.containers.gateways import program
from tests.containers.lints import blocking
from tests.containers.shapes import ALONE, AT_BOOT, BACKINGS, EXTERNAL, JAVA, SHAPES, STATELESS, table_for


def written(deployables: tuple[Deployable, ...]) -> dict[str, str]:
    table = table_for(deployables)
    files = write_kubernetes("Shop & Co", deployables, BACKINGS, external=EXTERNAL, table=table, tag="abc123")
    return files | {f"facade/{name}": text for name, text in facade_files(table).items()}


def manifests(*deployables: Deployable) -> dict[tuple[str, str], dict[str, Any]]:
    """(kind, name) -> manifest of the base and of the backing services."""
    found = {}
    for path, text in written(deployables).items():
        if path.startswith(("kubernetes/base/", "kubernetes/backing/")) and not path.endswith("kustomization.yaml"):
            for one in yaml.safe_load_all(text):
                found[one["kind"], one["metadata"]["name"]] = one
    return found


def put(folder: Path, deployables: tuple[Deployable, ...]) -> Path:
    for path, text in written(deployables).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("shape", SHAPES)
def test_both_overlays_are_rendered_and_valid(shape: str, tmp_path: Path) -> None:
    linter = Kubernetes()
    if linter.unusable():
        pytest.skip(linter.unusable())
    found = linter.lint(put(tmp_path, SHAPES[shape]))
    assert [str(one) for one in found if one.severity != "info"] == []
    unknown = {one.text.split()[5] for one in found}
    assert unknown <= {"HTTPRoute"}


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["monorepo", "alone"])
def test_trivy_finds_nothing_high_or_critical(shape: str, tmp_path: Path) -> None:
    linter = Trivy()
    if linter.unusable() or not program("kubectl"):
        pytest.skip(linter.unusable() or "kubectl is not on this machine")
    found = linter.lint(put(tmp_path, SHAPES[shape]))
    assert [str(one) for one in blocking(found)] == []
    assert {one.rule for one in found} <= {
        "KSV-0125",
        "KSV-01010",
    }  # registries of one's own; a variable's harmless name


def pods(found: dict[tuple[str, str], dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    specs = []
    for (kind, name), one in found.items():
        spec = one.get("spec", {})
        if kind == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        if "template" in spec:
            specs.append((name, spec["template"]["spec"]))
    return specs


def test_every_pod_is_shut_in() -> None:
    found = pods(manifests(*SHAPES["monorepo"]))
    assert len(found) >= 12
    for name, pod in found:
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"]:
            security = container["securityContext"]
            assert (security["allowPrivilegeEscalation"], security["readOnlyRootFilesystem"]) == (False, True)
            assert security["capabilities"] == {"drop": ["ALL"]}
            assert {"cpu", "memory"} <= set(container["resources"]["requests"]) & set(container["resources"]["limits"])
            assert container["image"].rpartition(":")[2] not in ("", "latest")
            mounted = {m["name"] for m in container.get("volumeMounts", ())}
            claimed = {"data"} if name in ("postgresql", "redis", "rabbitmq", "mysql", "mongodb") else set()
            assert mounted == {v["name"] for v in pod.get("volumes", ())} | claimed


def test_sessions_in_the_process_are_never_scaled() -> None:
    found = manifests(ALONE, STATELESS)
    assert ("HorizontalPodAutoscaler", "desk") not in found
    assert found["Deployment", "desk"]["spec"]["replicas"] == 1
    assert found["Deployment", "desk"]["spec"]["strategy"] == {"type": "Recreate"}
    said = found["Deployment", "desk"]["metadata"]["annotations"]["figwright.dev/replicas"]
    assert said == "1 and no more: sessions are kept in files (inc/session.php:7)"
    assert found["HorizontalPodAutoscaler", "shop"]["spec"]["minReplicas"] == 2
    for name in ("desk", "shop"):
        assert found["PodDisruptionBudget", name]["spec"]["maxUnavailable"] == 1
        assert (
            "no measurement is known" in found["Deployment", name]["metadata"]["annotations"]["figwright.dev/resources"]
        )


def test_only_known_edges_are_open() -> None:
    found = manifests(*SHAPES["monorepo"])
    deny = found["NetworkPolicy", "default-deny"]["spec"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    shop = found["NetworkPolicy", "shop"]["spec"]
    named = [
        (rule["to"][0]["podSelector"]["matchLabels"]["app.kubernetes.io/name"], rule["ports"][0]["port"])
        for rule in shop["egress"]
        if "podSelector" in rule["to"][0]
    ]
    assert named == [("postgresql", 5432), ("redis", 6379), ("rabbitmq", 5672)]
    assert [r["from"][0]["podSelector"]["matchLabels"]["app.kubernetes.io/name"] for r in shop["ingress"]] == ["facade"]
    world = [[p["port"] for p in rule["ports"]] for rule in shop["egress"] if "ipBlock" in rule["to"][0]]
    assert world == [[443, 80], [8090], [1521]]  # the shop's folder is the repository, so all evidence may be its own
    claims = found["NetworkPolicy", "claims"]["spec"]
    assert [[p["port"] for p in rule["ports"]] for rule in claims["egress"]] == [[1521]]
    assert "egress" not in found["NetworkPolicy", "postgresql"]["spec"]
    users = found["NetworkPolicy", "postgresql"]["spec"]["ingress"][0]["from"]
    assert [u["podSelector"]["matchLabels"]["app.kubernetes.io/name"] for u in users] == [
        "shop",
        "shop-migrate",
        "shop-worker",
    ]
    for (kind, name), one in found.items():
        if kind == "NetworkPolicy":
            for rule in one["spec"].get("egress", ()):
                for target in rule["to"]:
                    assert target.get("ipBlock", {}).get("except", ["169.254.169.254/32"]) == ["169.254.169.254/32"], (
                        name
                    )


def test_jobs_run_by_their_crontab_and_what_is_no_schedule_is_suspended() -> None:
    found = manifests(*SHAPES["alone"])
    nightly = found["CronJob", "desk-nightly"]["spec"]
    assert (nightly["schedule"], nightly["concurrencyPolicy"], "suspend" in nightly) == ("0 2 * * 1-5", "Forbid", False)
    boot = found["CronJob", AT_BOOT.name]
    assert boot["spec"]["suspend"] is True
    assert "'@reboot' is no schedule here" in boot["metadata"]["annotations"]["figwright.dev/schedule"]
    template = nightly["jobTemplate"]["spec"]["template"]["spec"]
    assert template["containers"][0]["args"] == ["php", "cron/nightly.php"]


@pytest.mark.parametrize("schedule", ["* * * *", "61 * * * * *", "@reboot", "$(x) * * * *", "a b c d e f", ""])
def test_what_cron_alone_understands_is_not_given_to_kubernetes(schedule: str) -> None:
    job = AT_BOOT.model_copy(update={"schedule": schedule})
    assert manifests(job)["CronJob", job.name]["spec"]["suspend"] is True


def test_places_with_state_are_claims_and_logs_are_not() -> None:
    found = manifests(*SHAPES["alone"])
    claims = {name for kind, name in found if kind == "PersistentVolumeClaim"}
    assert claims == {"desk-app-cache", "desk-mnt-scans", "desk-srv-desk-uploads"}
    assert found["PersistentVolumeClaim", "desk-app-cache"]["spec"]["accessModes"] == ["ReadWriteOnce"]
    pod = found["Deployment", "desk"]["spec"]["template"]["spec"]
    assert {"name": "desk-var-log-desk", "emptyDir": {"sizeLimit": "256Mi"}} in pod["volumes"]
    several = manifests(JAVA)
    assert several["PersistentVolumeClaim", "claims-var-claims-docs"]["spec"]["accessModes"] == ["ReadWriteMany"]


def test_no_secret_stands_in_any_file() -> None:
    files = written(SHAPES["monorepo"])
    assert not any(one and one.get("kind") == "Secret" for text in files.values() for one in documents(text))
    base = next(documents(files["kubernetes/base/kustomization.yaml"]))
    literals = [entry for one in base["configMapGenerator"] for entry in one["literals"]]
    assert not any(word in entry for entry in literals for word in ("PASSWORD", "SECRET_KEY", "DATABASE_URL"))
    assert "DB_HOST=postgresql" in literals
    container = manifests(STATELESS)["Deployment", "shop"]["spec"]["template"]["spec"]["containers"][0]
    assert {"secretRef": {"name": "shop-secrets"}} in container["envFrom"]


def documents(text: str) -> Any:
    return (
        yaml.safe_load_all(text)
        if text.startswith(("api", "#", "kind")) and "figwright: unedited" not in text
        else iter(())
    )


def test_a_route_of_the_gateway_leads_to_the_facade() -> None:
    route = manifests(STATELESS)["HTTPRoute", "shop"]
    assert route["apiVersion"] == "gateway.networking.k8s.io/v1"
    assert route["spec"] == {
        "parentRefs": [{"name": "edge"}],
        "hostnames": ["shop-co.example.org"],
        "rules": [
            {
                "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
                "backendRefs": [{"name": "facade", "port": 8080}],
            }
        ],
    }


def test_a_tool_is_not_deployed_and_a_batch_has_no_facade() -> None:
    files = written(SHAPES["batch"])
    assert "kubernetes/base/tool.yaml" not in files
    assert not any(path.startswith("facade/") for path in files)


def test_the_same_input_gives_the_same_bytes() -> None:
    for shape in SHAPES.values():
        assert written(shape) == written(shape)
