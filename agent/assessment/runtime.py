"""Runtimes and frameworks past their end of life, and the ones whose version nothing declares.

Before: Python 3.6 in a Dockerfile. After: a supported version. Why: no security fixes arrive, and base images disappear.
When not: a version that a vendor supports under contract is a decision to accept, with its date.
"""

from __future__ import annotations

from collections.abc import Iterator

from agent.assessment.case import Case, evidence, finding
from agent.domain.finding import Finding, Rule

__all__ = ["RULES", "look"]

RULES = (
    Rule(
        id="runtime.end-of-life", lens="dependencies", severity="high", title="A runtime or framework is past its end of life",
        matches="Declared versions of runtimes and frameworks against a bundled table of dates, judged at the plan's date.",
        why="No security fixes arrive, and base images disappear.",
        remedy="Move to a supported version before or while containerizing.",
        references=("CWE-1104", "ASVS 14.2.1"),
    ),
)  # fmt: skip


LANGUAGES = {"Python": "python", "Java": "java", "Node.js": "javascript", "PHP": "php", "Ruby": "ruby"}
MINOR = 0.2


def look(case: Case) -> Iterator[Finding]:
    """Rule runtime.end-of-life."""
    for runtime in case.inventory.runtimes:
        if runtime.supported is not False:
            continue
        place = runtime.evidence
        yield finding(
            "runtime.end-of-life", f"{runtime.name} {runtime.version} {place.path}", _severity(case, runtime.name),
            f"{runtime.name} {runtime.version} is past its end of life ({runtime.end_of_life})",
            f"{runtime.how}; end of life {runtime.end_of_life} according to {runtime.source}, judged at {case.as_of.isoformat()}.",
            f"Move to a supported {runtime.name} before or while containerizing; the tests of this repository bound that change.",
            (),
            [evidence(place.path, place.line, runtime.how)],
        )  # fmt: skip


def _severity(case: Case, runtime: str) -> str:
    """High, unless the runtime's language is a small part of the code (a folder of scripts)."""
    language = LANGUAGES.get(runtime)
    code = {
        share.language: share.code_lines
        for share in case.inventory.languages
        if share.parsed or share.language in LANGUAGES.values()
    }
    if language is None or language not in code:
        return "high"
    return "high" if code[language] >= MINOR * sum(code.values()) else "medium"
