"""What requests reach: functions by route, and the function that a line lies in; a case in, look-ups out."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from functools import cached_property

from agent.assessment.case import Case
from agent.domain.code import Dependency, Symbol

__all__ = ["Paths"]


class Paths:
    """Of one case; each look-up is made when first asked for."""

    def __init__(self, case: Case) -> None:
        self._case = case

    @cached_property
    def reached(self) -> frozenset[str]:
        """Symbols that a route's handler reaches by calls, in code (not tests)."""
        graph = self._case.graph
        todo = [e.target for e in graph.dependencies if e.kind == "handle" and graph.by_id[e.source].role == "code"]
        seen = set(todo)
        while todo:
            for edge in graph.outgoing.get(todo.pop(), ()):
                if edge.kind == "call" and edge.target not in seen:
                    seen.add(edge.target)
                    todo.append(edge.target)
        return frozenset(seen)

    @cached_property
    def _functions(self) -> dict[str, list[Symbol]]:
        found: dict[str, list[Symbol]] = defaultdict(list)
        for symbol in self._case.graph.symbols:
            if symbol.kind in ("function", "module", "class") and symbol.role == "code":
                found[symbol.path].append(symbol)
        for symbols in found.values():
            symbols.sort(key=lambda s: (s.line, -s.end_line))
        return found

    def symbol_at(self, path: str, line: int) -> str:
        """The innermost function, else type or file, that holds a line; "" for none."""
        symbols = self._functions.get(path, [])
        at = bisect_right([s.line for s in symbols], line)
        for symbol in reversed(symbols[:at]):
            if symbol.line <= line <= symbol.end_line:
                return symbol.id
        return ""

    def is_requested(self, symbol: str) -> bool:
        """Whether a request reaches a symbol (or, for a page that is code from its first line, the file)."""
        return symbol in self.reached

    @cached_property
    def uses(self) -> dict[str, list[Dependency]]:
        """Reads and writes of tables in code, by path."""
        found: dict[str, list[Dependency]] = defaultdict(list)
        graph = self._case.graph
        for edge in graph.dependencies:
            if edge.kind in ("read", "write") and graph.by_id[edge.source].role == "code":
                found[edge.path].append(edge)
        return found

    @cached_property
    def calls(self) -> dict[str, list[Dependency]]:
        """Calls of functions in code, by path."""
        found: dict[str, list[Dependency]] = defaultdict(list)
        graph = self._case.graph
        for edge in graph.dependencies:
            if (
                edge.kind == "call"
                and graph.by_id[edge.source].role == "code"
                and graph.by_id[edge.target].kind == "function"
            ):
                found[edge.path].append(edge)
        return found

    @cached_property
    def direct(self) -> dict[str, list[Dependency]]:
        """Reads and writes by the function that makes them."""
        found: dict[str, list[Dependency]] = defaultdict(list)
        for edges in self.uses.values():
            for edge in edges:
                found[edge.source].append(edge)
        return found
