"""Runtimes and frameworks past their end of life, and the ones whose version nothing declares.

Before: Python 3.6 in a Dockerfile. After: a supported version. Why: no security fixes arrive, and base images disappear.
When not: a version that a vendor supports under contract is a decision to accept, with its date.
"""

from __future__ import annotations

from collections.abc import Iterator

from agent.assessment.case import Case, evidence, finding
from agent.domain.finding import Finding

__all__ = ["look"]


def look(case: Case) -> Iterator[Finding]:
    """Rule runtime.end-of-life."""
    for runtime in case.inventory.runtimes:
        if runtime.supported is not False:
            continue
        place = runtime.evidence
        yield finding(
            "runtime.end-of-life", f"{runtime.name} {runtime.version} {place.path}", "high",
            f"{runtime.name} {runtime.version} is past its end of life ({runtime.end_of_life})",
            f"{runtime.how}; end of life {runtime.end_of_life} according to {runtime.source}, judged at {case.as_of.isoformat()}.",
            f"Move to a supported {runtime.name} before or while containerizing; the tests of this repository bound that change.",
            (),
            [evidence(place.path, place.line, runtime.how)],
        )  # fmt: skip
