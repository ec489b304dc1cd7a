"""Why a unit, a table or a service is where it is: the evidence of each layer, in words that need no look at our code.

In go the graph, the proposal and a name; out comes an `Explanation` that `figwright explain` prints.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from agent.boundaries.layers import Layer, build_layers, combine
from agent.boundaries.metrics import measure
from agent.boundaries.ownership import evidence_of
from agent.boundaries.runtime import with_runtime
from agent.boundaries.system import System, see_system
from agent.domain.boundary import SHARED, Boundaries, Explanation, Home, Move, Pull
from agent.domain.code import DependencyGraph
from agent.domain.finding import Evidence
from agent.domain.inventory import Location
from agent.domain.runtime import Runtime
from agent.errors import InputError

__all__ = ["explain", "find_subject"]

_SHOWN = 8
_READ_FROM_CODE = frozenset({"structure", "data"})  # the other layers are likeness: they have partners, not lines
_VERBS = {"call": "calls", "inherit": "extends", "import": "imports", "type": "refers to", "use": "uses",
          "read": "reads", "write": "writes", "declare": "declares"}  # fmt: skip


def explain(
    graph: DependencyGraph,
    boundaries: Boundaries,
    wanted: str,
    coupling: Iterable[tuple[str, str, int]] = (),
    ways_in: Iterable[tuple[str, str, str]] | None = None,
    runtime: Runtime | None = None,
) -> Explanation:
    """``wanted`` is a unit, a table, a service, or anything inside a unit: an ID, the end of one, or a path.

    Raises InputError when nothing, or more than one thing, is called so.
    """
    system, _ = with_runtime(see_system(graph, ways_in), runtime)
    kind, subject = find_subject(graph, boundaries, wanted)
    if kind == "service":
        return _service(boundaries, subject)
    homes = {unit.id: unit.service for unit in boundaries.units}
    layers = build_layers(system, coupling)
    if kind == "table":
        return _table(system, boundaries, subject, homes, layers)
    return _unit(system, boundaries, subject, homes, layers)


def find_subject(graph: DependencyGraph, boundaries: Boundaries, wanted: str) -> tuple[str, str]:
    """(unit, table or service; its ID). A name inside a unit stands for the unit."""
    services = {service.name for service in boundaries.services}
    units = {unit.id for unit in boundaries.units}
    tables = {table.table for table in boundaries.tables}
    name = wanted.strip().removeprefix("table:")
    if wanted in units:
        return "unit", wanted
    if wanted in services:
        return "service", wanted
    if name in tables:
        return "table", name
    found = _matches(graph, units, tables, services, name)
    if not found:
        raise InputError(
            f"nothing is called {wanted!r}: name a class, a module, a file, a table or a service as `figwright boundaries` "
            f"lists them, or the end of such a name."
        )
    if len(found) > 1:
        shown = ", ".join(identifier for _, identifier in found[:6])
        more = f" and {len(found) - 6} more" if len(found) > 6 else ""
        raise InputError(f"{wanted!r} may mean {shown}{more}: give more of the name.")
    return found[0]


def _matches(
    graph: DependencyGraph, units: set[str], tables: set[str], services: set[str], name: str
) -> list[tuple[str, str]]:
    """All that ends so, whole words only; an exact file or a symbol's own unit before what differs in case."""
    for fold in (str, str.lower):
        asked = fold(name)
        found = {("unit", unit) for unit in units if _ends(fold(unit), asked) or fold(graph.by_id[unit].path) == asked}
        found |= {("table", table) for table in tables if _ends(fold(table), asked)}
        found |= {("service", service) for service in services if fold(service) == asked}
        if not found:
            found = {
                ("unit", symbol.unit)
                for symbol in graph.symbols
                if symbol.unit in units and (_ends(fold(symbol.id), asked) or fold(symbol.path) == asked)
            }
        if found:
            return sorted(found)
    return []


def _ends(identifier: str, asked: str) -> bool:
    head = identifier.removesuffix(asked)
    return bool(asked) and (not head or (head != identifier and not head[-1].isalnum() and head[-1] != "_"))


def _unit(
    system: System, boundaries: Boundaries, unit: str, homes: Mapping[str, str], layers: Sequence[Layer]
) -> Explanation:
    symbol = system.symbol(unit)
    known = next(u for u in boundaries.units if u.id == unit)
    where = {**homes, **{f"table:{t.table}": t.owner for t in boundaries.tables if t.owner}}
    set_apart = next((s for s in boundaries.shared if s.unit == unit), None)
    return Explanation(
        subject=unit,
        kind="unit",
        location=Location(path=symbol.path, line=symbol.line),
        service=known.service,
        reason=f"{set_apart.kind}: {set_apart.reason}" if set_apart else known.reason,
        pinned=known.pinned,
        pulls=_pulls(system, unit, where, layers),
        granularities=_granularities(boundaries, unit),
        moves=_moves(system, boundaries, unit, homes, layers) if known.service != SHARED else (),
        entry_points=tuple(route.removeprefix("route:") for route, reached in system.reach.items() if unit in reached),
        used_by=set_apart.used_by if set_apart else (),
        evidence=tuple(
            evidence_of(edge, f"{edge.source} {_VERBS[edge.kind]} {table.removeprefix('table:')}")
            for table, edges in system.access.get(unit, {}).items()
            for edge in edges[:2]
        )[: _SHOWN * 2],
    )


