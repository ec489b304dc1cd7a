"""Comparisons in, counts out: by verdict, by route, and what is left over by its cause. Every request is in one of them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from agent.domain.extraction import Comparison, RecordedRequest, Residual, RouteTally, Tally

__all__ = ["residual", "tally", "tally_routes"]

_MOST_CAUSES = 60
_NUMBERS = re.compile(r"\d+|0x[0-9a-f]+|'[^']{1,200}'|\"[^\"]{1,200}\"")


def tally(requests: Sequence[RecordedRequest], compared: Sequence[Comparison]) -> Tally:
    """How many came to which verdict. ``compared`` may be of more requests than these."""
    wanted = {one.number for one in requests}
    found = [one for one in compared if one.request in wanted]
    counts = Counter(one.verdict for one in found)
    masks = Counter(name for one in found for name, _ in one.masks)
    return Tally(
        recorded=len(requests),
        identical=counts["identical"],
        masked=counts["masked"],
        different=counts["different"],
        vacuous=counts["vacuous"],
        not_replayable=len(requests) - len(found) + counts["not replayable"],
        server_errors=sum(one.status >= 500 for one in requests),
        masks=tuple(sorted(masks.items())),
    )


def tally_routes(requests: Sequence[RecordedRequest], compared: Sequence[Comparison]) -> tuple[RouteTally, ...]:
    """The same for each route, by method and pattern."""
    by_route: dict[str, list[RecordedRequest]] = defaultdict(list)
    for one in requests:
        by_route[f"{one.method} {one.route or '(no route)'}"].append(one)
    by_number = {one.request: one for one in compared}
    return tuple(
        RouteTally(route=route, tally=tally(group, [by_number[one.number] for one in group if one.number in by_number]))
        for route, group in sorted(by_route.items())
    )


def residual(compared: Sequence[Comparison]) -> tuple[Residual, ...]:
    """Requests of one cause together, most first; causes that differ in numbers and quoted words alone are one."""
    groups: dict[tuple[str, str], list[Comparison]] = defaultdict(list)
    for one in compared:
        if one.verdict not in ("identical", "masked"):
            cause = one.cause or (one.where[0] if one.where else "")
            groups[one.verdict, _NUMBERS.sub("#", cause)].append(one)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    found = [_residual(group) for _, group in ordered[:_MOST_CAUSES]]
    rest = [one for _, group in ordered[_MOST_CAUSES:] for one in group]
    if rest:
        numbers = tuple(sorted(one.request for one in rest))
        found.append(Residual(verdict=rest[0].verdict, cause="other causes", requests=numbers))
    return tuple(found)


def _residual(group: Sequence[Comparison]) -> Residual:
    first = group[0]
    cause = first.cause or (first.where[0] if first.where else "")
    return Residual(verdict=first.verdict, cause=cause, requests=tuple(sorted(one.request for one in group)))
