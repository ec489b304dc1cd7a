"""The stage's story: system -> partitions -> shared code, pins and ownership -> described services and a verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from agent.boundaries.bill import make_out_bill
from agent.boundaries.layers import combine
from agent.boundaries.metrics import measure
from agent.boundaries.naming import name_groups
from agent.boundaries.ownership import own_tables
from agent.boundaries.partition import Candidate, Division, divide
from agent.boundaries.pins import BoundariesFile
from agent.boundaries.runtime import with_runtime
from agent.boundaries.services import Verdict, contested_units, cross, describe
from agent.boundaries.system import System, see_system
from agent.boundaries.verdict import could_run_apart, judge_service, judge_system
from agent.domain.boundary import (
    SHARED,
    Alternative,
    Boundaries,
    Crossing,
    Pin,
    Service,
    SharedUnit,
    TableOwnership,
    Unit,
)
from agent.domain.code import DependencyGraph
from agent.domain.inventory import Location
from agent.domain.runtime import Runtime
from agent.errors import BoundariesError

__all__ = ["propose_boundaries"]


def propose_boundaries(
    graph: DependencyGraph,
    coupling: Iterable[tuple[str, str, int]] = (),
    file: BoundariesFile | None = None,
    pins: Mapping[str, str] | None = None,
    file_name: str = "boundaries.toml",
    ways_in: Iterable[tuple[str, str, str]] | None = None,
    runtime: Runtime | None = None,
) -> Boundaries:
    """Candidate services of a system.

    ``coupling`` is git's change coupling by path; ``ways_in`` the entry points as (kind, name, path); ``file`` and ``pins`` are the user's word and win over everything.
    ``runtime`` is what the user's logs, traces and statistics showed.
    Raises BoundariesError when they leave a service empty or put a forbidden pair together.
    """
    system, traffic = with_runtime(see_system(graph, ways_in), runtime)
    division = divide(system, coupling)
    named = {c.name: _named(system, c, division) for c in division.candidates}
    homes, placed = _split_nodes(named[division.chosen][0], system)
    proposed = {t.table: t.owner for t in own_tables(system, homes, placed, {})} if file else {}
    homes, placed, applied = _apply(homes, placed, file, pins or {}, system, file_name)
    tables = own_tables(system, homes, placed, _pinned_tables(file, proposed))
    assembled = _assemble(system, division, named, homes, tables, applied, file).model_copy(update={"traffic": traffic})
    return _routed(assembled, file.routes) if file else assembled


def _routed(boundaries: Boundaries, routes: Mapping[str, str]) -> Boundaries:
    """Routes that the user gives to another service than that of their handler's unit are ways into that one."""
    services = []
    for service in boundaries.services:
        kept = [one for one in service.entry_points if routes.get(one, service.name) == service.name]
        added = sorted(route for route, home in routes.items() if home == service.name and route not in kept)
        services.append(service.model_copy(update={"entry_points": (*added, *kept)}))
    return boundaries.model_copy(update={"services": tuple(services), "routes": tuple(sorted(routes.items()))})


def _named(system: System, candidate: Candidate, division: Division) -> tuple[dict[str, str], dict[str, str]]:
    """(node -> service name, service name -> why it is called so) of one granularity."""
    groups: dict[int, list[str]] = defaultdict(list)
    for node in sorted(candidate.home):
        groups[candidate.home[node]].append(node)
    listed = [groups[c] for c in sorted(groups)]
    names = name_groups(system, listed)
    home = {node: name for (name, _), members in zip(names, listed, strict=True) for node in members}
    home.update(dict.fromkeys(division.shared, SHARED))
    return home, dict(names)


def _split_nodes(home: Mapping[str, str], system: System) -> tuple[dict[str, str], dict[str, str]]:
    tables = set(system.tables)
    units = {n: s for n, s in home.items() if n not in tables}
    return {u: units.get(u, SHARED) for u in system.units}, {n: s for n, s in home.items() if n in tables}


