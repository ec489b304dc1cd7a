"""Which findings make a step of their own: findings in, (title of the step, its findings) out, the most severe first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from agent.domain.finding import SEVERITIES, Finding

__all__ = ["repairs"]

MOST_STEPS = 12
GATE = "Gate: "  # what somebody has to agree to is never dropped for being one step too many


def repairs(findings: Sequence[Finding]) -> list[tuple[str, list[Finding]]]:
    """Groups by the step that the findings name; accepted ones and mere information make none."""
    groups: dict[str, list[Finding]] = defaultdict(list)
    for found in findings:
        if found.step and found.severity != "info":
            groups[found.step].append(found)

    def weight(item: tuple[str, list[Finding]]) -> tuple[int, int, str]:
        worst = min(SEVERITIES.index(f.severity) for f in item[1])
        return worst, -sum(f.count for f in item[1]), item[0]

    ordered = sorted(groups.items(), key=weight)
    gates = [group for group in ordered if group[0].startswith(GATE)]
    return [group for group in ordered if not group[0].startswith(GATE)][:MOST_STEPS] + gates
