"""Files that an assessment leaves behind: each is parsed by what would read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import hcl2
import pytest
import yaml
from kubernetes_validate import validate  # type: ignore[import-untyped]

from agent.assessment import Case, assess
from agent.assessment.artifacts import write_artifacts
from agent.assessment.artifacts.names import dns_labels, identifier
from agent.domain.assumptions import Assumptions
from agent.domain.workload import Budget, Workload
from tests.assessment.test_cost import shop, told

__all__ = ["shop"]


@pytest.fixture(scope="module")
def files(shop: Case) -> dict[str, str]:
    work = shop.assumptions.workload.model_copy(update={"non_production": 1, "office_hours_per_month": 200.0})
    budget = Budget(monthly=500, alerts=(1.0, 0.5), notify=("ops@shop.example",))
    case = Case(
        shop.inventory, shop.graph, shop.boundaries, shop.as_of, shop.read, Assumptions(workload=work, budget=budget)
    )
    return write_artifacts(case, assess(case))


def test_everything_is_text_in_its_folder_and_the_same_each_time(files: dict[str, str], shop: Case) -> None:
    assert all(text.endswith("\n") for text in files.values())
    assert write_artifacts(shop, ()) == write_artifacts(shop, ())
    folders = {path.partition("/")[0] for path in files if "/" in path}
    assert all(f"`{folder}/`" in files["README.md"] for folder in folders)


def test_schedules_are_kubernetes_objects_that_scale_every_service_down_and_up(files: dict[str, str]) -> None:
    objects = list(yaml.safe_load_all(files["schedules/non-production-hours.yaml"]))
    for one in objects:
        validate(one, "1.31", strict=True)
    jobs = [o for o in objects if o["kind"] == "CronJob"]
    args = [o["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["args"] for o in jobs]
    assert [a[1] for a in args] == ["--replicas=0", "--replicas=1"]
    assert args[0][2:] == args[1][2:] == [f"deployment/{n}" for n in ("invoice", "order", "parcel")]


def test_no_schedule_where_there_is_nothing_to_switch_off() -> None:
    assert not any(path.startswith("schedules/") for path in write_artifacts(told(), ()))


def parsed(files: dict[str, str]) -> dict[str, Any]:
    return {path: hcl2.loads(text) for path, text in files.items() if path.endswith(".tf")}


def test_modules_are_hcl_and_use_each_variable_that_they_declare(files: dict[str, str]) -> None:
    modules = parsed(files)
    assert len(modules) == 8
    for folder in {path.rpartition("/")[0] for path in modules}:
        texts = "".join(
            text for path, text in files.items() if path.rpartition("/")[0] == folder and path.endswith(".tf")
        )
        declared = [
            name.strip('"')
            for path, module in modules.items()
            if path.rpartition("/")[0] == folder
            for variable in module.get("variable", [])
            for name in variable
            if not name.startswith("__")
        ]
        assert declared
        assert all(f"var.{name}" in texts for name in declared)


def test_every_budget_has_alerts(files: dict[str, str]) -> None:
    modules = parsed(files)
    for cloud in ("aws", "azure", "google"):
        resources = modules[f"infrastructure/budget-{cloud}/main.tf"]["resource"]
        kinds = {kind.strip('"') for resource in resources for kind in resource}
        assert any("budget" in kind for kind in kinds)
        assert "for_each = var.alert_shares" in files[f"infrastructure/budget-{cloud}/main.tf"]


def test_values_are_those_that_were_told(files: dict[str, str]) -> None:
    values = json.loads(files["infrastructure/terraform.tfvars.json"])
    assert values["monthly_budget"] == 500
    assert values["alert_shares"] == [0.5, 1.0]
    assert set(values["services"]) == {"invoice", "order", "parcel"}
    assert all(need["memory_mb"] == 1000 for need in values["services"].values())
    unknown = json.loads(write_artifacts(told(workload=Workload()), ())["infrastructure/terraform.tfvars.json"])
    assert "monthly_budget" not in unknown
    assert [need["memory_mb"] for need in unknown["services"].values()] == [None]


def test_names_fit_the_formats_and_stay_apart() -> None:
    assert dns_labels(["Über Cool", "a_b", "a-b", "9"]) == {
        "9": "s-9",
        "a-b": "a-b",
        "a_b": "a-b-2",
        "Über Cool": "ber-cool",
    }
    assert identifier("9 Lives!") == "s_9_lives"


def test_nothing_is_ever_written_into_the_repository(tmp_path: Path) -> None:
    from tests.program import figwright

    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "a.py").write_text("def f():\n    return 1\n")
    inside = figwright(
        "assess",
        tmp_path / "repo",
        "-q",
        "--artifacts",
        tmp_path / "repo" / "out",
        cache=tmp_path / "cache",
        cwd=tmp_path,
    )
    assert inside.returncode == 2
    assert "--artifacts" in inside.stderr
    assert not (tmp_path / "repo" / "out").exists()
    outside = figwright(
        "assess", tmp_path / "repo", "-q", "--artifacts", tmp_path / "out", cache=tmp_path / "cache", cwd=tmp_path
    )
    assert outside.returncode == 0
    assert (tmp_path / "out" / "infrastructure" / "services" / "main.tf").is_file()
