"""Runtime evidence on the graph: which routes were asked how often, and which units and tables an operation touched.

In: the `System` and a `Runtime`. Out: the system with requests by route and the operations in which each unit and table was
seen (by the logarithm of how often), for a layer of their own; and the `Traffic` as people read it.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from agent.boundaries.system import System
from agent.domain.boundary import Traffic
from agent.domain.runtime import Runtime, TableUse

__all__ = ["with_runtime"]

PARAMETER = re.compile(
    r"\(\?P<\w+>(?:[^()]|\([^()]*\))*\)|<[^<>]*>|\{[^{}]*\}|:\w+\??(?:\([^()]*\))?|\*{1,2}|\((?:[^()])*\)"
)
QUERY = re.compile(r"(?<=[\w/])\?\w")
NEVER = re.compile(r"(?!)")


def with_runtime(system: System, runtime: Runtime | None) -> tuple[System, Traffic]:
    """The system with what was seen of it. Requests reach what their route's handler reaches in the graph."""
    if not runtime:
        return system, Traffic()
    unmatched: Counter[str] = Counter()
    observed: dict[str, dict[str, float]] = defaultdict(dict)
    requests = _requests(system, runtime, unmatched)
    for route, count in requests.items():
        for node in system.reach.get(route, ()):
            observed[node][route] = math.log1p(count)
    names = _Names(system)
    for seen in runtime.observations:
        found = [names.unit(name) for name in seen.code] + [names.table(name) for name in seen.tables]
        if missing := found.count(""):
            unmatched["names in traces and statements that the graph does not have"] += missing
        for node in sorted({*found} - {""}):
            observed[node][f"seen {seen.operation}"] = math.log1p(seen.count)
    tables = tuple(_tables(runtime, names, unmatched))
    traffic = Traffic(
        sources=runtime.sources,
        requests=sum(requests.values()),
        operations=len(runtime.observations),
        routes=tuple(sorted(requests.items(), key=lambda item: (-item[1], item[0]))),
        silent=tuple(r for r in system.handlers if r not in requests and not QUERY.search(r))
        if runtime.requests
        else (),
        jobs=runtime.jobs,
        tables=tables,
        unmatched=tuple(sorted(unmatched.items())),
        left=runtime.left,
    )
    return replace(system, requests=requests, observed={n: observed[n] for n in sorted(observed)}), traffic


def _tables(runtime: Runtime, names: _Names, unmatched: Counter[str]) -> Iterable[TableUse]:
    """By the graph's names; the same table of several schemas is one."""
    found: dict[str, TableUse] = {}
    for use in runtime.tables:
        name = names.table(use.table.rpartition(".")[2]).removeprefix("table:")
        if not name:
            unmatched["tables in statistics that the graph does not have"] += 1
            continue
        old = found.get(name, TableUse(table=name))
        found[name] = TableUse(table=name, reads=old.reads + use.reads, writes=old.writes + use.writes)
    return (found[name] for name in sorted(found))


def _requests(system: System, runtime: Runtime, unmatched: Counter[str]) -> dict[str, int]:
    routes = _Routes(system)
    requests: Counter[str] = Counter()
    for request in runtime.requests:
        route = routes.find(request.method, request.path)
        if route:
            requests[route] += request.count
        else:
            unmatched["requests that no route of the graph answers"] += request.count
    return dict(sorted(requests.items()))


class _Routes:
    """Route patterns by how literal they are: the most literal one that fits answers."""

    def __init__(self, system: System) -> None:
        self._patterns: list[tuple[int, str, str, re.Pattern[str]]] = []
        for route in system.handlers:
            method, _, path = route.removeprefix("route:").partition(" ")
            if QUERY.search(path):
                continue  # told apart by a query, which logs are read without
            literal = len(PARAMETER.sub("", path))
            self._patterns.append((-literal, route, method, _pattern(path)))
        self._patterns.sort(key=lambda each: (each[0], each[1]))
        self._known: dict[tuple[str, str], str] = {}

    def find(self, method: str, path: str) -> str:
        """The route's symbol; HEAD is answered by GET's."""
        wanted = "GET" if method == "HEAD" else method
        key = (wanted, path)
        if key not in self._known:
            fitting = (
                route
                for _, route, verb, pattern in self._patterns
                if verb in (wanted, "ANY") and pattern.fullmatch(path)
            )
            self._known[key] = next(fitting, "")
        return self._known[key]


def _pattern(path: str) -> re.Pattern[str]:
    """``/orders/<int:id>``, ``/orders/{id}``, ``/orders/:id``, ``^orders/(?P<id>\\d+)/$``: anything but a slash in its place."""
    bare = path.replace("/^", "/", 1).lstrip("^").rstrip("$")
    parts: list[str] = []
    at = 0
    for match in PARAMETER.finditer(bare):
        parts.append(re.escape(bare[at : match.start()].replace("\\", "")))
        many = match[0] in ("*", "**") or "path:" in match[0] or ".*" in match[0] or ".+" in match[0]
        parts.append(".*" if many else "[^/]+")
        at = match.end()
    parts.append(re.escape(bare[at:].replace("\\", "")))
    text = "".join(parts)
    try:
        return re.compile(f"/?{text.removeprefix('/')}/?")
    except re.error:
        return NEVER


class _Names:
    """Names as tracers and databases write them, to units and tables."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._tables = {table.removeprefix("table:").lower(): table for table in system.tables}
        self._units = set(system.units)
        ends: dict[str, set[str]] = defaultdict(set)
        for unit in system.units:
            ends[_dotted(unit).rpartition(".")[2].lower()].add(unit)
        self._ends = {end: next(iter(units)) for end, units in ends.items() if len(units) == 1}

    def table(self, name: str) -> str:
        return self._tables.get(name.lower(), "")

    def unit(self, name: str) -> str:
        """The unit that a dotted name lies in: the whole name or a beginning of it; else a type that only one unit is called."""
        parts = name.replace("::", ".").replace("#", ".").replace("$", ".").replace("\\", ".").split(".")
        for end in range(len(parts), 0, -1):
            found = self._unit_of(".".join(parts[:end]))
            if found:
                return found
        return next(iter(self._by_end(parts)), "")

    def _unit_of(self, dotted: str) -> str:
        for candidate in (dotted, dotted.replace(".", "/")):
            symbol = self._system.graph.by_id.get(candidate)
            if symbol is not None and symbol.unit in self._units:
                return symbol.unit
        return ""

    def _by_end(self, parts: list[str]) -> Iterable[str]:
        return (self._ends[part.lower()] for part in parts[-2:] if part.lower() in self._ends)


def _dotted(unit: str) -> str:
    return unit.replace("/", ".")
