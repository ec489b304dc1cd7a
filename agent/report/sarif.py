"""Findings and their rules -> SARIF 2.1.0, which editors and code hosts show at the line.

Severity becomes a level (critical and high: error, medium: warning, the rest: note) and, for security rules, the number that
code hosts sort by. Accepted findings are suppressed results with the reason. A finding's ID is its fingerprint.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from agent.domain.finding import Evidence, Finding, Rule

__all__ = ["write_sarif"]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0", "info": "0.0"}


def write_sarif(findings: Sequence[Finding], rules: Sequence[Rule], version: str) -> str:
    """The log as text; rules are those that were run, results come in the order of the findings."""
    known = {rule.id: number for number, rule in enumerate(rules)}
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "figwright", "semanticVersion": version, "rules": [_rule(r) for r in rules]}
                },
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {"REPOSITORY": {"description": {"text": "The root of the repository."}}},
                "results": [_result(f, known) for f in findings],
            }
        ],
    }
    return json.dumps(log, indent=1, ensure_ascii=False).encode("utf-8", "backslashreplace").decode() + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    properties: dict[str, Any] = {"tags": [rule.lens, *rule.references]}
    if rule.lens in ("security", "privacy"):
        properties["security-severity"] = SCORES[rule.severity]
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.id.replace(".", "-").split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.matches} {rule.why}"},
        "help": {"text": rule.remedy},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": properties,
    }


def _result(finding: Finding, known: dict[str, int]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": LEVELS[finding.severity],
        "message": {"text": f"{finding.title}. {finding.detail} {finding.remedy}"},
        "locations": [_location(finding.evidence[0])],
        "partialFingerprints": {"figwright/v1": finding.id},
        "properties": {
            "lens": finding.lens,
            "severity": finding.severity,
            "places": finding.count,
            "services": list(finding.services),
            "references": list(finding.references),
        },
    }
    if finding.rule in known:
        result["ruleIndex"] = known[finding.rule]
    if len(finding.evidence) > 1:
        result["relatedLocations"] = [_location(e) for e in finding.evidence[1:]]
    if finding.accepted:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": finding.accepted}]
    return result


def _location(evidence: Evidence) -> dict[str, Any]:
    place: dict[str, Any] = {
        "artifactLocation": {"uri": quote(evidence.location.path, errors="surrogateescape"), "uriBaseId": "REPOSITORY"}
    }
    if evidence.location.line:
        place["region"] = {"startLine": evidence.location.line}
    return {"physicalLocation": place, "message": {"text": evidence.text}}
