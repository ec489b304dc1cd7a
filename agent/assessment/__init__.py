"""Graph + inventory + boundaries -> findings, one file a lens; each lens's docstring is its user's page."""

from __future__ import annotations

from collections.abc import Sequence

from agent.assessment.case import Case
from agent.assessment.columns import name_columns
from agent.assessment.lenses import LENSES, RULES, Lens, lens_named
from agent.assessment.summary import count_gaps, summarize
from agent.domain.assumptions import AcceptedFinding
from agent.domain.finding import SEVERITIES, Finding

__all__ = ["LENSES", "RULES", "Case", "Lens", "assess", "count_gaps", "lens_named", "name_columns", "summarize"]


def assess(
    case: Case, accepted: tuple[AcceptedFinding, ...] = (), lenses: Sequence[Lens] = LENSES
) -> tuple[Finding, ...]:
    """All findings by severity, then ID. Accepted ones become `info` with their reason, until they expire."""
    decided = {a.id: a for a in accepted if a.expires is None or a.expires >= case.as_of}
    found = []
    for lens in lenses:
        for item in lens.look(case):
            decision = decided.get(item.id)
            if decision is not None:
                until = f" until {decision.expires.isoformat()}" if decision.expires else ""
                item = item.model_copy(
                    update={
                        "severity": "info",
                        "detail": f"{item.detail} Accepted{until}: {decision.reason}",
                        "accepted": f"{decision.reason}{until and f' ({until.strip()})'}",
                    }
                )
            found.append(item)
    return tuple(sorted(found, key=lambda f: (SEVERITIES.index(f.severity), f.id)))
