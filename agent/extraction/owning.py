"""Who owns what: handlers' files by the proposal's homes, and tables by who was seen to change them against who was predicted to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from agent.domain.boundary import SHARED, Boundaries
from agent.domain.extraction import Answer, Ownership, RecordedRequest

__all__ = ["MONOLITH", "observed_ownership", "owners_of_paths"]

MONOLITH = "monolith"
"""Who answers what no service owns."""
_OWN_TABLES = ("sqlite_sequence",)  # counters of SQLite itself


def owners_of_paths(boundaries: Boundaries) -> Mapping[str, str]:
    """File of a handler -> the service that its unit is placed in."""
    return {unit.path: unit.service for unit in boundaries.units if unit.service != SHARED}


def observed_ownership(
    requests: Iterable[RecordedRequest], answers: Iterable[Answer], boundaries: Boundaries
) -> tuple[Ownership, ...]:
    """Each table that a request changed, by the service whose handler answered, beside the writers that the plan names."""
    owners = owners_of_paths(boundaries)
    by_number = {one.number: one for one in requests}
    writers: dict[str, Counter[str]] = defaultdict(Counter)
    routes: dict[str, set[str]] = defaultdict(set)
    for answer in answers:
        request = by_number.get(answer.request)
        if request is None:
            continue
        for table in {change.table for change in answer.changes} - set(_OWN_TABLES) - {""}:
            writers[table][owners.get(request.handler_path, MONOLITH)] += 1
            routes[table].add(f"{request.method} {request.route or '(no route)'}")
    predicted = {one.table.removeprefix("table:").lower(): one for one in boundaries.tables}
    found = []
    for table, counts in sorted(writers.items()):
        known = predicted.get(table.lower())
        found.append(
            Ownership(
                table=table,
                owner=known.owner if known else "",
                writers=tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0]))),
                routes=tuple(sorted(routes[table])),
                predicted=tuple(known.writers) if known else (),
            )
        )
    return tuple(found)


def own_numbers(requests: Sequence[RecordedRequest], boundaries: Boundaries, service: str) -> frozenset[int]:
    """The requests that a handler in one of the service's files answered."""
    owners = owners_of_paths(boundaries)
    return frozenset(one.number for one in requests if owners.get(one.handler_path) == service)