def _apply(
    homes: dict[str, str],
    placed: dict[str, str],
    file: BoundariesFile | None,
    pins: Mapping[str, str],
    system: System,
    file_name: str,
) -> tuple[dict[str, str], dict[str, str], tuple[Pin, ...]]:
    """The user's file and pins over the proposal; each difference is told."""
    wanted = {**(file.units if file else {}), **pins}
    applied: list[Pin] = []
    renamed = _renames(homes, file)
    if renamed:
        homes = {u: renamed.get(s, s) for u, s in homes.items()}
        placed = {t: renamed.get(s, s) for t, s in placed.items()}
        applied.extend(
            Pin(what=f"{old} is called {new}", line=0, effect="renamed") for old, new in sorted(renamed.items())
        )
    for unit, service in sorted(wanted.items()):
        if homes.get(unit) != service:
            line = file.lines.get(unit, 0) if file and unit in file.units and unit not in pins else 0
            applied.append(
                Pin(what=f"{unit} belongs to {service}", line=line, effect=f"moved from {homes.get(unit, SHARED)}")
            )
            homes[unit] = service
    for a, b in file.apart if file else ():
        if homes.get(a) == homes.get(b) and homes.get(a) != SHARED:
            moved = _second_home(b, homes, system)
            if moved is None:
                line = file.lines.get(a, 1) if file else 1
                raise BoundariesError(
                    f"{file_name}:{line}: {a!r} and {b!r} must be apart, but there is no other service for {b!r}: add one."
                )
            applied.append(Pin(what=f"{a} and {b} are apart", line=0, effect=f"{b} moved from {homes[b]} to {moved}"))
            homes[b] = moved
    kept = set(homes.values())
    placed = {t: s for t, s in placed.items() if s in kept}
    return dict(sorted(homes.items())), placed, tuple(applied)


def _renames(homes: Mapping[str, str], file: BoundariesFile | None) -> dict[str, str]:
    """A service of the file whose members are (mostly) those of a proposed one that the file no longer names."""
    if file is None:
        return {}
    named = set(file.units.values())
    members: dict[str, set[str]] = defaultdict(set)
    for unit, service in homes.items():
        members[service].add(unit)
    renames: dict[str, str] = {}
    for new in sorted(named - set(homes.values())):
        mine = {u for u, s in file.units.items() if s == new}
        for old in sorted(set(homes.values()) - named - {SHARED} - set(renames)):
            if len(mine & members[old]) > 0.5 * len(members[old] | mine):
                renames[old] = new
                break
    return renames


def _second_home(unit: str, homes: Mapping[str, str], system: System) -> str | None:
    ties: dict[str, int] = defaultdict(int)
    for (a, b), edges in system.ties.items():
        if unit in (a, b):
            ties[homes[b if a == unit else a]] += len(edges)
    others = [s for s in sorted(set(homes.values())) if s not in (SHARED, homes[unit])]
    return max(others, key=lambda s: (ties[s], s)) if others else None


def _pinned_tables(file: BoundariesFile | None, proposed: Mapping[str, str]) -> dict[str, str]:
    """What the file says of tables wherever that differs from the proposal's owner (table -> owner, both without prefix)."""
    if file is None:
        return {}
    return {f"table:{t}": s for t, s in file.tables.items() if proposed.get(t) != s}


def _assemble(
    system: System,
    division: Division,
    named: Mapping[str, tuple[dict[str, str], dict[str, str]]],
    homes: dict[str, str],
    tables: tuple[TableOwnership, ...],
    applied: tuple[Pin, ...],
    file: BoundariesFile | None,
) -> Boundaries:
    crossings = cross(system, homes, tables)
    own = {u: s for u, s in homes.items() if s != SHARED}
    metrics = measure(system, own, division.edges, division.best.stability)
    titles = file.titles if file else {}
    why = named[division.chosen][1]
    names = sorted(set(own.values()))
    drafts = [
        describe(
            system, n, titles.get(n, _title(n)), why.get(n, "named by the user"), homes, tables, Verdict("keep in", "")
        )
        for n in names
    ]
    verdict, reasons = judge_system(system, drafts, tables, metrics)
    services = _judged(drafts, crossings, tables, verdict)
    return Boundaries(
        verdict=verdict,  # type: ignore[arg-type]
        verdict_reasons=reasons,
        services=services,
        units=_units(system, homes, division, applied),
        shared=_shared(system, homes, division),
        contested=contested_units(system, homes, division.edges, tables),
        crossings=crossings,
        tables=tables,
        metrics=metrics,
        alternatives=_alternatives(system, division, named),
        layers=tuple((layer.name, round(layer.weight, 4), len(layer.edges)) for layer in division.layers),
        pins=applied,
        bill=make_out_bill(system, homes, tables, crossings),
    )


