"""The framework's own table of routes, asked whose a request would be behind the facade: a method and a path in, its row out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import unquote

from agent.extraction.facade import FrameworkRoute, match_order, route_expression, routes_by_owner
from agent.extraction.owning import Owners

__all__ = ["Row", "Table", "Variable", "read_table"]

_PART = re.compile(
    r"<(?:(?P<kind>[A-Za-z_]\w{0,60})(?:\([^()<>]{0,120}\))?:)?(?P<name>\w{1,80})>|\{(?P<brace>\w{1,80})[^{}]{0,80}\}"
    r"|:(?P<colon>[A-Za-z_]\w{0,80})"
)
_GROUP = re.compile(r"\(\?P<(\w{1,80})>((?:[^()\[\]]|\[[^\]]{0,80}\]){0,200})\)")
_ENDS = re.compile(r"\\Z|\\A|[\^$]")


@dataclass(frozen=True)
class Variable:
    """A part of a pattern that is left open; ``kind`` is ``int``, ``uuid``, ``float``, ``path``, ``text`` or ``expression``."""

    name: str
    kind: str
    expression: str = ""


@dataclass(frozen=True)
class Row:
    """One entry of the table for these methods (none: all). ``own``: the facade gives it to the service."""

    pattern: str
    methods: tuple[str, ...]
    handler: str
    path: str
    own: bool
    regex: bool

    @property
    def pieces(self) -> tuple[str | Variable, ...]:
        """Fixed text and variables, in turn."""
        return tuple(_regex_pieces(self.pattern) if self.regex else _plain_pieces(self.pattern))

    def variable(self, path: str) -> tuple[tuple[int, str], ...]:
        """(number of the segment, name) of variables that fill a whole segment of this path; a path variable has several."""
        fixed = "".join(one if isinstance(one, str) else "\0" for one in self.pieces)
        names = [one.name for one in self.pieces if isinstance(one, Variable)]
        segments = ("/" + fixed.lstrip("/")).split("/")
        found = []
        for number, segment in enumerate(segments):
            if segment == "\0":
                found.append((number, names.pop(0)))
            else:
                del names[: segment.count("\0")]
        return tuple(one for one in found if one[0] < len(path.split("/")))


@dataclass(frozen=True)
class Table:
    """Rows in match order, each with the expression that a path has to match."""

    rows: tuple[tuple[Row, re.Pattern[str]], ...]

    def find(self, method: str, target: str) -> Row | None:
        """Who answers; None when no row does, and the monolith says so."""
        path = unquote(target.partition("?")[0], errors="replace")
        for row, expression in self.rows:
            if (not row.methods or method in row.methods) and expression.fullmatch(path):
                return row
        return None

    def own(self) -> Iterator[Row]:
        """The service's."""
        return (row for row, _ in self.rows if row.own)


def read_table(routes: Iterable[tuple[str, tuple[str, ...], str, str, str]], owners: Owners, service: str) -> Table:
    """``routes`` as a replay gives them: (pattern, methods, handler, its file, "regex" for an expression)."""
    made: dict[FrameworkRoute, tuple[str, str]] = {}
    for pattern, methods, handler, path, kind in routes:
        owner: Callable[[str], str] = partial(_owner, owners, pattern, handler, path)
        given = kind if kind.startswith("^") else ""
        for one in routes_by_owner(pattern, methods, kind == "regex", owner, service, given):
            made.setdefault(one, (handler, path))
    rows = []
    for route in match_order(list(made)):
        text = route_expression(route)
        expression = _compiled(text) if text is not None else None
        if expression is not None:
            handler, path = made[route]
            rows.append((Row(route.pattern, route.methods, handler, path, route.own, route.regex), expression))
    return Table(tuple(rows))


def _owner(owners: Owners, pattern: str, handler: str, path: str, method: str) -> str:
    return owners.of(method, pattern, handler, path)


def _compiled(text: str) -> re.Pattern[str] | None:
    try:
        return re.compile(text)
    except (re.error, RecursionError, OverflowError):
        return None


def _plain_pieces(pattern: str) -> Iterator[str | Variable]:
    at = 0
    for match in _PART.finditer(pattern):
        if match.start() > at:
            yield pattern[at : match.start()]
        name = match["name"] or match["brace"] or match["colon"] or ""
        yield Variable(name, match["kind"] if match["kind"] in ("int", "float", "uuid", "path") else "text")
        at = match.end()
    if at < len(pattern):
        yield pattern[at:]


def _regex_pieces(pattern: str) -> Iterator[str | Variable]:
    at = 0
    for match in _GROUP.finditer(pattern):
        yield from _fixed(pattern[at : match.start()])
        inner = match[2]
        kind = "int" if inner in ("[0-9]+", "\\d+") else "uuid" if inner.startswith("[0-9a-f]{8}") else "expression"
        yield Variable(match[1], "text" if inner in ("[^/]+", "[-a-zA-Z0-9_]+", "[^/.]+") else kind, inner)
        at = match.end()
    yield from _fixed(pattern[at:])


def _fixed(text: str) -> Sequence[str]:
    plain = re.sub(r"\\(.)", r"\1", _ENDS.sub("", text))
    plain = plain.removesuffix("/?") + "/" if plain.endswith("/?") else plain
    return (plain,) if plain else ()
