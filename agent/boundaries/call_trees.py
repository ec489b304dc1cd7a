"""What each use case runs through, and where that crosses a service: system and homes in; call trees out.

Shared code runs in whichever service calls it, as a library would, so a step is a symbol *and* the service it runs in.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.boundaries.system import System
from agent.boundaries.verbs import named_as
from agent.domain.boundary import SHARED
from agent.domain.code import Dependency, Symbol

__all__ = ["Access", "CallTrees", "Hop", "Start", "Tree"]

MOST_STEPS = 3000  # of one call tree
BUDGET = 100_000  # steps of all trees together, after which each gets FEW_STEPS: large systems must end too
FEW_STEPS = 40
MOST_OVERRIDES = 8
ACCESSOR_LINES = 4
TYPES = frozenset({"class", "interface", "enum"})
CONSTRUCTORS = frozenset({"<init>", "__init__", "__construct", "constructor"})

Step = tuple[str, str]  # (symbol, service that it runs in)


@dataclass(frozen=True)
class Hop:
    """A call that leaves the service it runs in."""

    edge: Dependency
    source: str
    target: str
    exact: bool


@dataclass(frozen=True)
class Access:
    """A table read or written, the service in which that runs, and whether all that led there is exact."""

    edge: Dependency
    service: str
    exact: bool

    @property
    def table(self) -> str:
        return self.edge.target.removeprefix("table:")


@dataclass(frozen=True)
class Start:
    """A use case before it is followed: where control comes in. ``requests`` None: no log tells."""

    name: str
    symbols: tuple[str, ...]
    service: str
    exact: bool
    requests: int | None = None


@dataclass(frozen=True)
class Tree:
    """All that can run from a start."""

    hops: tuple[Hop, ...]
    accesses: tuple[Access, ...]
    symbols: frozenset[str]
    chain: tuple[Hop, ...]  # the path with the most hops
    cut_off: bool


class CallTrees:
    """Follows calls through production code; answers are kept, for many routes share a handler."""

    def __init__(self, system: System, homes: Mapping[str, str]) -> None:
        self.system, self.homes = system, homes
        self.graph = system.graph
        self._steps: dict[str, tuple[tuple[Dependency, str, bool, bool], ...]] = {}
        self._links: dict[str, tuple[tuple[Dependency, str, str, bool, bool], ...]] = {}
        self._touched: dict[str, tuple[tuple[Dependency, bool], ...]] = {}
        self._trees: dict[tuple[tuple[str, ...], str, bool, frozenset[str]], Tree] = {}
        self._handlers = frozenset(system.handlers.values())
        self._spent = 0
        self._homes: dict[str, str] = {}
        self._touching: frozenset[str] | None = None
        self._subtypes: dict[str, list[str]] = defaultdict(list)
        for edge in self.graph.dependencies:
            if edge.kind == "inherit":
                self._subtypes[edge.target].append(edge.source)
        self._declaring: dict[str, set[str]] = defaultdict(set)
        for unit in system.access.values():
            for table, edges in unit.items():
                for edge in edges:
                    if edge.kind == "declare":
                        self._declaring[edge.source].add(table)

    def home(self, symbol: str) -> str:
        """The service of a symbol's unit."""
        if symbol not in self._homes:
            self._homes[symbol] = self.homes.get(self.graph.unit_of(symbol), SHARED)
        return self._homes[symbol]

    def starts(self) -> tuple[Start, ...]:
        """Routes, then jobs, by name; methods of one path that run the same code are one use case."""
        shared = Counter(self.system.handlers.values())
        merged: dict[tuple[str, tuple[str, ...]], list[tuple[str, str]]] = {}
        for route, handler in self.system.handlers.items():
            method, _, path = route.removeprefix("route:").partition(" ")
            around = [e.target for e in self.graph.outgoing.get(route, ()) if e.kind == "use" and self._runs(e.target)]
            symbols = tuple(s for target in dict.fromkeys((handler, *around)) for s in self.entries(target))
            merged.setdefault((path, symbols), []).append((method, handler))
        found = []
        for (path, symbols), ways in sorted(merged.items(), key=lambda item: (item[0][0], item[1])):
            handler = ways[0][1]
            # Several routes in one file's top level: which of its lines answer which of them is not known.
            sure = shared[handler] == len(ways) or self.graph.by_id[handler].kind != "module"
            methods = ", ".join(sorted({m for m, _ in ways}))
            logged = self.system.requests
            asked = sum(logged.get(f"route:{m} {path}", 0) for m in {m for m, _ in ways}) if logged else None
            found.append(
                Start(f"{methods} {path}".strip(), symbols, self.home(handler), sure and self._handled(handler), asked)
            )
        for unit, names in self.system.jobs.items():
            found.extend(Start(name, self._job(unit, name), self.home(unit), True) for name in names)
        return tuple(found)

    def _handled(self, handler: str) -> bool:
        return any(e.kind == "handle" and e.resolution == "exact" for e in self.graph.incoming.get(handler, ()))

    def _job(self, unit: str, name: str) -> tuple[str, ...]:
        """The one method that starts it, where that is known."""
        members = self.graph.members.get(unit, ())
        kind, _, rest = name.partition(" ")
        for wanted in (rest.rpartition(".")[2], "main" if kind == "main" else ""):
            if chosen := tuple(m for m in members if wanted and m.rpartition(".")[2] == wanted):
                return chosen
        return self.entries(unit)

    def entries(self, symbol: str) -> tuple[str, ...]:
        """A framework may call any function of a type, or one that it inherits; a file runs from its top."""
        known = self.graph.by_id[symbol]
        if known.kind not in TYPES and (known.kind != "module" or self.graph.outgoing.get(symbol)):
            return (symbol,)
        types, seen = [symbol], [symbol]
        while types:
            for edge in self.graph.outgoing.get(types.pop(), ()):
                if edge.kind == "inherit" and edge.target not in seen:
                    seen.append(edge.target)
                    types.append(edge.target)
        return (symbol, *(m for t in seen for m in self.graph.members.get(t, ())))

    def follow(self, symbols: Sequence[str], service: str, exact: bool = True, stop: Iterable[str] = ()) -> Tree:
        """The call tree from these symbols, begun in that service; functions in ``stop`` are not entered."""
        key = (tuple(symbols), service, exact, frozenset(stop))
        if key not in self._trees:
            self._trees[key] = self._follow(*key)
        return self._trees[key]

    def _follow(self, symbols: tuple[str, ...], service: str, exact: bool, stop: frozenset[str]) -> Tree:
        """What exact steps lead to comes first, so that nothing counts as inferred which has an exact way too."""
        first: list[Step] = list(dict.fromkeys((s, service) for s in symbols))
        sure: dict[Step, bool] = dict.fromkeys(first, exact)
        ways: dict[Step, list[tuple[Step, Hop | None]]] = {}
        certain, doubtful = deque(first if exact else ()), deque(() if exact else first)
        limit = MOST_STEPS if self._spent < BUDGET else FEW_STEPS
        while (certain or doubtful) and len(ways) < limit:
            step = (certain or doubtful).popleft()
            if step in ways:
                continue
            way = ways[step] = []
            here, certainly = step[1], sure[step]
            for edge, target, there, remote, direct in self._leading(step[0]):
                if target in stop:
                    continue
                after = (target, here if there == SHARED else there)
                known = certainly and direct
                way.append((after, Hop(edge, here, there, known) if remote and there != here else None))
                if after not in ways:
                    sure[after] = sure.get(after, False) or known
                    (certain if known else doubtful).append(after)
        self._spent += len(ways)
        hops = {(h.edge, h.source, h.target): h for found in ways.values() for _, h in found if h}
        accesses = [a for step in ways for a in self._accesses(step, sure[step])]
        return Tree(
            tuple(sorted(hops.values(), key=lambda h: (h.edge.path, h.edge.line, h.edge.target, h.source))),
            tuple(sorted(accesses, key=lambda a: (a.edge.path, a.edge.line, a.edge.target, a.edge.kind, a.service))),
            frozenset(symbol for symbol, _ in ways),
            _longest([s for s in first if s in ways], ways) if hops else (),
            bool(certain or doubtful),
        )

    def _leading(self, symbol: str) -> tuple[tuple[Dependency, str, str, bool, bool], ...]:
        """(dependency, function entered, its home, whether it is remote elsewhere, whether it is exact)."""
        found = self._links.get(symbol)
        if found is None:
            found = self._links[symbol] = tuple(
                (edge, target, there, counts and there != SHARED and self.is_remote(target), direct)
                for edge, target, counts, direct in self._next(symbol)
                for there in (self.home(target),)
            )
        return found

    def _next(self, symbol: str) -> tuple[tuple[Dependency, str, bool, bool], ...]:
        """(dependency, function entered, whether it would be a remote call, whether it is exact) in order of lines."""
        if symbol not in self._steps:
            found: dict[str, tuple[Dependency, str, bool, bool]] = {}
            for edge in sorted(self.graph.outgoing.get(symbol, ()), key=lambda e: (e.line, e.target, e.path)):
                if edge.kind in ("call", "use") and self._runs(edge.target):
                    for target, counts, direct in self._entered(edge):
                        found.setdefault(target, (edge, target, counts, direct))
            self._steps[symbol] = tuple(found.values())
        return self._steps[symbol]

    def _runs(self, symbol: str) -> bool:
        return self.graph.by_id[symbol].role == "code"

    def _entered(self, edge: Dependency) -> Iterable[tuple[str, bool, bool]]:
        target, direct = self.graph.by_id[edge.target], edge.resolution == "exact"
        if target.kind in TYPES:
            if edge.kind == "call":
                for member in self.graph.members.get(target.id, ()):
                    if member.rpartition(".")[2] in CONSTRUCTORS:
                        yield member, False, direct
        elif target.kind == "function" and (edge.kind == "call" or target.id not in self._handlers):
            # A handler that is only named is a link to its route (url_for), not a call.
            yield target.id, not self.is_accessor(target), direct
            for override in self._overrides(target):
                yield override, True, False

    def _overrides(self, target: Symbol) -> tuple[str, ...]:
        """What runs when an abstract function is called: those of the same name in the types below it."""
        if target.container not in self._subtypes or self._flows(target.id):
            return ()
        below, pending = [], [target.container]
        while pending:
            for subtype in sorted(self._subtypes.get(pending.pop(), ())):
                if subtype not in below:
                    below.append(subtype)
                    pending.append(subtype)
        named = [m for t in below for m in self.graph.members.get(t, ()) if m.rpartition(".")[2] == target.name]
        runs = sorted(m for m in named if self._runs(m))
        return tuple(runs) if len(runs) <= MOST_OVERRIDES else ()

    def _flows(self, symbol: str) -> bool:
        return any(e.kind in ("call", "read", "write") for e in self.graph.outgoing.get(symbol, ()))

    def is_accessor(self, symbol: Symbol) -> bool:
        """A few lines in a type that call nothing: data that would be sent along, no operation of its own."""
        return (
            bool(symbol.container)
            and self.graph.by_id[symbol.container].kind in ("class", "enum")
            and symbol.end_line - symbol.line < ACCESSOR_LINES
            and not self._flows(symbol.id)
        )

    def is_remote(self, function: str) -> bool:
        """Whether a service would have to be asked: there is a table behind it, or it is named as a message.

        What computes from its arguments alone can be shipped along. Where no table is known, every call counts.
        """
        if self._touching is None:
            self._touching = self._with_tables()
        return function in self._touching or not self.system.tables or named_as(function) == "tells"

    def _with_tables(self) -> frozenset[str]:
        """The functions and files from which a table is reached."""
        runs = [s.id for s in self.graph.symbols if s.role == "code" and s.kind in ("function", "module", *TYPES)]
        callers: dict[str, list[str]] = defaultdict(list)
        for symbol in runs:
            for _, target, _, _ in self._next(symbol):
                callers[target].append(symbol)
        found = {symbol for symbol in runs if next(iter(self._touches(symbol)), None)}
        pending = sorted(found)
        while pending:
            for caller in callers.get(pending.pop(), ()):
                if caller not in found:
                    found.add(caller)
                    pending.append(caller)
        return frozenset(found)

    def _accesses(self, step: Step, exact: bool) -> Iterable[Access]:
        symbol, service = step
        found = self._touched.get(symbol)
        if found is None:
            found = self._touched[symbol] = tuple(self._touches(symbol))
        return [Access(edge, service, exact and direct) for edge, direct in found]

    def _touches(self, symbol: str) -> Iterable[tuple[Dependency, bool]]:
        """(what is read or written, whether that is exact)."""
        made = None
        for edge in self.graph.outgoing.get(symbol, ()):
            if edge.kind in ("read", "write") and edge.target.startswith("table:"):
                yield edge, edge.resolution == "exact"
            elif (
                edge.kind == "use"
                and self.graph.by_id[edge.target].kind in TYPES
                and edge.target not in self._declaring
            ):
                made = made if made is not None else self._made(symbol)
                for below in self.graph.outgoing.get(edge.target, ()):
                    # A repository's inherited methods are not in the repository: reading is assumed, and writing only
                    # where the caller has made a new row.
                    if below.kind == "read" or (below.kind == "write" and below.target in made):
                        yield Dependency(symbol, below.target, below.kind, edge.path, edge.line, "inferred"), False

    def _made(self, symbol: str) -> frozenset[str]:
        """The tables of which a function constructs rows."""
        calls = (e.target for e in self.graph.outgoing.get(symbol, ()) if e.kind == "call")
        return frozenset(t for c in calls for t in self._declaring.get(c, ()))


