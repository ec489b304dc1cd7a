"""What the analysis of calls works on: modules and functions, classes, and the places where something is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agent.graph.values import EMPTY, UNKNOWN_SET, Atom, Cell, Values, only

__all__ = ["NO_NAMES", "Body", "ClassInfo", "Site"]

Code = Any
NO_NAMES: frozenset[str] = frozenset()


class Site:
    """A place where something is called: what it may be, and whether that is all that it may be."""

    __slots__ = ("complete", "line", "name", "targets")

    def __init__(self, line: int, name: str) -> None:
        self.line = line
        self.name = name  # the last name of what is called; "" for calls that the language makes (iteration, with)
        self.targets = EMPTY
        self.complete = True

    def reach(self, atom: Atom) -> None:
        """Note a target."""
        targets = self.targets
        if atom not in targets:
            self.targets = targets | {atom} if targets else only(atom)


class Body:
    """A module or function while it is analysed. ``symbol`` is its ID, ``scope`` that of the nearest named definition."""

    __slots__ = (
        "cells",
        "code",
        "defaults",
        "evaluations",
        "fallback",
        "generator",
        "index",
        "kind",
        "module",
        "names",
        "open",
        "owner",
        "parameters",
        "parent",
        "path",
        "result",
        "scope",
        "sites",
        "stars",
        "symbol",
    )  # fmt: skip

    def __init__(self, index: int, symbol: str, scope: str, module: str, path: str, parent: Body | None) -> None:
        self.index = index
        self.symbol = symbol
        self.scope = scope
        self.module = module
        self.path = path
        self.parent = parent
        self.result = Cell()  # what it returns
        self.cells: dict[str, Cell] = {}  # what its parameters may hold
        self.code: bytes = b""
        self.names: frozenset[str] = NO_NAMES
        self.parameters: Sequence[tuple[str, int]] = ()  # (name, 0 plain, 1 *args, 2 **kwargs, 3 by keyword only)
        self.defaults: dict[str, Values] = {}
        self.generator = False
        self.kind = ""  # static | class | property | setter, for methods
        self.owner: ClassInfo | None = None
        self.fallback = UNKNOWN_SET
        self.sites: dict[object, Site] = {}
        self.stars: list[str] = []
        self.open = False  # a star import of a library: any name may come from it
        self.evaluations = 0


class ClassInfo:
    """A class while it is analysed: the names that its body binds, and its bases as far as they are known."""

    __slots__ = ("bases", "index", "names", "symbol")

    def __init__(self, index: int, symbol: str, names: frozenset[str]) -> None:
        self.index = index
        self.symbol = symbol
        self.names = names
        self.bases: tuple[Atom, ...] = ()
