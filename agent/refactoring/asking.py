"""A model in the loop: tasks and refused proposals in, what it made of them out; it is asked no more once it says nothing."""

from __future__ import annotations

from agent.domain.patch import EditTask, Proposal
from agent.domain.wording import counted, listed
from agent.ports import Editor
from agent.refactoring.editing import MODEL_RECIPE, Attempted, edit, mending_task
from agent.refactoring.ground import Ground
from agent.refactoring.weighing import Judged

__all__ = ["Asking"]

MOST_SILENT = 2  # tasks in a row to which a model says nothing; the next one would fare the same


class Asking:
    """One model and how often it is asked for one change."""

    def __init__(self, editor: Editor, rounds: int, mutants: int) -> None:
        self._editor, self._rounds, self._mutants = editor, rounds, mutants
        self._silent = 0
        self._unanswered: list[str] = []

    def ask(
        self, ground: Ground, task: EditTask, onto: Proposal | None = None, languages: frozenset[str] = frozenset()
    ) -> Attempted | None:
        """None when no answer came."""
        tried = None
        if self._silent < MOST_SILENT:
            tried = edit(
                ground, self._editor, task, onto=onto, rounds=self._rounds, mutants=self._mutants, languages=languages
            )
        if tried is None or (tried.proposal is None and not tried.attempts):
            self._silent += 1
            self._unanswered.append(task.goal.partition("\n")[0])
            return None
        self._silent = 0
        return tried

    def mend(
        self, ground: Ground, proposal: Proposal, judged: Judged, languages: frozenset[str]
    ) -> tuple[Proposal, Judged, tuple[str, ...]]:
        """A refused proposal with the model's edits in it when they make it hold; and what was tried before that."""
        verdict = judged.verdict
        lost = verdict.lost or verdict.missing or verdict.collection_errors
        if verdict.label != "refused" or verdict.tampering or not lost:
            return proposal, judged, ()
        tried = self.ask(ground, mending_task(ground, proposal, verdict), proposal, languages)
        if tried is None:
            return proposal, judged, ()
        attempts = tuple(f"{self._editor.name}: {attempt}" for attempt in tried.attempts)
        if tried.proposal is None or tried.judged.verdict.label == "refused":
            return proposal, judged, attempts
        return tried.proposal, tried.judged, attempts

    def nothing_made(self, task: EditTask) -> Proposal:
        """What stands in the report for a task of which every answer was refused before it could be applied."""
        title = task.goal.partition("\n")[0][:72]
        return Proposal(recipe=MODEL_RECIPE, title=title, why=task.goal, fixer=False, model=self._editor.name)

    def not_asked(self) -> tuple[str, ...]:
        """The tasks without an answer, in a sentence."""
        count = len(self._unanswered)
        if not count:
            return ()
        return (f"{self._editor.name} gave no answer to {counted(count, 'task')}: {listed(self._unanswered, 3)}",)
