"""SARIF against its schema, and the bill of materials against CycloneDX's."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from agent.assessment import RULES
from agent.domain.finding import Evidence, Finding
from agent.domain.inventory import Component, Inventory, Location
from agent.report.findings import write_findings
from agent.report.sarif import write_sarif
from agent.report.sbom import write_sbom

# Ships with @microsoft/jest-sarif 1.0.0-beta.0 (MIT).
SCHEMA = Path(__file__).parents[1] / "assessment" / "schemas" / "sarif-2.1.0-rtm.5.json"


def finding(**more: object) -> Finding:
    base = {
        "id": "security.secret-00000000", "rule": "security.secret", "severity": "high", "title": "A title", "detail": "Detail.",
        "remedy": "Do it.", "services": (), "count": 2, "lens": "security", "references": ("CWE-798",),
        "evidence": (
            Evidence(location=Location(path="a b/ü.py", line=3), text="here"),
            Evidence(location=Location(path="Dockerfile"), text="the file as a whole"),
        ),
    }  # fmt: skip
    return Finding.model_validate({**base, **more})


def validated(text: str) -> dict[str, object]:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    log = json.loads(text)
    jsonschema.validators.validator_for(schema)(schema).validate(log)
    return log


def test_a_log_of_all_rules_is_valid_and_points_at_lines() -> None:
    log = validated(write_sarif([finding(), finding(rule="unknown.rule")], RULES, "1.2.3"))
    run = log["runs"][0]  # type: ignore[index]
    assert len(run["tool"]["driver"]["rules"]) == len(RULES)
    first = run["results"][0]
    assert first["level"] == "error"
    assert first["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b/%C3%BC.py"
    assert "region" not in first["relatedLocations"][0]["physicalLocation"]
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == "security.secret"


def test_no_findings_are_a_valid_log() -> None:
    assert validated(write_sarif([], RULES, "1.2.3"))["runs"][0]["results"] == []  # type: ignore[index]


def test_an_accepted_finding_is_suppressed_with_its_reason() -> None:
    log = validated(write_sarif([finding(accepted="only in tests", severity="info")], RULES, "1.2.3"))
    assert log["runs"][0]["results"][0]["suppressions"][0]["justification"] == "only in tests"  # type: ignore[index]


@pytest.mark.parametrize("form", ["table", "json", "sarif"])
def test_every_form_names_the_finding(form: str) -> None:
    assert "security.secret-00000000" in write_findings(form, [finding()], RULES, "shop", date(2026, 8, 22))


def test_the_bill_of_materials_is_valid_and_the_same_each_time() -> None:
    components = tuple(
        Component(ecosystem=e, name=n, version=v, evidence=Location(path=p, line=2), development=d)
        for e, n, v, p, d in (
            ("pypi", "Flask", "2.0.1", "requirements.txt", False), ("npm", "@scope/thing", "^1.0", "package.json", True),
            ("maven", "org.apache:commons", "${v}", "pom.xml", False), ("go", "github.com/a/b", "v1.2.3", "go.mod", False),
        )
    )  # fmt: skip
    inventory = Inventory(name="shop", components=components)
    text = write_sbom(inventory, date(2026, 8, 22))
    assert text == write_sbom(inventory, date(2026, 8, 22))
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    found = {c["name"]: c for c in json.loads(text)["components"]}
    assert found["Flask"]["purl"] == "pkg:pypi/flask@2.0.1"
    assert "version" not in found["commons"]
