"""Who owns which table: writers before declarations before readers, with the evidence and every other writer named."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from agent.boundaries.system import System
from agent.domain.boundary import SHARED, TableOwnership
from agent.domain.code import Dependency
from agent.domain.finding import Evidence
from agent.domain.inventory import Location

__all__ = ["evidence_of", "own_tables"]

WEIGHT = {"write": 3.0, "declare": 1.0, "read": 0.5}
SURENESS = {"exact": 1.0, "inferred": 0.5, "ambiguous": 0.0}
SHOWN = 8


def own_tables(
    system: System, homes: Mapping[str, str], placed: Mapping[str, str], pinned: Mapping[str, str]
) -> tuple[TableOwnership, ...]:
    """Ownership of every table. ``homes``: unit -> service; ``placed``: table -> service by clustering; ``pinned`` wins."""
    uses: dict[str, list[tuple[str, Dependency]]] = defaultdict(list)
    for unit, tables in system.access.items():
        for table, found in tables.items():
            uses[table].extend((homes.get(unit, SHARED), edge) for edge in found)
    return tuple(
        _own(table, system, uses[table], placed.get(table, ""), pinned.get(table, "")) for table in system.tables
    )


def _own(table: str, system: System, uses: list[tuple[str, Dependency]], placed: str, pinned: str) -> TableOwnership:
    score: Counter[str] = Counter()
    for service, edge in uses:
        score[service] += WEIGHT[edge.kind] * SURENESS[edge.resolution]  # type: ignore[assignment]
    writers = sorted({service for service, edge in uses if edge.kind == "write"})
    readers = sorted({service for service, edge in uses if edge.kind == "read"})
    owner, reason = _decide(score, writers, placed, pinned)
    order = {"write": 0, "declare": 1, "read": 2}
    ranked = sorted(uses, key=lambda u: (order[u[1].kind], u[1].resolution, u[1].path, u[1].line))
    seen: set[tuple[str, str]] = set()
    evidence: list[Evidence] = []
    for service, edge in ranked:  # one line for each service and mode first
        if (service, edge.kind) not in seen and len(evidence) < SHOWN:
            seen.add((service, edge.kind))
            verb = {"write": "writes", "read": "reads", "declare": "declares"}[edge.kind]
            evidence.append(
                evidence_of(
                    edge,
                    f"{edge.source} ({'shared code' if service == SHARED else service}) {verb} {table.removeprefix('table:')}",
                )
            )
    symbol = system.symbol(table)
    return TableOwnership(
        table=table.removeprefix("table:"),
        owner=owner,
        reason=reason,
        writers=tuple(writers),
        readers=tuple(readers),
        location=Location(path=symbol.path, line=symbol.line),
        evidence=tuple(evidence),
    )


def _decide(score: Counter[str], writers: list[str], placed: str, pinned: str) -> tuple[str, str]:
    if pinned:
        return pinned, "pinned by the user"
    services = Counter({s: v for s, v in score.items() if s != SHARED})
    named = [w for w in writers if w != SHARED]
    if len(named) == 1:
        others = ", and shared code writes it too" if SHARED in writers else ""
        return named[0], f"the only service that writes it{others}"
    if len(named) > 1:
        best = sorted((-services[w], w != placed, w) for w in named)[0][2]
        return best, f"writes it most of {len(named)} services that do: a conflict to settle first"
    if placed:
        return placed, "no service is seen writing it; its readers and its place in the data model are here"
    if services:
        return sorted((-v, s) for s, v in services.items())[0][1], "no writer was seen; most of its readers are here"
    return "", "only shared code touches it" if SHARED in score else "nothing that was understood touches it"


def evidence_of(edge: Dependency, text: str) -> Evidence:
    """A dependency as evidence."""
    return Evidence(
        location=Location(path=edge.path, line=edge.line),
        text=text,
        resolution="exact" if edge.resolution == "exact" else "inferred",
    )
