"""What a proposal about boundaries would cost, and what forbids it: a change of homes in; prices and a veto out.

Coverage, the user's own pins and sole writers may veto. Internal metrics are a price and never a veto: partitions that
experts draw score worse on them than a clustering's (docs/boundaries.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from agent.boundaries.layers import build_layers, combine
from agent.boundaries.metrics import measure
from agent.boundaries.system import System
from agent.domain.advice import Price
from agent.domain.boundary import SHARED
from agent.domain.plan import Plan

__all__ = ["Scales"]


class Scales:
    """Weighs changes of one plan's partition; the weighted graph is built once."""

    def __init__(self, plan: Plan, system: System, fixed: frozenset[str]) -> None:
        self._system = system
        self._edges = combine(build_layers(system, plan.inventory.history.coupling))
        self._stability = plan.boundaries.metrics.stability
        self.homes = {unit.id: unit.service for unit in plan.boundaries.units}
        self._fixed = fixed

    def price(self, moved: Mapping[str, str]) -> tuple[Price, ...]:
        """Each measure of the partition before and after."""
        before, after = self._measures(self.homes), self._measures({**self.homes, **moved})
        better = {"modularity": "higher", "sm": "higher"}
        return tuple(
            Price(measure=name, before=before[name], after=after[name], better=better.get(name, "lower"))  # type: ignore[arg-type]
            for name in before
        )

    def veto(self, moved: Mapping[str, str], *, whole: bool = False) -> str:
        """Why the change may not be made; empty when it may. ``whole``: a service may go as a whole."""
        strange = sorted(set(moved) - set(self.homes))
        if strange:
            return f"the code has no unit {strange[0]}"
        pinned = sorted(set(moved) & self._fixed)
        if pinned:
            return f"{pinned[0]} was placed by the user"
        after = {**self.homes, **moved}
        emptied = sorted({self.homes[unit] for unit in moved} - set(after.values()) - {SHARED})
        if emptied and not whole:
            return f"it would leave {emptied[0]} without a unit"
        gained = sorted(t for t, many in self._writers(after).items() if len(many) > len(self._writers(self.homes)[t]))
        if gained:
            return f"it would give table {gained[0].removeprefix('table:')} one more service that writes it"
        return ""

    def _measures(self, homes: Mapping[str, str]) -> dict[str, float]:
        own = {unit: service for unit, service in homes.items() if service != SHARED}
        metrics = measure(self._system, own, self._edges, self._stability)
        several = sum(1 for writers in self._writers(homes).values() if len(writers) > 1)
        calls = sum(
            len(edges) for (a, b), edges in self._system.ties.items() if own.get(a) and own.get(b) and own[a] != own[b]
        )
        return {
            "modularity": metrics.modularity,
            "sm": metrics.sm,
            "icp": metrics.icp,
            "crossings": float(calls),
            "tables with several writers": float(several),
        }

    def _writers(self, homes: Mapping[str, str]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for unit, tables in self._system.access.items():
            for table, edges in tables.items():
                service = homes.get(unit, SHARED)
                found[table] |= {service for e in edges if e.kind == "write" and service != SHARED}
        return found
