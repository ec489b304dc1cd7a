"""Functions that get a table's name, and the calls that give it: records of all Python files in, table uses out.

The mode is what the function's statement does to the table; a function that hands its parameter on to such a function is
one too. All of it is inferred.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agent.domain.facts import TableUse, Wiring
from agent.ports import Project

__all__ = ["link_tables"]

MAX_ROUNDS = 6
Helpers = dict[str, set[tuple[str, str, str]]]  # function -> (position, parameter's name, mode)


def link_tables(project: Project) -> Iterator[tuple[str, TableUse]]:
    """(path, use) of the tables that calls and class attributes name."""
    if not project.has_wiring("python_sql", "hole"):
        return
    holes = list(project.wirings("python_sql", "hole"))
    yield from _inherited(project, holes)
    helpers: Helpers = {}
    for path, wiring in holes:
        mode, kind, name, position = wiring.args
        if kind == "parameter":
            helpers.setdefault(project.symbol_at(path, wiring.scope), set()).add((position, name, mode))
    if helpers:
        yield from _Calls(project, helpers).uses()


def _inherited(project: Project, holes: Iterable[tuple[str, Wiring]]) -> Iterator[tuple[str, TableUse]]:
    """``table = "orders"`` in a class whose base (or itself) writes ``"INSERT INTO %s" % self.table``."""
    modes: dict[tuple[str, str], set[str]] = {}
    for path, wiring in holes:
        if wiring.args[1] == "self":
            owner = project.symbol_at(path, wiring.scope.rpartition(".")[0])
            modes.setdefault((owner, wiring.args[2]), set()).add(wiring.args[0])
    if not modes:
        return
    for path, wiring in project.wirings("python_sql", "attribute"):
        name, table = wiring.args
        own = project.symbol_at(path, wiring.scope)
        for owner in dict.fromkeys((own, *project.ancestors(own))):
            for mode in sorted(modes.get((owner, name), ())):
                yield path, TableUse(wiring.scope, table, mode, wiring.line, "inferred")


class _Calls:
    """Calls with a name among their arguments, and the functions that they mean; lives for one link."""

    def __init__(self, project: Project, helpers: Helpers) -> None:
        self._project = project
        self._helpers = helpers
        self._calls = list(project.wirings("python_sql", "call"))
        self._targets: dict[tuple[str, str, str], str] = {}
        self._tables: frozenset[str] | None = None

    def uses(self) -> Iterator[tuple[str, TableUse]]:
        """A use for each literal that stands where a function wants its table."""
        self._hand_on()
        for path, call in self._calls:
            chain, place, literal, _, _ = call.args
            for mode in self._modes(path, call.scope, chain, place, literal) if literal else ():
                yield path, TableUse(call.scope, literal, mode, call.line, "inferred")

    def _hand_on(self) -> None:
        """Functions that only pass their own parameter to such a function, until nothing is added."""
        forwards = [(path, call) for path, call in self._calls if call.args[3]]
        for _ in range(MAX_ROUNDS):
            before = sum(map(len, self._helpers.values()))
            for path, call in forwards:
                chain, place, _, variable, position = call.args
                if position:
                    own = self._project.symbol_at(path, call.scope)
                    for mode in self._modes(path, call.scope, chain, place, ""):
                        self._helpers.setdefault(own, set()).add((position, variable, mode))
            if sum(map(len, self._helpers.values())) == before:
                return

    def _modes(self, path: str, scope: str, chain: str, place: str, literal: str) -> list[str]:
        wanted = self._helpers.get(self._target(path, scope, chain), ())
        if not wanted and literal:
            wanted = self._by_name(path, scope, chain, literal)
        return sorted({mode for position, name, mode in wanted if place in (position, name)})

    def _target(self, path: str, scope: str, chain: str) -> str:
        key = (path, scope, chain)
        if key not in self._targets:
            self._targets[key] = self._project.resolve(path, scope, chain).target
        return self._targets[key]

    def _by_name(self, path: str, scope: str, chain: str, literal: str) -> set[tuple[str, str, str]]:
        """A receiver of unknown type: all functions of that name agree, and the literal is a table known from elsewhere."""
        name = chain.rpartition(".")[2]
        named = [found for symbol, found in sorted(self._helpers.items()) if symbol.rpartition(".")[2] == name]
        if not named or any(found != named[0] for found in named) or literal.lower() not in self._known():
            return set()
        found = self._project.resolve(path, scope, chain)
        return set() if found.target or found.resolution == "external" else named[0]

    def _known(self) -> frozenset[str]:
        """Tables that DDL, models or literal statements name."""
        if self._tables is None:
            names: set[str] = set()
            for path in self._project.modules():
                facts = self._project.facts(path)
                names.update(entity.table.lower() for entity in facts.entities)
                names.update(use.table.lower() for use in facts.table_uses)
            self._tables = frozenset(names)
        return self._tables
