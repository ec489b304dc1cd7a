"""Split, modularize, or do not split: the verdict on the whole system and on each service, with the numbers behind it."""

from __future__ import annotations

from collections.abc import Sequence

from agent.boundaries.system import System
from agent.domain.boundary import SHARED, Crossing, Metrics, Service, TableOwnership

__all__ = ["judge_service", "judge_system"]

SMALL_LINES = 2_500
SMALL_UNITS = 12
STEADY = 0.5
DOMINANT = 0.8
ENTANGLED = 0.35


def judge_system(
    system: System, services: Sequence[Service], tables: Sequence[TableOwnership], metrics: Metrics
) -> tuple[str, tuple[str, ...]]:
    """(verdict, reasons). The first rule that applies decides; further ones are told as well."""
    lines = sum(system.lines.values())
    against: list[str] = []
    if len(services) < 2:
        against.append("nothing in its structure, data or entry points separates it into more than one part")
    if not system.handlers and not system.tables:
        against.append("no route and no table were found: it is used as a library or a tool, so nothing would run apart")
    if lines < SMALL_LINES or len(system.units) < SMALL_UNITS:
        against.append(
            f"{lines:,} lines in {len(system.units)} units: less than the {SMALL_LINES:,} lines or {SMALL_UNITS} units at "
            "which a second deployable starts to pay for its own pipeline, monitoring and on-call"
        )
    largest = max((len(s.units) for s in services), default=0)
    if services and largest > DOMINANT * sum(len(s.units) for s in services):
        against.append(f"one part holds {largest} of {len(system.units)} units; what is left is too little to extract")
    if metrics.stability < STEADY:
        against.append(
            f"the groups do not hold: with a tenth of the evidence removed they agree only {metrics.stability:.2f} "
            f"(adjusted Rand index; {STEADY} is needed)"
        )
    if against:
        return "do not split", tuple(against)
    conflicts = [t for t in tables if len([w for w in t.writers if w != SHARED]) > 1]
    numbers = (
        f"{len(services)} candidate services hold with {metrics.stability:.2f} under perturbation; {metrics.icp:.0%} of the "
        f"call weight crosses them; {len(conflicts)} of {len(tables)} tables have more than one writing service"
    )
    if metrics.icp > ENTANGLED or (tables and len(conflicts) > 0.5 * len(tables)):
        return "modularize", (numbers, "too much crosses to run them apart now: enforce the modules first, then extract")
    return "split", (numbers,)


def judge_service(
    service: Service, crossings: Sequence[Crossing], tables: Sequence[TableOwnership], verdict: str, first: bool
) -> tuple[str, str]:
    """(verdict, reason) of one service within the system's verdict."""
    conflicts = [t.table for t in tables if t.owner == service.name and len([w for w in t.writers if w != service.name]) > 0]
    heaviest = next((c for c in crossings if service.name in (c.source, c.target) and SHARED not in (c.source, c.target)), None)
    crossing = ""
    if heaviest:
        crossing = f"; heaviest tie: {heaviest.weight} dependencies from {heaviest.source} to {heaviest.target}"
    numbers = (
        f"{service.calls_in} calls in, {service.calls_out} out, cohesion {service.cohesion:.2f}, {len(service.owned_tables)} tables "
        f"owned, {len(conflicts)} of them written by others too{crossing}"
    )
    if verdict == "do not split":
        return "do not split", numbers
    if not service.entry_points and not service.owned_tables:
        return "keep in", f"it has no route and owns no table, so it would be a library call made remote; {numbers}"
    if service.cohesion < 0.3:
        return "keep in", f"most of its ties leave it; {numbers}"
    if first:
        return "extract first", numbers
    return "extract later", numbers
