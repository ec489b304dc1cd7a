"""Graph + inventory + boundaries -> findings, one file a lens; each lens's docstring is its user's page."""

from __future__ import annotations

from agent.assessment import data_ownership, integration, protection, runtime, structure
from agent.assessment.case import Case
from agent.assessment.summary import count_gaps, summarize
from agent.domain.assumptions import AcceptedFinding
from agent.domain.finding import SEVERITIES, Finding

__all__ = ["Case", "assess", "count_gaps", "summarize"]

LENSES = (runtime, data_ownership, structure, integration, protection)


def assess(case: Case, accepted: tuple[AcceptedFinding, ...] = ()) -> tuple[Finding, ...]:
    """All findings by severity, then ID. Accepted ones become `info` with their reason, until they expire."""
    decided = {a.id: a for a in accepted if a.expires is None or a.expires >= case.as_of}
    found = []
    for lens in LENSES:
        for item in lens.look(case):
            decision = decided.get(item.id)
            if decision is not None:
                until = f" until {decision.expires.isoformat()}" if decision.expires else ""
                item = item.model_copy(
                    update={"severity": "info", "detail": f"{item.detail} Accepted{until}: {decision.reason}"}
                )
            found.append(item)
    return tuple(sorted(found, key=lambda f: (SEVERITIES.index(f.severity), f.id)))
