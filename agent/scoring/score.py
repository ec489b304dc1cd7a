"""Agreement of a plan with what people expected: figures, and each thing that differs, in a fixed order.

Services and tables are compared as partitions (names of services mean nothing, only what is together): adjusted Rand
index, F1 over pairs, MoJoFM. Entry points and findings are compared one by one: recall over what the file expects, and
precision over what the plan has of the kinds or rules that the file names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from agent.domain.boundary import SHARED, Boundaries
from agent.domain.code import DependencyGraph
from agent.domain.finding import Finding
from agent.domain.inventory import Inventory
from agent.scoring.agreement import agreement_scores, labelled
from agent.scoring.expected import Expected, ExpectedEntry, ExpectedFinding
from agent.scoring.units import find_units, pattern_of

__all__ = ["Agreement", "Difference", "Found", "Hits", "Score", "score_plan"]

_T = TypeVar("_T")
_U = TypeVar("_U")
NEAR = 2  # lines between an expected finding and one that counts as the same


class _Noun(BaseModel):
    model_config = ConfigDict(frozen=True)


class Difference(_Noun):
    """Something that the plan puts elsewhere; ``found`` is empty where the plan does not have it at all."""

    subject: str
    expected: str
    found: str


class Agreement(_Noun):
    """Two partitions of ``scored`` things. ``matches`` pairs each expected service with the one that has most of it."""

    scored: int
    coverage: float
    expected_services: int
    found_services: int
    ari: float
    f1: float
    mojofm: float
    matches: tuple[tuple[str, str], ...]
    differs: tuple[Difference, ...]


class Hits(_Noun):
    """Things compared one by one. ``precision`` is None where the file names no kind (or rule) to count over."""

    expected: int
    hit: int
    recall: float
    counted: int
    precision: float | None
    missed: tuple[str, ...]
    unexpected: tuple[str, ...]


class Score(_Noun):
    """None is a section that the file does not have."""

    services: Agreement | None = None
    tables: Agreement | None = None
    entry_points: Hits | None = None
    findings: Hits | None = None
    not_scored: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """What the plan says."""

    graph: DependencyGraph
    inventory: Inventory
    boundaries: Boundaries
    findings: Sequence[Finding]


def score_plan(expected: Expected, found: Found) -> Score:
    """Every section that the file has."""
    return Score(
        services=None if expected.units is None else _services(expected.units, found),
        tables=None if expected.tables is None else _tables(expected.tables, found.boundaries),
        entry_points=None if expected.entry_points is None else _entry_points(expected.entry_points, found),
        findings=None if expected.findings is None else _findings(expected.findings, found.findings),
        not_scored=expected.not_scored,
    )


# ---------------------------------------------------------------- services and tables


def _services(units: Mapping[str, str], found: Found) -> Agreement:
    keys = _without_patterns(units, found.boundaries)
    homes = {unit.id: unit.service for unit in found.boundaries.units}
    place = find_units(found.graph, keys)
    truth = {key: service for key, service in keys.items() if service != SHARED}
    return _agreement(truth, {key: homes[place[key]] for key in truth if place.get(key) in homes})


def _without_patterns(units: Mapping[str, str], boundaries: Boundaries) -> dict[str, str]:
    """Patterns as the units that they match; a name beats a pattern, a longer pattern a shorter one.

    A pattern without a match stays as it is: what cannot be found costs agreement.
    """
    plain = {key: service for key, service in units.items() if not set("*?") & set(key)}
    named = set(plain) | {key.partition("::")[0] for key in plain}
    taken: dict[str, str] = {}
    for key in sorted(units.keys() - plain.keys(), key=lambda key: (-len(key), key)):
        pattern = pattern_of(key)
        hits = [unit for unit in boundaries.units if pattern.match(unit.path) or pattern.match(unit.id)]
        for unit in hits:
            if unit.id not in named and unit.path not in named:
                taken.setdefault(unit.id, units[key])
        if not hits:
            taken[key] = units[key]
    return plain | taken


def _tables(owners: Mapping[str, str], boundaries: Boundaries) -> Agreement:
    found = {table.table: table.owner for table in boundaries.tables if table.owner}
    truth = {table: owner for table, owner in owners.items() if owner != SHARED}
    return _agreement(truth, {table: found[table] for table in truth if table in found})


def _agreement(truth: Mapping[str, str], placed: Mapping[str, str]) -> Agreement:
    if not truth:
        return Agreement(
            scored=0, coverage=0, expected_services=0, found_services=0, ari=0, f1=0, mojofm=0, matches=(), differs=()
        )
    scores, label = agreement_scores(truth, placed), labelled(truth, placed)
    matches = {service: _match(service, truth, placed) for service in sorted(set(truth.values()))}
    differs = [
        Difference(subject=key, expected=truth[key], found=placed.get(key, ""))
        for key in sorted(truth)
        if placed.get(key, "") != matches[truth[key]] or not placed.get(key)
    ]
    return Agreement(
        scored=len(truth),
        coverage=round(scores["coverage"], 4),
        expected_services=len(matches),
        found_services=len({value for key, value in label.items() if key in placed and value != SHARED}),
        ari=round(scores["ari"], 4),
        f1=round(scores["f1"], 4),
        mojofm=round(scores["mojofm"], 2),
        matches=tuple(sorted(matches.items())),
        differs=tuple(differs),
    )


def _match(service: str, truth: Mapping[str, str], placed: Mapping[str, str]) -> str:
    """The found service with most of the expected one's members, the first by name of several."""
    counts = Counter(placed[key] for key in placed if truth[key] == service)
    return min(counts, key=lambda name: (-counts[name], name == SHARED, name), default="")


