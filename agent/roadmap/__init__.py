"""Boundaries + findings -> phases and steps in strangler order, and the three things to do first."""

from __future__ import annotations

from collections.abc import Sequence

from agent.domain.boundary import SHARED, Boundaries
from agent.domain.finding import Finding
from agent.domain.handover import Handover
from agent.domain.inventory import Inventory
from agent.domain.plan import Action, Phase, Roadmap, Step, SystemSummary
from agent.roadmap.changes import Change, compare_plans
from agent.roadmap.estate import estate_steps
from agent.roadmap.ground import Ground
from agent.roadmap.handover import Reading, hand_over
from agent.roadmap.order import Rank, rank_services
from agent.roadmap.repairs import repairs
from agent.roadmap.steps import Maker

__all__ = ["Change", "Ground", "compare_plans", "draw_plan", "first_actions"]

REPAIRS = "What must not travel: it would be in every image, or behind every route that the facade opens."
WHOLE_REPAIRS = "What must not travel: it would be in the image, and in every copy that is started from it."
HOSTED_REPAIRS = "What must not travel: it would be in every program and dataset that moves."
ESTATE = "No URL leads here, so the monitor, the queues and the files are what can be turned."
MOST_TABLES = 8
MOST_CYCLES = 6
ORDER = (
    "a pilot first, the candidate with the least to cut for its size; the others follow by value (changes in the history, "
    "hotspots, routes) minus cost (dependencies cut, tables in conflict, missing tests)"
)


def draw_plan(ground: Ground) -> tuple[Roadmap, Handover]:
    """The roadmap, and what people need to run it."""
    reading = Reading(ground)
    roadmap = _draw_roadmap(reading)
    return roadmap, hand_over(reading, roadmap)


def _draw_roadmap(reading: Reading) -> Roadmap:
    """Phases that this system needs; a phase with nothing to do does not appear."""
    ground = reading.ground
    inventory, system, boundaries, findings = ground.inventory, ground.system, ground.boundaries, ground.findings
    make = Maker(ground, reading.jobs, reading.messages, reading.asker)
    jobs = [e.name for e in inventory.entry_points if e.kind in ("job", "batch")]
    ranks = rank_services(boundaries, system, inventory.history, ground.told.route_weights, ground.told.service_weights)
    phases = [
        _phase("Baseline", "Nothing moves before its behaviour and use are known.", _baseline(make, system, jobs))
    ]
    why = REPAIRS if boundaries.verdict == "split" else HOSTED_REPAIRS if ground.hosted else WHOLE_REPAIRS
    phases.append(_phase("Repairs", why, [make.mend(*group) for group in repairs(findings)]))
    contained = make.contain() if _deployable(inventory, system) and not ground.hosted else None
    if contained is not None:
        why = "The system as it is, movable: the first thing that can be rolled back by routing."
        phases.append(_phase("Containers", why, [contained]))
    estate = estate_steps(make, reading.asker)
    if estate:
        phases.append(_phase("Ways in without HTTP", ESTATE, estate))
    phases.extend(_middle(make, boundaries, findings, ranks, contained))
    kept = [s for s in boundaries.services if s.verdict == "keep in"]
    if kept and boundaries.verdict == "split":  # else all of it stays, and each part has a step that says so
        phases.append(_phase("Kept in", "What would cost more outside than inside stays.", [make.keep(kept)]))
    numbered = [p.model_copy(update={"id": f"P{n}"}) for n, p in enumerate((p for p in phases if p.steps), 0)]
    order = _order(ranks, boundaries, hosted=ground.hosted)
    return Roadmap(verdict=boundaries.verdict, order_reason=order, phases=tuple(numbered))


def _order(ranks: Sequence[Rank], boundaries: Boundaries, *, hosted: bool) -> str:
    """By what rule, and which of two rules won where they disagree."""
    if not ranks or boundaries.verdict != "split":
        done = (
            "protect, then turn what can be routed, then draw borders"
            if hosted
            else "protect, upgrade, contain, draw borders"
        )
        return f"nothing is extracted, so the order is: {done}"
    pilot, wanted = ranks[0], max(ranks, key=lambda r: (r.value, r.service.name))
    if pilot is wanted:
        return f"{ORDER}; {pilot.service.name} is both the pilot and worth most (value {pilot.value:.2f}, cost {pilot.cost:.2f})"
    return (
        f"{ORDER}; 'pilot first' and 'business-critical first' disagree here, and the pilot is followed: {pilot.service.name} (value {pilot.value:.2f}, "
        f"cost {pilot.cost:.2f}) goes before {wanted.service.name} (value {wanted.value:.2f}, cost {wanted.cost:.2f}), since what goes wrong for the first time "
        f"touches {len(pilot.service.entry_points)} ways in rather than {len(wanted.service.entry_points)}"
    )


