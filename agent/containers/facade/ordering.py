"""Routes in the order in which a gateway tries them, such that the first that fits is the one the framework would choose."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from agent.containers.facade.owners import OwnedRoute
from agent.containers.facade.patterns import REST, STAR, Pattern, may_overlap

__all__ = ["in_match_order"]

_FAMILIES = ("exact", "weighed", "ordered", "counted")


def in_match_order(routes: Sequence[OwnedRoute]) -> list[OwnedRoute]:
    """The routes sorted; the same routes in any order give the same result."""
    written = sorted(routes, key=lambda r: (r.where.path, r.where.line, r.pattern.text, r.methods))
    weighed = _weighed_keys(written)
    ranked: list[OwnedRoute] = []
    for family in _FAMILIES:
        group = [route for route in written if route.family == family]
        if family == "counted":
            ranked += sorted(group, key=_counted_key)
        else:
            ranked += sorted(group, key=lambda route: weighed[id(route)])
    return _as_written(ranked)


def _weighed_keys(written: Sequence[OwnedRoute]) -> dict[int, tuple[Any, ...]]:
    """Werkzeug's order: part by part, a literal before variables, lighter variables before heavier ones, then as written."""
    first_seen: dict[tuple[Any, ...], int] = {}
    keys: dict[int, tuple[Any, ...]] = {}
    for route in written:
        key: list[Any] = []
        before: tuple[Any, ...] = ()
        for part in route.pattern.parts:
            before = (*before, part.expression, part.rest and route.pattern.slash)
            place = first_seen.setdefault(before, len(first_seen))
            lengths = tuple((number, -len(text)) for number, text in enumerate(part.literals))
            weight = (-len(part.literals), lengths, -len(part.weights), part.weights)
            key.append((0, (), "".join(part.literals), 0) if part.fixed else (1, weight, "", place))
        keys[id(route)] = (route.pattern.suffix, tuple(key), route.pattern.slash)
    return keys


def _counted_key(route: OwnedRoute) -> tuple[Any, ...]:
    """Spring's PathPattern: patterns that take all the rest last, then fewer variables, then the longer text.

    A servlet's extension comes after every path, and the default servlet (``/`` in web.xml) after everything.
    """
    pattern = route.pattern
    default = pattern.text == "/" and route.where.path.endswith(".xml")
    last = bool(pattern.parts) and pattern.parts[-1].rest
    weights = [weight for part in pattern.parts for weight in part.weights]
    length = sum(len(text) for part in pattern.parts for text in part.literals) + len(pattern.parts)
    length += sum(1 for weight in weights if weight != REST)
    score = 0 if last else sum(100 if weight == STAR else 1 for weight in weights)
    return (default, pattern.suffix, last, score, -length, pattern.text, route.methods)


def _as_written(ranked: Sequence[OwnedRoute]) -> list[OwnedRoute]:
    """A stable topological order: where the framework takes the first that fits, and two of one file that overlap have
    different owners, the earlier line stays first."""
    after: dict[int, list[int]] = defaultdict(list)
    waiting = [0] * len(ranked)
    by_file: dict[str, list[int]] = defaultdict(list)
    for place, route in enumerate(ranked):
        if route.family == "ordered":
            by_file[route.where.path].append(place)
    for places in by_file.values():
        for one in places:
            for other in places:
                if _comes_first(ranked[one], ranked[other]):
                    after[one].append(other)
                    waiting[other] += 1
    ready = [place for place in range(len(ranked)) if not waiting[place]]
    heapq.heapify(ready)
    order: list[OwnedRoute] = []
    while ready:
        place = heapq.heappop(ready)
        order.append(ranked[place])
        for other in after[place]:
            waiting[other] -= 1
            if not waiting[other]:
                heapq.heappush(ready, other)
    return order


def _comes_first(one: OwnedRoute, other: OwnedRoute) -> bool:
    if one.where.line >= other.where.line or (one.service, one.reads) == (other.service, other.reads):
        return False
    if one.methods and other.methods and not set(one.methods) & set(other.methods):
        return False
    return _heads_fit(one.pattern, other.pattern) and may_overlap(one.pattern, other.pattern)


def _heads_fit(one: Pattern, other: Pattern) -> bool:
    """A quick no for most pairs."""
    if not one.parts or not other.parts:
        return one.parts == other.parts
    left, right = one.parts[0], other.parts[0]
    return not (left.fixed and right.fixed) or left.literals == right.literals
