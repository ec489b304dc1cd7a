"""Which tables a service can take with it: who was seen to change each in, those that move, those that do not and why, out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.domain.boundary import SHARED, Boundaries, TableOwnership
from agent.domain.extraction import Answer, RecordedRequest
from agent.extraction.owning import Owners

__all__ = ["Decision", "Refused", "decide"]

_OWN_TABLES = ("sqlite_sequence", "")
_SHOWN = 3


@dataclass(frozen=True)
class Refused:
    """A table that the service writes and does not get, with the reason."""

    table: str
    why: str


@dataclass(frozen=True)
class Decision:
    """``moving`` are tables of which the service is the only writer that was seen, and no other is predicted, or whose other writers are covered.

    ``guessed``: those of which the plan names no writer at all, or shared code beside the service.
    ``torn``: (table, routes) whose requests change a table that moves and one that does not: one transaction before, two after.
    ``readers``: (table, other services whose code reads it).
    """

    moving: tuple[str, ...]
    refused: tuple[Refused, ...]
    torn: tuple[tuple[str, tuple[str, ...]], ...] = ()
    readers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    covered: tuple[str, ...] = ()
    guessed: tuple[str, ...] = ()


def decide(
    requests: Iterable[RecordedRequest],
    answers: Sequence[Answer],
    boundaries: Boundaries,
    owners: Owners,
    service: str,
    covered: frozenset[str] = frozenset(),
) -> Decision:
    """``covered``: tables whose other writers reach them through a seam, so that they do not stand in the way."""
    by_number = {one.number: one for one in requests}
    writers: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    together: dict[str, set[frozenset[str]]] = defaultdict(set)
    for answer in answers:
        request = by_number.get(answer.request)
        changed = {change.table for change in answer.changes} - set(_OWN_TABLES)
        if request is None or not changed:
            continue
        route = f"{request.method} {request.route or '(no route)'}"
        for table in changed:
            writers[table][owners.of_request(request)].add(route)
            together[route].add(frozenset(changed))
    predicted = {one.table.removeprefix("table:").lower(): one for one in boundaries.tables}
    moving, refused = [], []
    for table, seen in sorted(writers.items()):
        if service not in seen:
            continue
        known = predicted.get(table.lower())
        why = _why_not(service, seen, known)
        if why and table not in covered:
            refused.append(Refused(table, why))
        else:
            moving.append(table)
    readers = tuple(
        (table, tuple(sorted({_named(one) for one in predicted[table.lower()].readers} - {service})))
        for table in moving
        if table.lower() in predicted
    )
    return Decision(
        tuple(moving),
        tuple(refused),
        _torn(moving, together),
        tuple((table, others) for table, others in readers if others),
        tuple(table for table in moving if table in covered),
        tuple(table for table in moving if _writers(predicted, table) != (service,)),
    )


def _why_not(service: str, seen: Mapping[str, set[str]], known: TableOwnership | None) -> str:
    """Empty when no other writer was seen and the plan, which has to know the table, names no other service.

    Shared code writes for whoever calls it, and who that is was seen.
    """
    others = [(who, sorted(routes)) for who, routes in sorted(seen.items()) if who != service]
    said = [f"{who} ({_few(routes)})" for who, routes in others]
    predicted = set(known.writers) - {service, SHARED} - {who for who, _ in others} if known else set()
    said += [f"{who} (by the plan; not seen)" for who in sorted(predicted)]
    if said:
        return "others write it too: " + ", ".join(said)
    if known is None or not known.owner:
        return "the plan does not know whose it is, so nothing shows that no other code writes it"
    return ""


def _writers(predicted: Mapping[str, TableOwnership], table: str) -> tuple[str, ...]:
    known = predicted.get(table.lower())
    return known.writers if known else ()


def _named(service: str) -> str:
    return "monolith" if service == SHARED else service


def _few(routes: Sequence[str]) -> str:
    more = f" and {len(routes) - _SHOWN} more" if len(routes) > _SHOWN else ""
    return ", ".join(routes[:_SHOWN]) + more


def _torn(
    moving: Sequence[str], together: Mapping[str, set[frozenset[str]]]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """By the table that stays behind."""
    found: dict[str, set[str]] = defaultdict(set)
    for route, changes in together.items():
        for changed in changes:
            if changed & set(moving):
                for table in changed - set(moving):
                    found[table].add(route)
    return tuple((table, tuple(sorted(routes))) for table, routes in sorted(found.items()))
