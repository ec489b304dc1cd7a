"""One service's runbook: nine sections of statements, each with its evidence or the question that would settle it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agent.domain.handover import SECTIONS, Runbook, Section, Statement
from agent.domain.plan import Step
from agent.roadmap.runbook import (
    agreements,
    batch,
    context,
    data,
    identity,
    partners,
    release,
    reporting,
    transactions,
)
from agent.roadmap.runbook.view import View

__all__ = ["View", "write_runbook"]

_WRITERS: dict[str, Callable[[View], Sequence[Statement]]] = {
    "Context map": context.write,
    "Contracts": agreements.write,
    "Data": data.write,
    "Transactions": transactions.write,
    "Batch": batch.write,
    "Reporting": reporting.write,
    "Identity": identity.write,
    "Partners": partners.write,
    "Release": release.write,
}


def write_runbook(view: View, step: Step) -> Runbook:
    """All nine, in order."""
    sections = tuple(Section(title=title, statements=tuple(_WRITERS[title](view))) for title in SECTIONS)
    return Runbook(service=view.service.name, title=view.service.title, step=step.id, sections=sections)
