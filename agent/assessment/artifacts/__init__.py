"""What an assessment leaves behind to be used: a case and its findings in; files by relative path out, all of them text.

Nothing in them is applied by figwright. Each says where its values come from; what is not known is a variable without a default.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from agent.assessment.artifacts.governance import audit_record, governance
from agent.assessment.artifacts.infrastructure import infrastructure
from agent.assessment.artifacts.migration import migration
from agent.assessment.artifacts.policies import policies
from agent.assessment.artifacts.schedules import schedules
from agent.assessment.case import Case
from agent.domain.finding import Finding

__all__ = ["write_artifacts"]


def write_artifacts(case: Case, findings: Sequence[Finding], rules: Sequence[str] = ()) -> dict[str, str]:
    """All files that this system's findings support, by path; ``rules`` are those that were asked, for the record."""
    found = {
        **schedules(case),
        **infrastructure(case),
        **policies(case),
        **governance(case, findings),
        **migration(case),
    }
    found |= {"findings.json": _numbers(findings), "README.md": _contents(case, found)}
    return {**found, "audit.json": audit_record(case, findings, rules, found)}


def _numbers(findings: Sequence[Finding]) -> str:
    return json.dumps([json.loads(f.model_dump_json()) for f in findings], indent=1, ensure_ascii=False) + "\n"


PURPOSE = {
    "schedules": "Kubernetes manifests that scale non-production environments to nothing at night and at weekends: `kubectl apply -n ENVIRONMENT -f`.",
    "infrastructure": "OpenTofu/Terraform: a namespace and quota for each service on any Kubernetes, and a budget with alerts on the cloud you choose.",
    "policy": "Open Policy Agent rules (Rego) for what the plan forbids, with their tests and data: `opa test policy`.",
    "governance": "Approval gates, who is responsible for what, decisions to be taken, and gates for AI workloads.",
    "data": "For each table: how it moves, queries that prove it arrived, and the way back.",
}


def _contents(case: Case, found: dict[str, str]) -> str:
    folders = sorted({path.partition("/")[0] for path in found if "/" in path})
    lines = [
        f"# {case.inventory.name}: files of the assessment",
        "",
        "Drafts, made from the code and from what `figwright.toml` told; read them before you apply them.",
        "",
    ]
    lines += [f"- `{folder}/`: {PURPOSE[folder]}" for folder in folders]
    return "\n".join(
        [
            *lines,
            "- `findings.json`: the findings that they rest on.",
            "- `audit.json`: what was read, by which rules it was judged, what was accepted, and a digest of each file here.",
            "",
        ]
    )
