"""Goes the way of a series: step by step, or all at once, as far as no test is lost; a chain of recipes in, what is kept out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from agent.domain.inventory import Location
from agent.domain.patch import Count, Left, Proposal
from agent.domain.verdict import Baseline, FileChange, Verdict
from agent.patches.codebase import OverlaidCode
from agent.patches.rebasing import moved
from agent.ports import PatchRecipe, Stepwise
from agent.refactoring.ground import Ground
from agent.refactoring.journal import digest_of_changes
from agent.refactoring.narrowing import narrow
from agent.validation import Installed
from agent.validation.case_names import as_named_before

__all__ = ["Chain", "Taken", "Way", "code_of", "passing_with", "walk"]

MOST_RUNS = 160  # of the tests, for the steps of one series
MOST_RUNS_A_STEP = 10
MOST_SECONDS = 2_400.0  # of test time for them, where one run takes long
FEWEST_RUNS = 8
Chain = Sequence[tuple[PatchRecipe, Sequence[Proposal]]]


@dataclass(frozen=True)
class Taken:
    """A step as far as it is kept."""

    proposal: Proposal
    counts: Count | None = None
    dropped: tuple[Left, ...] = ()
    why_not: str = ""
    attempts: tuple[str, ...] = ()


@dataclass
class Way:
    """The steps so far: files with their new texts, what passes with them, test runs left."""

    target: Installed
    baseline: Baseline
    runs: int = 0
    files: dict[str, str | None] = field(default_factory=dict)
    passing: frozenset[str] = frozenset()
    taken: list[Taken] = field(default_factory=list)

    @property
    def most_runs(self) -> int:
        return max(FEWEST_RUNS, min(MOST_RUNS, int(MOST_SECONDS / max(1.0, self.baseline.seconds))))

    @property
    def runs_left(self) -> int:
        return self.most_runs - self.runs


def walk(ground: Ground, chain: Chain, target: Installed, baseline: Baseline) -> Way:
    steps = [step for _, proposals in chain for step in proposals if not step.guess]
    wanted = frozenset(baseline.passed)
    way = _at_once(ground, steps, target, baseline)
    if wanted <= way.passing:
        return way
    if len(steps) > 1 or any(len(step.changes) > 1 for step in steps):
        one_by_one = _one_by_one(ground, chain, target, baseline)
        if len(one_by_one.passing & wanted) >= len(way.passing & wanted):
            way = one_by_one
    for recipe, _ in chain:
        for step in _steps(ground, way, recipe, guesses=True):
            if wanted <= way.passing:
                return way
            _take_step(ground, way, step)
    return way


def _at_once(ground: Ground, steps: Sequence[Proposal], target: Installed, baseline: Baseline) -> Way:
    """All steps together, measured at both ends."""
    way = Way(target, baseline)
    if not steps:
        way.passing = passing_with(ground, way, {})
        return way
    ground.place.say(f"{steps[0].series}: the whole at once")
    wanted = frozenset(baseline.passed)
    before = passing_with(ground, way, {}) & wanted
    for step in steps:
        way.files.update({change.path: change.after for change in step.changes})
    way.passing = passing_with(ground, way, {})
    count = Count(before=len(before), after=len(way.passing & wanted), baseline=len(wanted))
    way.taken = [Taken(step) for step in steps[:-1]] + [Taken(steps[-1], count)]
    return way


def _one_by_one(ground: Ground, chain: Chain, target: Installed, baseline: Baseline) -> Way:
    """Each step on the code as it is by then."""
    way = Way(target, baseline)
    way.passing = passing_with(ground, way, {})
    for recipe, _ in chain:
        for step in _steps(ground, way, recipe, guesses=False):
            _take_step(ground, way, step)
    if way.runs_left <= 0:
        way.passing = passing_with(ground, way, {})
    return way


def _steps(ground: Ground, way: Way, recipe: PatchRecipe, *, guesses: bool) -> Iterator[Proposal]:
    """The recipe's steps, each made when it is asked for where the recipe can; else moved to where they are to apply."""
    if isinstance(recipe, Stepwise):
        for one in recipe.guesses if guesses else recipe.steps:
            step = recipe.one(one, code_of(ground, way))
            if step is not None and step.changes:
                yield step.model_copy(update={"guess": guesses})
        return
    for step in recipe.propose(code_of(ground, way)):
        if step.changes and step.guess == guesses:
            yield step


