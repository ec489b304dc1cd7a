"""Two plans in, what moved between them out: decisions, answers, services, tables, steps, parity, findings.

What a finished extraction leaves behind shows as services, routes and writers that are gone; what comes back shows as added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from agent.domain.boundary import Change
from agent.domain.plan import Plan
from agent.domain.wording import counted, listed

__all__ = ["Change", "compare_plans"]


def compare_plans(old: Plan, new: Plan) -> tuple[tuple[str, tuple[Change, ...]], ...]:
    """Sections with their changes, each by name; sections without one are left out."""
    sections: tuple[tuple[str, Callable[[Plan], Mapping[str, str]]], ...] = (
        ("Verdict", lambda p: {"the system": p.boundaries.verdict}),
        ("Dispositions", _dispositions),
        ("Questions", lambda p: {q.id: f"answered: {q.answer}" if q.answer else "open" for q in p.handover.questions}),
        (
            "Services",
            lambda p: {s.name: f"{s.verdict}, {counted(len(s.units), 'unit')}" for s in p.boundaries.services},
        ),
        ("Homes of units", lambda p: {u.id: u.service for u in p.boundaries.units}),
        ("Routes", lambda p: {r.route: r.service for r in p.system.routes_table}),
        ("Writers of tables", lambda p: {t.table: listed(list(t.writers), 9) for t in p.boundaries.tables}),
        ("Steps", _steps),
        ("Parity", lambda p: {f"{r.kind} {r.name}": r.status for r in p.handover.parity}),
        ("Findings", lambda p: {f.id: f"{f.severity}: {f.title}" for f in p.findings}),
    )
    found = ((title, tuple(_changes(read(old), read(new)))) for title, read in sections)
    return tuple((title, changes) for title, changes in found if changes)


def _dispositions(plan: Plan) -> dict[str, str]:
    return {
        f"{d.kind} {d.component}": d.action + (" (candidate)" if d.candidate else " (decided)" if d.decided else "")
        for d in plan.handover.dispositions
    }


def _steps(plan: Plan) -> dict[str, str]:
    """By what they do: their numbers move whenever one is added before them."""
    return {
        f"{step.kind} {step.service if step.kind in ('extract', 'modularize') else step.title.partition(':')[0]}": f"{phase.title}, {step.title}"
        for phase in plan.roadmap.phases
        for step in phase.steps
    }


def _changes(old: Mapping[str, str], new: Mapping[str, str]) -> Iterable[Change]:
    for what in sorted(old.keys() | new.keys()):
        before, after = old.get(what, ""), new.get(what, "")
        if before != after or (what in old) != (what in new):
            yield Change(what=what, before=before, after=after)
