"""From a system to partitions: shared code apart, several granularities, one chosen by stability and by what it cuts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.boundaries.clustering import adjusted_rand, cluster, stability
from agent.boundaries.layers import Layer, build_layers, combine
from agent.boundaries.metrics import crossing_share, luck, modularity
from agent.boundaries.shared import SharedCode, base_types, browser_code, hubs, spread_units
from agent.boundaries.system import System

__all__ = ["Candidate", "Division", "choose", "divide", "granularities", "merge_small", "own_score"]

RESOLUTIONS = {"coarse": 0.5, "medium": 0.8, "fine": 1.3}
SMALLEST = 3
SUPPORTING = 5


@dataclass(frozen=True)
class Candidate:
    """One granularity: node (unit or table) -> cluster, with what it scores."""

    name: str
    home: Mapping[str, int]
    stability: float
    persistence: float  # mean adjusted Rand index with the other granularities
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


def divide(
    system: System, coupling: Iterable[tuple[str, str, int]], leave_out: Collection[str] = frozenset()
) -> Division:
    """Propose partitions of the units and tables; deterministic for the same system.

    ``leave_out`` names layers that get no say, which is how the evaluation asks what each is worth.
    """
    layers = tuple(layer for layer in build_layers(system, coupling) if layer.name not in leave_out)
    whole = combine(layers)
    folders = {unit: _folders(system.symbol(unit).path) for unit in system.units}
    apart = {**hubs(system), **base_types(system), **browser_code(system)}
    edges, nodes = _without(apart, whole, (*system.units, *system.tables))
    first = cluster(edges, nodes, RESOLUTIONS["medium"], runs=10)
    apart.update(spread_units(system, merge_small(first, edges, folders)))
    apart.update(loose(edges, [n for n in nodes if n not in apart], folders))
    edges, nodes = _without(apart, edges, nodes)
    second = merge_small(cluster(edges, nodes, RESOLUTIONS["medium"], runs=10), edges, folders)
    apart.update(leftovers(second, system))
    edges, nodes = _without(apart, edges, nodes)
    candidates = granularities(
        edges, nodes, lambda home: merge_small(home, edges, folders), lambda services: crossing_share(system, services)
    )
    return Division(candidates, choose(candidates), dict(sorted(apart.items())), layers, whole)


def _without(
    apart: Collection[str], edges: Mapping[tuple[str, str], float], nodes: Iterable[str]
) -> tuple[dict[tuple[str, str], float], list[str]]:
    kept = {pair: weight for pair, weight in edges.items() if pair[0] not in apart and pair[1] not in apart}
    return kept, [node for node in nodes if node not in apart]


def granularities(
    edges: Mapping[tuple[str, str], float],
    nodes: Sequence[str],
    settle: Callable[[Mapping[str, int]], dict[str, int]],
    crossing: Callable[[Mapping[str, str]], float],
) -> tuple[Candidate, ...]:
    """One candidate for each resolution. ``settle`` finds homes for what clustering left alone; ``crossing`` is what a
    partition cuts, 0..1."""
    raw = {name: cluster(edges, nodes, resolution) for name, resolution in RESOLUTIONS.items()}
    settled = {name: settle(partition) for name, partition in raw.items()}
    candidates = []
    for name, home in settled.items():
        services = {n: str(c) for n, c in home.items()}
        others = [adjusted_rand(home, other) for peer, other in settled.items() if peer != name]
        lasting = sum(others) / len(others)
        steady = stability(edges, nodes, RESOLUTIONS[name], raw[name])
        tight, cut = modularity(edges, services), crossing(services)
        score = own_score(edges, services, cut, steady, lasting)
        candidates.append(Candidate(name, home, steady, lasting, tight, cut, score))
    return tuple(candidates)


def own_score(
    edges: Mapping[tuple[str, str], float],
    services: Mapping[str, str],
    cut: float,
    steady: float = 1.0,
    lasting: float = 1.0,
) -> float:
    """What figwright itself prefers: stability × persistence × modularity × share of calls kept inside.

    Modularity and calls kept inside favour few large services, whatever the system; what stays together at other
    resolutions too is no accident of the one that was asked for. Modularity within reach of chance counts as none.
    """
    tight = modularity(edges, services)
    return steady * max(0.0, lasting) * tight * (1 - cut) if tight > luck(edges, services) else 0.0


def choose(candidates: Sequence[Candidate]) -> str:
    """What holds, lasts, is tight and cuts little wins; of equals the coarser one, since every boundary costs."""
    return max(candidates, key=lambda c: (round(c.score, 3), -len(set(c.home.values())))).name


def merge_small(
    home: Mapping[str, int], edges: Mapping[tuple[str, str], float], folders: Mapping[str, Sequence[str]]
) -> dict[str, int]:
    """Small clusters join the one that they are tied to most; what is tied to nothing joins its folder's.

    ``folders``: each unit's folders, the nearest first. Other nodes are tables, which do not count as members.
    """
    units = folders.keys()
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
    merged = _by_folder(merged, folders)
    inhabited = {merged[unit] for unit in units if unit in merged}
    # A table that no unit's group took stays without a place; ownership says so.
    return _renumbered({node: c for node, c in merged.items() if c in inhabited})


def _by_folder(home: Mapping[str, int], folders: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Lone units follow the majority of their nearest folder; without one they share a cluster of their own."""
    sizes = Counter(home[u] for u in folders if u in home)
    lone = [u for u in folders if u in home and sizes[home[u]] < SMALLEST]
    merged = dict(home)
    votes: dict[str, Counter[int]] = defaultdict(Counter)
    for unit in folders:
        if unit in home and sizes[home[unit]] >= SMALLEST:
            for folder in folders[unit]:
                votes[folder][home[unit]] += 1
    rest: list[str] = []
    for unit in lone:
        for folder in folders[unit]:
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


def loose(
    edges: Mapping[tuple[str, str], float], nodes: Iterable[str], folders: Mapping[str, Sequence[str]]
) -> dict[str, SharedCode]:
    """Units that nothing ties to any other, in a folder where no unit is tied to anything either."""
    kept = set(nodes)
    tied = {end for pair, weight in edges.items() if weight > 0 and kept.issuperset(pair) for end in pair}
    busy = {folders[unit][0] for unit in tied & folders.keys()}
    return {
        unit: SharedCode("library", "nothing ties it, or anything in its folder, to the rest")
        for unit in sorted(kept & folders.keys() - tied)
        if folders[unit][0] not in busy and tied
    }


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
