"""Split, modularize, or do not split: the verdict on the whole system and on each service, with the numbers behind it."""

from __future__ import annotations

from collections.abc import Sequence

from agent.boundaries.system import System
from agent.domain.boundary import SHARED, Crossing, Metrics, Service, TableOwnership

__all__ = ["judge_service", "judge_system"]

SMALL_LINES = 2_500
SMALL_UNITS = {"module": 12, "type": 30}  # a type is a smaller thing than a module
STEADY = 0.5
DOMINANT = 0.8
SHARED_PART = 0.5
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
        against.append(
            "no route and no table were found: it is used as a library or a tool, so nothing would run apart"
        )
    what, least = _smallest(system)
    if lines < SMALL_LINES or len(system.units) < least:
        against.append(
            f"{lines:,} lines in {len(system.units)} {what}s: less than the {SMALL_LINES:,} lines or {least} {what}s at "
            "which a second deployable starts to pay for its own pipeline, monitoring and on-call"
        )
    placed = sum(s.code_lines for s in services)
    largest = max(services, key=lambda s: (s.code_lines, s.name), default=None)
    if largest is not None and largest.code_lines > DOMINANT * placed:
        against.append(
            f"{largest.name} alone holds {largest.code_lines:,} of the {placed:,} lines that are not shared; what is left is too "
            "little to extract"
        )
    apart = lines - sum(s.code_lines for s in services)
    if apart > SHARED_PART * lines:
        against.append(
            f"{apart:,} of {lines:,} lines are shared code that touches most of the data or is used by most of the rest: what is "
            "left to extract is the smaller part"
        )
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
        return "modularize", (
            numbers,
            "too much crosses to run them apart now: enforce the modules first, then extract",
        )
    return "split", (numbers,)


def _smallest(system: System) -> tuple[str, int]:
    """(what a unit is called, how many are too few), by what most units are."""
    modules = sum(1 for unit in system.units if system.symbol(unit).kind == "module")
    what = "module" if 2 * modules >= len(system.units) else "type"
    return what, SMALL_UNITS[what]


def judge_service(
    service: Service, crossings: Sequence[Crossing], tables: Sequence[TableOwnership], verdict: str, first: bool
) -> tuple[str, str]:
    """(verdict, reason) of one service within the system's verdict."""
    conflicts = [
        t.table for t in tables if t.owner == service.name and len([w for w in t.writers if w != service.name]) > 0
    ]
    heaviest = next(
        (c for c in crossings if service.name in (c.source, c.target) and SHARED not in (c.source, c.target)), None
    )
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
    if not service.owned_tables and tables:
        return "keep in", f"it owns no table, so extracting it would move code and leave its data behind; {numbers}"
    if service.cohesion < 0.3:
        return "keep in", f"most of its ties leave it; {numbers}"
    if first:
        return "extract first", numbers
    return "extract later", numbers
