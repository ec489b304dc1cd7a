"""How well tests protect a change: services that no test touches, and repositories without a suite.

Before: billing has no test. After: characterization tests recorded on the old code. Why: an extraction without tests is
checked by customers. When not: what is to be retired needs none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.assessment.case import Case, evidence, finding
from agent.assessment.reading.masking import MOST_BYTES
from agent.domain.finding import Finding, Rule

__all__ = ["RULES", "look"]

RULES = (
    Rule(
        id="protection.no-suite", lens="protection", severity="high", title="No test suite was found",
        matches="Repositories without anything that a test runner would run.",
        why="Without tests a change is checked by customers.",
        remedy="Record characterization tests at the outermost interface before anything moves.",
    ),
    Rule(
        id="protection.untested-service", lens="protection", severity="medium", title="No test touches a service",
        matches="Proposed services that no test file refers to, and of which no test script runs a program by name.",
        why="An extraction without tests is checked by customers.",
        remedy="Record characterization tests first.",
    ),
)  # fmt: skip


def look(case: Case) -> Iterator[Finding]:
    """Rules protection.no-suite and protection.untested-service."""
    units = {unit.id: unit for unit in case.boundaries.units}
    if not units:
        return
    if not case.inventory.test_suites:
        first = min(units.values(), key=lambda u: (-u.code_lines, u.id))
        yield finding(
            "protection.no-suite", "suite", "high",
            "No test suite was found",
            f"Nothing in the repository looks like a test that can be run; {len(units)} units are unprotected.",
            "Record characterization tests at the outermost interface (HTTP, command line, files) before anything moves.",
            (),
            [evidence(first.path, first.line, f"largest unit without a test: {first.code_lines:,} lines")],
        )  # fmt: skip
        return
    named = _named_by_scripts(case)
    for service in case.boundaries.services:
        if service.tests or not service.units or any(unit in named for unit in service.units):
            continue
        largest = max((units[u] for u in service.units), key=lambda u: (u.code_lines, u.id))
        yield finding(
            "protection.untested-service", service.name, "medium",
            f"No test touches {service.name} directly",
            f"{len(service.units)} units, {service.code_lines:,} lines; tests that come in through HTTP may still reach them, which "
            "only a coverage run tells.",
            "Run the suite with coverage; where it does not reach, record characterization tests first.",
            (service.name,),
            [evidence(largest.path, largest.line, f"{largest.id}: {largest.code_lines:,} lines, no test names it")],
        )  # fmt: skip


_SCRIPTS = (".sh", ".bash", ".bat", ".cmd", ".mk", "Makefile", ".jcl")
_WORD = re.compile(r"[A-Za-z][\w-]{3,60}")


def _named_by_scripts(case: Case) -> frozenset[str]:
    """Programs that the scripts of test suites run by name; what test code imports the graph knows."""
    found: set[str] = set()
    for suite in case.inventory.test_suites:
        if case.read is None or not suite.evidence.path.endswith(_SCRIPTS):
            continue
        try:
            text = case.read(suite.evidence.path)[:MOST_BYTES].decode("utf-8", "replace")
        except (OSError, KeyError):
            continue
        lines = (line.partition("#")[0] for line in text.splitlines())
        found.update(word for line in lines for word in _WORD.findall(line))
    return frozenset(found & {unit.id for unit in case.boundaries.units})
