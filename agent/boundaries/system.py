"""The dependency graph as boundaries see it: units, what ties them, the tables they touch, what each entry point reaches.

In: a DependencyGraph. Out: a `System`, built once and read by every other module of this stage.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agent.domain.code import Dependency, DependencyGraph, Symbol

__all__ = ["System", "see_system", "words"]

UNIT_LANGUAGES = frozenset({"python", "java", "javascript", "typescript"})
TIES = frozenset({"import", "call", "inherit", "type", "use"})
REACH_DEPTH = 10
REACH_LIMIT = 4000

WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")


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

    def symbol(self, identifier: str) -> Symbol:
        """The symbol with that ID."""
        return self.graph.by_id[identifier]


def see_system(graph: DependencyGraph) -> System:
    """Fold the graph to units; tests only count as protection, migrations only as declarations."""
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
    )


def _lines(graph: DependencyGraph, units: Sequence[str]) -> dict[str, int]:
    return {unit: max(1, graph.by_id[unit].end_line - graph.by_id[unit].line + 1) for unit in units}


def _reach(
    graph: DependencyGraph, handlers: Mapping[str, str], units: set[str], tables: set[str]
) -> dict[str, frozenset[str]]:
    """Units and tables that each route reaches through calls and uses, breadth first, bounded."""
    following: dict[str, list[str]] = {}
    for edge in graph.dependencies:
        if edge.kind in ("call", "use", "read", "write") and edge.resolution != "ambiguous":
            following.setdefault(edge.source, []).append(edge.target)
    members: dict[str, list[str]] = {}
    for symbol in graph.symbols:
        if symbol.container and symbol.kind == "function":
            members.setdefault(symbol.container, []).append(symbol.id)
    found: dict[str, frozenset[str]] = {}
    for route, handler in sorted(handlers.items()):
        seen, frontier = {handler}, [handler]
        if graph.by_id[handler].kind != "function":
            frontier.extend(members.get(handler, ()))  # a class handles the route with any of its methods
        for _ in range(REACH_DEPTH):
            frontier = [t for s in frontier for t in following.get(s, ()) if t not in seen]
            seen.update(frontier)
            if not frontier or len(seen) > REACH_LIMIT:
                break
        reached = {s if s in tables else graph.unit_of(s) for s in seen}
        found[route] = frozenset(r for r in reached if r in units or r in tables)
    return found


def words(identifier: str) -> list[str]:
    """An identifier's words in lower case and singular: ``OrderLines_v2`` gives order, line."""
    return [_singular(word.lower()) for word in WORD.findall(identifier) if len(word) > 1]


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word
