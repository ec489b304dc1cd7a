"""Two proposals of one system: what the user's file moved, and what that does to metrics, ownership, crossings and verdict."""

from __future__ import annotations

from collections.abc import Mapping

from agent.domain.boundary import SHARED, Boundaries, Change, Comparison

__all__ = ["compare"]

_METRICS = (
    ("sm", "higher is better"),
    ("icp", "lower is better"),
    ("ifn", "lower is better"),
    ("ned", "lower is better"),
    ("modularity", "higher is better"),
)


def compare(before: Boundaries, after: Boundaries) -> Comparison:
    """``before`` is figwright's own proposal, ``after`` the same with the user's edits; both of the same commit."""
    homes = ({u.id: u.service for u in before.units}, {u.id: u.service for u in after.units})
    owners = ({t.table: t.owner for t in before.tables}, {t.table: t.owner for t in after.tables})
    return Comparison(
        moved_units=_changed(*homes),
        moved_tables=_changed(*owners),
        services_added=tuple(sorted({s.name for s in after.services} - {s.name for s in before.services})),
        services_removed=tuple(sorted({s.name for s in before.services} - {s.name for s in after.services})),
        metrics=tuple(_metric(before, after, name, sense) for name, sense in _METRICS),
        crossings=(sum(c.weight for c in before.crossings), sum(c.weight for c in after.crossings)),
        crossings_by_pair=_changed(_weights(before), _weights(after)),
        conflicts=(_conflicts(before), _conflicts(after)),
        verdict=(before.verdict, after.verdict),
        service_verdicts=_changed(
            {s.name: s.verdict for s in before.services}, {s.name: s.verdict for s in after.services}
        ),
        pins=after.pins,
    )


def _changed(one: Mapping[str, str], other: Mapping[str, str]) -> tuple[Change, ...]:
    return tuple(
        Change(what=name, before=one.get(name, ""), after=other.get(name, ""))
        for name in sorted({*one, *other})
        if one.get(name, "") != other.get(name, "")
    )


def _metric(before: Boundaries, after: Boundaries, name: str, sense: str) -> Change:
    one, other = (float(getattr(boundaries.metrics, name)) for boundaries in (before, after))
    better = (other > one) == (sense == "higher is better")
    word = "the same" if round(one, 4) == round(other, 4) else "better" if better else "worse"
    return Change(what=name, before=f"{one:.4f}", after=f"{other:.4f}", note=f"{word} ({sense})")


def _weights(boundaries: Boundaries) -> dict[str, str]:
    return {
        f"{_called(crossing.source)} -> {_called(crossing.target)}": str(crossing.weight)
        for crossing in boundaries.crossings
    }


def _called(service: str) -> str:
    return "shared code" if service == SHARED else service


def _conflicts(boundaries: Boundaries) -> tuple[str, ...]:
    """Tables that more than one service writes."""
    return tuple(t.table for t in boundaries.tables if len([w for w in t.writers if w != SHARED]) > 1)
