"""Lints written files with every linter that is there, for tests: a folder in, findings and what could not be run out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from agent.domain.container import LintFinding
from agent.ports import ContainerLinter

__all__ = ["blocking", "lint_files"]


def lint_files(folder: Path, linters: Sequence[ContainerLinter]) -> tuple[tuple[LintFinding, ...], tuple[str, ...]]:
    """(findings of all linters, one sentence for each that is absent and would have had something to read)."""
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    found: list[LintFinding] = []
    missing: list[str] = []
    for linter in linters:
        if not linter.wants(paths):
            continue
        why = linter.unusable()
        if why:
            missing.append(f"not linted by {linter.name}: {why}")
        else:
            found += linter.lint(folder)
    return tuple(found), tuple(missing)


def blocking(findings: Sequence[LintFinding], path: str = "") -> tuple[LintFinding, ...]:
    """Those that keep a file (or a folder of files) from the level *linted*: all but remarks, and Trivy's medium ones."""
    grave = ("critical", "high", "error")
    return tuple(
        one
        for one in findings
        if (not path or one.path == path or one.path.startswith(f"{path}/"))
        and (one.severity in grave or (one.severity == "warning" and one.tool != "trivy"))
    )
