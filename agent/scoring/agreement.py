"""How far two partitions of the same elements agree: MoJoFM, pairwise F1 and the adjusted Rand index.

A partition is a mapping element -> label; both arguments must cover the same elements.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping

from agent.domain.boundary import SHARED

__all__ = ["adjusted_rand", "agreement_scores", "labelled", "mojo", "mojofm", "pairwise_f1"]

Partition = Mapping[str, Hashable]


def mojo(found: Partition, truth: Partition) -> int:
    """Fewest moves and joins that turn ``found`` into ``truth``.

    Wen and Tzerpos, An optimal algorithm for MoJo distance, IWPC 2003: each found cluster goes to a true one that it
    shares most with; ties are settled by maximum bipartite matching, so that as few joins as possible remain.
    """
    overlap: dict[Hashable, Counter[Hashable]] = defaultdict(Counter)
    for element, label in found.items():
        overlap[label][truth[element]] += 1
    most = {label: max(counts.values()) for label, counts in overlap.items()}
    best = {label: [o for o, n in counts.items() if n == most[label]] for label, counts in overlap.items()}
    return len(found) - sum(most.values()) + len(overlap) - _largest_matching(best)


def _largest_matching(options: Mapping[Hashable, list[Hashable]]) -> int:
    """Size of a maximum matching of keys to their options (augmenting paths)."""
    taken: dict[Hashable, Hashable] = {}

    def place(key: Hashable, tried: set[Hashable]) -> bool:
        for option in options[key]:
            if option not in tried:
                tried.add(option)
                if option not in taken or place(taken[option], tried):
                    taken[option] = key
                    return True
        return False

    return sum(place(key, set()) for key in options)


def mojofm(found: Partition, truth: Partition) -> float:
    """100 (1 - mno(found, truth) / max mno(any, truth)), in 0..100 (Wen and Tzerpos, IWPC 2004); 100 when nothing could
    be worse than perfect."""
    worst = len(truth) - _fewest_groups(truth)
    return 100.0 if worst == 0 else 100.0 * (1 - mojo(found, truth) / worst)


def _fewest_groups(truth: Partition) -> int:
    """The groups that even the most unlike partition leaves: grows by one for each true cluster larger than it."""
    groups = 0
    for size in sorted(Counter(truth.values()).values()):
        if groups < size:
            groups += 1
    return groups


def pairwise_f1(found: Partition, truth: Partition) -> float:
    """F1 of "these two belong together" over all pairs; 1 when neither partition puts any two together."""
    both, together, expected = _pairs(found, truth)
    if together == expected == 0:
        return 1.0
    return 2 * both / (together + expected)


def adjusted_rand(found: Partition, truth: Partition) -> float:
    """Hubert and Arabie, Comparing partitions, 1985: 1 for equal partitions, 0 expected by chance, may be negative."""
    both, together, expected = _pairs(found, truth)
    total = len(truth) * (len(truth) - 1) // 2
    if total == 0:
        return 1.0
    chance, most = together * expected / total, (together + expected) / 2
    return 1.0 if most == chance else (both - chance) / (most - chance)


def _pairs(found: Partition, truth: Partition) -> tuple[int, int, int]:
    """Pairs together in both, in ``found``, and in ``truth``."""
    if found.keys() != truth.keys():
        raise ValueError("two partitions can only be compared over the same elements")
    cells = Counter((found[element], truth[element]) for element in truth)
    return _twos(cells), _twos(Counter(found.values())), _twos(Counter(truth.values()))


def _twos(counts: Counter[Hashable] | Counter[tuple[Hashable, Hashable]]) -> int:
    return sum(n * (n - 1) // 2 for n in counts.values())


def agreement_scores(truth: Mapping[str, str], placed: Mapping[str, str]) -> dict[str, float]:
    """Coverage and agreement of labels (key -> service) with the truth; NaN where there is no truth."""
    label = labelled(truth, placed)
    return {
        "coverage": len(placed) / len(truth) if truth else math.nan,
        "set_apart": float(sum(1 for value in label.values() if value == SHARED)),
        "services": float(len(set(label.values()) - {SHARED})),
        "mojofm": mojofm(label, truth),
        "f1": pairwise_f1(label, truth),
        "ari": adjusted_rand(label, truth),
    }


def labelled(truth: Mapping[str, str], placed: Mapping[str, str]) -> dict[str, str]:
    """A label for every key of the truth; one without is a service of its own, so that lost units cost agreement."""
    return {key: placed.get(key, f"missing: {key}") for key in truth}
