"""Who owns what: handlers by the proposal's homes, the same for every rung, and tables by who was seen to change them against who
was predicted to."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from agent.domain.boundary import SHARED, Boundaries
from agent.domain.code import DependencyGraph
from agent.domain.extraction import Answer, Ownership, RecordedRequest

__all__ = ["MONOLITH", "Owners", "observed_ownership", "own_requests", "owners_of", "plain_route"]

MONOLITH = "monolith"
"""Who answers what no service owns."""
_OWN_TABLES = ("sqlite_sequence",)  # counters of SQLite itself
_CHANGING = ("DELETE", "PATCH", "POST", "PUT")
_GROUP = re.compile(r"\(\?P<(\w{1,80})>(?:[^()\[\]]|\[[^\]]{0,80}\]){0,200}\)")
_CONVERTER = re.compile(r"<\w{1,40}(?:\([^)]{0,80}\))?:(\w{1,80})>")
_ESCAPED = re.compile(r"\\([^\w\s])")


@dataclass(frozen=True)
class Owners:
    """Homes, each a service or ``monolith``: ``symbols`` by ID, ``paths`` of files whose units share one; ``handlers`` are the
    symbols that the graph knows to answer a route, ``routes`` (plain pattern -> method, home) those that it knows."""

    symbols: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)
    handlers: frozenset[str] = frozenset()
    routes: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def of(self, method: str, route: str, handler: str, path: str) -> str:
        """Whose a request is that the framework gave to ``handler``, in the file ``path``, by the pattern ``route``.

        The handler's home decides. One that the graph does not know to answer a route (a library's, or what a decorator put
        in its place) goes by the route; what is left, by its symbol, else by its file.
        """
        symbol = handler.replace(".<locals>", "")
        if symbol in self.handlers:
            return self.symbols[symbol]
        home = self._of_route(method, route) if route else ""
        return home or self.symbols.get(symbol) or self.paths.get(path, MONOLITH)

    def of_request(self, request: RecordedRequest) -> str:
        """Whose a recorded request is."""
        return self.of(request.method, request.route, request.handler, request.handler_path)

    def _of_route(self, method: str, route: str) -> str:
        """Empty when the graph does not know it, or knows it to be of several."""
        known = self.routes.get(plain_route(route), ())
        # A route that was found with GET answers HEAD; one of Django's has no method of its own
        homes = {home for verb, home in known if verb == method} or {
            home for verb, home in known if verb not in _CHANGING
        }
        return homes.pop() if len(homes) == 1 else ""


def plain_route(pattern: str) -> str:
    """A route without what only its framework writes: converters, anchors, groups of a regular expression."""
    text = _CONVERTER.sub(r"<\1>", _GROUP.sub(r"<\1>", pattern))
    return _ESCAPED.sub(r"\1", text.replace("\\Z", "").replace("^", "").replace("$", "")).strip("/")


def owners_of(graph: DependencyGraph, boundaries: Boundaries) -> Owners:
    """Each symbol lives where its unit does; shared code stays with the monolith."""
    homes = {unit.id: MONOLITH if unit.service == SHARED else unit.service for unit in boundaries.units}
    symbols = {one.id: homes[one.unit] for one in graph.symbols if one.unit in homes}
    chosen = dict(boundaries.routes)
    handlers: set[str] = set()
    routes: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for edge in graph.dependencies:
        if edge.kind != "handle" or edge.target not in symbols:
            continue
        called = {edge.target}
        container = graph.by_id[edge.target].container
        if container in symbols and graph.by_id[container].kind == "class":
            called.add(container)  # a method of a view: the class is what the framework calls
        handlers |= called
        if home := chosen.get(edge.source.removeprefix("route:")):
            symbols.update(dict.fromkeys(called, home))  # the user's word
        verb, _, pattern = edge.source.removeprefix("route:").partition(" ")
        routes[plain_route(pattern)].add((verb, symbols[edge.target]))
    known = {pattern: tuple(sorted(found)) for pattern, found in sorted(routes.items())}
    return Owners(symbols, _homes_of_paths(boundaries, homes), frozenset(handlers), known)


def _homes_of_paths(boundaries: Boundaries, homes: Mapping[str, str]) -> Mapping[str, str]:
    """A file with units of several services is nobody's: only its symbols can tell."""
    found: dict[str, set[str]] = defaultdict(set)
    for unit in boundaries.units:
        found[unit.path].add(homes[unit.id])
    return {path: services.pop() for path, services in sorted(found.items()) if len(services) == 1}


def own_requests(requests: Iterable[RecordedRequest], owners: Owners, service: str) -> tuple[RecordedRequest, ...]:
    """The recorded requests that the service's handlers answered, the same for each rung."""
    return tuple(one for one in requests if owners.of_request(one) == service)


def observed_ownership(
    requests: Iterable[RecordedRequest], answers: Sequence[Answer], boundaries: Boundaries, owners: Owners
) -> tuple[Ownership, ...]:
    """Each table that a request changed, by the service whose handler answered, beside the writers that the plan names."""
    by_number = {one.number: one for one in requests}
    writers: dict[str, Counter[str]] = defaultdict(Counter)
    routes: dict[str, set[str]] = defaultdict(set)
    for answer in answers:
        request = by_number.get(answer.request)
        if request is None:
            continue
        for table in {change.table for change in answer.changes} - set(_OWN_TABLES) - {""}:
            writers[table][owners.of_request(request)] += 1
            routes[table].add(f"{request.method} {request.route or '(no route)'}")
    predicted = {one.table.removeprefix("table:").lower(): one for one in boundaries.tables}
    found = []
    for table, counts in sorted(writers.items()):
        known = predicted.get(table.lower())
        found.append(
            Ownership(
                table=table,
                owner=known.owner if known else "",
                writers=tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0]))),
                routes=tuple(sorted(routes[table])),
                predicted=tuple(known.writers) if known else (),
            )
        )
    return tuple(found)