def _middle(
    make: Maker, boundaries: Boundaries, findings: Sequence[Finding], ranks: Sequence[Rank], contained: Step | None
) -> list[Phase]:
    phases = []
    cycles = [f for f in findings if f.rule == "structure.service-cycle"]
    cycles.sort(key=lambda f: (f.count, f.id))
    if boundaries.verdict == "do not split":
        if len(boundaries.services) > 1:
            cuts = [make.cut_cycle(f) for f in cycles[:MOST_CYCLES]]
            modules = [make.modularize(s) for s in boundaries.services]
            why = f"It stays one deployable: {boundaries.verdict_reasons[0]}."
            phases.append(_phase("Modules inside one deployable", why, [*cuts, *modules]))
        return phases
    conflicts = [t for t in boundaries.tables if len([w for w in t.writers if w != SHARED]) > 1]
    prepare = [make.settle_table(t) for t in conflicts[:MOST_TABLES]] + [
        make.cut_cycle(f) for f in cycles[:MOST_CYCLES]
    ]
    if boundaries.shared:
        prepare.append(make.shared(boundaries.shared))
    counts = (
        (len(conflicts), f"{make.ground.store}s with more than one writing service"),
        (len(cycles), "pairs of services that need each other"),
        (len(boundaries.shared), "units that several services share"),
    )
    why = _sentence("; ".join(f"{what}: {number}" for number, what in counts if number))
    phases.append(_phase("Borders", why, prepare))
    needed = [s.id for s in prepare if s.kind == "own_data"]
    if boundaries.verdict == "modularize":
        steps = [make.modularize(s) for s in boundaries.services]
        phases.append(_phase("Modules first", _sentence(boundaries.verdict_reasons[-1]), steps))
        return phases  # what can be extracted is judged again once the borders hold
    blocked = {s.service: s.id for s in prepare if s.kind == "own_data"}
    first = [contained.id] if contained else []
    extractions = []
    for rank in ranks:
        after = [*first, *(i for name, i in blocked.items() if name == rank.service.name)]
        extractions.append(make.extract(rank, after or needed[:1]))
    if extractions:
        phases.append(
            _phase("Pilot", "The cheapest cut proves facade, pipeline, data move and rollback.", extractions[:1])
        )
        phases.append(_phase("Extractions", "In the order of value minus cost.", extractions[1:]))
    return phases


def _baseline(make: Maker, system: SystemSummary, jobs: Sequence[str]) -> list[Step]:
    steps = [make.baseline()]
    if system.routes or jobs:
        steps.append(make.observe(make.ground.route_count or system.routes, jobs))
    upgrade = make.upgrade()
    return [*steps, *([upgrade] if upgrade else [])]


def _deployable(inventory: Inventory, system: SystemSummary) -> bool:
    """Whether anything starts it as a server, a worker or a job; routes alone count when no way in was found at all."""
    kinds = {entry.kind for entry in inventory.entry_points}
    return bool(kinds - {"cli"}) or (bool(system.routes) and not kinds)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _phase(title: str, why: str, steps: Sequence[Step]) -> Phase:
    return Phase(id="", title=title, why=why, steps=tuple(steps))


def first_actions(roadmap: Roadmap, findings: Sequence[Finding]) -> tuple[Action, ...]:
    """Three things to do first: the baseline, what blocks most, and the first step that changes the system.

    Each is a step of the roadmap with its own evidence.
    """
    steps = [step for phase in roadmap.phases for step in phase.steps]
    if not steps:
        return ()
    blocking = sorted(
        (s for s in steps[1:] if s.kind in ("own_data", "prepare", "cut") and s.evidence),
        key=lambda s: (-_severity(s, findings), steps.index(s)),
    )
    moving = [s for s in steps if s.kind in ("extract", "modularize", "containerize")]
    moving.sort(key=lambda s: {"extract": 0, "containerize": 1, "modularize": 2}[s.kind])
    if not any(s.kind in ("extract", "containerize") for s in moving):
        moving = [*(s for phase in roadmap.phases if phase.why == ESTATE for s in phase.steps), *moving]
    chosen: list[Step] = []
    for step in (steps[0], *blocking[:1], *moving, *steps):
        if step not in chosen and step.evidence and len(chosen) < 3:
            chosen.append(step)
    chosen.sort(key=steps.index)
    return tuple(
        Action(title=s.title, why=s.reasons[0] if s.reasons else s.exit[0], evidence=s.evidence[:3], step=s.id)
        for s in chosen
    )


def _severity(step: Step, findings: Sequence[Finding]) -> int:
    weight = {"critical": 8, "high": 4, "medium": 2, "low": 1, "info": 0}
    return max((weight[f.severity] for f in findings if f.id in step.findings), default=0)
