"""What was proved, as it is written: a report and the output folder in, the same with linters' findings and its text out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from agent.domain.container import ContainerReport, Level, LintFinding
from agent.ports import ContainerLinter

__all__ = ["lint_containers", "write_report"]


def lint_containers(
    report: ContainerReport, folder: Path, paths: Sequence[str], linters: Sequence[ContainerLinter]
) -> ContainerReport:
    """The report with what each linter says of the written files; a deployable whose Dockerfile passed is 'linted' at least."""
    found: list[LintFinding] = []
    absent, ran = [], set()
    for linter in linters:
        if not linter.wants(paths):
            continue
        why = linter.unusable()
        if why:
            absent.append(f"{linter.name}: {why}")
        else:
            ran.add(linter.name)
            found += linter.lint(folder)
    serious = [finding for finding in found if finding.severity != "info"]
    proofs = []
    for proof in report.deployables:
        own = tuple(str(finding) for finding in serious if finding.path == proof.dockerfile)
        clean = not own and "hadolint" in ran
        level: Level = "linted" if proof.level == "written" and clean else proof.level
        first: Level = "linted" if proof.first == "written" and clean else proof.first
        proofs.append(proof.model_copy(update={"level": level, "first": first, "findings": (*proof.findings, *own)}))
    apart = tuple(str(finding) for finding in serious if finding.path not in {proof.dockerfile for proof in proofs})
    return report.model_copy(
        update={
            "deployables": tuple(proofs),
            "findings": apart,
            "not_run": (*report.not_run, *(f"not linted with {why}" for why in absent)),
        }
    )


def write_report(report: ContainerReport) -> str:
    """``containers.json``: each deployable with its level, rounds, size and times."""
    return json.dumps(report.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"
