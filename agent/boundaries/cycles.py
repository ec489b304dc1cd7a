"""Services that need each other in a circle, and what to cut first: crossings in, the lightest cuts out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.domain.bill import Cut, Cycle
from agent.domain.boundary import SHARED, Crossing

__all__ = ["find_cycles", "lightest_cuts"]

TRIED = 12  # services of which all orders are tried: 2^12 sets
SHOWN = 3

Weights = Mapping[tuple[str, str], int]


def find_cycles(crossings: Sequence[Crossing]) -> tuple[Cycle, ...]:
    """Strongly connected services, the largest group first. An import alone is no dependency at run time."""
    weights: dict[tuple[str, str], int] = {}
    evidence = {}
    for crossing in crossings:
        weight = sum(number for kind, number in crossing.kinds if kind not in ("import", "type"))
        if weight and SHARED not in (crossing.source, crossing.target):
            weights[crossing.source, crossing.target] = weight
            evidence[crossing.source, crossing.target] = crossing.evidence
    found = []
    for group in _circles(weights):
        inside = {(a, b): w for (a, b), w in weights.items() if a in group and b in group}
        cuts = sorted(lightest_cuts(group, inside), key=lambda e: (inside[e], e))
        found.append(
            Cycle(
                services=tuple(group),
                cuts=tuple(
                    Cut(source=a, target=b, weight=inside[a, b], evidence=evidence[a, b][:SHOWN]) for a, b in cuts
                ),
                minimal=len(group) <= TRIED,
            )
        )
    return tuple(sorted(found, key=lambda c: (-len(c.services), c.services)))


def _circles(weights: Weights) -> list[list[str]]:
    """Groups of services of which each reaches every other."""
    names = sorted({name for pair in weights for name in pair})
    reach = {name: {b for a, b in weights if a == name} for name in names}
    for middle in names:
        for name in names:
            if middle in reach[name]:
                reach[name] |= reach[middle]
    groups = {tuple(b for b in names if b in reach[a] and a in reach[b]) for a in names if a in reach[a]}
    return [list(g) for g in sorted(groups) if len(g) > 1]


def lightest_cuts(group: Sequence[str], weights: Weights) -> list[tuple[str, str]]:
    """A feedback arc set: dependencies that run against the best order of the services.

    Exact for up to 12 of them (dynamic programming over sets, Lawler 1964); above that by the order of Eades, Lin and
    Smyth (1993).
    """
    order = _best_order(group, weights) if len(group) <= TRIED else _greedy_order(group, weights)
    place = {name: n for n, name in enumerate(order)}
    return sorted((a, b) for a, b in weights if place[a] > place[b])


def _best_order(group: Sequence[str], weights: Weights) -> list[str]:
    """``best[s]``: the least weight against the order among the services of set ``s``, and which of them comes last."""
    size = len(group)
    back = [[weights.get((group[last], group[other]), 0) for other in range(size)] for last in range(size)]
    best: list[tuple[int, int]] = [(0, -1)] * (1 << size)
    for chosen in range(1, 1 << size):
        inside = [n for n in range(size) if chosen >> n & 1]
        best[chosen] = min(
            (best[chosen & ~(1 << last)][0] + sum(back[last][other] for other in inside), last) for last in inside
        )
    order: list[str] = []
    left = (1 << size) - 1
    while left:
        last = best[left][1]
        order.append(group[last])
        left &= ~(1 << last)
    return order[::-1]


def _greedy_order(group: Sequence[str], weights: Weights) -> list[str]:
    left, front, rear = sorted(group), list[str](), list[str]()
    while left:
        out = {n: sum(weights.get((n, o), 0) for o in left) for n in left}
        into = {n: sum(weights.get((o, n), 0) for o in left) for n in left}
        sink = next((n for n in left if not out[n]), None)
        if sink is not None:
            rear.append(sink)
            left.remove(sink)
            continue
        chosen = next((n for n in left if not into[n]), None) or max(left, key=lambda n: (out[n] - into[n], n))
        front.append(chosen)
        left.remove(chosen)
    return front + rear[::-1]