def _judged(
    drafts: Sequence[Service], crossings: Sequence[Crossing], tables: Sequence[TableOwnership], verdict: str
) -> tuple[Service, ...]:
    """The first to extract is the one with the least to cut for what it holds: crossings over its own lines."""
    conflicts = {s.name: sum(1 for t in tables if t.owner == s.name and len(t.writers) > 1) for s in drafts}
    able = [s for s in drafts if could_run_apart(s, tables)]
    first = min(
        able, key=lambda s: ((s.calls_in + s.calls_out + 5 * conflicts[s.name]) / s.code_lines, s.name), default=None
    )
    judged = []
    for service in drafts:
        word, reason = judge_service(
            service, crossings, tables, verdict, first is not None and service.name == first.name
        )
        judged.append(service.model_copy(update={"verdict": word, "verdict_reason": reason}))
    return tuple(judged)


def _units(system: System, homes: Mapping[str, str], division: Division, applied: Sequence[Pin]) -> tuple[Unit, ...]:
    pinned = {pin.what.partition(" belongs to ")[0] for pin in applied if " belongs to " in pin.what}
    strongest: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for (a, b), weight in division.edges.items():
        for one, other in ((a, b), (b, a)):
            if (other in homes and homes.get(one) == homes[other]) or other not in homes:
                strongest[one].append((-weight, other.removeprefix("table:")))
    found = []
    for unit in system.units:
        symbol = system.symbol(unit)
        if unit in pinned:
            reason = "placed by the user"
        elif homes[unit] == SHARED:
            reason = division.shared[unit].reason if unit in division.shared else "placed by the user"
        else:
            ties = [name for _, name in sorted(strongest[unit])[:3]]
            reason = "tied most to " + ", ".join(ties) if ties else "no ties; placed by its folder"
        found.append(
            Unit(id=unit, path=symbol.path, line=symbol.line, service=homes[unit], code_lines=system.lines[unit],
                 pinned=unit in pinned, reason=reason)
        )  # fmt: skip
    return tuple(found)


def _shared(system: System, homes: Mapping[str, str], division: Division) -> tuple[SharedUnit, ...]:
    users: dict[str, set[str]] = defaultdict(set)
    for source, target in system.ties:
        if homes[source] != SHARED:
            users[target].add(homes[source])
    found = []
    for unit in system.units:
        if homes[unit] == SHARED:
            why = division.shared.get(unit)
            symbol = system.symbol(unit)
            found.append(
                SharedUnit(
                    unit=unit,
                    kind=why.kind if why else "library",  # type: ignore[arg-type]
                    reason=why.reason if why else "set apart by the user",
                    used_by=tuple(sorted(users[unit])),
                    location=Location(path=symbol.path, line=symbol.line),
                )
            )
    return tuple(found)


def _alternatives(
    system: System, division: Division, named: Mapping[str, tuple[dict[str, str], dict[str, str]]]
) -> tuple[Alternative, ...]:
    whole = combine(division.layers)
    found = []
    for candidate in division.candidates:
        home = {u: s for u, s in named[candidate.name][0].items() if u in system.lines and s != SHARED}
        sizes: dict[str, int] = defaultdict(int)
        for service in home.values():
            sizes[service] += 1
        chosen = candidate.name == division.chosen
        score = (
            f"stability {candidate.stability:.2f} × agreement with the other granularities {candidate.persistence:.2f} × "
            f"modularity {candidate.modularity:.2f} × share of calls kept inside {1 - candidate.cut:.2f} = {candidate.score:.2f}"
        )
        found.append(
            Alternative(
                name=candidate.name,
                metrics=measure(system, home, whole, candidate.stability),
                chosen=chosen,
                reason=("the best of three: " if chosen else "") + score,
                services=tuple(sorted(sizes.items())),
                units=tuple(sorted(home.items())),
            )
        )
    return tuple(found)


def _title(name: str) -> str:
    return name.replace("-", " ").replace("_", " ").capitalize()