def code_of(ground: Ground, way: Way) -> OverlaidCode:
    here = (FileChange(path=path, before=None, after=text) for path, text in sorted(way.files.items()))
    return ground.code.changed(tuple(here))


def _take_step(ground: Ground, way: Way, step: Proposal) -> None:
    """Keep of a step what does no harm; of a guess only when more tests pass with it."""
    wanted = frozenset(way.baseline.passed)
    before = way.passing & wanted
    ground.place.say(f"{step.series}: {step.title}; {len(before)} of {len(wanted)} tests pass")
    changes, conflicts = moved(step.changes, code_of(ground, way).text)
    if way.runs_left <= 0:
        _untried(way, step, changes, conflicts)
        return
    kept, dropped, passing, why = _kept(ground, way, changes, first=not way.taken and not step.guess)
    dropped = (*conflicts, *dropped)
    count = Count(before=len(before), after=len(passing & wanted), baseline=len(wanted))
    if kept and step.guess and len(passing & wanted) <= len(before):
        kept, why = (), "no more tests pass with it, and it is a guess that has to prove itself"
    if not kept:
        way.taken.append(Taken(step, count, dropped, why or "nothing of it is left to change"))
        return
    way.files.update({change.path: change.after for change in kept})
    way.passing = passing
    way.taken.append(Taken(step.model_copy(update={"changes": kept}), count, dropped))


def _untried(way: Way, step: Proposal, changes: Sequence[FileChange], conflicts: tuple[Left, ...]) -> None:
    """Beyond the test runs that a series gets, steps are taken without a count of their own, and guesses are not."""
    why = f"not tried: the {way.most_runs} test runs of a series were used up"
    if step.guess or not changes:
        way.taken.append(Taken(step, None, conflicts, why))
        return
    way.files.update({change.path: change.after for change in changes})
    note = Left(where=Location(path=changes[0].path), text=f"nothing was taken out of this step; {why} before it")
    way.taken.append(Taken(step.model_copy(update={"changes": tuple(changes)}), None, (*conflicts, note)))


def _kept(
    ground: Ground, way: Way, changes: Sequence[FileChange], *, first: bool
) -> tuple[tuple[FileChange, ...], tuple[Left, ...], frozenset[str], str]:
    """(what is kept, files taken out, what passes then, why nothing is kept)."""
    wanted = frozenset(way.baseline.passed)
    before = way.passing & wanted
    if not changes:
        return (), (), way.passing, ""
    seen: dict[str, frozenset[str]] = {}

    def ask(part: Sequence[FileChange]) -> Verdict:
        way.runs += 1
        found = passing_with(ground, way, {change.path: change.after for change in part})
        seen[digest_of_changes(part)] = found
        lost = tuple(sorted(before - found))
        if not lost:
            return Verdict(label="unprotected")
        names = ", ".join(lost[:3])
        return Verdict(label="refused", lost=lost, reasons=(f"{len(lost)} tests are lost with it: {names}",))

    whole = ask(changes)
    if first or whole.label != "refused":
        return tuple(changes), (), seen[digest_of_changes(changes)], ""
    if len(changes) == 1:
        return (), (), way.passing, "; ".join(whole.reasons)
    most = min(MOST_RUNS_A_STEP, way.runs_left)
    kept, dropped = narrow(changes, ask, most, whole)
    if not kept:
        return (), dropped, way.passing, "; ".join(whole.reasons)
    passing = seen.get(digest_of_changes(kept))
    if passing is None:
        ask(kept)
        passing = seen[digest_of_changes(kept)]
    return kept, dropped, passing, ""


def passing_with(ground: Ground, way: Way, files: Mapping[str, str | None]) -> frozenset[str]:
    """Tests that pass in the target's environment with these files over the steps so far, by the baseline's names."""
    patience = max(120.0, 6 * way.baseline.seconds)
    result = ground.run(way.target, {**way.files, **files}, patience)
    return as_named_before(way.baseline, result).passed
