"""Tables with several writers: the ways out, and what each would cost in this system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.boundaries.call_trees import Access, CallTrees, Start, Tree
from agent.boundaries.ownership import evidence_of
from agent.boundaries.verbs import may_refuse
from agent.domain.bill import Conflict, Option, Transaction
from agent.domain.boundary import SHARED, TableOwnership
from agent.domain.code import Dependency

__all__ = ["price_conflicts"]

SHOWN = 6


def price_conflicts(
    trees: CallTrees,
    tables: Sequence[TableOwnership],
    followed: Sequence[tuple[Start, Tree]],
    transactions: Sequence[Transaction],
) -> tuple[Conflict, ...]:
    """Each conflict with its options, the most disputed tables first."""
    disputed = [t for t in tables if len(t.writers) > 1 and t.owner]
    touched = _touched(followed, {t.table: t.owner for t in disputed})
    spans: dict[str, int] = {}
    for transaction in transactions:
        for table in {t for _, written in transaction.owners for t in written}:
            spans[table] = spans.get(table, 0) + 1
    found = [_conflict(t, trees, touched[t.table], spans.get(t.table, 0)) for t in disputed]
    return tuple(sorted(found, key=lambda c: (-len(c.writers), -c.options[0].sites, c.table)))


def _touched(followed: Sequence[tuple[Start, Tree]], owners: Mapping[str, str]) -> dict[str, tuple[int, int, int]]:
    """Table -> use cases that write it from outside its owner; those and the ones that read it so; those that write it
    from outside and read it too."""
    found = {table: [0, 0, 0] for table in owners}
    for _, tree in followed:
        mine: dict[str, list[Access]] = {}
        for access in tree.accesses:
            if access.table in owners:
                mine.setdefault(access.table, []).append(access)
        for table, accesses in mine.items():
            outside = {a.edge.kind for a in accesses if a.service != owners[table]}
            found[table][0] += "write" in outside
            found[table][1] += bool(outside & {"read", "write"})
            found[table][2] += "write" in outside and any(a.edge.kind == "read" for a in accesses)
    return {table: (a, b, c) for table, (a, b, c) in found.items()}


def _conflict(table: TableOwnership, trees: CallTrees, touched: tuple[int, int, int], spans: int) -> Conflict:
    writes, reads = _outside(table, trees, "write"), _outside(table, trees, "read")
    readers = sorted({trees.home(e.source) for e in reads} - {SHARED})
    options = [
        Option(
            kind="owner's API",
            what=f"{table.owner} alone touches {table.table}; the others call it to write and to read",
            one_writer=True, sites=len(writes) + len(reads), use_cases=touched[1], transactions=spans, stale=0,
            copies=0, fits=True,
        ),
        Option(
            kind="read replica",
            what=f"{table.owner} alone writes {table.table}; the others call it to write and read a copy of their own",
            one_writer=True, sites=len(writes) + len(reads), use_cases=touched[0], transactions=spans, stale=touched[2],
            copies=len(readers), fits=bool(readers),
        ),
        Option(
            kind="event",
            what=f"the others publish what happened, and {table.owner} writes {table.table} afterwards; they read a copy",
            one_writer=True, sites=len(writes) + len(reads), use_cases=0, transactions=spans, stale=touched[2],
            copies=len(readers), fits=not touched[2] and not any(may_refuse(e.source) for e in writes),
        ),
        Option(
            kind="shared schema for now",
            what=f"{table.table} stays in one database that all of them write; nobody can change it alone",
            one_writer=False, sites=0, use_cases=0, transactions=0, stale=0, copies=0, fits=True,
        ),
    ]  # fmt: skip
    return Conflict(
        table=table.table,
        owner=table.owner,
        writers=table.writers,
        options=_marked(options),
        evidence=tuple(
            evidence_of(
                e, f"{e.source} ({'shared code' if trees.home(e.source) == SHARED else trees.home(e.source)}) writes it"
            )
            for e in sorted(writes, key=lambda e: (e.resolution, e.path, e.line))[:SHOWN]
        ),
    )


def _marked(options: Sequence[Option]) -> tuple[Option, ...]:
    """Cheapest: what keeps one writer and fits, by use cases that gain a hop, then copies to keep in step, then places."""
    able = [n for n, o in enumerate(options) if o.one_writer and o.fits]
    best = min(able, key=lambda n: (options[n].use_cases, options[n].copies, options[n].sites, n))
    return tuple(o.model_copy(update={"cheapest": n == best}) for n, o in enumerate(options))


def _outside(table: TableOwnership, trees: CallTrees, kind: str) -> list[Dependency]:
    return [
        edge
        for unit, accessed in trees.system.access.items()
        if trees.homes.get(unit, SHARED) != table.owner
        for edge in accessed.get(f"table:{table.table}", ())
        if edge.kind == kind
    ]
