"""What a lens looks at, and how it speaks: the evidence of one system, and findings with stable IDs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from agent.domain.boundary import SHARED, Boundaries
from agent.domain.code import Dependency, DependencyGraph
from agent.domain.finding import Evidence, Finding
from agent.domain.inventory import Inventory, Location

__all__ = ["Case", "evidence", "finding", "seen"]

SHOWN = 10


@dataclass(frozen=True)
class Case:
    """One system with its proposal; ``as_of`` is the date that it is judged at."""

    inventory: Inventory
    graph: DependencyGraph
    boundaries: Boundaries
    as_of: date

    def service_of(self, unit: str) -> str:
        """The home of a unit or symbol; "" for what has none (tests, templates)."""
        return self._homes.get(self.graph.unit_of(unit), "")

    @property
    def _homes(self) -> dict[str, str]:
        cached = self.__dict__.get("_cached_homes")
        if cached is None:
            cached = {unit.id: unit.service for unit in self.boundaries.units}
            object.__setattr__(self, "_cached_homes", cached)
        return cached

    def named(self, services: Iterable[str]) -> tuple[str, ...]:
        """Services by name, shared code left out."""
        return tuple(sorted({s for s in services if s and s != SHARED}))


def evidence(path: str, line: int, text: str, resolution: str = "exact") -> Evidence:
    """A place and what stands there."""
    return Evidence(location=Location(path=path, line=line), text=text, resolution=resolution)  # type: ignore[arg-type]


def seen(edge: Dependency, text: str) -> Evidence:
    """A dependency as evidence."""
    return evidence(edge.path, edge.line, text, edge.resolution)


def finding(
    rule: str,
    key: str,
    severity: str,
    title: str,
    detail: str,
    remedy: str,
    services: Sequence[str],
    found: Sequence[Evidence],
) -> Finding:
    """A finding whose ID is its rule and a hash of ``key``, so that it stays the same while the code does."""
    return Finding(
        id=f"{rule}-{hashlib.sha256(key.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}",
        rule=rule,
        severity=severity,  # type: ignore[arg-type]
        title=title,
        detail=detail,
        remedy=remedy,
        services=tuple(services),
        evidence=tuple(found[:SHOWN]),
        count=len(found),
    )
