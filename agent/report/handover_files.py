"""The files beside the plan that people run it with: a plan in, texts by file name out."""

from __future__ import annotations

from agent.domain.plan import Plan
from agent.report.api_contracts import write_contracts
from agent.report.ledgers import (
    write_issues,
    write_parity,
    write_questions_file,
    write_slo_sheet,
    write_steps,
    write_workshop,
)
from agent.report.markdown_handover import write_runbooks
from agent.report.module_rules import write_rules

__all__ = ["write_handover"]


def write_handover(plan: Plan) -> dict[str, str]:
    """Runbooks, contracts, module rules, and the tables; a file that would be empty is left out."""
    files = {
        "parity.csv": write_parity(plan),
        "steps.csv": write_steps(plan),
        "issues.json": write_issues(plan),
        "questions.toml": write_questions_file(plan),
        "baseline/slo.csv": write_slo_sheet(plan),
    }
    if plan.boundaries.bill.concepts:
        files["workshop.csv"] = write_workshop(plan)
    if plan.handover.telemetry:
        files["baseline/opentelemetry.patch"] = plan.handover.telemetry
    return {**files, **write_runbooks(plan), **write_contracts(plan), **write_rules(plan)}
