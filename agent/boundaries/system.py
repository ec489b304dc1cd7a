"""The dependency graph as boundaries see it: units, what ties them, the tables they touch, what each entry point reaches.

In: a DependencyGraph. Out: a `System`, built once and read by every other module of this stage.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from agent.boundaries.vocabulary import last_name, squeezed
from agent.domain.code import Dependency, DependencyGraph, Symbol

__all__ = ["System", "see_system"]

UNIT_LANGUAGES = frozenset({"python", "java", "javascript", "typescript", "php", "csharp", "cobol", "jcl"})
TIES = frozenset({"import", "call", "inherit", "type", "use"})


@dataclass(frozen=True)
class System:
    """Production code only (no tests, no migrations).

    ``ties``: (unit, unit) -> the dependencies from the first to the second. ``access``: unit -> table -> dependencies
    (read, write, declare). ``reach``: entry point -> symbols reached through calls. All keys in sorted order.
    """

    graph: DependencyGraph
    units: tuple[str, ...]
    ties: Mapping[tuple[str, str], tuple[Dependency, ...]]
    access: Mapping[str, Mapping[str, tuple[Dependency, ...]]]
    tables: tuple[str, ...]
    references: Mapping[tuple[str, str], tuple[Dependency, ...]]  # table -> table (foreign keys)
    handlers: Mapping[str, str]  # route -> symbol that handles it
    reach: Mapping[str, frozenset[str]]  # entry point (route, else a unit nobody calls) -> units and tables reached
    lines: Mapping[str, int]  # unit -> code lines
    tests: Mapping[str, frozenset[str]]  # unit -> paths of test files that touch it
    fan_in: Mapping[str, int] = field(default_factory=dict)
    fan_out: Mapping[str, int] = field(default_factory=dict)
    row_types: Mapping[str, str] = field(default_factory=dict)  # unit called as a table -> that table
    jobs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # unit -> ways in that are no route ("job x")
    runs: bool = True  # False when all that starts it is a command line: a library or a tool
    requests: Mapping[str, int] = field(default_factory=dict)  # route -> requests that it answered, when there is a log
    observed: Mapping[str, Mapping[str, float]] = field(
        default_factory=dict
    )  # unit or table -> operation seen -> weight

    def symbol(self, identifier: str) -> Symbol:
        """The symbol with that ID."""
        return self.graph.by_id[identifier]


def see_system(graph: DependencyGraph, ways_in: Iterable[tuple[str, str, str]] | None = None) -> System:
    """Fold the graph to units; tests only count as protection, migrations only as declarations.

    ``ways_in`` are the inventory's entry points as (kind, name, path); None when they are not known.
    """
    listed = None if ways_in is None else tuple(ways_in)
    units = sorted(
        {
            symbol.unit
            for symbol in graph.symbols
            if symbol.unit and symbol.role == "code" and symbol.language in UNIT_LANGUAGES
        }
        & {symbol.id for symbol in graph.symbols}
    )
    known = set(units)
    tables = tuple(s.id for s in graph.symbols if s.kind == "table" and s.role == "code")
    ties: dict[tuple[str, str], list[Dependency]] = {}
    access: dict[str, dict[str, list[Dependency]]] = {}
    references: dict[tuple[str, str], list[Dependency]] = {}
    handlers: dict[str, str] = {}
    tests: dict[str, set[str]] = {}
    table_set = set(tables)
    for edge in graph.dependencies:
        source, target = graph.unit_of(edge.source), graph.unit_of(edge.target)
        if edge.kind == "handle":
            if graph.by_id[edge.source].role == "code":
                handlers.setdefault(edge.source, edge.target)
        elif target in table_set and edge.kind in ("read", "write", "declare") and source in known:
            access.setdefault(source, {}).setdefault(target, []).append(edge)
        elif edge.kind == "reference" and source in table_set and target in table_set:
            references.setdefault((source, target), []).append(edge)
        elif edge.kind in TIES and source != target and target in known:
            if source in known:
                ties.setdefault((source, target), []).append(edge)
            elif graph.by_id[source].role == "test":
                tests.setdefault(target, set()).add(edge.path)
    fan_in, fan_out = Counter(b for _, b in ties), Counter(a for a, _ in ties)
    return System(
        graph,
        tuple(units),
        {key: tuple(ties[key]) for key in sorted(ties)},
        {unit: {t: tuple(found[t]) for t in sorted(found)} for unit, found in sorted(access.items())},
        tables,
        {key: tuple(references[key]) for key in sorted(references)},
        dict(sorted(handlers.items())),
        _reach(graph, handlers, known, table_set),
        _lines(graph, units),
        {unit: frozenset(paths) for unit, paths in sorted(tests.items())},
        fan_in,
        fan_out,
        _row_types(units, tables),
        _jobs(graph, units, listed or ()),
        not listed or any(kind != "cli" for kind, _, _ in listed),
    )


def _jobs(
    graph: DependencyGraph, units: Sequence[str], ways_in: Iterable[tuple[str, str, str]]
) -> dict[str, tuple[str, ...]]:
    """Ways in that are no route, by unit; a file that starts the whole server is nobody's job."""
    listed = tuple(ways_in)
    servers = {path for kind, _, path in listed if kind == "web"}
    by_path: dict[str, list[str]] = {}
    for kind, name, path in listed:
        if path not in servers and kind in ("main", "job", "batch", "worker", "listener"):
            by_path.setdefault(path, []).append(f"{kind} {name}")
    return {u: tuple(sorted(set(by_path[graph.by_id[u].path]))) for u in units if graph.by_id[u].path in by_path}


def _row_types(units: Sequence[str], tables: Sequence[str]) -> dict[str, str]:
    """A class called as a table holds its rows, whoever fills it (row mappers, result maps, DTOs)."""
    by_name = {squeezed(table.removeprefix("table:")): table for table in tables}
    by_name.pop("", None)  # a name of digits and single letters says nothing
    return {unit: by_name[squeezed(last_name(unit))] for unit in units if squeezed(last_name(unit)) in by_name}


def _lines(graph: DependencyGraph, units: Sequence[str]) -> dict[str, int]:
    return {unit: max(1, graph.by_id[unit].end_line - graph.by_id[unit].line + 1) for unit in units}


def _reach(
    graph: DependencyGraph, handlers: Mapping[str, str], units: set[str], tables: set[str]
) -> dict[str, frozenset[str]]:
    """Units and tables that each route reaches through calls and uses."""
    kept = units | tables
    homes = {s.id: home for s in graph.symbols if (home := s.id if s.id in tables else s.unit or s.id) in kept}
    return {
        route: frozenset(homes[s] for s in graph.reached_from(handler) if s in homes)
        for route, handler in sorted(handlers.items())
    }