# ---------------------------------------------------------------- entry points and findings


def _entry_points(expected: Sequence[ExpectedEntry], found: Found) -> Hits:
    there = {(e.kind, e.name, e.evidence.path) for e in found.inventory.entry_points}
    there |= {("route", s.name, s.path) for s in found.graph.symbols if s.kind == "route"}

    def same(one: ExpectedEntry, other: tuple[str, str, str]) -> bool:
        kind, name, path = other
        return one.name == name and one.kind in ("", kind) and one.path in ("", path)

    kinds = {one.kind for one in expected}
    counted = [entry for entry in sorted(there) if entry[0] in kinds]
    return _hits(
        expected, sorted(there), counted if "" not in kinds else [], same, lambda one: _words(one.kind, one.name, one.path),
        lambda entry: _words(*entry),
    )  # fmt: skip


def _findings(expected: Sequence[ExpectedFinding], findings: Sequence[Finding]) -> Hits:
    there = sorted((f.rule, e.location.path, e.location.line, f.title) for f in findings for e in f.evidence)

    def same(one: ExpectedFinding, other: tuple[str, str, int, str]) -> bool:
        rule, path, line, _ = other
        near = one.line == 0 or abs(one.line - line) <= NEAR
        return one.rule in ("", rule) and one.path in ("", path) and near

    rules = {one.rule for one in expected}
    counted = [place for place in there if place[0] in rules]
    return _hits(
        expected, there, counted if "" not in rules else [], same,
        lambda one: _words(one.rule or one.what, f"{one.path}:{one.line}" if one.line else one.path),
        lambda place: _words(place[0], f"{place[1]}:{place[2]}"),
    )  # fmt: skip


def _hits(
    expected: Sequence[_T], there: Sequence[_U], counted: Sequence[_U], same: Callable[[_T, _U], bool],
    name: Callable[[_T], str], name_found: Callable[[_U], str],
) -> Hits:  # fmt: skip
    missed = [one for one in expected if not any(same(one, other) for other in there)]
    unexpected = [other for other in counted if not any(same(one, other) for one in expected)]
    hit = len(expected) - len(missed)
    return Hits(
        expected=len(expected),
        hit=hit,
        recall=round(hit / len(expected), 4) if expected else 1.0,
        counted=len(counted),
        precision=round(1 - len(unexpected) / len(counted), 4) if counted else None,
        missed=tuple(name(one) for one in missed),
        unexpected=tuple(dict.fromkeys(name_found(other) for other in unexpected)),
    )


def _words(*parts: str) -> str:
    return " ".join(part for part in parts if part)
