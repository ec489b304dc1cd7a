"""The data ownership matrix: tables by services, with counts, the ways in through which each is written, and routines."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from agent.boundaries.call_trees import CallTrees, Start, Tree
from agent.boundaries.ownership import evidence_of
from agent.boundaries.transactions import marked_functions
from agent.domain.bill import Cell, MatrixRow, WrittenBy
from agent.domain.boundary import SHARED, TableOwnership
from agent.domain.finding import Evidence

__all__ = ["common_tables", "draw_up_matrix"]

NAMED = 6
MANY = 3  # services for which shared code writes a table


def common_tables(tables: Sequence[TableOwnership], followed: Sequence[tuple[Start, Tree]]) -> frozenset[str]:
    """Tables that shared code alone writes, on behalf of three services or more."""
    behalf: dict[str, set[str]] = defaultdict(set)
    for _, tree in followed:
        for access in tree.accesses:
            if access.edge.kind == "write":
                behalf[access.table].add(access.service)
    return frozenset(t.table for t in tables if t.writers == (SHARED,) and len(behalf[t.table] - {SHARED}) >= MANY)


def draw_up_matrix(
    trees: CallTrees,
    tables: Sequence[TableOwnership],
    followed: Sequence[tuple[Start, Tree]],
    common: frozenset[str],
) -> tuple[MatrixRow, ...]:
    """A row for each table, by name."""
    counts = _counts(trees)
    ways: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for start, tree in followed:
        written = {(a.table, trees.home(a.edge.source)) for a in tree.accesses if a.edge.kind == "write"}
        for table, writer in sorted(written):
            ways[table][writer].append(start.name)
    transactions = _transactions(trees)
    routines = _routines(trees)
    return tuple(
        MatrixRow(
            table=t.table,
            owner=t.owner,
            sole_writer=len(t.writers) == 1 and t.writers[0] == t.owner,
            common=t.table in common,
            cells=tuple(
                Cell(service=s, reads=c["read"], writes=c["write"])
                for s, c in sorted(counts[t.table].items(), key=lambda item: (item[0] == SHARED, item[0]))
            ),
            written_by=tuple(
                WrittenBy(service=s, entry_points=tuple(names[:NAMED]), count=len(names))
                for s, names in sorted(ways[t.table].items())
            ),
            transactions=tuple(transactions[t.table][:NAMED]),
            routines=tuple(routines[t.table][:NAMED]),
        )
        for t in sorted(tables, key=lambda t: t.table)
    )


def _counts(trees: CallTrees) -> dict[str, dict[str, Counter[str]]]:
    """Table -> service -> reads and writes, in places."""
    found: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for unit, accessed in trees.system.access.items():
        for table, edges in accessed.items():
            used = [e.kind for e in edges if e.kind in ("read", "write")]
            if used:
                found[table.removeprefix("table:")][trees.homes.get(unit, SHARED)].update(used)
    return found


def _transactions(trees: CallTrees) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for function, (_, sure) in sorted(marked_functions(trees).items()):
        tree = trees.follow((function,), trees.home(function), sure)
        for table in sorted({a.table for a in tree.accesses if a.edge.kind == "write"}):
            found[table].append(function)
    return found


def _routines(trees: CallTrees) -> dict[str, list[Evidence]]:
    """Procedures, functions and triggers of SQL scripts: they go where the table goes, whatever else they touch."""
    found: dict[str, list[Evidence]] = defaultdict(list)
    for edge in trees.graph.dependencies:
        source = trees.graph.by_id[edge.source]
        if (
            edge.kind in ("read", "write")
            and source.language == "sql"
            and source.kind == "function"
            and source.role == "code"
        ):
            name = source.id.rpartition("#")[2]
            found[edge.target.removeprefix("table:")].append(evidence_of(edge, f"{name} {edge.kind}s it"))
    return found
