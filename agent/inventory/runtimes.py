"""Judges life cycles: declared versions of runtimes and frameworks in, Runtimes with their end of life out.

A declared range is unsupported only when everything that it allows is, and supported only when everything is; in
between, nothing is claimed and the dates of both ends are told.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from agent.domain.inventory import FrameworkUse, Location, Runtime
from agent.inventory.frameworks import framework_life
from agent.inventory.manifests.declared import RuntimeClaim
from agent.inventory.tables import table
from agent.inventory.versions import Range, Version, cycle_range, ranges_of, version_tuple

__all__ = ["collect_runtimes", "table_date"]


def table_date() -> date:
    """The day on which the bundled dates were last checked."""
    checked: date = table("end_of_life")["as_of"]
    return checked


def collect_runtimes(
    claims: Iterable[RuntimeClaim], frameworks: Iterable[FrameworkUse], as_of: date
) -> tuple[Runtime, ...]:
    """One runtime a product and declared version, the least supported first."""
    found: dict[tuple[str, str], Runtime] = {}
    ordered = sorted(claims, key=lambda claim: (claim.path.count("/"), claim.path, claim.line))
    for claim in (*ordered, *_framework_claims(frameworks)):
        runtime = _judged(claim, as_of)
        found.setdefault((runtime.name, runtime.version), runtime)
    rank = {False: 0, None: 1, True: 2}
    return tuple(sorted(found.values(), key=lambda r: (rank[r.supported], r.name.lower(), r.version, r.evidence.path)))


def _framework_claims(frameworks: Iterable[FrameworkUse]) -> list[RuntimeClaim]:
    claims = []
    for use in frameworks:
        life = framework_life(use.name)
        if life and use.version and "for development only" not in use.how:
            name = use.evidence.path.rpartition("/")[2]
            ecosystem = "npm" if name == "package.json" else "packagist" if name == "composer.json" else "pypi"
            ecosystem = "" if name.endswith((".gradle", ".kts", "pom.xml")) else ecosystem
            claims.append(RuntimeClaim(life, use.version, use.how, use.evidence.path, use.evidence.line, ecosystem))
    return claims


def _judged(claim: RuntimeClaim, as_of: date) -> Runtime:
    product: dict[str, Any] = table("end_of_life").get(claim.product, {})
    version = claim.version
    if claim.product == "java":
        version = version.removeprefix("1.") if version_tuple(version)[:1] == (1,) else version
    cycles = _allowed(product.get("cycles", {}), ranges_of(claim.ecosystem, version))
    how, end, supported = claim.how, "", None
    if cycles:
        ends = [(str(given), cycle) for cycle, given in cycles]
        if len(ends) == 1:
            end = ends[0][0]
            supported = date.fromisoformat(end) >= as_of if end else None
        elif all(given and date.fromisoformat(given) < as_of for given, _ in ends):
            end, supported = ends[-1][0], False
        elif all(given and date.fromisoformat(given) >= as_of for given, _ in ends):
            end, supported = ends[0][0], True
        else:
            how = f"{how}; allows {ends[0][1]} (end of life {ends[0][0] or 'not known'}) up to {ends[-1][1]}"
    return Runtime(
        name=product.get("name", claim.product),
        version=version,
        end_of_life=end,
        supported=supported,
        source=product.get("source", "") if cycles else "",
        how=how,
        evidence=Location(path=claim.path, line=claim.line),
    )


def _allowed(cycles: dict[str, Any], ranges: tuple[Range, ...]) -> list[tuple[str, Any]]:
    """The cycles that the ranges meet, oldest first; one version belongs to the longest cycle that it starts with."""
    ordered = sorted(cycles.items(), key=lambda item: version_tuple(item[0]))
    met = [(name, end) for name, end in ordered if any(span.meets(cycle_range(version_tuple(name))) for span in ranges)]
    if len(ranges) == 1 and len(met) > 1 and _is_one(ranges[0]):
        exact = [entry for entry in met if _starts(ranges[0].low, version_tuple(entry[0]))]
        return exact[-1:] or met
    return met


def _is_one(span: Range) -> bool:
    """Whether a range is a single declared version (``1.8.2``), not a span that someone chose."""
    return span == cycle_range(span.low)


def _starts(version: Version, cycle: Version) -> bool:
    return version[: len(cycle)] == cycle
