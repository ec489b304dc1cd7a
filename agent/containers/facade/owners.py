"""The graph's HTTP routes, each with its one owner: which candidate service would answer it, and whether reading it writes.

A route with several owners, or one that only a query or a body tells apart from another, stays with the monolith.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.containers.facade.patterns import Family, Pattern, read_pattern
from agent.domain.boundary import SHARED, Boundaries
from agent.domain.code import DependencyGraph, Symbol
from agent.domain.inventory import Location

__all__ = ["OwnedRoute", "owned_routes"]

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SAFE = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class OwnedRoute:
    """One route symbol as a gateway can use it; ``methods`` is empty for any method."""

    pattern: Pattern
    family: Family
    language: str
    methods: tuple[str, ...]
    service: str
    reads: tuple[str, ...]
    why: str
    where: Location


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is known of one route symbol: the services of its handlers, and whether they write tables."""

    symbol: Symbol
    method: str
    text: str
    homes: frozenset[str]
    writes: bool
    handlers: frozenset[str]


def owned_routes(graph: DependencyGraph, boundaries: Boundaries) -> tuple[list[OwnedRoute], Mapping[str, int]]:
    """Every route that can be told from the others by method and path, and how many could not, by reason."""
    left: Counter[str] = Counter()
    seen = list(_seen(graph, boundaries, left))
    groups: dict[tuple[str, str], list[_Seen]] = defaultdict(list)
    for one in seen:
        groups[one.method, one.text.partition("?")[0]].append(one)
    posting = {h for one in seen if one.method not in (*SAFE, "ANY") for h in one.handlers}
    routes: list[OwnedRoute] = []
    for (method, text), group in sorted(groups.items()):
        first = min(group, key=lambda one: (one.symbol.path, one.symbol.line, one.symbol.id))
        family = _family(first, graph)
        pattern = read_pattern(text, family)
        if pattern is None:
            left["the pattern is an expression that a gateway cannot be given"] += len(group)
            continue
        service, why = _owner(group)
        routes.append(
            OwnedRoute(
                pattern=pattern,
                family=family,
                language=first.symbol.language,
                methods=() if method == "ANY" else (method,),
                service=service,
                reads=_reads(method, group, posting),
                why=why,
                where=Location(path=first.symbol.path, line=first.symbol.line),
            )
        )
    return routes, left


def _seen(graph: DependencyGraph, boundaries: Boundaries, left: Counter[str]) -> Iterable[_Seen]:
    homes = {unit.id: unit.service for unit in boundaries.units}
    writers = {edge.source for edge in graph.dependencies if edge.kind == "write"}
    for symbol in graph.symbols:
        if symbol.kind != "route" or symbol.role != "code":
            continue
        method, _, text = symbol.id.removeprefix("route:").partition(" ")
        if method not in METHODS and method != "ANY":
            left[f"{method or 'nothing'} is no HTTP method"] += 1
            continue
        handlers = [edge.target for edge in graph.outgoing.get(symbol.id, ()) if edge.kind == "handle"]
        owners = frozenset(homes.get(graph.unit_of(handler), "") for handler in handlers)
        writes = any(not writers.isdisjoint(graph.reached_from(handler)) for handler in handlers)
        yield _Seen(symbol, method, text, owners, writes, frozenset(handlers))


def _owner(group: list[_Seen]) -> tuple[str, str]:
    """The one service, or why there is none."""
    owners = {owner for one in group for owner in one.homes}
    named = sorted(owners - {"", SHARED})
    if len(named) == 1 and owners == set(named):
        return named[0], ""
    if len(named) > 1:
        apart = "only the query or the body tells" if len(group) > 1 else "several handlers answer it, for"
        return "", f"{apart} {' and '.join(named)}{' apart' if len(group) > 1 else ''}"
    if SHARED in owners:
        return "", "its handler is shared code"
    return "", "its handler belongs to no candidate service"


def _reads(method: str, group: list[_Seen], posting: set[str]) -> tuple[str, ...]:
    """GET and HEAD where they are routes, unless the handler writes and has no other method to write by.

    A handler that is also registered for POST writes there; one for GET alone or for any method may write at GET, and such a
    request must be neither mirrored nor split.
    """
    if method not in (*SAFE, "ANY"):
        return ()
    if any(one.writes and not one.handlers <= posting for one in group):
        return ()
    return SAFE if method in ("GET", "ANY") else ("HEAD",)


def _family(one: _Seen, graph: DependencyGraph) -> Family:
    """By what rule the framework chooses, as far as the language and the pattern's notation tell."""
    language = one.symbol.language
    if language in ("java", "kotlin"):
        return "counted"
    if language == "csharp":
        return "weighed"
    if language == "php" and one.text.endswith(".php"):
        return "exact"
    if language == "python" and "{" not in one.text:
        # Flask's decorators stand at the handler; Django's and WSGI's tables stand elsewhere.
        at_handler = any(
            (handler := graph.by_id.get(name)) is not None
            and handler.path == one.symbol.path
            and abs(handler.line - one.symbol.line) <= 12
            for name in one.handlers
        )
        return "weighed" if at_handler else "ordered"
    return "ordered"
