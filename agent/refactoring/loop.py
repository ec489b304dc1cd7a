"""Recipes propose, tests judge, what held becomes the ground for the next: recipes and a workplace in, a report out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from agent.domain.environment import Recipe
from agent.domain.patch import Count, EditTask, Left, Patch, Proposal, RefactorReport
from agent.domain.verdict import RepositoryReport, Verdict
from agent.domain.wording import listed
from agent.patches.codebase import OverlaidCode
from agent.patches.mailbox import file_name
from agent.ports import Editor, Language, Memo, PatchRecipe
from agent.refactoring.asking import Asking
from agent.refactoring.editing import task_of
from agent.refactoring.ground import Ground, Standing, find_again
from agent.refactoring.journal import Journal, digest_of_tree
from agent.refactoring.narrowing import narrow
from agent.refactoring.series import judge_series
from agent.refactoring.stacking import rebased, restacked
from agent.refactoring.weighing import Judged, holds, judge_proposal
from agent.validation import Workplace, examine

__all__ = ["Refactored", "Wishes", "refactor"]

UNPROTECTED = "unprotected/"
# (the code as it stands, what recipes left to people, the patches so far) -> what a model is to do
Draft = Callable[[OverlaidCode, Sequence[Left], Sequence[Patch]], Sequence[EditTask]]


@dataclass(frozen=True)
class Wishes:
    """What a user can ask of the tests: the runner, an environment of their own, baseline runs, defects tried a patch.

    ``rounds`` is how often a model is asked for one change. ``unprotected``: patches that no test speaks against are taken too, though none would notice a defect in them.
    """

    runner: str = "auto"
    recipe: Recipe | None = None
    runs: int = 3
    mutants: int = 20
    unprotected: bool = False
    rounds: int = 3

    def takes(self, verdict: Verdict) -> bool:
        """Whether a patch with this verdict becomes part of the ground for the next."""
        return verdict.accepted or (self.unprotected and verdict.label == "unprotected")


@dataclass(frozen=True)
class Refactored:
    """The report, the last line of the code, and what the run cost. ``reused`` answers came from an earlier run."""

    report: RefactorReport
    code: OverlaidCode
    test_runs: int = 0
    reused: int = 0


def refactor(
    place: Workplace,
    code: OverlaidCode,
    recipes: Sequence[PatchRecipe],
    languages: Mapping[str, Language],
    memo: Memo,
    wishes: Wishes = Wishes(),
    *,
    editor: Editor | None = None,
    draft: Draft = lambda *_: (),
) -> Refactored:
    """Every recipe once, in the order given, each on what the ones before it left.

    ``editor`` mends what was refused; at the end it is given the tasks that ``draft`` names, each on what held by then.
    """
    journal = Journal(memo, digest_of_tree(place.tree))
    examined, standing = _examined(place, wishes, journal)
    loop = _Loop(Ground(place, code, examined, standing, languages, journal), wishes, editor)
    number = 0
    while number < len(recipes):
        number = loop.try_from(recipes, number)
    if editor is not None:
        for task in draft(loop.ground.code, tuple(loop.left), tuple(loop.patches)):
            loop.try_task(task)
    report = RefactorReport(
        name=place.tree.name,
        commit=place.tree.commit,
        sandbox=place.sandbox.name,
        tested=tuple(loop.ground.tested),
        patches=tuple(restacked(loop.patches, loop.ground.code)),
        left=tuple(sorted(set(loop.left), key=lambda left: (left.where.path, left.where.line, left.text))),
        not_tried=(*examined.not_run, *loop.not_tried, *(loop.asking.not_asked() if loop.asking else ())),
    )
    return Refactored(report, loop.ground.code, loop.ground.runs, journal.reused)


def _examined(place: Workplace, wishes: Wishes, journal: Journal) -> tuple[RepositoryReport, tuple[Standing, ...]]:
    given = wishes.recipe.model_dump_json() if wishes.recipe else ""
    key = journal.key("examined", place.sandbox.name, wishes.runner, given, str(wishes.runs))
    known = journal.recall(key, RepositoryReport)
    if known is not None and wishes.recipe is None:
        return known, find_again(place, known)
    report, installed = examine(place, wishes.runner, wishes.recipe, wishes.runs)
    journal.keep(key, report)
    by_suite = {suite.suite: suite.baseline for suite in report.suites}
    standing = [(one, by_suite.get(one.suite)) for one in installed]
    return report, tuple(Standing(one, baseline) for one, baseline in standing if baseline is not None)


class _Loop:
    """What has been found so far."""

    def __init__(self, ground: Ground, wishes: Wishes, editor: Editor | None = None) -> None:
        self.ground, self.wishes, self._editor = ground, wishes, editor
        self.asking = Asking(editor, wishes.rounds, wishes.mutants) if editor is not None else None
        self.patches: list[Patch] = []
        self.left: list[Left] = []
        self.not_tried: list[str] = []
        self._refused: set[str] = set()  # IDs of recipes of which a patch was refused
        self._number = 0

    def try_from(self, recipes: Sequence[PatchRecipe], number: int) -> int:
        """All that the recipe of that number proposes, and its whole series; the number of the next to try."""
        recipe, following = recipes[number], number + 1
        groups = [
            (series, list(steps))
            for series, steps in groupby(self._asked(recipe, self.ground.code), lambda p: p.series)
        ]
        stale = False  # a proposal before was not taken as it was: the next may not fit
        for place, (series, steps) in enumerate(groups, start=1):
            chain = [(recipe, steps)]
            if series and place == len(groups):
                following = self._extend(chain, recipes, following)
            needed = {need for _, proposals in chain for step in proposals for need in step.needs}
            lacking = sorted(needed & self._refused)
            if lacking:
                why = f"it needs {listed(lacking)}, which did not hold"
                self.not_tried.append(f"{recipe.id}: {steps[0].title}: {why}")
            elif series:
                self._take_series(chain)
            else:
                for step in steps:
                    stale = self._take(step, recipe, stale=stale) or stale
        return following

    def try_task(self, task: EditTask) -> None:
        """Have the model make one change; what was tried and refused before is kept with it."""
        if self.asking is None:
            return
        fresh = task_of(task.goal, self.ground.code, [shown.path for shown in task.files], task.left)
        tried = self.asking.ask(self.ground, fresh)
        if tried is None:
            return
        proposal = tried.proposal or self.asking.nothing_made(task)
        self._note(proposal, tried.judged, (), tried.attempts)
        if self.wishes.takes(tried.judged.verdict):
            self.ground.accept(proposal.changes, tried.judged.standing)

    def _asked(self, recipe: PatchRecipe, code: OverlaidCode) -> list[Proposal]:
        self.ground.place.say(f"{recipe.id}: looking")
        proposals = list(recipe.propose(code))
        for proposal in proposals:
            self.left += proposal.left
        return [proposal for proposal in proposals if proposal.changes]

    def _extend(
        self, chain: list[tuple[PatchRecipe, list[Proposal]]], recipes: Sequence[PatchRecipe], number: int
    ) -> int:
        """Add the recipes that go on with the chain's series; the number of the first that does not."""
        series = chain[0][1][0].series
        code = self.ground.code.changed([change for step in chain[0][1] for change in step.changes])
        silent: list[tuple[PatchRecipe, list[Proposal]]] = []
        following = number
        for at in range(number, len(recipes)):
            steps = self._asked(recipes[at], code)
            if any(step.series != series for step in steps):
                break
            silent.append((recipes[at], steps))
            if steps:  # one that is silent now may have to say something once a step before it was not taken
                chain += silent
                silent = []
                following = at + 1
                code = code.changed([change for step in steps for change in step.changes])
        return following

    def _take(self, proposal: Proposal, recipe: PatchRecipe, *, stale: bool) -> bool:
        """Judge one proposal and note what came of it; whether later proposals of the recipe may no longer fit."""
        ground = self.ground
        ground.place.say(f"{recipe.id}: {proposal.title}")
        if stale:
            proposal, conflicts = rebased(ground.code, proposal)
        else:
            conflicts = ()
        dropped: tuple[Left, ...] = conflicts
        if not proposal.changes:
            verdict = Verdict(label="refused", reasons=("what it changes was changed in a proposal that did not hold",))
            self._note(proposal, Judged(verdict), dropped)
            return True
        judged = judge_proposal(ground, proposal, recipe.languages, self.wishes.mutants)
        verdict = judged.verdict
        attempts: tuple[str, ...] = ()
        if verdict.label == "refused" and len(proposal.changes) > 1:
            attempts = verdict.reasons
            narrowed, more = self._narrowed(proposal, verdict)
            if narrowed is not None:
                again = judge_proposal(ground, narrowed, recipe.languages, self.wishes.mutants)
                if again.verdict.label != "refused":
                    proposal, judged, dropped = narrowed, again, (*dropped, *more)
        if self.asking is not None:
            proposal, judged, tried = self.asking.mend(ground, proposal, judged, recipe.languages)
            attempts = (*(attempts or verdict.reasons), *tried) if proposal.model or tried else attempts
        self._note(proposal, judged, dropped, attempts)
        if self.wishes.takes(judged.verdict):
            ground.accept(proposal.changes, judged.standing)
            return bool(dropped)
        return True

    def _narrowed(self, proposal: Proposal, verdict: Verdict) -> tuple[Proposal | None, tuple[Left, ...]]:
        """The proposal without the files that make things worse; None when nothing of it would be left."""
        touched = {found.where.path: found.text for found in verdict.tampering}
        dropped = tuple(Left(where=found.where, text=f"{found.text} ({found.rule})") for found in verdict.tampering)
        changes = tuple(change for change in proposal.changes if change.path not in touched)
        if not touched and not (verdict.lost or verdict.missing or verdict.collection_errors):
            return None, ()
        if changes and (not touched or holds(self.ground, changes, proposal.runs_on).label == "refused"):
            self.ground.place.say(f"{proposal.recipe}: which files make it worse")
            changes, more = narrow(
                changes,
                lambda part: holds(self.ground, part, proposal.runs_on),
                refused=None if touched else verdict,
            )
            dropped += more
        return (proposal.model_copy(update={"changes": changes}) if changes else None), dropped

    def _take_series(self, chain: Sequence[tuple[PatchRecipe, Sequence[Proposal]]]) -> None:
        outcome = judge_series(
            self.ground,
            chain,
            self.wishes.mutants,
            self.wishes.runs,
            self.wishes.takes,
            self._editor,
            self.wishes.rounds,
        )
        for step in outcome.steps:
            judged = Judged(step.verdict, outcome.environment)
            folder = "" if step.folder == UNPROTECTED and self.wishes.unprotected else step.folder
            self._note(step.proposal, judged, step.dropped, step.attempts, counts=step.counts, folder=folder)
        if outcome.tested is not None:
            self.ground.tested.append(outcome.tested.model_copy(update={"brought_by": self._number}))
        if outcome.verdict.label != "refused":  # a step that did not hold does not speak against the rest
            self._refused -= {recipe.id for recipe, _ in chain}
        if outcome.held or self.wishes.takes(outcome.verdict):
            self.ground.accept(outcome.changes, outcome.standing or None)

    def _note(
        self,
        proposal: Proposal,
        judged: Judged,
        dropped: tuple[Left, ...] = (),
        attempts: tuple[str, ...] = (),
        counts: Count | None = None,
        folder: str | None = None,
    ) -> None:
        """``folder``: where the patch goes; None for what its label says."""
        label = judged.verdict.label
        if folder is None:
            folder = None if label == "refused" else "" if self.wishes.takes(judged.verdict) else UNPROTECTED
        self._number += 1
        name = (
            ""
            if folder is None or not proposal.changes
            else folder + file_name(self._number, proposal.recipe, proposal.title)
        )
        if label == "refused":
            self._refused.add(proposal.recipe)
        self.patches.append(
            Patch(
                number=self._number,
                file=name,
                proposal=proposal,
                verdict=judged.verdict,
                counts=counts,
                dropped=dropped,
                environment=judged.environment,
                attempts=attempts,
            )
        )
