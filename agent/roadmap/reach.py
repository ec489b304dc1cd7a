"""What nothing reaches: routes that nothing links to, units that no way in leads to, pages that nobody shows, unused tables.

Only candidates: a caller outside the repository, a bookmark or a name built at run time leaves no trace in the code. Where
so much would be unreached that the ways in cannot be known, nothing is claimed and the reason is given instead.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from agent.domain.boundary import TableOwnership, Unit
from agent.domain.code import Symbol
from agent.domain.plan import RouteRow
from agent.domain.wording import counted, listed
from agent.roadmap.callers import (
    asked_by_convention,
    asked_by_machines,
    called_by_data,
    found_by_framework,
    page_by_convention,
    started_by_hand,
)
from agent.roadmap.ground import Ground, is_http
from agent.roadmap.mentions import Mentions, quoted, tails
from agent.roadmap.usage import tables_counted

__all__ = ["Unreached", "find_unreached", "path_of_route"]

LIMIT = 0.4  # more unreached than this share, and it is the ways in that were not understood
_PARAMETER = re.compile(r"[<{(:*$\[].*")
_HOLE = re.compile(r"<[^<>]*>|\{[^{}]*\}|\([^()]*\)|:\w+|\*+")
_NAMED = re.compile(r"""(?:\b(?:name|endpoint|route_name|as)\s*[:=]>?\s*|->name\(\s*)["']([\w:.-]{2,80})["']""")
_CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


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
    words = Mentions(ground)
    said: list[str] = []
    routes = _routes(ground, words, said)
    seen = _seen(ground, words)
    units = _units(ground, seen, said)
    pages = _pages(ground, words)
    tables = list(ground.boundaries.tables)
    mapped = {unit.path for unit in ground.boundaries.units if unit.id in seen}
    # A class that is used and maps a table may reach it through a relation, without a statement.
    idle = tuple(t for t in tables if not t.readers and not t.writers and t.location.path not in mapped)
    counts = tables_counted(ground)
    idle = tuple(t for t in idle if t.table not in counts)
    if len(idle) > LIMIT * len(tables) and len(idle) > 5:
        said.append(f"{len(idle)} of {len(tables)} tables are touched by no statement that was understood")
        idle = ()
    # What was counted decides, whatever the code seems to do.
    idle = (*idle, *(t for t in tables if t.table in counts and not counts[t.table].reads + counts[t.table].writes))
    unread = tuple(t for t in tables if t.writers and not t.readers and t.table not in _referenced(ground))
    return Unreached(tuple(routes), tuple(units), tuple(pages), idle, unread, tuple(said))


def _routes(ground: Ground, words: Mentions, said: list[str]) -> list[RouteRow]:
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
    machines = asked_by_machines(ground, found)
    if machines:
        said.append(
            f"nothing links to {_routes_named(machines)}, and yet no candidate: a key is asked for, so another program is the caller"
        )
    writing = [row for row in found if row not in machines and _changes(ground, row)]
    if writing:
        said.append(
            f"nothing links to {_routes_named(writing)}, and yet no candidate: forms and programs send to what writes, so a link is not needed"
        )
    return [row for row in found if row not in machines and row not in writing]


def _routes_named(rows: Sequence[RouteRow]) -> str:
    names = sorted({row.route for row in rows})
    return f"{counted(len(names), 'route')} ({listed(names, 4)})"


def _changes(ground: Ground, row: RouteRow) -> bool:
    """By its methods or, where it takes any, by what its own function writes for others: a log of calls is no such thing."""
    methods = {word.strip() for word in row.route[: row.route.find("/")].split(",")}
    if methods <= _CHANGES:
        return True
    function = ground.graph.by_id.get(row.handler)
    alone = function is not None and function.kind == "function"  # a file's tables may be those of its other routes
    read = {table for other in ground.system.routes_table for table in other.reads}
    return alone and bool(read & set(row.writes)) and "GET" not in methods


def _linked(ground: Ground, words: Mentions, row: RouteRow) -> bool:
    path = path_of_route(row.route)
    fixed = _PARAMETER.sub("", path)
    if fixed in ("", "/") or not is_http(row.route):
        return True  # the front page, or a pattern that could be anything
    own = quoted("\n".join(_around(ground, row)))
    function = ground.graph.by_id.get(row.handler)
    if function is not None and function.kind == "function" and words.tails[function.name] > tails(own)[function.name]:
        return True
    if any(words.tails[tail] > number for tail, number in tails(_NAMED.findall(_definition(ground, row))).items()):
        return True  # by the name of the route, as `{% url 'orders:detail' %}` does
    tail = _HOLE.sub("\0", path).rpartition("\0")[2].strip("/")
    if tail and "\0" not in tail and tail != path.strip("/"):  # `/orders/<id>/docket` is reached by what says `/docket`
        ending = re.compile(re.escape("/" + tail) + r"(?![\w-])")
        return len(ending.findall(words.haystack)) > len(ending.findall("\n".join(own)))
    if asked_by_convention(path) or _documented(words, fixed, path):
        return True
    stem = fixed.rstrip("/")
    pattern = re.compile(_anywhere(stem) + (r"(?![\w.-])" if fixed == path else ""), re.MULTILINE)
    if len(pattern.findall(words.haystack)) > len(pattern.findall("\n".join(own))):
        return True
    folder, _, last = stem.rpartition("/")
    joined = folder.count("/") > 0 and any(text.endswith(f"{folder}/") for text in words.folders)
    return joined and words.counts[last] > 0  # "/reports/" + name, for a name of a list


def _anywhere(stem: str) -> str:
    """A path as links write it: with a prefix, or without its first slash when it has another."""
    return re.escape(stem) if stem.count("/") < 2 else rf"(?:^|/){re.escape(stem.lstrip('/'))}"


def _documented(words: Mentions, fixed: str, path: str) -> bool:
    """Whether a document tells people outside of it."""
    end = r"(?![\w-])" if fixed == path else ""
    return fixed.strip("/").count("/") > 0 and re.search(re.escape(fixed) + end, words.documents) is not None


def _definition(ground: Ground, row: RouteRow) -> str:
    """The lines of a route's definition, at most eight, up to the next one's."""
    place = row.location
    after = [
        r.location.line for r in ground.http_routes if r.location.path == place.path and r.location.line > place.line
    ]
    last = min([place.line + 7, *(line - 1 for line in after)])
    return "\n".join(ground.texts.get(place.path, "").splitlines()[max(0, place.line - 1) : last])


def _around(ground: Ground, row: RouteRow) -> list[str]:
    lines = ground.texts.get(row.location.path, "").splitlines()
    return lines[max(0, row.location.line - 2) : row.location.line + 2]


def _seen(ground: Ground, words: Mentions) -> frozenset[str]:
    """Units that some way in leads to; empty when there is none."""
    roots = _roots(ground, words)
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
    return frozenset(seen)


def _units(ground: Ground, seen: frozenset[str], said: list[str]) -> list[Unit]:
    units = {unit.id: unit for unit in ground.boundaries.units}
    if not seen:
        return []  # a library: everything in it is there to be used
    packages = {unit[:place] for unit in seen for place, letter in enumerate(unit) if letter == "."}
    found = [u for u in units.values() if u.id not in seen and u.id not in packages and u.code_lines > 2]
    named = called_by_data(ground, found)
    if named:
        said.append(
            f"no way in was found to {listed([u.id for u in named], 4)}, and yet no candidate: a call whose program is computed at run "
            "time may lead there"
        )
        found = [u for u in found if u not in named]
    if len(found) > LIMIT * len(units) and len(found) > 3:
        said.append(f"no way in was found to {len(found)} of {len(units)} units, so not all ways in are known")
        return []
    return sorted(found, key=lambda unit: unit.id)


def _roots(ground: Ground, words: Mentions) -> set[str]:
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
    roots |= {unit.id for unit in ground.boundaries.units if started_by_hand(ground, unit)}
    roots |= found_by_framework(ground, words)
    config = words.config
    for unit in homes:
        simple = re.split(r"[./#]", unit.rpartition("#")[2])[-1]
        path = unit.rpartition("/")[2]
        if unit in config or path in config or (len(simple) > 3 and simple in config):
            roots.add(unit)
    # Templates name what they run: `<jsp:useBean class="...">`, an include, a script.
    roots |= {unit for unit in homes if unit.rpartition("/")[2] in words.names and "/" in unit}
    return roots


def _pages(ground: Ground, words: Mentions) -> list[Symbol]:
    shown = {edge.target for edge in ground.graph.dependencies if ground.graph.by_id[edge.source].role == "code"}
    pages = [s for s in ground.graph.symbols if s.kind == "template" and s.role != "test" and s.line]
    own = {unit.id.partition(".")[0] for unit in ground.boundaries.units}
    found = [
        page
        for page in pages
        if page.id not in shown
        and page.path.rpartition("/")[2] not in words.names
        and page.path.rpartition("/")[2].partition(".")[0] not in words.names
        and page.path.rpartition("/")[2].rpartition(".")[0] not in words.names
        and not page_by_convention(page.path, words, own)
    ]
    return found if len(found) <= LIMIT * len(pages) or len(found) < 4 else []


def _referenced(ground: Ground) -> set[str]:
    return {edge.target.removeprefix("table:") for edge in ground.graph.dependencies if edge.kind == "reference"}
