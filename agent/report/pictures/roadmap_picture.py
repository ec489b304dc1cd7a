"""The roadmap as a picture: plan in, one SVG out; phases from top to bottom, their steps as cards, and what is left.

The bar at the end of each phase shows how much of the code still lives in the monolith: the strangler fig's progress.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from agent.domain.plan import Phase, Plan, Step
from agent.report.number_format import percent, plural
from agent.report.pictures.svg import element, fit, group, label, link, picture, rect, title, wrap
from agent.report.services import ServiceMarks

__all__ = ["KIND_LABELS", "MOST_CARDS", "MOST_PHASES", "RoadmapPicture", "draw_roadmap", "left_in_monolith"]

MOST_PHASES = 14
MOST_CARDS = 12
"""Cards in one phase; the step table lists the others."""
KIND_LABELS = {
    "prepare": "prepare",
    "observe": "observe",
    "cut": "cut a seam",
    "extract": "extract",
    "own_data": "own its data",
    "retire": "retire",
    "keep": "keep",
    "modularize": "modularize",
    "containerize": "containerize",
}
_WIDTH, _LEFT, _ACROSS = 1040.0, 176.0, 4
_CARD, _TALL, _SPACE = 178.0, 76.0, 10.0
_BAR = 112.0


@dataclass(frozen=True)
class RoadmapPicture:
    """The picture and how many steps and phases it leaves to the table."""

    svg: Markup
    folded_steps: int
    folded_phases: int


def left_in_monolith(plan: Plan) -> list[float]:
    """After each phase, the share of code lines that no finished extraction has taken out; empty when nothing is taken."""
    lines = {service.name: service.code_lines for service in plan.boundaries.services}
    total = sum(unit.code_lines for unit in plan.boundaries.units)
    leaving = _last_steps(plan, lines)
    if not total or not leaving:
        return []
    left, shares = total, []
    for phase in plan.roadmap.phases:
        left -= sum(lines[step.service] for step in phase.steps if leaving.get(step.service) == step.id)
        shares.append(max(left, 0) / total)
    return shares


def _last_steps(plan: Plan, services: Mapping[str, int]) -> dict[str, str]:
    """The step with which each service has left: the last that runs it apart or deletes it from the monolith."""
    return {
        step.service: step.id
        for phase in plan.roadmap.phases
        for step in phase.steps
        if step.kind in ("extract", "retire") and step.service in services
    }


def draw_roadmap(plan: Plan, marks: ServiceMarks, step_anchors: Mapping[str, str]) -> RoadmapPicture:
    """Empty when there are no phases."""
    phases = plan.roadmap.phases[:MOST_PHASES]
    if not phases:
        return RoadmapPicture(Markup(), 0, 0)
    shares = left_in_monolith(plan)
    parts: list[Markup] = []
    y = 8.0 if not shares else 26.0
    if shares:
        parts.append(label(_WIDTH - _BAR, 13, "left in the monolith", class_="m"))
    spine = []
    for number, phase in enumerate(phases):
        band, used = _band(phase, number, y, marks, step_anchors)
        parts.append(band)
        if shares:
            parts.append(_remaining(shares[number], y, plan, number, marks))
        spine.append(y + 20)
        y += used + 22
    line = element("path", d=f"M20,{spine[0]:.0f}V{spine[-1]:.0f}", class_="spine")
    discs = [_stop(20, at, number) for number, at in enumerate(spine, start=1)]
    folded = sum(len(phase.steps) - len(_shown(phase)) for phase in phases)
    later = plan.roadmap.phases[MOST_PHASES:]
    name = f"Roadmap: {plural(len(plan.roadmap.phases), 'phase')}"
    svg = picture(_WIDTH, y, name, *parts, line, *discs, class_="road", least=900)
    return RoadmapPicture(svg, folded + sum(len(phase.steps) for phase in later), len(later))


def _stop(x: float, y: float, number: int) -> Markup:
    disc = element("circle", cx=x, cy=y, r=15, class_="stop")
    return group(disc, label(x, y + 5, str(number), class_="b mid"))


def _band(
    phase: Phase, number: int, y: float, marks: ServiceMarks, step_anchors: Mapping[str, str]
) -> tuple[Markup, float]:
    shown = _shown(phase)
    cards = [_card(step, *_slot(place, y), marks, step_anchors) for place, step in enumerate(shown)]
    if len(shown) < len(phase.steps):
        cards.append(_more(len(phase.steps) - len(shown), f"phase-{number + 1}", *_slot(len(shown), y)))
    rows = max(1, -(-len(cards) // _ACROSS))
    heading = [
        label(46, y + 16 + 18 * line, text, class_="b")
        for line, text in enumerate(wrap(phase.title, _LEFT - 62, 14, 3))
    ]
    under = y + 17 + 18 * len(heading)
    heading.append(label(46, under, plural(len(phase.steps), "step"), class_="m"))
    band = link(f"phase-{number + 1}", title(f"{phase.title}: {phase.why}"), *heading, class_="n")
    return group(band, *cards), max(rows * (_TALL + _SPACE) - _SPACE, 18.0 * len(heading) + 12)


def _shown(phase: Phase) -> Sequence[Step]:
    """All steps, or one card fewer than fit, because the last one counts the others."""
    return phase.steps if len(phase.steps) <= MOST_CARDS else phase.steps[: MOST_CARDS - 1]


def _slot(place: int, y: float) -> tuple[float, float]:
    return _LEFT + place % _ACROSS * (_CARD + _SPACE), y + place // _ACROSS * (_TALL + _SPACE)


def _card(step: Step, x: float, y: float, marks: ServiceMarks, step_anchors: Mapping[str, str]) -> Markup:
    mark = marks[step.service]
    lines = wrap(step.title, _CARD - 22, 12.5, 3)
    return link(
        step_anchors.get(step.id, ""),
        title(f"{step.id} {step.title}" + (f" (after {', '.join(step.depends_on[:6])})" if step.depends_on else "")),
        rect(x, y, _CARD, _TALL, rx=5, class_="card"),
        rect(x, y, 6, _TALL, rx=3, class_=f"bar {mark.colour}"),
        rect(x, y, 6, _TALL, rx=3, fill=f"url(#h{mark.pattern})") if mark.pattern else Markup(),
        label(x + 14, y + 17, KIND_LABELS[step.kind], class_="kind"),
        label(x + _CARD - 9, y + 17, fit(step.id, 74, 11), class_="m e"),
        *(label(x + 14, y + 34 + 15 * place, text) for place, text in enumerate(lines)),
        class_="n",
    )


def _more(number: int, anchor: str, x: float, y: float) -> Markup:
    return link(
        anchor,
        rect(x, y, _CARD, _TALL, rx=5, class_="card fold"),
        label(x + _CARD / 2, y + _TALL / 2 + 4, f"and {number:,} more steps", class_="m mid"),
        class_="n",
    )


def _remaining(share: float, y: float, plan: Plan, number: int, marks: ServiceMarks) -> Markup:
    """What the finished extractions took out, by service, and the rest."""
    lines = {service.name: service.code_lines for service in plan.boundaries.services}
    total = sum(unit.code_lines for unit in plan.boundaries.units)
    leaving = _last_steps(plan, lines)
    x = _WIDTH - _BAR
    parts = [rect(x, y + 2, _BAR, 16, class_="left")]
    at = x + _BAR
    for phase in plan.roadmap.phases[: number + 1]:
        for step in phase.steps:
            if leaving.get(step.service) == step.id:
                width = _BAR * lines[step.service] / total
                at -= width
                if width >= 0.8:
                    parts.append(
                        element(
                            "rect",
                            title(f"{marks[step.service].label} is out"),
                            x=at,
                            y=y + 2,
                            width=width,
                            height=16,
                            class_=f"bar {marks[step.service].colour}",
                        )
                    )
    parts.append(label(x, y + 35, percent(share), class_="m"))
    return group(title(f"after phase {number + 1}, {percent(share)} of the code is left in the monolith"), *parts)
