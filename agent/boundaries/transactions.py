"""Units of work that would span services: writes to tables of two owners in one transaction or one request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from agent.boundaries.call_trees import Access, CallTrees, Start, Tree
from agent.boundaries.ownership import evidence_of
from agent.domain.bill import Transaction
from agent.domain.code import Symbol
from agent.domain.inventory import Location

__all__ = ["find_transactions", "marked_functions"]

MARKERS = frozenset(
    "transactional atomic commit_on_success commit_manually unitofwork transaction transactionscope transact stateless "
    "managedtransaction transactionattribute".split()
)
"""Annotations and decorators that make a function one unit of work, by their last part, in lower case. A stateless session
bean's methods are by the container's default."""
BY_HAND = frozenset(
    {"transactionmanagement"}
)  # the bean may manage its own: what its class says is then not taken as exact
UNSURE = frozenset(
    {"transactionattribute"}
)  # its argument may switch the transaction off, and arguments are not in the graph
SHOWN = 8
NAMED = 6


def marked_functions(trees: CallTrees) -> dict[str, tuple[str, bool]]:
    """Function -> (its marker as written, whether that makes it a transaction for certain)."""
    found: dict[str, tuple[str, bool]] = {}
    for symbol in trees.graph.symbols:
        if symbol.kind == "function" and symbol.role == "code":
            container = trees.graph.by_id.get(symbol.container)
            marker = _marker(symbol) or (_marker(container) if container and container.kind == "class" else None)
            if marker:
                found[symbol.id] = marker
    return found


def _marker(symbol: Symbol) -> tuple[str, bool] | None:
    last = {name: name.rpartition(".")[2].lower() for name in symbol.decorators}
    names = sorted((part in UNSURE, name) for name, part in last.items() if part in MARKERS)
    if not names:
        return None
    return names[0][1], not (names[0][0] or BY_HAND & set(last.values()))


def find_transactions(
    trees: CallTrees, owners: Mapping[str, str], followed: Sequence[tuple[Start, Tree]], events: Iterable[str]
) -> tuple[Transaction, ...]:
    """Marked ones first, then requests assumed to be one; the most owners first."""
    marked = marked_functions(trees)
    events = frozenset(events)
    reached: dict[str, list[str]] = defaultdict(list)
    unmarked: list[tuple[Start, Tree]] = []
    for start, tree in followed:
        through = sorted(tree.symbols & marked.keys())
        for function in through:
            reached[function].append(start.name)
        if not through:
            unmarked.append((start, tree))
    found = []
    for function, (marker, sure) in sorted(marked.items()):
        tree = trees.follow((function,), trees.home(function), sure)
        if len(_owned(tree, owners)) > 1 and not _told_inside(function, tree, trees, owners, marked):
            symbol = trees.graph.by_id[function]
            start = Start(function, (function,), trees.home(function), sure)
            place = Location(path=symbol.path, line=symbol.line)
            found.append(_transaction(start, marker, place, tree, owners, reached[function], events, trees))
    for start, tree in unmarked:
        if len(_owned(tree, owners)) > 1:
            symbol = trees.graph.by_id[start.symbols[0]]
            place = Location(path=symbol.path, line=symbol.line)
            found.append(_transaction(start, "", place, tree, owners, [start.name], events, trees))
    return tuple(sorted(found, key=lambda t: (t.marker == "", -len(t.owners), -t.writes, t.name)))


def _owned(tree: Tree, owners: Mapping[str, str]) -> dict[str, list[Access]]:
    found: dict[str, list[Access]] = defaultdict(list)
    for access in tree.accesses:
        if access.edge.kind == "write" and owners.get(access.table):
            found[owners[access.table]].append(access)
    return dict(sorted(found.items()))


def _told_inside(
    function: str, tree: Tree, trees: CallTrees, owners: Mapping[str, str], marked: Mapping[str, tuple[str, bool]]
) -> bool:
    """Whether a transaction that it calls has all of its writes already: the inner one is named then."""
    whole = {a.edge for found in _owned(tree, owners).values() for a in found}
    for inner in sorted((tree.symbols & marked.keys()) - {function}):
        below = trees.follow((inner,), trees.home(inner), marked[inner][1])
        if function not in below.symbols and whole == {
            a.edge for found in _owned(below, owners).values() for a in found
        }:
            return True
    return False


def _by_turns(first: Mapping[tuple[str, str], Access]) -> list[tuple[tuple[str, str], Access]]:
    """One table of each owner before the second of any."""
    place: dict[str, int] = defaultdict(int)
    ranked = []
    for (owner, table), access in sorted(first.items(), key=lambda item: item[0]):
        ranked.append((place[owner], owner, table, access))
        place[owner] += 1
    return [((owner, table), access) for _, owner, table, access in sorted(ranked, key=lambda r: r[:3])]


def _transaction(
    start: Start,
    marker: str,
    place: Location,
    tree: Tree,
    owners: Mapping[str, str],
    use_cases: Sequence[str],
    events: frozenset[str],
    trees: CallTrees,
) -> Transaction:
    owned = _owned(tree, owners)
    first: dict[tuple[str, str], Access] = {}
    for owner, accesses in owned.items():
        for access in sorted(accesses, key=lambda a: (not a.exact, a.edge.path, a.edge.line)):
            first.setdefault((owner, access.table), access)
    calm = trees.follow(start.symbols, start.service, start.exact, events & {h.edge.target for h in tree.hops})
    evidence = [
        evidence_of(a.edge, f"{a.edge.source} writes {t} of {owner}").model_copy(
            update={"resolution": "exact" if a.exact else "inferred"}
        )
        for (owner, t), a in _by_turns(first)
    ]
    sure = marker and all(any(a.exact for a in accesses) for accesses in owned.values())
    return Transaction(
        name=start.name,
        marker=marker,
        location=place,
        owners=tuple((owner, tuple(sorted({a.table for a in accesses}))) for owner, accesses in owned.items()),
        use_cases=tuple(use_cases[:NAMED]),
        use_case_count=len(use_cases),
        eased_by_events=len(_owned(calm, owners)) < 2,
        resolution="exact" if sure else "inferred",
        writes=len({a.edge for accesses in owned.values() for a in accesses}),
        evidence=tuple(evidence[:SHOWN]),
    )
