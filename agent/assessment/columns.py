"""Which columns of a shared concept each side uses: boundaries and sources in, the same boundaries with columns named out.

A column counts for a side when its name stands, in SQL or as a member, in a function of that side that reads or writes
the table; a name that another table of the same function has as well says nothing and is left out. It is what was read,
not what was run: `SELECT *` is noted as such, and a column that is only reached through an object passed on is missed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from agent.assessment.case import Case
from agent.assessment.reading.masking import Source
from agent.assessment.reading.schemas import tables_of
from agent.domain.bill import Concept, ConceptUse
from agent.domain.boundary import Boundaries
from agent.domain.code import Dependency

__all__ = ["name_columns"]

STATEMENT = 14  # lines after a place outside of any function (a mapper's XML, a script) that its statement may take
SHOWN = 5
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_ALL = re.compile(r"\bselect\s+(?:\w+\.)?\*", re.IGNORECASE)
Place = tuple[str, int, int]  # path, first line, last line


def name_columns(case: Case) -> Boundaries:
    """The case's boundaries; each use of a concept with a table has the ``columns`` that were seen there."""
    boundaries = case.boundaries
    if not any(concept.table for concept in boundaries.bill.concepts):
        return boundaries
    columns = {
        name: {_plain(c.name): c.name for c in table.columns}
        for name, table in tables_of(case.sources, case.graph).items()
    }
    seen = _seen(case, columns)
    concepts = tuple(_named(concept, columns, seen) for concept in boundaries.bill.concepts)
    return boundaries.model_copy(update={"bill": boundaries.bill.model_copy(update={"concepts": concepts})})


def _plain(name: str) -> str:
    """``order_date``, ``orderDate`` and ``ORDER-DATE`` are one column."""
    return name.replace("_", "").replace("-", "").lower()


def _seen(case: Case, columns: Mapping[str, Mapping[str, str]]) -> Mapping[tuple[str, str], set[str]]:
    """(table, service) -> plain names of columns, ``*`` for all of them."""
    sources = {source.path: source for source in case.sources}
    touched: dict[Place, set[str]] = defaultdict(set)
    services: dict[Place, str] = {}
    for edge in case.graph.dependencies:
        if edge.kind in ("read", "write") and edge.target.startswith("table:") and edge.path in sources:
            place = _place(edge, case)
            touched[place].add(edge.target.removeprefix("table:").lower())
            services[place] = case.service_of(edge.source)
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for place, tables in touched.items():
        text = _text(sources[place[0]], place)
        words = {_plain(word) for word in _WORD.findall(text)}
        for table in tables:
            own = columns.get(table, {})
            others = {name for other in tables - {table} for name in columns.get(other, {})}
            found[table, services[place]] |= (words & own.keys()) - others
            if len(tables) == 1 and _ALL.search(text):
                found[table, services[place]].add("*")
    return found


def _place(edge: Dependency, case: Case) -> Place:
    symbol = case.graph.by_id[edge.source]
    if symbol.path == edge.path and symbol.kind == "function" and symbol.line <= edge.line <= symbol.end_line:
        return edge.path, symbol.line, symbol.end_line
    return edge.path, edge.line, edge.line + STATEMENT


def _text(source: Source, place: Place) -> str:
    last = source.text.count("\n") + 1
    start, _ = source.line_span(min(place[1], last))
    _, end = source.line_span(min(place[2], last))
    return source.plain[start:end]


def _named(
    concept: Concept, columns: Mapping[str, Mapping[str, str]], seen: Mapping[tuple[str, str], set[str]]
) -> Concept:
    names = columns.get(concept.table.lower(), {})
    if not names:
        return concept
    uses = tuple(
        use.model_copy(
            update={"columns": tuple(_as_declared(seen.get((concept.table.lower(), use.service), ()), names))}
        )
        for use in concept.uses
    )
    said = "; ".join(_said(use, len(names)) for use in uses if use.columns)
    advice = f"{concept.advice}. Columns seen, of {len(names)}: {said}" if said else concept.advice
    return concept.model_copy(update={"uses": uses, "advice": advice})


def _as_declared(seen: Iterable[str], names: Mapping[str, str]) -> Iterator[str]:
    found = set(seen)
    if "*" in found:
        yield "*"
    for plain, name in names.items():
        if plain in found:
            yield name


def _said(use: ConceptUse, declared: int) -> str:
    if "*" in use.columns:
        return f"{use.service} asks for all"
    if len(use.columns) == declared:
        return f"{use.service} all"
    more = f" and {len(use.columns) - SHOWN} more" if len(use.columns) > SHOWN else ""
    return f"{use.service} {', '.join(use.columns[:SHOWN])}{more}"
