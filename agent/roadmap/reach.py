"""What nothing reaches: routes that nothing links to, units that no way in leads to, pages that nobody shows, unused tables.

Only candidates: a caller outside the repository, a bookmark or a name built at run time leaves no trace in the code. Where
so much would be unreached that the ways in cannot be known, nothing is claimed and the reason is given instead.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from agent.domain.boundary import TableOwnership, Unit
from agent.domain.code import Symbol
from agent.domain.plan import RouteRow
from agent.roadmap.ground import Ground, is_http

__all__ = ["Unreached", "find_unreached", "path_of_route"]

LIMIT = 0.4  # more unreached than this share, and it is the ways in that were not understood
_QUOTED = re.compile(r"""(["'`])([^"'`\s]{1,180})\1""")
_PATH = re.compile(r"""["'`](/[\w./-]{1,150})(?=[^\w./"'`-])""")
_WORD = re.compile(r"[\w./-]{2,160}")
_TAIL = re.compile(r"[\w-]+$")
_MARKUP_COMMENT = re.compile(r"<!--.{0,20000}?-->", re.S)
_COMMENT_LINE = re.compile(r"(?m)^\s*(?:#|//|\*|--).*$")
_PARAMETER = re.compile(r"[<{(:*$\[].*")


@dataclass(frozen=True)
class Unreached:
    """``said`` are reasons why a kind is not judged."""

    routes: tuple[RouteRow, ...] = ()
    units: tuple[Unit, ...] = ()
    pages: tuple[Symbol, ...] = ()
    idle_tables: tuple[TableOwnership, ...] = ()  # neither read nor written
    unread_tables: tuple[TableOwnership, ...] = ()  # written, and read by nothing here
    said: tuple[str, ...] = field(default=())


def path_of_route(route: str) -> str:
    """``GET, POST /orders/<id>`` -> ``/orders/<id>``."""
    place = route.find("/")
    return route[place:] if place >= 0 else route.rpartition(" ")[2]


def find_unreached(ground: Ground) -> Unreached:
    """All candidates."""
    words = _Mentions(ground)
    said: list[str] = []
    routes = _routes(ground, words, said)
    units = _units(ground, words, said)
    pages = _pages(ground, words)
    tables = list(ground.boundaries.tables)
    idle = tuple(t for t in tables if not t.readers and not t.writers)
    if len(idle) > LIMIT * len(tables) and len(idle) > 5:
        said.append(f"{len(idle)} of {len(tables)} tables are touched by no statement that was understood")
        idle = ()
    unread = tuple(t for t in tables if t.writers and not t.readers and t.table not in _referenced(ground))
    return Unreached(tuple(routes), tuple(units), tuple(pages), idle, unread, tuple(said))


class _Mentions:
    """Quoted texts and words of the repository's own sources, tests and comments left out."""

    def __init__(self, ground: Ground) -> None:
        quoted: list[str] = []
        self.config: set[str] = set()
        self.tails: Counter[str] = Counter()
        self.names: set[str] = set()  # last part of a path
        for path, text in ground.texts.items():
            role = ground.roles[path]
            plain = _MARKUP_COMMENT.sub("", text) if "<!--" in text else text
            if role == "config":
                if not path.endswith(".toml") or path.endswith("pyproject.toml"):
                    self.config.update(_WORD.findall(_COMMENT_LINE.sub("", plain)))
                continue  # a mapping to a route is where it is defined, not a link to it
            quoted += _quoted(plain)
            if role == "template":  # attributes without quotes, expressions
                words = _WORD.findall(plain)
                self.config.update(words)
                quoted += [word for word in words if "/" in word or "." in word]
        self.counts = Counter(quoted)
        for text, number in self.counts.items():
            self.tails.update(_tails([text], number))
            self.names.add(text.rpartition("/")[2])
        self.folders = [text for text in self.counts if text.endswith("/")]
        self.haystack = "\n".join(text for text, n in self.counts.items() if "/" in text for _ in range(n))


def _quoted(text: str) -> list[str]:
    """Quoted texts without a space, and paths that a quotation begins with (``"/orders/<?= $id ?>"``)."""
    return [found for _, found in _QUOTED.findall(text)] + _PATH.findall(text)


def _tails(texts: Iterable[str], number: int = 1) -> Counter[str]:
    """The names of endpoints: ``detail`` of ``orders.detail``."""
    found = (_TAIL.search(text) for text in texts if "/" not in text)
    return Counter({tail[0]: number for tail in found if tail})


def _routes(ground: Ground, words: _Mentions, said: list[str]) -> list[RouteRow]:
    traffic = ground.boundaries.traffic
    if traffic.requests:  # what was seen decides
        silent = {name.removeprefix("route:") for name in traffic.silent}
        return [row for row in ground.system.routes_table if row.route in silent]
    rows = list(ground.http_routes)
    linked = {path_of_route(row.route) for row in rows if _linked(ground, words, row)}
    found = [row for row in rows if path_of_route(row.route) not in linked and "*" not in row.route]
    if len(found) > LIMIT * len(rows) and len(found) > 5:
        said.append(f"nothing here links to {len(found)} of {len(rows)} routes, so their callers are outside")
        return []
    return found


def _linked(ground: Ground, words: _Mentions, row: RouteRow) -> bool:
    path = path_of_route(row.route)
    fixed = _PARAMETER.sub("", path)
    if fixed in ("", "/") or not is_http(row.route):
        return True  # the front page, or a pattern that could be anything
    own = _quoted("\n".join(_around(ground, row)))
    function = ground.graph.by_id.get(row.handler)
    if function is not None and function.kind == "function" and words.tails[function.name] > _tails(own)[function.name]:
        return True
    stem = fixed.rstrip("/")
    pattern = re.compile(re.escape(stem) + (r"(?![\w.-])" if fixed == path else ""))
    if len(pattern.findall(words.haystack)) > len(pattern.findall("\n".join(own))):
        return True
    folder, _, last = stem.rpartition("/")
    joined = folder.count("/") > 0 and any(text.endswith(f"{folder}/") for text in words.folders)
    return joined and words.counts[last] > 0  # "/reports/" + name, for a name of a list


def _around(ground: Ground, row: RouteRow) -> list[str]:
    lines = ground.texts.get(row.location.path, "").splitlines()
    return lines[max(0, row.location.line - 2) : row.location.line + 2]


def _units(ground: Ground, words: _Mentions, said: list[str]) -> list[Unit]:
    units = {unit.id: unit for unit in ground.boundaries.units}
    roots = _roots(ground, words)
    if not roots:
        return []  # a library: everything in it is there to be used
    needs: dict[str, set[str]] = defaultdict(set)
    graph = ground.graph
    for edge in graph.dependencies:
        source = graph.by_id[edge.source]
        if source.role == "code":
            a, b = source.unit or source.id, graph.unit_of(edge.target)
            if a != b:
                needs[a].add(b)
    seen, pending = set(roots), list(roots)
    while pending:
        for target in needs.get(pending.pop(), ()):
            if target not in seen:
                seen.add(target)
                pending.append(target)
    packages = {unit[:place] for unit in seen for place, letter in enumerate(unit) if letter == "."}
    found = [u for u in units.values() if u.id not in seen and u.id not in packages and u.code_lines > 2]
    if len(found) > LIMIT * len(units) and len(found) > 3:
        said.append(f"no way in was found to {len(found)} of {len(units)} units, so not all ways in are known")
        return []
    return sorted(found, key=lambda unit: unit.id)


def _roots(ground: Ground, words: _Mentions) -> set[str]:
    graph = ground.graph
    homes = {unit.id for unit in ground.boundaries.units}
    paths = {e.evidence.path for e in ground.inventory.entry_points}
    named = {
        part for e in ground.inventory.entry_points for part in (e.name, *e.name.split(), e.how.rpartition(" ")[2])
    }
    roots = {unit for unit in homes if unit in named}
    roots |= {unit.id for unit in ground.boundaries.units if unit.path in paths or unit.path in named}
    roots |= {graph.unit_of(row.handler) for row in ground.system.routes_table}
    if not roots:
        return set()
    config = words.config
    for unit in homes:
        simple = re.split(r"[./#]", unit.rpartition("#")[2])[-1]
        path = unit.rpartition("/")[2]
        if unit in config or path in config or (len(simple) > 3 and simple in config):
            roots.add(unit)
    # Templates name what they run: `<jsp:useBean class="...">`, an include, a script.
    roots |= {unit for unit in homes if unit.rpartition("/")[2] in words.names and "/" in unit}
    return roots


def _pages(ground: Ground, words: _Mentions) -> list[Symbol]:
    shown = {edge.target for edge in ground.graph.dependencies if ground.graph.by_id[edge.source].role == "code"}
    pages = [s for s in ground.graph.symbols if s.kind == "template" and s.role != "test" and s.line]
    found = [
        page
        for page in pages
        if page.id not in shown
        and page.path.rpartition("/")[2] not in words.names
        and page.path.rpartition("/")[2].partition(".")[0] not in words.names
    ]
    return found if len(found) <= LIMIT * len(pages) or len(found) < 4 else []


def _referenced(ground: Ground) -> set[str]:
    return {edge.target.removeprefix("table:") for edge in ground.graph.dependencies if edge.kind == "reference"}
