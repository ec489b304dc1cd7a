"""Files that are both complex and often changed (Tornhill, Your Code as a Crime Scene): where change costs most today."""

from __future__ import annotations

from collections import defaultdict

from agent.assessment.case import Case
from agent.domain.boundary import Unit
from agent.domain.plan import Hotspot

__all__ = ["rank_hotspots"]

LISTED = 40


def rank_hotspots(case: Case) -> tuple[Hotspot, ...]:
    """The hottest files first. score = rank of commits × rank of complexity, each scaled to 0..1; empty without history."""
    churn = {f.path: f for f in case.inventory.history.files}
    complexity: dict[str, int] = defaultdict(int)
    for symbol in case.graph.symbols:
        if symbol.kind == "function" and symbol.role == "code":
            complexity[symbol.path] += symbol.complexity
    units: dict[str, Unit] = {}
    for unit in case.boundaries.units:
        units.setdefault(unit.path, unit)
    sizes = {f.path: f.code_lines for f in case.inventory.files}
    paths = [p for p in sorted(units) if p in churn and churn[p].commits > 0]
    if not paths:
        return ()
    by_churn = _ranks({p: churn[p].commits for p in paths})
    by_complexity = _ranks({p: complexity[p] for p in paths})
    found = [
        Hotspot(
            path=p,
            unit=units[p].id,
            commits=churn[p].commits,
            authors=churn[p].authors,
            code_lines=sizes.get(p, 0),
            complexity=complexity[p],
            score=round(by_churn[p] * by_complexity[p], 4),
            service=units[p].service,
        )
        for p in paths
    ]
    return tuple(sorted(found, key=lambda h: (-h.score, h.path))[:LISTED])


def _ranks(values: dict[str, int]) -> dict[str, float]:
    """Share of files with a value that is not higher (ties share a rank)."""
    ordered = sorted(values.values())
    position = {value: number for number, value in enumerate(ordered, 1)}
    return {path: position[value] / len(ordered) for path, value in values.items()}
