"""The system as code: symbols, the dependencies between them, and what could not be resolved.

Identifiers are the field's own: dotted module names for Python (``shop.orders.Order.total``), fully qualified names
for Java, paths for the rest (``src/app.js``, with ``#name`` for what it defines). Tables, routes and templates are
symbols too: ``table:orders``, ``route:GET /orders/{id}``, ``template:orders/list.html``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct

FLOW = frozenset({"call", "use", "read", "write"})

__all__ = [
    "RESOLUTIONS",
    "AmbiguousReference",
    "Dependency",
    "DependencyGraph",
    "ResolutionCount",
    "Symbol",
]

RESOLUTIONS = ("exact", "inferred", "ambiguous")
"""How sure a dependency is: *exact* by the language's own rules; *inferred* by a convention or a unique name;
*ambiguous* when several targets remain (never an edge: see AmbiguousReference)."""


class Symbol(Struct, frozen=True, gc=False):
    """A node of the graph: something that has a name and a place.

    ``container`` is the ID of the symbol it lies in; ``unit`` the ID of the outermost symbol that boundaries are drawn
    around (a module in Python and JavaScript, a top-level type in Java). Lines count from 1.
    """

    id: str
    kind: str  # module | class | interface | enum | function | table | route | template
    path: str
    line: int
    end_line: int
    language: str
    container: str = ""
    unit: str = ""
    doc: str = ""
    decorators: tuple[str, ...] = ()
    complexity: int = 0
    role: str = "code"  # code | test | migration | generated

    @property
    def name(self) -> str:
        """The last part of the identifier."""
        if self.kind == "table":
            return self.id[6:]  # a dataset's name has dots of its own
        return self.id.replace("#", ".").replace("/", ".").rsplit(".", 1)[-1] if self.kind != "route" else self.id[6:]


class Dependency(Struct, frozen=True, gc=False):
    """A directed edge with its evidence: ``source`` at ``path:line`` needs ``target``.

    Kinds: import, call, inherit, type, use, read, write, declare, handle (route to function), render (function to
    template), reference (foreign key, table to table).
    """

    source: str
    target: str
    kind: str
    path: str
    line: int
    resolution: str = "exact"


class AmbiguousReference(Struct, frozen=True, gc=False):
    """A reference with several possible targets, kept and counted, never turned into an edge."""

    source: str
    name: str
    kind: str
    path: str
    line: int
    candidates: tuple[str, ...]


class ResolutionCount(Struct, frozen=True, gc=False):
    """References of one language by what became of them; ``external`` ones lead to libraries and built-ins."""

    language: str
    exact: int = 0
    inferred: int = 0
    ambiguous: int = 0
    external: int = 0
    unresolved: int = 0
    reasons: tuple[tuple[str, int], ...] = ()  # why unresolved, most frequent first

    @property
    def total(self) -> int:
        return self.exact + self.inferred + self.ambiguous + self.external + self.unresolved


class DependencyGraph(Struct, frozen=True, dict=True):
    """Symbols and dependencies in canonical order (by ID; by source, target, kind, path, line).

    Invariant: every dependency's source and target is a symbol of the graph.
    """

    symbols: tuple[Symbol, ...]
    dependencies: tuple[Dependency, ...]
    ambiguous: tuple[AmbiguousReference, ...] = ()
    counts: tuple[ResolutionCount, ...] = ()
    failures: tuple[tuple[str, str], ...] = ()  # (path, why) of files that could not be parsed at all
    error_lines: tuple[tuple[str, int, int], ...] = ()  # (path, first line, how many) of partly parsed files

    @cached_property
    def by_id(self) -> Mapping[str, Symbol]:
        return {symbol.id: symbol for symbol in self.symbols}

    @cached_property
    def outgoing(self) -> Mapping[str, tuple[Dependency, ...]]:
        found: dict[str, list[Dependency]] = {}
        for dependency in self.dependencies:
            found.setdefault(dependency.source, []).append(dependency)
        return {key: tuple(value) for key, value in found.items()}

    @cached_property
    def incoming(self) -> Mapping[str, tuple[Dependency, ...]]:
        found: dict[str, list[Dependency]] = {}
        for dependency in self.dependencies:
            found.setdefault(dependency.target, []).append(dependency)
        return {key: tuple(value) for key, value in found.items()}

    @cached_property
    def members(self) -> Mapping[str, tuple[str, ...]]:
        """Container -> the functions that lie in it."""
        found: dict[str, list[str]] = {}
        for symbol in self.symbols:
            if symbol.kind == "function" and symbol.container:
                found.setdefault(symbol.container, []).append(symbol.id)
        return {key: tuple(value) for key, value in found.items()}

    @cached_property
    def _flow(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for dependency in self.dependencies:
            if dependency.kind in FLOW:
                found.setdefault(dependency.source, []).append(dependency.target)
        return {key: tuple(dict.fromkeys(value)) for key, value in found.items()}

    def reached_from(self, identifier: str, depth: int = 10, limit: int = 4000) -> frozenset[str]:
        """Symbols that control or data may reach from here: through calls, uses, reads and writes, breadth first.

        A type stands for all its functions and those that it inherits, since a framework may call any of them. Bounded by ``depth`` links and about
        ``limit`` symbols.
        """
        types, pending = [identifier], [identifier]
        while pending:  # what a type inherits may be called on it too
            for edge in self.outgoing.get(pending.pop(), ()):
                if edge.kind == "inherit" and edge.target not in types:
                    types.append(edge.target)
                    pending.append(edge.target)
        seen, frontier = {identifier}, [identifier, *(m for t in types for m in self.members.get(t, ()))]
        seen.update(frontier)
        for _ in range(depth):
            # Without repetitions: many callers of one function would have it followed once for each of them.
            frontier = list(dict.fromkeys(t for s in frontier for t in self._flow.get(s, ()) if t not in seen))
            seen.update(frontier)
            if not frontier or len(seen) > limit:
                break
        return frozenset(seen)

    def unit_of(self, identifier: str) -> str:
        """The unit that a symbol belongs to; tables, routes and templates stand for themselves."""
        symbol = self.by_id.get(identifier)
        return (symbol.unit or symbol.id) if symbol else identifier
