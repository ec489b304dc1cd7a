"""Which step of the roadmap an item belongs to: places in the plan's evidence against the lines that patches change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.delivery.grouping import Judged
from agent.domain.plan import Plan, Step

__all__ = ["Place", "extraction_step", "place_of_files", "step_of_patch"]


@dataclass(frozen=True)
class Place:
    """The step, None when the plan has none for it; ``rank`` orders items: (phase, step within all steps)."""

    step: Step | None
    rank: tuple[int, int]


def step_of_patch(members: Sequence[Judged], plan: Plan) -> Place:
    """The step most of whose places lie in lines that the patches change; without one, before the containers."""
    changed: dict[str, list[tuple[int, int]]] = {}
    for member in members:
        for file in member.text.files:
            changed.setdefault(file.path, []).extend(hunk.core for hunk in file.hunks)
    findings = {finding.id: finding for finding in plan.findings}
    best: tuple[int, Place] = (0, Place(None, _before_containers(plan)))
    for place in _places(plan):
        step = place.step
        if step is None or step.kind not in ("prepare", "own_data", "cut"):
            continue
        evidence = [*step.evidence, *(e for name in step.findings if name in findings for e in findings[name].evidence)]
        places = {(one.location.path, one.location.line) for one in evidence}
        hits = sum(any(first <= line <= last for first, last in changed.get(path, ())) for path, line in places)
        if hits > best[0]:
            best = (hits, place)
    return best[1]


def place_of_files(plan: Plan, kind: str) -> Place:
    """The first step of that kind; behind everything when there is none."""
    found = [place for place in _places(plan) if place.step and place.step.kind == kind]
    return found[0] if found else Place(None, (len(plan.roadmap.phases), 0))


def extraction_step(plan: Plan, service: str) -> Step | None:
    """The step that takes that service out."""
    steps = [place.step for place in _places(plan) if place.step]
    return next((step for step in steps if step.kind == "extract" and step.service == service), None)


def _places(plan: Plan) -> list[Place]:
    return [
        Place(step, (at, number))
        for at, phase in enumerate(plan.roadmap.phases)
        for number, step in enumerate(phase.steps)
    ]


def _before_containers(plan: Plan) -> tuple[int, int]:
    """Code is made ready before it is put into a container."""
    phase, _ = place_of_files(plan, "containerize").rank
    return (phase - 1, 1_000) if phase else (0, 1_000)
