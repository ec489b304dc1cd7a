"""Weighted graph to partition: seeded Leiden, made independent of seed and order by taking the consensus of many runs.

Leiden is graspologic-native's (MIT; docs/decisions/0002). A single run's answer hangs on the order of its edges, so each
edge is weighted by how many runs, with other seeds and orders, agree on it, and the result is clustered once more
(Poulin and Théberge, Ensemble clustering for graphs, 2018).
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import graspologic_native

__all__ = ["adjusted_rand", "cluster", "perturbed", "stability"]

RUNS = 20
FEWEST = 4
ENOUGH = 6000  # edges up to which all runs are made; above, their number falls in proportion
FLOOR = 0.05  # what an edge keeps when no run put its ends together (the ECG paper's minimum weight)

Edges = Mapping[tuple[str, str], float]


def cluster(edges: Edges, nodes: Sequence[str], resolution: float, runs: int = RUNS) -> dict[str, int]:
    """Node -> cluster number; numbers count from 0 by falling size, ties by smallest member. Isolated nodes stay alone.

    Above `ENOUGH` edges fewer ``runs`` are made: votes on many edges vary less, and each run costs more.
    """
    listed = [(a, b, weight) for (a, b), weight in sorted(edges.items()) if weight > 0]
    if not listed:
        return {node: number for number, node in enumerate(sorted(nodes))}
    number = {name: str(n) for n, name in enumerate(sorted({end for a, b, _ in listed for end in (a, b)}))}
    mean = sum(weight for _, _, weight in listed) / len(listed)
    # The library's defaults expect weights around 1.
    scaled = [(number[a], number[b], weight / mean) for a, b, weight in listed]
    votes = [0] * len(scaled)
    seeds = range(max(1, min(runs, FEWEST), min(runs, runs * ENOUGH // len(scaled))))
    for seed in seeds:
        found = _leiden(scaled, resolution, seed)
        votes = [count + (found[a] == found[b]) for count, (a, b, _) in zip(votes, scaled, strict=True)]
    agreed = [
        (a, b, weight * (FLOOR + (1 - FLOOR) * count / len(seeds)))
        for (a, b, weight), count in zip(scaled, votes, strict=True)
    ]
    mean = sum(weight for _, _, weight in agreed) / len(agreed)
    final = _leiden([(a, b, weight / mean) for a, b, weight in agreed], resolution, 0)
    return _numbered({name: final[n] for name, n in number.items()}, nodes)


def _leiden(edges: Sequence[tuple[str, str, float]], resolution: float, seed: int) -> dict[str, int]:
    """One run, its edges shuffled by the seed."""
    listed = list(edges)
    random.Random(seed).shuffle(listed)  # noqa: S311 - reproducible on purpose
    _, partition = graspologic_native.leiden(listed, resolution=resolution, seed=seed, iterations=2)
    return dict(partition)


def _groups(partition: Mapping[str, int]) -> dict[int, list[str]]:
    groups: dict[int, list[str]] = defaultdict(list)
    for node in sorted(partition):
        groups[partition[node]].append(node)
    return groups


def _numbered(partition: Mapping[str, int], nodes: Sequence[str]) -> dict[str, int]:
    wanted = set(nodes)
    groups = list(_groups({n: c for n, c in partition.items() if n in wanted}).values())
    placed = {node for members in groups for node in members}
    groups.extend([node] for node in sorted(wanted - placed))
    groups.sort(key=lambda members: (-len(members), members[0]))
    return {node: number for number, members in enumerate(groups) for node in members}


def perturbed(edges: Edges, seed: int, share: float = 0.1) -> dict[tuple[str, str], float]:
    """The edges with a share of them dropped at random: a system with slightly different evidence."""
    chance = random.Random(seed)  # noqa: S311 - reproducible on purpose
    return {pair: weight for pair, weight in sorted(edges.items()) if chance.random() >= share}


def stability(
    edges: Edges, nodes: Sequence[str], resolution: float, partition: Mapping[str, int], trials: int = 6
) -> float:
    """Mean adjusted Rand index between the partition and those of perturbed evidence; 1 is a boundary in the rock."""
    if len(nodes) < 3:
        return 1.0
    scores = []
    for trial in range(max(3, trials * ENOUGH // max(ENOUGH, len(edges)))):
        other = cluster(perturbed(edges, trial), nodes, resolution, runs=3)
        scores.append(adjusted_rand(partition, other))
    return sum(scores) / len(scores)


def adjusted_rand(first: Mapping[str, int], second: Mapping[str, int]) -> float:
    """Hubert and Arabie 1985, over the nodes that both partitions have; 1.0 for fewer than two nodes."""
    nodes = [node for node in first if node in second]
    if len(nodes) < 2:
        return 1.0
    cells: dict[tuple[int, int], int] = defaultdict(int)
    rows: dict[int, int] = defaultdict(int)
    columns: dict[int, int] = defaultdict(int)
    for node in nodes:
        cells[first[node], second[node]] += 1
        rows[first[node]] += 1
        columns[second[node]] += 1
    both, row, column, total = (_pairs(c) for c in (cells.values(), rows.values(), columns.values(), [len(nodes)]))
    expected, most = row * column / total, (row + column) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


def _pairs(counts: Iterable[int]) -> float:
    return sum(n * (n - 1) / 2 for n in counts)
