"""What splitting would cost: a system with its homes, tables and crossings in; the bill out, most expensive first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from agent.boundaries.call_trees import CallTrees, Start, Tree
from agent.boundaries.concepts import find_concepts
from agent.boundaries.conflicts import price_conflicts
from agent.boundaries.cycles import find_cycles
from agent.boundaries.matrix import common_tables, draw_up_matrix
from agent.boundaries.operations import find_operations
from agent.boundaries.ownership import evidence_of
from agent.boundaries.system import System
from agent.boundaries.transactions import find_transactions
from agent.domain.bill import Bill, ForeignKey, Join, Operation, ServiceBill, Transaction, UseCase
from agent.domain.boundary import SHARED, Crossing, TableOwnership
from agent.domain.code import Dependency
from agent.domain.inventory import Location

__all__ = ["make_out_bill"]

OPERATIONS = 40  # of each service
USE_CASES = 100
TRANSACTIONS = 60
JOINS = 60
CHAIN = 12
COPIED = 10
SHOWN = 2


def make_out_bill(
    system: System, homes: Mapping[str, str], tables: Sequence[TableOwnership], crossings: Sequence[Crossing]
) -> Bill:
    """The bill of splitting the system along those homes."""
    trees = CallTrees(system, homes)
    followed = [(start, trees.follow(start.symbols, start.service, start.exact)) for start in trees.starts()]
    common = common_tables(tables, followed)
    owners = {t.table: "" if t.table in common else t.owner for t in tables}
    operations, copied = find_operations(trees, owners, followed)
    events = [o.symbol for listed in operations.values() for o in listed if o.event]
    transactions = find_transactions(trees, owners, followed, events)
    use_cases = _use_cases(followed, owners, trees)
    joins = _joins(trees, owners)
    keys = _foreign_keys(system, owners)
    cycles = find_cycles(crossings)
    circles = {service: cycle.services for cycle in cycles for service in cycle.services}
    return Bill(
        services=tuple(
            _service(
                name,
                operations.get(name, ()),
                copied.get(name, ()),
                use_cases,
                transactions,
                joins,
                keys,
                tables,
                circles,
            )
            for name in sorted(set(homes.values()) - {SHARED})
        ),
        use_cases=use_cases[:USE_CASES],
        use_case_count=len(use_cases),
        entry_points=len(followed),
        transactions=transactions[:TRANSACTIONS],
        transaction_count=len(transactions),
        joins=joins[:JOINS],
        join_count=len(joins),
        foreign_keys=keys,
        cycles=cycles,
        matrix=draw_up_matrix(trees, tables, followed, common),
        concepts=find_concepts(trees, tables),
        conflicts=price_conflicts(trees, tables, followed, transactions),
    )


def _use_cases(
    followed: Sequence[tuple[Start, Tree]], owners: Mapping[str, str], trees: CallTrees
) -> tuple[UseCase, ...]:
    """Those that need a second service, by calls that cross (times the requests that logs know of), then by hops."""
    found = []
    for start, tree in followed:
        calls = {(h.edge.source, h.edge.target) for h in tree.hops}
        foreign = sorted({a.table for a in tree.accesses if owners.get(a.table, "") not in ("", a.service)})
        if not calls and not foreign:
            continue
        symbol = trees.graph.by_id[start.symbols[0]]
        chain = [
            evidence_of(h.edge, f"{_who(h.source)} calls {h.target}: {h.edge.source} → {h.edge.target}").model_copy(
                update={"resolution": "exact" if h.exact else "inferred"}
            )
            for h in tree.chain[:CHAIN]
        ]
        found.append(
            UseCase(
                name=start.name,
                service=start.service,
                location=Location(path=symbol.path, line=symbol.line),
                calls=len(calls),
                hops=len(tree.chain),
                services=tuple(sorted({s for h in tree.hops for s in (h.source, h.target)} - {SHARED})),
                chain=tuple(chain),
                foreign_tables=tuple(foreign),
                resolution="exact" if start.exact and all(h.exact for h in tree.hops) else "inferred",
                cut_off=tree.cut_off,
                requests=start.requests,
            )
        )
    return tuple(
        sorted(
            found,
            key=lambda u: (-(u.requests or 0) * max(1, u.calls), -u.calls, -u.hops, -len(u.foreign_tables), u.name),
        )
    )


def _who(service: str) -> str:
    return "shared code" if service == SHARED else service


def _joins(trees: CallTrees, owners: Mapping[str, str]) -> tuple[Join, ...]:
    """Tables of several owners at one place of one function, the most owners first."""
    places: dict[tuple[str, str, int], list[Dependency]] = defaultdict(list)
    for accessed in trees.system.access.values():
        for edges in accessed.values():
            for edge in edges:
                if edge.kind in ("read", "write"):
                    places[edge.source, edge.path, edge.line].append(edge)
    found = []
    for (source, path, line), used in sorted(places.items()):
        named = {e.target.removeprefix("table:") for e in used}
        owned = sorted((t, owners[t]) for t in named if owners.get(t))
        if len({owner for _, owner in owned}) > 1 and any(e.kind == "read" for e in used):
            found.append(
                Join(
                    symbol=source,
                    service=trees.home(source),
                    location=Location(path=path, line=line),
                    tables=tuple(owned),
                    resolution="exact" if all(e.resolution == "exact" for e in used) else "inferred",
                )
            )
    return tuple(
        sorted(found, key=lambda j: (-len({o for _, o in j.tables}), j.location.path, j.location.line, j.symbol))
    )


def _foreign_keys(system: System, owners: Mapping[str, str]) -> tuple[ForeignKey, ...]:
    found = []
    for (a, b), edges in system.references.items():
        table, target = a.removeprefix("table:"), b.removeprefix("table:")
        if owners.get(table) and owners.get(target) and owners[table] != owners[target]:
            proof = tuple(evidence_of(e, f"{table} refers to {target}") for e in edges[:SHOWN])
            found.append(
                ForeignKey(table=table, owner=owners[table], target=target, target_owner=owners[target], evidence=proof)
            )
    return tuple(found)


def _service(
    name: str,
    operations: Sequence[Operation],
    copied: Sequence[str],
    use_cases: Sequence[UseCase],
    transactions: Sequence[Transaction],
    joins: Sequence[Join],
    keys: Sequence[ForeignKey],
    tables: Sequence[TableOwnership],
    circles: Mapping[str, tuple[str, ...]],
) -> ServiceBill:
    own = [u for u in use_cases if u.service == name]
    counts = Counter(
        {
            "transactions": sum(name in dict(t.owners) for t in transactions),
            "joins": sum(name in {o for _, o in j.tables} for j in joins),
            "keys": sum(name in (k.owner, k.target_owner) for k in keys),
        }
    )
    return ServiceBill(
        service=name,
        operations=tuple(operations[:OPERATIONS]),
        operation_count=len(operations),
        event_count=sum(o.event for o in operations),
        call_sites=sum(o.call_sites for o in operations),
        use_cases=len(own),
        most_hops=max((u.hops for u in own), default=0),
        transactions=counts["transactions"],
        joins=counts["joins"],
        foreign_keys=counts["keys"],
        reads_only=tuple(sorted(t.table for t in tables if name in t.readers and name not in (*t.writers, t.owner))),
        copied=tuple(copied[:COPIED]),
        copied_count=len(copied),
        cycle=circles.get(name, ()),
    )
