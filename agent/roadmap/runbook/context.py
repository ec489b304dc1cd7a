"""Section 1: upstream and downstream, shared kernel, anti-corruption layers, and concepts that need a model on both sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.domain.finding import Evidence
from agent.domain.handover import Statement
from agent.domain.wording import counted, listed
from agent.roadmap.runbook.view import View

__all__ = ["write"]


def write(view: View) -> Sequence[Statement]:
    """Relations first, then what is shared, then the concepts."""
    found = [*_neighbours(view), *_shared(view), *_outside(view), *_concepts(view)]
    return found or [view.fact(f"{view.name} has no neighbour: nothing needs it and it needs nothing", view.homes)]


def _neighbours(view: View) -> Iterator[Statement]:
    needed = {c.target: c for c in view.out}
    for crossing in view.into:
        other = crossing.source
        both = needed.get(other)
        if both:
            yield view.fact(
                f"partnership to be ended with {other}: {counted(crossing.weight, 'use')} of {view.name} there, {counted(both.weight, 'use')} of {other} here; "
                f"the lighter direction goes first, {'from here' if both.weight <= crossing.weight else 'from there'}",
                (*crossing.evidence[:2], *both.evidence[:1]),
            )
        else:
            yield view.fact(
                f"downstream: {other} is its customer in {counted(crossing.weight, 'place')}, so it publishes what they need and no more",
                crossing.evidence,
            )
    for crossing in view.out:
        if crossing.target not in {c.source for c in view.into}:
            few = crossing.weight <= 3
            yield view.fact(
                f"upstream: {crossing.target}, needed in {counted(crossing.weight, 'place')}; "
                + (
                    "conformist will do, so few uses carry no translation"
                    if few
                    else "an anti-corruption layer translates at the border, so that its changes stop there"
                ),
                crossing.evidence,
            )


def _shared(view: View) -> Iterator[Statement]:
    mine = [u for u in view.ground.boundaries.shared if view.name in u.used_by]
    for kind, said in (
        ("kernel", "shared kernel, versioned and changed by agreement only until each side has its own"),
        ("library", "a library of its own version on each side"),
        ("glue", "wiring that stays with the monolith; the service starts by its own"),
    ):
        units = [u for u in mine if u.kind == kind]
        if units:
            yield view.fact(
                f"{listed([u.unit for u in units], 4)}: {said} ({units[0].reason})",
                [Evidence(location=u.location, text=f"{u.kind}: {u.reason}") for u in units],
            )


def _outside(view: View) -> Iterator[Statement]:
    for system in view.ground.inventory.external_systems:
        places = [p for p in system.evidence if p.path in view.paths]
        if places and system.kind not in ("database", "cache"):
            yield view.fact(
                f"anti-corruption layer before {system.kind} {system.name}: its terms end there",
                [
                    Evidence(location=p, text=f"{system.kind}: {system.name}", resolution=system.resolution)
                    for p in places
                ],
            )


def _concepts(view: View) -> Iterator[Statement]:
    for concept in view.ground.boundaries.bill.concepts:
        uses = {u.service: u for u in concept.uses}
        if view.name not in uses or len(uses) < 2:
            continue
        mine = uses[view.name]
        others = [u for name, u in uses.items() if name != view.name]
        members = f" ({listed(list(mine.members), 3)})" if mine.members else ""
        yield view.fact(
            f"{concept.name} is a bounded-context candidate: {view.name} has {counted(mine.reads, 'read')}, {counted(mine.writes, 'write')} and "
            f"{counted(mine.calls, 'call')} of it{members}, {listed([u.service for u in others], 4)} {'means' if len(others) == 1 else 'mean'} it too; one for the event-storming workshop, "
            f"since a model of its own on each side keeps {'what is written here' if mine.writes else 'only what is read here'}",
            (*mine.evidence[:2], *(e for u in others for e in u.evidence[:1])),
        )