def _table(
    system: System, boundaries: Boundaries, table: str, homes: Mapping[str, str], layers: Sequence[Layer]
) -> Explanation:
    known = next(t for t in boundaries.tables if t.table == table)
    node = f"table:{table}"
    where = {**homes, **{f"table:{t.table}": t.owner for t in boundaries.tables if t.owner and t.table != table}}
    references = [
        evidence_of(edge, f"{a.removeprefix('table:')} refers to {b.removeprefix('table:')}")
        for (a, b), edges in system.references.items()
        if node in (a, b)
        for edge in edges[:1]
    ]
    return Explanation(
        subject=table,
        kind="table",
        location=known.location,
        service=known.owner,
        reason=known.reason,
        pulls=_pulls(system, node, where, layers),
        entry_points=tuple(route.removeprefix("route:") for route, reached in system.reach.items() if node in reached),
        used_by=tuple(sorted({*known.readers, *known.writers})),
        evidence=(*known.evidence, *references[:_SHOWN]),
    )


def _service(boundaries: Boundaries, name: str) -> Explanation:
    service = next(s for s in boundaries.services if s.name == name)
    first = next(u for u in boundaries.units if u.service == name)
    crossings = [c for c in boundaries.crossings if name in (c.source, c.target)]
    return Explanation(
        subject=name,
        kind="service",
        location=Location(path=first.path, line=first.line),
        service=name,
        reason=f"{service.name_reason}; {service.verdict}: {service.verdict_reason}",
        granularities=tuple(
            Home(granularity=alternative.name, service=name, chosen=alternative.chosen)
            for alternative in boundaries.alternatives
            if name in dict(alternative.services)
        ),
        entry_points=service.entry_points,
        used_by=tuple(sorted({c.source for c in crossings if c.target == name})),
        evidence=tuple(evidence for crossing in crossings for evidence in crossing.evidence[:2])[: _SHOWN * 2],
        members=service.units,
        tables=service.owned_tables,
    )


def _pulls(system: System, node: str, where: Mapping[str, str], layers: Sequence[Layer]) -> tuple[Pull, ...]:
    """How strongly each layer ties the node to each service, as a share of all its ties, with the strongest evidence."""
    weights: dict[tuple[str, str], float] = defaultdict(float)
    partners: dict[tuple[str, str], list[tuple[float, str]]] = defaultdict(list)
    for layer in layers:
        amount = sum(layer.edges.values())
        for (a, b), value in layer.edges.items():
            if node in (a, b):
                other = b if a == node else a
                service = where.get(other, SHARED)
                weight = layer.weight * value / amount
                weights[service, layer.name] += weight
                partners[service, layer.name].append((-weight, other))
    total = sum(weight for (service, _), weight in weights.items() if service != SHARED) or 1.0
    found = []
    for (service, layer_name), weight in weights.items():
        strongest = [other for _, other in sorted(partners[service, layer_name])[:_SHOWN]]
        found.append(
            Pull(
                service=service,
                layer=layer_name,
                share=round(weight / total, 4) if service != SHARED else 0.0,
                partners=tuple(name.removeprefix("table:") for name in strongest[:3]),
                evidence=_between(system, node, strongest) if layer_name in _READ_FROM_CODE else (),
            )
        )
    return tuple(sorted(found, key=lambda pull: (-pull.share, pull.service, pull.layer)))


def _between(system: System, node: str, others: Sequence[str]) -> tuple[Evidence, ...]:
    """The dependencies behind a tie, each with its place; layers of likeness have none."""
    found: list[Evidence] = []
    for other in others:
        for source, target in ((node, other), (other, node)):
            edges = (
                *system.ties.get((source, target), ()),
                *system.access.get(source, {}).get(target, ()),
                *system.references.get((source, target), ()),
            )
            ranked = sorted(edges, key=lambda edge: (edge.resolution, edge.path, edge.line))
            for edge in ranked[:1]:
                verb = _VERBS.get(edge.kind, "refers to")
                found.append(evidence_of(edge, f"{edge.source} {verb} {edge.target.removeprefix('table:')}"))
    return tuple(found[:_SHOWN])


def _granularities(boundaries: Boundaries, unit: str) -> tuple[Home, ...]:
    return tuple(
        Home(granularity=a.name, service=dict(a.units).get(unit, SHARED), chosen=a.chosen)
        for a in boundaries.alternatives
    )


def _moves(
    system: System, boundaries: Boundaries, unit: str, homes: Mapping[str, str], layers: Sequence[Layer]
) -> tuple[Move, ...]:
    """What each other home would do to the whole partition's metrics, the best first."""
    edges = combine(layers)
    own = {u: s for u, s in homes.items() if s != SHARED}
    now = measure(system, own, edges, boundaries.metrics.stability)
    found = []
    for service in sorted(set(own.values()) - {homes[unit]}):
        then = measure(system, {**own, unit: service}, edges, boundaries.metrics.stability)
        found.append(
            Move(
                service=service,
                modularity=round(then.modularity - now.modularity, 4),
                icp=round(then.icp - now.icp, 4),
                sm=round(then.sm - now.sm, 4),
            )
        )
    return tuple(sorted(found, key=lambda move: (-move.modularity, move.icp, move.service))[:4])
