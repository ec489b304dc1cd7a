"""Skills: what people have to be able to do for this code and for its target, by the amount of code, and where knowledge thins out.

Before: the first container is built by a team that never built one, in the week of the cut-over. After: each phase of the roadmap
begins with people who have practised what it needs on something that may fail. Why: a migration is held up by what nobody can do
more often than by what nobody planned. When not: a part that is to be retired needs to be read, not mastered. Knowledge is read
from git: who made most of a file's commits. Nobody is named, and a name would be wrong as often as not: people pair, and others read.
"""

from __future__ import annotations

from collections.abc import Iterator

from agent.assessment.case import Case
from agent.assessment.skills.gaps import GAP_RULES, first_times, gaps
from agent.assessment.skills.knowledge import KNOWLEDGE_RULES, knowledge
from agent.domain.finding import Finding

__all__ = ["RULES", "look"]

RULES = (*GAP_RULES, *KNOWLEDGE_RULES)


def look(case: Case) -> Iterator[Finding]:
    """What the code asks for, what the target asks for, and who still knows."""
    yield from gaps(case)
    yield from first_times(case)
    yield from knowledge(case)
