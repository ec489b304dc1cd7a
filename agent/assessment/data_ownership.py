"""Data that splitting would tear: tables with several writers, statements that join over services, tables of nobody.

Before: billing and orders both write `customers`. After: one of them owns it and the other asks. Why: two services that
share a table are one service with a network in the middle. When not: while both writers stay in one deployable.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from agent.assessment.case import Case, finding, seen
from agent.assessment.performance.queries import runs_query
from agent.assessment.reading import Source
from agent.domain.boundary import SHARED
from agent.domain.code import Dependency
from agent.domain.finding import Finding, Rule
from agent.domain.wording import counted, listed

__all__ = ["RULES", "look"]

RULES = (
    Rule(
        id="data.several-writers", lens="data", severity="high", title="A table has several writing services",
        matches="Tables that two or more proposed services write.",
        why="Two services that write one table are one service with a network in the middle.",
        remedy="Let one own it; the others ask it, or the writing code moves.",
    ),
    Rule(
        id="data.cross-service-join", lens="data", severity="medium", title="A statement joins tables of several services",
        matches="Statements that touch tables of two or more owners; not programs that open several files, nor statements whose table is filled in.",
        why="After a split no single database answers them.",
        remedy="A reporting replica, a read model fed by events, or two calls.",
    ),
    Rule(
        id="data.writes-past-owner", lens="data", severity="medium", title="Shared code writes tables past their owner",
        matches="Writes in code that is set apart as shared.",
        why="Whoever calls it writes another service's tables.",
        remedy="Move each function to the service that owns the table.",
    ),
)  # fmt: skip

# Two writers in one deployable are a smell; in two deployables they are an outage.
SEVERITY = {"split": "high", "modularize": "medium", "do not split": "low"}


def look(case: Case) -> Iterator[Finding]:
    """Rules data.several-writers, data.cross-service-join and data.writes-past-owner."""
    yield from _several_writers(case)
    yield from _joins(case)
    yield from _writes_by_shared_code(case)


def _uses(case: Case) -> dict[str, list[Dependency]]:
    found: dict[str, list[Dependency]] = defaultdict(list)
    for edge in case.graph.dependencies:
        if edge.kind in ("read", "write") and case.service_of(edge.source):
            found[edge.target].append(edge)
    return found


# A job that deletes and defines a cluster makes the file; it does not keep what stands in it.
_DEFINES = re.compile(r"(?i)^[ \t]*(?:DELETE|DEFINE[ \t]+(?:CLUSTER|ALTERNATEINDEX|AIX|GDG))\b")


def _defines(source: Source | None, edge: Dependency) -> bool:
    if source is None or source.language != "jcl":
        return False
    start, end = source.line_span(edge.line)
    return bool(_DEFINES.search(source.text[start:end]))


def _several_writers(case: Case) -> Iterator[Finding]:
    uses = _uses(case)
    sources = {source.path: source for source in case.sources}
    for table in case.boundaries.tables:
        writes = [
            e
            for e in uses[f"table:{table.table}"]
            if e.kind == "write" and case.service_of(e.source) != SHARED and not _defines(sources.get(e.path), e)
        ]
        writers = [w for w in table.writers if w != SHARED and any(case.service_of(e.source) == w for e in writes)]
        if len(writers) < 2:
            continue
        writes.sort(key=lambda e: (case.service_of(e.source) == table.owner, e.resolution, e.path, e.line))
        others = [w for w in writers if w != table.owner]
        yield finding(
            "data.several-writers", table.table, SEVERITY[case.boundaries.verdict],
            f"Table {table.table} is written by {listed(writers)}",
            f"{table.owner} would own it ({table.reason}). {listed(others)} would have to stop writing it before either side "
            "can have its own schema.",
            f"Let {table.owner} write and give {listed(others)} an operation of it to call; or move the writing code to "
            f"{table.owner}; or keep them in one deployable.",
            case.named(writers),
            [seen(e, f"{e.source} ({case.service_of(e.source)}) writes {table.table}") for e in writes],
        )  # fmt: skip


# OPEN names files one after the other, and a statement whose table is filled in runs once for each of them.
_NO_STATEMENT = re.compile(r"(?i)^(?:.{6})?[ \t]*(?:OPEN|CLOSE|READ|WRITE|EXEC[ \t]+CICS)\b|^//")
_FILLED_IN = re.compile(
    r"(?i)\b(?:FROM|JOIN|UPDATE|INTO)[ \t]+[`\"\[]?(?:\{?\$\{?\w|\{\w|%s|[\"'][ \t]*(?:\+|\.(?!\.)|\|\||%))"
)


def _is_statement(source: Source | None, edges: list[Dependency]) -> bool:
    """Whether one statement over all its tables begins at their line; a walk over mapped objects is none."""
    if source is None:
        return True
    line = edges[0].line
    start, end = source.line_span(line)
    walked = any(e.resolution == "inferred" for e in edges) and not runs_query(source, line)
    if walked and not re.search(r"[\"'`]", source.code[start:end]):
        return False
    if source.language in ("cobol", "jcl") and _NO_STATEMENT.search(source.text[start:end]):
        return False
    return not _FILLED_IN.search(source.plain, start, min(end, start + 2000))


def _joins(case: Case) -> Iterator[Finding]:
    sources = {source.path: source for source in case.sources}
    owners = {f"table:{t.table}": t.owner for t in case.boundaries.tables}
    statements: dict[tuple[str, str, int], list[Dependency]] = defaultdict(list)
    for edge in case.graph.dependencies:
        if edge.kind in ("read", "write") and owners.get(edge.target) and case.service_of(edge.source):
            statements[edge.source, edge.path, edge.line].append(edge)
    by_source: dict[str, list[tuple[Dependency, tuple[str, ...], tuple[str, ...]]]] = defaultdict(list)
    for (source, path, _), edges in sorted(statements.items()):
        touched = case.named(owners[e.target] for e in edges)
        if len(touched) > 1 and _is_statement(sources.get(path), edges):
            tables = tuple(sorted({e.target.removeprefix("table:") for e in edges}))
            by_source[case.graph.unit_of(source)].append((edges[0], tables, touched))
    for source, found in by_source.items():
        services = case.named(s for _, _, touched in found for s in touched)
        joined = sorted({t for _, names, _ in found for t in names})
        yield finding(
            "data.cross-service-join", source, "medium",
            f"{source} joins tables of {listed(services)}",
            f"{counted(len(found), 'statement touches', 'statements touch')} {', '.join(joined)}; after a split no single database answers them.",
            "Serve it from a reporting replica or a read model fed by events, or compose it from two calls where the rows are few.",
            services,
            [seen(e, f"one statement over {', '.join(names)}") for e, names, _ in found],
        )  # fmt: skip


def _writes_by_shared_code(case: Case) -> Iterator[Finding]:
    by_unit: dict[str, list[Dependency]] = defaultdict(list)
    for edge in case.graph.dependencies:
        if edge.kind == "write" and case.service_of(edge.source) == SHARED:
            by_unit[case.graph.unit_of(edge.source)].append(edge)
    owners = {f"table:{t.table}": t.owner for t in case.boundaries.tables}
    for unit, edges in sorted(by_unit.items()):
        tables = sorted({e.target.removeprefix("table:") for e in edges})
        services = case.named(owners.get(e.target, "") for e in edges)
        if not services:
            continue
        yield finding(
            "data.writes-past-owner", unit, "medium",
            f"Shared code {unit} writes {counted(len(tables), 'table')} of {listed(services)}",
            f"Whoever calls it writes {', '.join(tables[:8])}{' ...' if len(tables) > 8 else ''} past the table's owner.",
            "Move each function to the service that owns the table it writes; leave only what writes nothing in shared code.",
            services,
            [seen(e, f"{e.source} writes {e.target.removeprefix('table:')}") for e in edges],
        )  # fmt: skip
