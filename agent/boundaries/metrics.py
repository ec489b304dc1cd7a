"""Internal metrics of a partition, by the published definitions of Mono2Micro (Kalia et al., FSE 2021) and Newman.

They are guard-rails: experts' own partitions score worse on SM and ICP than a clustering's (docs/boundaries.md).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

from agent.boundaries.system import System
from agent.domain.boundary import Metrics

__all__ = ["crossing_share", "luck", "measure", "modularity"]

Partition = Mapping[str, str]


def measure(system: System, home: Partition, edges: Mapping[tuple[str, str], float], stability: float) -> Metrics:
    """Metrics of ``home`` (unit -> service; units that it leaves out are shared and do not count).

    ``edges`` is the weighted multi-layer graph, for modularity; ties of the code give the rest.
    """
    sizes = Counter(home.values())
    pairs = {tuple(sorted(pair)) for pair in system.ties if pair[0] in home and pair[1] in home}
    crossing = [pair for pair in pairs if home[pair[0]] != home[pair[1]]]
    k = max(1, len(sizes))
    return Metrics(
        services=len(sizes),
        sm=round(_structural_modularity(pairs, home, sizes), 4),
        icp=round(crossing_share(system, home), 4),
        ifn=round(len(crossing) / k, 4),
        ned=round(1 - sum(n for n in sizes.values() if 5 <= n <= 20) / max(1, len(home)), 4),
        modularity=round(modularity(edges, home), 4),
        stability=round(stability, 4),
    )


def _structural_modularity(pairs: set[tuple[str, ...]], home: Partition, sizes: Mapping[str, int]) -> float:
    """SM = mean over services of inner pairs / size², minus mean over service pairs of crossing pairs / (size · size)."""
    inner: Counter[str] = Counter()
    between: Counter[tuple[str, str]] = Counter()
    for a, b in pairs:
        if home[a] == home[b]:
            inner[home[a]] += 1
        else:
            first, second = sorted((home[a], home[b]))
            between[first, second] += 1
    k = len(sizes)
    if not k:
        return 0.0
    cohesion = sum(inner[s] / size**2 for s, size in sizes.items()) / k
    coupling = sum(count / (sizes[a] * sizes[b]) for (a, b), count in between.items())
    return cohesion - (coupling / (k * (k - 1) / 2) if k > 1 else 0.0)


def crossing_share(system: System, home: Partition) -> float:
    """ICP = Σ (ln volume + 1) over calls that cross services, divided by the same over all calls."""
    crossing = total = 0.0
    for (source, target), edges in system.ties.items():
        if source not in home or target not in home:
            continue
        volume = sum(1 for edge in edges if edge.kind == "call")
        if volume:
            total += math.log(volume) + 1
            crossing += math.log(volume) + 1 if home[source] != home[target] else 0.0
    return crossing / total if total else 0.0


def modularity(edges: Mapping[tuple[str, str], float], home: Partition) -> float:
    """Newman's modularity of the weighted graph, over the nodes that have a home."""
    inside: Counter[str] = Counter()
    degree: Counter[str] = Counter()
    total = 0.0
    for (a, b), weight in edges.items():
        if a in home and b in home:
            total += weight
            degree[home[a]] += weight  # type: ignore[assignment]
            degree[home[b]] += weight  # type: ignore[assignment]
            if home[a] == home[b]:
                inside[home[a]] += weight  # type: ignore[assignment]
    if not total:
        return 0.0
    return sum(inside[s] / total - (degree[s] / (2 * total)) ** 2 for s in degree)


def luck(edges: Mapping[tuple[str, str], float], home: Partition) -> float:
    """The modularity that a random partition into groups of these sizes stays below: four standard deviations.

    Of the weight that falls inside when labels are dealt at random: variance p (1 - p) Σ w² / (Σ w)², where p is the
    chance that two nodes share a label. Few or uneven weights leave much to chance (Guimerà et al., Phys. Rev. E 2004).
    """
    weights = [weight for (a, b), weight in edges.items() if a in home and b in home]
    total, count = sum(weights), len(home)
    if not total:
        return 0.0
    together = sum((size / count) ** 2 for size in Counter(home.values()).values())
    return 4 * math.sqrt(together * (1 - together) * sum(w * w for w in weights)) / total
