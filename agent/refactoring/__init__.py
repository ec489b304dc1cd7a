"""The one loop in the house: recipes propose, the repository's own tests judge, what held is kept."""

from agent.refactoring.drafting import draft_tasks, foreseen
from agent.refactoring.loop import Wishes, refactor
from agent.refactoring.output import write_report

__all__ = ["Wishes", "draft_tasks", "foreseen", "refactor", "write_report"]
