"""What the plan says, as headline and sentences: plan in; text out that starts with a capital and ends with a full stop."""

from __future__ import annotations

import re
from collections.abc import Collection

from agent.domain.plan import Plan
from agent.report.number_format import plural
from agent.report.visible_text import PROSE_LIMIT, cut_tail

__all__ = ["Sentences", "as_sentence", "extractable", "headline"]

_WORD = re.compile(r"[a-z]+(?=[ ,;:]|$)")
_ENDS = (".", "!", "?", ":", "…")


def extractable(plan: Plan) -> int:
    """How many of the candidate services could run apart."""
    return sum(service.verdict in ("extract first", "extract later") for service in plan.boundaries.services)


def headline(plan: Plan) -> str:
    """The verdict in one line, with its number."""
    proposal = plan.boundaries
    if proposal.verdict == "split":
        return f"{extractable(plan):,} of {plural(len(proposal.services), 'candidate service')} can be extracted"
    if proposal.verdict == "modularize":
        return f"Draw {plural(len(proposal.services), 'module')} inside one deployable"
    return "Do not split"


class Sentences:
    """Called with a clause of the plan, makes a sentence of it; a name that it starts with stays as it is written."""

    def __init__(self, plan: Plan) -> None:
        names = {service.name for service in plan.boundaries.services}
        names |= {table.table for table in plan.boundaries.tables}
        self._names = names | {unit.id for unit in plan.boundaries.units}

    def __call__(self, text: str, limit: int = PROSE_LIMIT) -> str:
        return as_sentence(text, self._names, limit)


def as_sentence(text: str, names: Collection[str], limit: int = PROSE_LIMIT) -> str:
    """The clause with a capital, unless it starts with one of the names, and a full stop."""
    shown = cut_tail(text.strip(), limit)
    word = _WORD.match(shown)
    if word and word[0] not in names:
        shown = shown[0].upper() + shown[1:]
    return shown if not shown or shown.endswith(_ENDS) else f"{shown}."
