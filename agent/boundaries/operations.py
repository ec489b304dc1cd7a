"""What each service would offer: its functions that outside code calls, and whether an event could stand in for the call."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from agent.boundaries.call_trees import CallTrees, Start, Tree
from agent.boundaries.ownership import evidence_of
from agent.boundaries.verbs import named_as
from agent.domain.bill import Operation
from agent.domain.boundary import SHARED
from agent.domain.code import Dependency
from agent.domain.inventory import Location

__all__ = ["Copied", "find_operations"]

Copied = Mapping[str, tuple[str, ...]]

SHOWN = 4
LISTED = 10


def find_operations(
    trees: CallTrees, owners: Mapping[str, str], followed: Sequence[tuple[Start, Tree]]
) -> tuple[Mapping[str, tuple[Operation, ...]], Copied]:
    """Service -> its operations, the most called first; and service -> functions that are called from outside but touch no
    table, which would be copied rather than called."""
    sites: dict[str, list[Dependency]] = defaultdict(list)
    for edge in trees.graph.dependencies:
        if edge.kind == "call" and _crosses(edge, trees):
            sites[edge.target].append(edge)
    needed: dict[str, list[str]] = defaultdict(list)
    for start, tree in followed:
        for target in sorted({hop.edge.target for hop in tree.hops}):
            needed[target].append(start.name)
    found: dict[str, list[Operation]] = defaultdict(list)
    copied: dict[str, list[str]] = defaultdict(list)
    for symbol in sorted(sites, key=lambda s: (-len(sites[s]), s)):
        if not trees.is_remote(symbol):
            copied[trees.home(symbol)].append(symbol)
            continue
        operation = _operation(symbol, sites[symbol], needed[symbol], trees, owners)
        found[operation.service].append(operation)
    return {s: tuple(o) for s, o in sorted(found.items())}, {s: tuple(c) for s, c in sorted(copied.items())}


def _crosses(edge: Dependency, trees: CallTrees) -> bool:
    target, source = trees.graph.by_id[edge.target], trees.graph.by_id[edge.source]
    home = trees.home(edge.target)
    return (
        target.kind == "function"
        and target.role == source.role == "code"
        and home not in (SHARED, trees.home(edge.source))
        and source.kind not in ("template", "route")
        and not trees.is_accessor(target)
        and target.name not in ("<init>", "__init__", "__construct", "constructor")
    )


def _operation(
    symbol: str, sites: Sequence[Dependency], needed: Sequence[str], trees: CallTrees, owners: Mapping[str, str]
) -> Operation:
    known, service = trees.graph.by_id[symbol], trees.home(symbol)
    tree = trees.follow((symbol,), service)
    callers = Counter(trees.home(edge.source) for edge in sites)
    ranked = sorted(sites, key=lambda e: (e.resolution, e.path, e.line, e.source))
    event, reason = _event(symbol, service, sites, tree, trees, owners)
    return Operation(
        symbol=symbol,
        service=service,
        location=Location(path=known.path, line=known.line),
        callers=tuple(sorted(callers.items(), key=lambda c: (-c[1], c[0]))),
        call_sites=len(sites),
        reads=tuple(sorted({a.table for a in tree.accesses if a.edge.kind == "read"})),
        writes=tuple(sorted({a.table for a in tree.accesses if a.edge.kind == "write"})),
        entry_points=tuple(needed[:LISTED]),
        entry_point_count=len(needed),
        event=event,
        event_reason=reason,
        resolution="exact" if any(e.resolution == "exact" for e in sites) else "inferred",
        evidence=tuple(evidence_of(e, f"{e.source} calls {e.target}") for e in ranked[:SHOWN]),
    )


def _event(
    symbol: str,
    service: str,
    sites: Sequence[Dependency],
    tree: Tree,
    trees: CallTrees,
    owners: Mapping[str, str],
) -> tuple[bool, str]:
    """Whether nobody seems to wait for the answer, and why that is thought."""
    written = sorted({a.table for a in tree.accesses if a.edge.kind == "write"})
    foreign = [t for t in written if owners.get(t, "") not in ("", service)]
    telling = named_as(symbol)
    refusal = _refusal(tree, service, trees)
    if foreign:
        return False, f"writes {foreign[0]}, which is not its own service's"
    if telling == "asks":
        return False, "its name asks for an answer or may refuse"
    if tree.cut_off:
        return False, "too much runs behind it to be followed to the end"
    if refusal:
        return False, f"may refuse with {refusal}, and the caller waits for that"
    if not written:
        if telling == "tells":
            return True, "named as a message, and writes no table; that its result is not needed is to be checked"
        return False, "changes nothing that was seen, so its answer is what it is called for"
    mine = [t for t in written if owners.get(t) == service]
    own = (
        f"writes only its own {', '.join(mine[:3])}" if mine else "writes only what every service would have of its own"
    )
    first = sum(_wrote_before(edge, trees, owners) for edge in sites)
    if first == len(sites):
        return (
            True,
            f"{own}, and every caller has written its own tables before; that its result is not needed is to be checked",
        )
    if telling == "tells":
        return True, f"{own}, and is named as a message; that its result is not needed is to be checked"
    return (
        False,
        f"{own}, but {first} of {len(sites)} callers have written before: whether they need its result is open",
    )


def _refusal(tree: Tree, service: str, trees: CallTrees) -> str:
    """An exception of the repository's own that is made on the way; those of libraries are not in the graph."""
    made = {
        edge.target
        for symbol in tree.symbols
        if trees.home(symbol) in (service, SHARED)
        for edge in trees.graph.outgoing.get(symbol, ())
        if edge.kind == "call" and trees.graph.by_id[edge.target].kind == "class"
    }
    named = sorted(trees.graph.by_id[m].name for m in made)
    return next((name for name in named if name.endswith(("Error", "Exception"))), "")


def _wrote_before(edge: Dependency, trees: CallTrees, owners: Mapping[str, str]) -> bool:
    """Whether the calling function writes its own service's tables, itself or by a call, on a line above this call."""
    home = trees.home(edge.source)
    if home == SHARED:
        return False
    for other in trees.graph.outgoing.get(edge.source, ()):
        if other.line >= edge.line or other.path != edge.path:
            continue
        if other.kind == "write" and owners.get(other.target.removeprefix("table:")) == home:
            return True
        if (
            other.kind == "call"
            and trees.home(other.target) == home
            and trees.graph.by_id[other.target].kind == "function"
        ):
            below = trees.follow((other.target,), home).accesses
            if any(a.edge.kind == "write" and owners.get(a.table) == home for a in below):
                return True
    return False
