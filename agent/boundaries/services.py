"""From a partition to described services: what each holds, owns, offers and needs, and what crosses between them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.boundaries.ownership import evidence_of
from agent.boundaries.system import System
from agent.domain.boundary import SHARED, Contested, Crossing, Service, TableOwnership
from agent.domain.code import Dependency
from agent.domain.inventory import Location

__all__ = ["contested_units", "cross", "describe"]

SHOWN = 12
LISTED = 40


@dataclass(frozen=True)
class Verdict:
    """What should happen to one service, and why."""

    verdict: str
    reason: str


def cross(system: System, homes: Mapping[str, str], tables: Sequence[TableOwnership]) -> tuple[Crossing, ...]:
    """What each service needs of each other one: ties of code, and accesses to tables that the other owns."""
    owners = {f"table:{t.table}": t.owner for t in tables}
    found: dict[tuple[str, str], list[Dependency]] = defaultdict(list)
    for (source, target), edges in system.ties.items():
        a, b = homes.get(source, SHARED), homes.get(target, SHARED)
        if a != b:
            found[a, b].extend(edges)
    for unit, accessed in system.access.items():
        for table, edges in accessed.items():
            a, b = homes.get(unit, SHARED), owners.get(table, "")
            if b and a != b:
                found[a, b].extend(e for e in edges if e.kind in ("read", "write"))
    crossings = [_crossing(a, b, edges) for (a, b), edges in found.items() if edges]
    return tuple(sorted(crossings, key=lambda c: (-c.weight, c.source, c.target)))


def _crossing(source: str, target: str, edges: Sequence[Dependency]) -> Crossing:
    kinds = Counter(edge.kind for edge in edges)
    importance = {"write": 0, "read": 1, "call": 2, "inherit": 3, "use": 4, "type": 5, "import": 6}
    ranked = sorted(edges, key=lambda e: (importance[e.kind], e.resolution, e.path, e.line, e.target))
    verbs = {"call": "calls", "inherit": "extends", "import": "imports", "type": "refers to", "use": "uses",
             "read": "reads", "write": "writes"}  # fmt: skip
    evidence = [evidence_of(e, f"{e.source} {verbs[e.kind]} {e.target.removeprefix('table:')}") for e in ranked[:SHOWN]]
    return Crossing(
        source=source,
        target=target,
        weight=len(edges),
        kinds=tuple(sorted(kinds.items())),
        evidence=tuple(evidence),
    )


def describe(
    system: System,
    name: str,
    title: str,
    why: str,
    homes: Mapping[str, str],
    tables: Sequence[TableOwnership],
    verdict: Verdict,
) -> Service:
    """One service from its members."""
    units = tuple(unit for unit in system.units if homes.get(unit) == name)
    members = set(units)
    offers: Counter[str] = Counter()
    needs: Counter[tuple[str, str]] = Counter()
    inside = outside = calls_in = calls_out = 0
    for (source, target), edges in system.ties.items():
        there = homes.get(target, SHARED)
        if source in members and target in members:
            inside += len(edges)
        elif target in members:
            outside += len(edges)
            used = [e for e in edges if e.kind in ("call", "use", "inherit")]
            calls_in += len(used)
            offers.update(e.target for e in used)
        elif source in members:
            used = [e for e in edges if e.kind in ("call", "use", "inherit")]
            if there != SHARED:
                outside += len(edges)
                calls_out += len(used)
                needs.update((e.target, there) for e in used)
    touched = {t.removeprefix("table:") for unit in units for t in system.access.get(unit, {})}
    owned = {t.table for t in tables if t.owner == name}
    contested = {t.table for t in tables if t.owner == name and [w for w in t.writers if w != name]}
    jobs = sorted(job for unit in units for job in system.jobs.get(unit, ()))
    entry = sorted(r.removeprefix("route:") for r, h in system.handlers.items() if system.graph.unit_of(h) in members)
    return Service(
        name=name,
        title=title,
        name_reason=why,
        units=units,
        code_lines=sum(system.lines[unit] for unit in units),
        tests=len({path for unit in units for path in system.tests.get(unit, ())}),
        entry_points=(*entry, *jobs),
        owned_tables=tuple(sorted(owned)),
        shared_tables=tuple(sorted((touched - owned) | contested)),
        calls_out=calls_out,
        calls_in=calls_in,
        cohesion=round(inside / (inside + outside), 4) if inside + outside else 0.0,
        offers=tuple(sorted(offers.items(), key=lambda o: (-o[1], o[0]))[:LISTED]),
        needs=tuple((s, n, c) for (s, n), c in sorted(needs.items(), key=lambda o: (-o[1], o[0]))[:LISTED]),
        verdict=verdict.verdict,  # type: ignore[arg-type]
        verdict_reason=verdict.reason,
    )


def contested_units(
    system: System, homes: Mapping[str, str], edges: Mapping[tuple[str, str], float], tables: Sequence[TableOwnership]
) -> tuple[Contested, ...]:
    """Units whose ties to another service are nearly as strong as to their own, the closest first."""
    where = {**homes, **{f"table:{t.table}": t.owner for t in tables if t.owner}}
    pull: dict[str, Counter[str]] = defaultdict(Counter)
    for (a, b), weight in edges.items():
        for one, other in ((a, b), (b, a)):
            if one in homes and homes[one] != SHARED and where.get(other, SHARED) != SHARED:
                pull[one][where[other]] += weight  # type: ignore[assignment]
    found: list[Contested] = []
    for unit in sorted(pull):
        total = sum(pull[unit].values())
        own = pull[unit][homes[unit]] / total if total else 0.0
        others = [(share / total, name) for name, share in pull[unit].items() if name != homes[unit]] if total else []
        if others:
            share, name = max(others, key=lambda o: (o[0], o[1]))
            if share >= 0.6 * own:
                symbol = system.symbol(unit)
                place = Location(path=symbol.path, line=symbol.line)
                found.append(
                    Contested(unit=unit, service=homes[unit], share=round(own, 4), runner_up=name,
                              runner_up_share=round(share, 4), location=place)
                )  # fmt: skip
    return tuple(sorted(found, key=lambda c: (c.share - c.runner_up_share, c.unit)))
