"""Gates, responsibilities and the audit record: a case and its findings in; Markdown and JSON for people who approve out."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from agent import __version__
from agent.assessment.case import Case
from agent.assessment.privacy import personal_tables
from agent.domain.boundary import SHARED
from agent.domain.finding import SEVERITIES, Finding
from agent.domain.wording import counted, listed

__all__ = ["audit_record", "governance"]

SHOWN = 12


def governance(case: Case, findings: Sequence[Finding]) -> dict[str, str]:
    """``governance/gates.md`` and ``governance/responsibilities.md``."""
    return {
        "governance/gates.md": _gates(case, findings),
        "governance/responsibilities.md": _responsibilities(case),
    }


def _gates(case: Case, findings: Sequence[Finding]) -> str:
    counts = Counter(f.severity for f in findings)
    personal = list(personal_tables(case))
    torn = [t.table for t in case.boundaries.tables if len([w for w in t.writers if w != SHARED]) > 1]
    models = [f for f in findings if f.rule == "governance.gate-models"]
    suites = [s.command for s in case.inventory.test_suites]
    lines = [
        f"# Gates of {case.inventory.name}", "",
        "Each is passed once, by a named person, in writing; a no sends the step back with what is missing. Numbers are today's.", "",
    ]  # fmt: skip
    lines += _gate("Baseline", "the teams that change the code", (
        f"the reference suites pass three times in a row: {listed(suites, 3) if suites else 'none was found, so characterization tests come first'}",
        "what is not understood (plan.md, first section) has been read by somebody who knows the system",
    ), "the record of the three runs")  # fmt: skip
    lines += _gate("Repairs", "whoever answers for security", (
        f"no finding of severity high or above is open that is not accepted with a reason and an end: today {counts['critical'] + counts['high']}",
        *[f"{f.title} (`{f.id}`)" for f in findings if f.severity in ("critical", "high")][:SHOWN],
    ), "`figwright assess REPO --fail-on high` in the pipeline")  # fmt: skip
    if personal:
        lines += _gate("Personal data", "whoever is responsible for data protection", (
            f"purpose, retention, region and processor are settled for {counted(len(personal), 'table')}: {listed(personal, SHOWN)}",
            "test environments hold synthetic data only (`figwright synth`)",
        ), "the entry in the records of processing")  # fmt: skip
    lines += _gate("Pilot", "the product owner and operations", (
        "the facade sends one route's traffic to either side by one number, and back, in a rehearsal",
        "alerts, dashboards and the way back have been tried by those who are on call",
    ), "the protocol of the rehearsal")  # fmt: skip
    if torn:
        lines += _gate("Data", "the owners of the tables", (
            f"each table with several writers has one owner: today {len(torn)} have none ({listed(torn, SHOWN)})",
            "counts and checksums of the rehearsal are equal on both sides (`data/`)",
        ), "the results of the validation queries")  # fmt: skip
    lines += _gate("AI workloads", "whoever answers for the data, and for the decision that the model supports", (
        f"each use is declared and `policy/models.rego` denies nothing: {listed([f.title for f in models], 3) if models else 'no use was found in the code'}",
        "it runs on examples first, beside people, and can be switched off without a release",
    ), "the declaration, the evaluation and its date")  # fmt: skip
    lines += _gate("Retirement", "the product owner and operations", (
        "no request reached the old code for a full business cycle, year-end included",
        "its data is archived where retention asks for it, and its accounts are closed",
    ), "the access logs of that cycle")  # fmt: skip
    return "\n".join(lines)


def _gate(name: str, who: str, criteria: Sequence[str], evidence: str) -> list[str]:
    return [
        f"## {name}",
        "",
        f"- Decides: {who}",
        *(f"- [ ] {c}" for c in criteria),
        f"- Evidence: {evidence}",
        "- Decided on, by:",
        "",
    ]


ROLES = ("Product owner", "Service team", "Platform team", "Security", "Data protection", "Operations")
ACTIVITIES = (  # R does it, A answers for it (one each), C is asked, I is told
    ("Characterization tests and baseline", "ARC--I"),
    ("Repairs of findings", "ARCC-I"),
    ("Images, pipeline and environments", "ICRC-A"),
    ("Facade and routing of traffic", "ACRC-C"),
    ("Extraction of a service", "ARCCCI"),
    ("Move of its tables", "CARCCC"),
    ("Approval of personal data in a new place", "CC-CAI"),
    ("Secrets, keys and access rights", "-CRA-C"),
    ("Budget and alerts", "A-R--C"),
    ("AI workloads", "ARCCCI"),
    ("Cut-over and way back", "ACR-IR"),
    ("Retirement of the old code", "ARC-CC"),
)


def _responsibilities(case: Case) -> str:
    lines = [
        f"# Who is responsible for what in {case.inventory.name}", "",
        "A proposal. R does it, A answers for it, C is asked before, I is told after. Put names to roles; one person may have several.", "",
        "| Activity | " + " | ".join(ROLES) + " |", "|---" * (len(ROLES) + 1) + "|",
    ]  # fmt: skip
    lines += [
        f"| {name} | " + " | ".join(letter.replace("-", "") for letter in letters) + " |"
        for name, letters in ACTIVITIES
    ]
    lines += [
        "",
        "## Service teams",
        "",
        "| Service | Lines | Routes and jobs | Owns tables | Also touches |",
        "|---|---:|---:|---|---|",
    ]
    lines += [
        f"| {s.name} | {s.code_lines:,} | {len(s.entry_points)} | {_names(s.owned_tables)} | {_names(s.shared_tables)} |"
        for s in case.boundaries.services
    ]
    return "\n".join([*lines, ""])


def _names(tables: Sequence[str]) -> str:
    return listed(list(tables), 6) if tables else ""


def audit_record(case: Case, findings: Sequence[Finding], rules: Sequence[str], files: Mapping[str, str]) -> str:
    """What figwright read, by which rules it judged, what was accepted and what it wrote: the same for the same input, without a clock."""
    read = hashlib.sha256(
        "\n".join(f"{f.path} {f.digest}" for f in case.inventory.files).encode("utf-8", "surrogateescape")
    )
    record: dict[str, Any] = {
        "figwright": __version__,
        "repository": {"name": case.inventory.name, "commit": case.inventory.commit, "dirty": case.inventory.dirty},
        "judged_as_of": case.as_of.isoformat(),
        "read": {"files": len(case.inventory.files), "digest": read.hexdigest(),
                 "not_read": {s.reason: s.files for s in case.inventory.skipped}},
        "assumptions_digest": hashlib.sha256(case.assumptions.model_dump_json().encode()).hexdigest(),
        "rules": list(rules),
        "findings": {severity: sum(1 for f in findings if f.severity == severity) for severity in SEVERITIES},
        "accepted": {f.id: f.accepted for f in findings if f.accepted},
        "sent_over_the_network": [],
        "written": {path: hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest() for path, text in sorted(files.items())},
    }  # fmt: skip
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"
