"""Gates and policies: what has to be agreed on, what moves under a build, and policies whose own tests pass."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from regopy import Interpreter

from agent.assessment import Case, assess, lens_named
from agent.assessment.artifacts import write_artifacts
from agent.domain.finding import Finding
from agent.domain.inventory import ExternalSystem, Location
from tests.assessment.shop import SHOP
from tests.assessment.test_rules import case_of
from tests.systems import graph_of

SCHEMA = "CREATE TABLE people (id INT PRIMARY KEY, email VARCHAR(80), phone VARCHAR(20));"


def found(case: Case) -> dict[str, Finding]:
    lens = lens_named("governance")
    assert lens is not None
    return {f.rule: f for f in assess(case, lenses=[lens])}


def system(files: dict[str, str], language: str = "", **more: Any) -> Case:
    case = case_of(files, **more)
    listed = tuple(
        f.model_copy(update={"language": language or f.language, "role": "config"}) for f in case.inventory.files
    )
    inventory = case.inventory.model_copy(update={"files": listed if language else case.inventory.files})
    return Case(inventory, case.graph, case.boundaries, case.as_of, case.read)


def test_personal_data_partners_and_models_have_a_gate_in_the_roadmap() -> None:
    partner = ExternalSystem(kind="ftp", name="bank", evidence=(Location(path="a.py", line=1),), resolution="exact")
    findings = found(system({"schema.sql": SCHEMA, "a.py": "import openai\n"}, external_systems=(partner,)))
    gates = {rule: f for rule, f in findings.items() if rule.startswith("governance.gate")}
    assert set(gates) == {"governance.gate-personal-data", "governance.gate-partners", "governance.gate-models"}
    assert all(f.step.startswith("Gate: ") and f.severity == "low" for f in gates.values())
    assert gates["governance.gate-personal-data"].evidence[0].location == Location(path="schema.sql", line=1)
    assert gates["governance.gate-models"].evidence[0].location == Location(path="a.py", line=1)


def test_a_system_without_any_of_it_has_no_gate() -> None:
    assert (
        found(system({"schema.sql": "CREATE TABLE t (id INT);", "a.py": "# import openai\nx = 'import torch'\n"})) == {}
    )


@pytest.mark.parametrize(("image", "moves"), [("python", True), ("python:latest", True), ("python:3.12", False), ("a.b:5000/x", True), ("a@sha256:00", False), ("${BASE}", False), ("scratch", False)])  # fmt: skip
def test_a_base_that_changes_is_found(image: str, moves: bool) -> None:
    findings = found(system({"Dockerfile": f"FROM {image} AS build\nRUN true\nFROM build\n"}))
    assert ("governance.moving-image" in findings) == moves


def test_actions_of_others_by_tag_are_found() -> None:
    text = (
        "jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n      - uses: docker/login-action@v3\n      - uses: x/y@"
        + "0" * 40
        + "\n"
    )
    finding = found(system({".github/workflows/ci.yml": text}, "yaml"))["governance.moving-action"]
    assert [e.text for e in finding.evidence] == ["docker/login-action by v3"]
    assert finding.evidence[0].location.line == 5


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    case = case_of({**SHOP, "schema.sql": SCHEMA}, graph_of(SHOP))
    return write_artifacts(case, assess(case), ["a.rule"])


def engine(files: dict[str, str], name: str) -> Interpreter:
    found = Interpreter()
    for path in (f"policy/{name}.rego", f"policy/{name}_test.rego"):
        found.add_module(path, files[path])
    found.add_data_json(files["policy/data.json"])
    return found


@pytest.mark.parametrize("name", ["boundaries", "models", "workloads"])
def test_the_tests_of_each_policy_pass(files: dict[str, str], name: str) -> None:
    written = [line.split()[0] for line in files[f"policy/{name}_test.rego"].splitlines() if line.startswith("test_")]
    answer = json.loads(str(engine(files, name).query(f"data.figwright.{name}_test")))["expressions"][0]
    assert written
    assert {test for test in written if answer.get(test) is True} == set(written)


OPA = shutil.which("opa")


@pytest.mark.skipif(OPA is None, reason="opa is not on PATH: only the bundled interpreter has judged the policies")
def test_opa_itself_runs_the_tests_of_the_policies(files: dict[str, str], tmp_path: Path) -> None:
    for path, text in files.items():
        if path.startswith("policy/"):
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
    done = subprocess.run(
        [str(OPA), "test", "--format", "json", str(tmp_path / "policy")], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(json.loads(done.stdout)) >= 3


def test_the_plan_passes_its_own_policy_and_a_new_crossing_does_not(files: dict[str, str]) -> None:
    graph = graph_of(SHOP)
    edges = [
        {"source": graph.unit_of(e.source), "target": e.target if e.kind in ("read", "write") else graph.unit_of(e.target), "kind": e.kind, "path": e.path, "line": e.line}
        for e in graph.dependencies
    ]  # fmt: skip
    policy = engine(files, "boundaries")
    policy.set_input_term(json.dumps({"edges": edges}))
    assert json.loads(str(policy.query("count(data.figwright.boundaries.deny)")))["expressions"] == [0]
    new = {
        "source": "shop.parcel_service",
        "target": "table:orders",
        "kind": "write",
        "path": "shop/parcel_service.py",
        "line": 7,
    }
    policy.set_input_term(json.dumps({"edges": [*edges, new]}))
    assert "begins to write orders" in str(policy.query("data.figwright.boundaries.deny"))


def test_gates_and_responsibilities_name_what_they_are_about(files: dict[str, str]) -> None:
    gates, roles = files["governance/gates.md"], files["governance/responsibilities.md"]
    assert "people" in gates
    assert "characterization tests come first" in gates
    for line in roles.splitlines():
        if line.startswith("| ") and line.count("|") == 8 and not line.startswith("| Activity"):
            assert line.count(" A ") == 1, line  # one answers for it


def test_the_audit_record_holds_digests_of_all_that_was_written(files: dict[str, str]) -> None:
    record = json.loads(files["audit.json"])
    assert set(record["written"]) == set(files) - {"audit.json"}
    assert record["rules"] == ["a.rule"]
    assert record["sent_over_the_network"] == []


def test_a_gate_is_never_one_step_too_many() -> None:
    from agent.roadmap.repairs import MOST_STEPS, repairs

    gate = next(iter(f for f in found(system({"schema.sql": SCHEMA})).values() if f.step.startswith("Gate: ")))
    worse = [
        gate.model_copy(update={"id": f"x-{n}", "step": f"Repair {n}", "severity": "high"})
        for n in range(MOST_STEPS + 3)
    ]
    titles = [title for title, _ in repairs([*worse, gate])]
    assert len(titles) == MOST_STEPS + 1
    assert titles[-1] == gate.step
