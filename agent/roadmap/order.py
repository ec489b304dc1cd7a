"""In which order to extract: value against cost for each service, every number with the evidence it comes from."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.domain.boundary import SHARED, Boundaries, Service
from agent.domain.inventory import History
from agent.domain.plan import SystemSummary
from agent.domain.wording import counted

__all__ = ["Rank", "rank_services"]


@dataclass(frozen=True)
class Rank:
    """One service's place. ``value`` and ``cost`` are in 0..1, relative to the other services."""

    service: Service
    value: float
    cost: float
    reasons: tuple[str, ...]

    @property
    def gain(self) -> float:
        """What decides the order."""
        return round(self.value - self.cost, 6)


def rank_services(
    boundaries: Boundaries,
    system: SystemSummary,
    history: History,
    weights: Mapping[str, float],
    service_weights: Mapping[str, float] = {},
) -> tuple[Rank, ...]:
    """Extractable services: the pilot first (least to cut for its size), then by value minus cost.

    value = mean of the shares of commits, complexity-weighted hotspots and weighted routes; cost = mean of the shares of
    dependencies cut, tables in conflict, and lines without a test. Shares are of the largest among the services.
    """
    able = [s for s in boundaries.services if s.verdict in ("extract first", "extract later")]
    if not able:
        return ()
    churn = _churn(boundaries, history)
    heat = {s.name: sum(h.score for h in system.hotspots if h.service == s.name) for s in able}
    traffic = {
        s.name: sum(_weight(r, weights) for r in s.entry_points) * _weight(s.name, service_weights) for s in able
    }
    cut = {s.name: _cut(boundaries, s) for s in able}
    conflicts = {s.name: _conflicts(boundaries, s) for s in able}
    bare = {s.name: 0.0 if s.tests else 1.0 for s in able}
    value_parts = [p for p in (churn, heat, traffic) if any(p.get(s.name, 0) for s in able)]
    ranks = []
    for s in able:
        value = sum(_share(p, s.name, able) for p in value_parts) / max(1, len(value_parts))
        cost = (_share(cut, s.name, able) + _share(conflicts, s.name, able) + bare[s.name]) / 3
        ranks.append(
            Rank(
                s,
                round(value, 4),
                round(cost, 4),
                _reasons(s, churn, heat, traffic, cut, conflicts, {**weights, **service_weights}),
            )
        )
    return tuple(sorted(ranks, key=lambda r: (r.service.verdict != "extract first", -r.gain, r.service.name)))


def _reasons(
    s: Service, churn: Mapping[str, float], heat: Mapping[str, float], traffic: Mapping[str, float],
    cut: Mapping[str, float], conflicts: Mapping[str, float], weights: Mapping[str, float],
) -> tuple[str, ...]:  # fmt: skip
    reasons = []
    if s.verdict == "extract first":
        reasons.append("pilot: of all candidates it has the least to cut for its size")
    if churn.get(s.name):
        reasons.append(f"{churn[s.name]:.0f} file changes in the history fall on it")
    if heat.get(s.name):
        reasons.append(f"its hotspots add up to {heat[s.name]:.2f}")
    weighted = " (weighted by you)" if weights else ""
    reasons.append(
        f"{counted(len(s.entry_points), 'route or job', 'routes and jobs')}, weight {traffic[s.name]:g}{weighted}"
    )
    reasons.append(
        f"{counted(int(cut[s.name]), 'dependency', 'dependencies')} to cut, {counted(int(conflicts[s.name]), 'table')} in conflict"
    )
    reasons.append(f"{counted(s.tests, 'test file')} touching it" if s.tests else "no test touches it directly")
    return tuple(reasons)


def _share(values: Mapping[str, float], name: str, able: Sequence[Service]) -> float:
    largest = max((values.get(s.name, 0.0) for s in able), default=0.0)
    return values.get(name, 0.0) / largest if largest else 0.0


def _churn(boundaries: Boundaries, history: History) -> dict[str, float]:
    commits = {f.path: f.commits for f in history.files}
    found: dict[str, float] = {}
    for path, service in {unit.path: unit.service for unit in boundaries.units}.items():
        found[service] = found.get(service, 0.0) + commits.get(path, 0)
    return found


def _cut(boundaries: Boundaries, service: Service) -> float:
    return float(
        sum(
            c.weight
            for c in boundaries.crossings
            if service.name in (c.source, c.target) and SHARED not in (c.source, c.target)
        )
    )


def _conflicts(boundaries: Boundaries, service: Service) -> float:
    return float(sum(1 for t in boundaries.tables if service.name in t.writers and len(t.writers) > 1))


def _weight(route: str, weights: Mapping[str, float]) -> float:
    """The user's weight of a route (the longest matching pattern), 1 when nothing was said."""
    matching = [p for p in weights if fnmatch.fnmatchcase(route, p)]
    return weights[max(matching, key=lambda p: (len(p), p))] if matching else 1.0