def _longest(first: Sequence[Step], ways: Mapping[Step, Sequence[tuple[Step, Hop | None]]]) -> tuple[Hop, ...]:
    """The hops of the path with the most of them; calls back into what is still running are not followed twice."""
    finished: dict[Step, int] = {}
    best: dict[Step, tuple[int, int, tuple[Step, Hop | None] | None]] = {}  # hops, steps (negative), next
    begun: set[Step] = set()
    for start in first:
        stack = [(start, iter(ways[start]))] if start not in begun else []
        begun.add(start)
        while stack:
            step, rest = stack[-1]
            after = next((a for a, _ in rest if a in ways and a not in begun), None)
            if after is not None:
                begun.add(after)
                stack.append((after, iter(ways[after])))
                continue
            stack.pop()
            choices = [
                (best[a][0] + (h is not None), best[a][1] - 1, -n, (a, h))
                for n, (a, h) in enumerate(ways[step])
                if a in finished
            ]
            top = max(choices, key=lambda c: c[:3], default=None)
            best[step] = (top[0], top[1], top[3]) if top and top[0] else (0, 0, None)
            finished[step] = len(finished)
    if not best:
        return ()
    at: Step | None = max((s for s in first if s in best), key=lambda s: best[s][:2])
    chain: list[Hop] = []
    while at is not None:
        following = best[at][2]
        if following and following[1]:
            chain.append(following[1])
        at = following[0] if following else None
    return tuple(chain)
