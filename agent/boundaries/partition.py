"""From a system to partitions: shared code apart, several granularities, one chosen by stability and by what it cuts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.boundaries.clustering import cluster, stability
from agent.boundaries.layers import Layer, build_layers, combine
from agent.boundaries.metrics import crossing_share, modularity
from agent.boundaries.shared import SharedCode, browser_code, hubs, spread_units
from agent.boundaries.system import System

__all__ = ["Candidate", "Division", "divide"]

RESOLUTIONS = {"coarse": 0.5, "medium": 0.8, "fine": 1.3}
SMALLEST = 3
SUPPORTING = 5


@dataclass(frozen=True)
class Candidate:
    """One granularity: node (unit or table) -> cluster, with what it scores."""

    name: str
    home: Mapping[str, int]
    stability: float
    modularity: float
    cut: float  # share of the call weight that crosses (ICP)
    score: float


@dataclass(frozen=True)
class Division:
    """All candidates, the chosen one's name, shared code, and the evidence they rest on."""

    candidates: tuple[Candidate, ...]
    chosen: str
    shared: Mapping[str, SharedCode]
    layers: tuple[Layer, ...]
    edges: Mapping[tuple[str, str], float]

    @property
    def best(self) -> Candidate:
        return next(c for c in self.candidates if c.name == self.chosen)


def divide(system: System, coupling: Iterable[tuple[str, str, int]]) -> Division:
    """Propose partitions of the units and tables; deterministic for the same system."""
    layers = build_layers(system, coupling)
    whole = combine(layers)
    apart = {**hubs(system), **browser_code(system)}
    edges = {pair: w for pair, w in whole.items() if pair[0] not in apart and pair[1] not in apart}
    nodes = [n for n in (*system.units, *system.tables) if n not in apart]
    first = cluster(edges, nodes, RESOLUTIONS["medium"], runs=10)
    apart.update(spread_units(system, merge_small(first, edges, system)))
    edges = {pair: w for pair, w in whole.items() if pair[0] not in apart and pair[1] not in apart}
    nodes = [n for n in nodes if n not in apart]
    apart.update(leftovers(merge_small(cluster(edges, nodes, RESOLUTIONS["medium"], runs=10), edges, system), system))
    nodes = [n for n in nodes if n not in apart]
    edges = {pair: w for pair, w in edges.items() if pair[0] not in apart and pair[1] not in apart}
    candidates = []
    for name, resolution in RESOLUTIONS.items():
        raw = cluster(edges, nodes, resolution)
        home = merge_small(raw, edges, system)
        steady = stability(edges, nodes, resolution, raw)
        services = {n: str(c) for n, c in home.items()}
        tight, cut = modularity(edges, services), crossing_share(system, services)
        candidates.append(Candidate(name, home, steady, tight, cut, steady * max(0.0, tight) * (1 - cut)))
    # What holds, is tight and cuts little wins; of equals the coarser one, since every boundary costs.
    chosen = max(candidates, key=lambda c: (round(c.score, 3), -len(set(c.home.values()))))
    return Division(tuple(candidates), chosen.name, dict(sorted(apart.items())), layers, whole)


def merge_small(home: Mapping[str, int], edges: Mapping[tuple[str, str], float], system: System) -> dict[str, int]:
    """Clusters of one unit join the cluster that they are tied to most; what is tied to nothing joins its folder's."""
    units = set(system.units)
    merged = dict(home)
    for _ in range(4):
        sizes = Counter(c for n, c in merged.items() if n in units)
        small = {c for c in set(merged.values()) if sizes[c] < SMALLEST}
        if not small or len(small) == len(set(merged.values())):
            break
        pull: dict[int, Counter[int]] = defaultdict(Counter)
        for (a, b), weight in edges.items():
            if a in merged and b in merged and merged[a] != merged[b]:
                pull[merged[a]][merged[b]] += weight  # type: ignore[assignment]
                pull[merged[b]][merged[a]] += weight  # type: ignore[assignment]
        moves: dict[int, int] = {}
        for c in sorted(small):
            options = [(w, -other) for other, w in pull[c].items() if other not in small and other not in moves]
            if options:
                moves[c] = -max(options)[1]
        if not moves:
            break
        merged = {n: moves.get(c, c) for n, c in merged.items()}
    merged = _by_folder(merged, system)
    inhabited = {merged[unit] for unit in units if unit in merged}
    # A table that no unit's group took stays without a place; ownership says so.
    return _renumbered({node: c for node, c in merged.items() if c in inhabited})


def _by_folder(home: Mapping[str, int], system: System) -> dict[str, int]:
    """Lone units follow the majority of their nearest folder; without one they share a cluster of their own."""
    sizes = Counter(home[u] for u in system.units if u in home)
    lone = [u for u in system.units if u in home and sizes[home[u]] < SMALLEST]
    merged = dict(home)
    votes: dict[str, Counter[int]] = defaultdict(Counter)
    for unit in system.units:
        if unit in home and sizes[home[unit]] >= SMALLEST:
            for folder in _folders(system.symbol(unit).path):
                votes[folder][home[unit]] += 1
    rest: list[str] = []
    for unit in lone:
        for folder in _folders(system.symbol(unit).path):
            if votes[folder]:
                best = max(votes[folder].values())
                merged[unit] = min(c for c, n in votes[folder].items() if n == best)
                break
        else:
            rest.append(unit)
    for unit in rest:
        merged[unit] = merged[rest[0]]
    return merged


def leftovers(home: Mapping[str, int], system: System) -> dict[str, SharedCode]:
    """Small groups that no route enters and that touch no table, in a system that has either: supporting code."""
    if not system.handlers and not system.tables:
        return {}
    reached = {unit for units in system.reach.values() for unit in units}
    groups: dict[int, list[str]] = defaultdict(list)
    for unit in system.units:
        if unit in home:
            groups[home[unit]].append(unit)
    found: dict[str, SharedCode] = {}
    for members in groups.values():
        if len(members) <= SUPPORTING and not any(
            system.access.get(u) or u in system.row_types or u in reached for u in members
        ):
            reason = f"one of {len(members)} units that no route reaches and that touch no table"
            found.update(dict.fromkeys(members, SharedCode("library", reason)))
    return found


def _folders(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[:end]) for end in range(len(parts), 0, -1)] + [""]


def _renumbered(home: Mapping[str, int]) -> dict[str, int]:
    members: dict[int, list[str]] = defaultdict(list)
    for node in sorted(home):
        members[home[node]].append(node)
    order: Sequence[int] = sorted(members, key=lambda c: (-len(members[c]), members[c][0]))
    number = {c: position for position, c in enumerate(order)}
    return {node: number[c] for node, c in home.items()}
