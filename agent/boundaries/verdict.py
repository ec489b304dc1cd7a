"""Split, modularize, or do not split: the verdict on the whole system and on each service, with the numbers behind it."""

from __future__ import annotations

from collections.abc import Sequence

from agent.boundaries.system import System
from agent.domain.boundary import SHARED, Crossing, Metrics, Service, TableOwnership
from agent.domain.wording import counted

__all__ = ["could_run_apart", "judge_service", "judge_system"]

SMALL_LINES = 2_500
SMALL_UNITS = {"module": 12, "type": 30}  # a type is a smaller thing than a module
STEADY = 0.5
DOMINANT = 0.8
SHARED_PART = 0.5
ENTANGLED = 0.35
COHESIVE = 0.3
WORTH = 0.15
FOREIGN, DEPENDENT = 5, 3.0  # tables of others, at least, and how many for each of its own


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
    elif not system.runs:
        against.append(
            "nothing that starts it as a server, a worker or a job was found: it is used as a library or a tool, so nothing would "
            "run apart"
        )
    what, least = _smallest(system)
    small = [f"{lines:,} lines, less than {SMALL_LINES:,}"] if lines < SMALL_LINES else []
    small += [f"{counted(len(system.units), what)}, less than {least}"] if len(system.units) < least else []
    if small:
        against.append(
            f"it is small ({'; '.join(small)}): a second deployable would cost more in pipelines, monitoring and on-call than it "
            "could bring"
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
    conflicts = [t for t in tables if len(t.writers) > 1 or t.writers == (SHARED,)]
    able = [s for s in services if could_run_apart(s, tables)]
    numbers = (
        f"{len(services)} candidate services hold with {metrics.stability:.2f} under perturbation; {metrics.icp:.0%} of the "
        f"call weight crosses them; {len(conflicts)} of {len(tables)} tables have more than one writer, or shared code for one"
    )
    if not able:
        return "modularize", (
            numbers,
            "no part owns data and holds together by itself: draw borders inside one deployable",
        )
    hosted = sum(1 for unit in system.units if system.symbol(unit).language in ("cobol", "jcl"))
    if hosted > 0.5 * len(system.units):
        why = (
            f"{hosted} of {len(system.units)} units are COBOL and its jobs: there is no HTTP route that a facade could move, so draw "
            "borders first and let the transaction monitor and the scheduler do the routing later"
        )
        return "modularize", (numbers, why)
    movable = sum(s.code_lines for s in able)
    if movable < WORTH * placed:
        why = f"what could run apart is {movable:,} of {placed:,} lines: draw borders inside one deployable"
        return "modularize", (numbers, why)
    if len(able) == 1 and able[0] == largest:
        why = f"only {able[0].name} could run apart, and it is the largest part: draw borders inside one deployable"
        return "modularize", (numbers, why)
    if metrics.icp > ENTANGLED or (tables and len(conflicts) > 0.5 * len(tables)):
        return "modularize", (
            numbers,
            "too much crosses to run them apart now: enforce the modules first, then extract",
        )
    return "split", (numbers,)


def could_run_apart(service: Service, tables: Sequence[TableOwnership]) -> bool:
    """Whether extracting it moves data or a way in with the code, and does not cut most of its ties."""
    holds = bool(service.owned_tables) or (bool(service.entry_points) and not tables)
    return holds and service.cohesion >= COHESIVE and not lives_on_others(service)


def lives_on_others(service: Service) -> bool:
    """Whether it touches several times as many tables of others as of its own: a report, or a page over everything."""
    foreign = len(set(service.shared_tables) - set(service.owned_tables))
    return foreign >= FOREIGN and foreign > DEPENDENT * len(service.owned_tables)


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
        crossing = f"; heaviest tie: {counted(heaviest.weight, 'dependency', 'dependencies')} from {heaviest.source} to {heaviest.target}"
    numbers = (
        f"{counted(service.calls_in, 'call')} in, {service.calls_out} out, cohesion {service.cohesion:.2f}, "
        f"{counted(len(service.owned_tables), 'table')} owned, {len(conflicts)} of them written by others too{crossing}"
    )
    if verdict == "do not split":
        return "do not split", numbers
    if not service.entry_points and not service.owned_tables:
        return "keep in", f"it has no route and owns no table, so it would be a library call made remote; {numbers}"
    if not service.owned_tables and tables:
        return "keep in", f"it owns no table, so extracting it would move code and leave its data behind; {numbers}"
    if service.cohesion < COHESIVE:
        return "keep in", f"most of its ties leave it; {numbers}"
    if lives_on_others(service):
        foreign = counted(len(set(service.shared_tables) - set(service.owned_tables)), "table")
        return "keep in", f"it lives on {foreign} of others and would need a copy of them first; {numbers}"
    if first and verdict == "split":
        return "extract first", numbers
    return "extract later", numbers
