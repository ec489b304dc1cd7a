"""Section 4: units of work that would span services: kept together, a saga with compensations, or staleness accepted."""

from __future__ import annotations

from collections.abc import Sequence

from agent.domain.bill import Transaction
from agent.domain.handover import Statement
from agent.domain.wording import counted, listed
from agent.roadmap.runbook.view import View

__all__ = ["write"]

MOST = 8


def write(view: View) -> Sequence[Statement]:
    """One statement for each, the most writes first."""
    spans = [t for t in view.ground.boundaries.bill.transactions if view.name in {o for o, _ in t.owners}]
    if not spans:
        total = view.ground.boundaries.bill.transaction_count
        return [
            view.fact(
                f"none of the {counted(total, 'unit')} of work that span services writes its tables"
                if total
                else "no unit of work writes tables of two services",
                [e for t in view.owned for e in t.evidence[:1]] or view.homes,
            )
        ]
    found = [_one(view, item) for item in spans[:MOST]]
    if len(spans) > MOST:
        found.append(
            view.fact(
                f"{counted(len(spans) - MOST, 'more unit')} of work span it, with fewer writes: {listed([t.name for t in spans[MOST:]], 5)}",
                [e for t in spans[MOST:] for e in t.evidence[:1]],
            )
        )
    return found


def _one(view: View, item: Transaction) -> Statement:
    parts = dict(item.owners)
    here = listed(list(parts[view.name]), 3)
    others = {owner: tables for owner, tables in parts.items() if owner != view.name}
    there = "; ".join(f"{view.label(o)}: {listed(list(t), 3)}" for o, t in others.items())
    how = f"marked {item.marker}" if item.marker else "one request"
    if item.eased_by_events:
        return view.fact(
            f"{item.name} ({how}) writes {here} with {there}: accepted staleness, an event carries it; at stake is only how late {listed(list(others), 3)} see it",
            item.evidence,
        )
    few = sum(len(t) for t in others.values())
    proposal = (
        f"saga: the service writes {here} first, then {listed([view.label(o) for o in others], 3)} in turn; each needs its undoing ({counted(few, 'table')})"
        if len(others) > 1
        else f"keep together with {view.label(next(iter(others)))} until {here} can be written on its own, or undo it there"
    )
    key = f"transaction.{item.name}"
    return view.open(
        key, "data", f"{item.name} ({how}) writes {here} with {there}; {proposal}; the invariant at stake is that {here} and {listed([t for ts in others.values() for t in ts], 3)} agree",
        f"May {here} be seen without {listed([t for ts in others.values() for t in ts], 3)} after {item.name} failed half way, and for how long?", "product owner",
        "saga with compensations, kept together, or accepted staleness", item.evidence, "never | minutes | hours",
    )  # fmt: skip
