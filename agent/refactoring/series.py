"""A chain of steps that only makes sense whole, such as the way to Python 3: measured step by step, judged at its end.

The tests run in the environment that the steps lead to, made from the code as the whole chain leaves it. First the whole
is tried: when every test of the baseline passes, all of it is kept and no step is measured on its own. Otherwise each
step is kept as far as it loses no test that passed before it; its files are tried by halves where some do. Of the two
ways, the one with which more tests pass is taken; then guesses are tried, and kept only when more pass with them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent.domain.patch import Count, Left, Proposal, Tested
from agent.domain.verdict import Baseline, FileChange, Suite, Verdict
from agent.domain.wording import listed
from agent.patches.codebase import combined
from agent.patches.search_replace import Edited, read_answer
from agent.ports import Editor
from agent.refactoring.editing import MODEL_RECIPE, failures_of, files_named, task_of
from agent.refactoring.environments import Made
from agent.refactoring.ground import DEFECT_SECONDS, Ground, Standing, suite_digest
from agent.refactoring.journal import digest_of_changes
from agent.refactoring.way import Chain, Taken, Way, code_of, passing_with, walk
from agent.refactoring.weighing import concerned_by
from agent.validation import Installed, judge_change, take_baseline
from agent.validation.case_names import as_named_before
from agent.validation.verdict import judge

__all__ = ["Outcome", "Step", "judge_series"]

UNFINISHED = "unfinished/"
UNPROTECTED = "unprotected/"


@dataclass(frozen=True)
class Step:
    """What became of one step. ``folder``: where its patch goes; None when it was not kept."""

    proposal: Proposal
    verdict: Verdict
    counts: Count | None = None
    dropped: tuple[Left, ...] = ()
    folder: str | None = None
    attempts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """The whole series: one verdict, its steps, the change that it makes, and where its tests run from then on."""

    verdict: Verdict
    steps: tuple[Step, ...]
    changes: tuple[FileChange, ...] = ()
    environment: str = ""
    tested: Tested | None = None
    standing: tuple[Standing, ...] = ()

    @property
    def held(self) -> bool:
        """Whether it is built on: what a whole language changes is never run by tests to the last line, so that every
        test that passed and still does is enough, and the label says the rest."""
        return bool(self.standing)


def judge_series(
    ground: Ground,
    chain: Chain,
    mutants: int = 20,
    runs: int = 3,
    takes: Callable[[Verdict], bool] = lambda verdict: verdict.accepted,
    editor: Editor | None = None,
    rounds: int = 3,
) -> Outcome:
    """``chain``: recipes in order, each with what it proposes once all before it is in. ``takes`` says of which verdict
    the series becomes the ground for what follows. ``editor`` mends what the recipes lost, in at most ``rounds`` answers.
    Never raises for what steps do."""
    steps = [step for _, proposals in chain for step in proposals]
    languages = frozenset(name for recipe, _ in chain for name in recipe.languages)
    whole = combined([change for step in steps for change in step.changes])
    runs_on = tuple(dict.fromkeys(need for step in steps for need in step.runs_on))
    found = _suite_of(ground, whole, languages)
    if found is None:
        reason = "; ".join(ground.report.not_run) or "no test suite of its language was found"
        verdict = Verdict(label="unprotected", reasons=(f"no test could be run: {reason}",))
        return Outcome(verdict, tuple(Step(step, verdict, folder=UNPROTECTED) for step in steps), whole)
    suite, standing, baseline = found
    ground.place.say(f"the environment that {steps[0].series} leads to")
    made = ground.environment_for(suite, whole, runs_on)
    if made.installed is None:
        reason = f"no environment for the tests can be made with the change in: {made.environment.reason}"
        verdict = Verdict(label="refused", reasons=(reason,), passed_before=len(baseline.passed))
        return Outcome(verdict, tuple(Step(step, verdict, folder=UNFINISHED) for step in steps), whole)
    if made.trial is not None:
        ground.remember(made.installed, {change.path: change.after for change in whole}, made.trial)
    way = walk(ground, chain, made.installed, baseline)
    if editor is not None:
        _mend(ground, way, steps[0], editor, rounds)
    changes = combined(
        [FileChange(path=path, before=ground.code.text(path), after=text) for path, text in sorted(way.files.items())]
    )
    return _concluded(ground, way, changes, made, standing, mutants, runs, takes)


def _suite_of(
    ground: Ground, changes: Sequence[FileChange], languages: frozenset[str]
) -> tuple[Suite, Standing | None, Baseline] | None:
    """The suite that judges, how it stands now, and its baseline (in trouble when nothing could be run)."""
    concerned = concerned_by(ground, changes, languages)
    for standing in ground.standing:
        if not concerned or standing.suite.ecosystem in concerned:
            return standing.suite, standing, standing.baseline
    for report in ground.report.suites:
        if not concerned or report.suite.ecosystem in concerned:
            trouble = (report.baseline.trouble if report.baseline else "") or report.environment.reason
            nothing = Baseline(
                suite=report.suite, environment=report.environment.key, trouble=trouble or "no test passed"
            )
            return report.suite, None, nothing
    return None


def _concluded(
    ground: Ground,
    way: Way,
    changes: tuple[FileChange, ...],
    made: Made,
    standing: Standing | None,
    mutants: int,
    runs: int,
    takes: Callable[[Verdict], bool],
) -> Outcome:
    installed = way.target
    result = as_named_before(way.baseline, ground.run(installed, way.files, max(120.0, 6 * way.baseline.seconds)))
    verdict = judge(way.baseline, result)
    if verdict.label != "refused" and standing is not None:
        kept = [taken.proposal for taken in way.taken if not taken.why_not]
        verdict = _protected(ground, kept, standing, changes, installed, mutants)
    # The way to another language version is all or nothing: when every test that passed still does, it is taken.
    holds = takes(verdict) or (verdict.label == "unprotected" and bool(way.baseline.passed))
    folder = "" if holds else UNFINISHED if verdict.label == "refused" else UNPROTECTED
    written = tuple(_step(taken, verdict, folder) for taken in way.taken)
    tested = Tested(
        suite=installed.suite,
        environment=made.environment.key,
        recipe=made.environment.recipe,
        toolchains=made.environment.toolchains,
        amended=made.environment.amended,
        passed=tuple(sorted(result.passed)),
        failed=tuple(sorted(case.id for case in result.cases if case.status in ("failed", "error"))),
        trouble=result.trouble,
        failures=failures_of(result, [*verdict.lost, *verdict.missing]),
    )
    after: tuple[Standing, ...] = ()
    if holds:
        after = tuple(_new_standing(ground, one, standing, installed, changes, runs) for one in ground.standing)
        if standing is None:
            after = (*after, Standing(installed, _baseline(ground, installed, changes, runs)))
    return Outcome(verdict, written, changes, made.environment.key, tested, after)


def _step(taken: Taken, verdict: Verdict, folder: str) -> Step:
    if taken.why_not:
        refused = Verdict(label="refused", reasons=(taken.why_not,))
        return Step(taken.proposal, refused, taken.counts, taken.dropped, None, taken.attempts)
    return Step(taken.proposal, verdict, taken.counts, taken.dropped, folder, taken.attempts)


def _mend(ground: Ground, way: Way, like: Proposal, editor: Editor, rounds: int) -> None:
    """Have a model edit until every test passes, at most ``rounds`` times; what gains a test and loses none is kept."""
    wanted = frozenset(way.baseline.passed)
    refused: list[str] = []
    for number in range(1, rounds + 1):
        lost = sorted(wanted - way.passing)
        if not lost:
            return
        code = code_of(ground, way)
        result = as_named_before(way.baseline, ground.run(way.target, way.files, max(120.0, 6 * way.baseline.seconds)))
        failures = failures_of(result, lost)
        goal = f"Make the tests pass that {like.series} lost: {listed(lost, 3)}"
        task = task_of(goal, code, files_named(failures, code)).model_copy(
            update={"failures": failures, "refused": tuple(refused)}
        )
        ground.place.say(f"{editor.name}: {len(lost)} tests are lost, attempt {number} of {rounds}")
        answer = editor.propose_edit(task)
        if not answer.strip():
            return
        why = _mended(ground, way, like, editor, read_answer(code, answer, ground.languages), goal, tuple(refused))
        refused = [*refused, why] if why else []


def _mended(
    ground: Ground, way: Way, like: Proposal, editor: Editor, edited: Edited, goal: str, attempts: tuple[str, ...]
) -> str:
    """Take an edit into the way, or say why not."""
    if edited.refused:
        return "; ".join(edited.refused)
    wanted = frozenset(way.baseline.passed)
    before = way.passing & wanted
    passing = passing_with(ground, way, {change.path: change.after for change in edited.changes}) & wanted
    lost = sorted(before - passing)
    if lost:
        return f"{len(lost)} tests that passed do not with it: {listed(lost, 3)}"
    if len(passing) <= len(before):
        return "no more tests pass with it"
    proposal = Proposal(
        recipe=MODEL_RECIPE,
        title=f"Mend what {like.series} left broken"[:72],
        why=goal,
        changes=edited.changes,
        series=like.series,
        runs_on=like.runs_on,
        fixer=False,
        model=editor.name,
    )
    count = Count(before=len(before), after=len(passing), baseline=len(wanted))
    way.files.update({change.path: change.after for change in edited.changes})
    way.passing = passing
    way.taken.append(Taken(proposal, count, attempts=attempts))
    return ""


def _protected(
    ground: Ground, steps: Sequence[Proposal], standing: Standing, changes: Sequence[FileChange], installed: Installed,
    mutants: int,
) -> Verdict:  # fmt: skip
    key = ground.journal.key(
        "series",
        ground.state,
        suite_digest(standing),
        digest_of_changes(changes),
        installed.environment.key,
        str(mutants),
    )
    known = ground.journal.recall(key, Verdict)
    if known is not None:
        return known
    fixers = {change.path for step in steps for change in step.changes if step.by_fixer(change.path)}
    fixers -= {change.path for step in steps for change in step.changes if not step.by_fixer(change.path)}
    verdict = judge_change(
        ground.place,
        standing.installed,
        standing.baseline,
        changes,
        ground.languages,
        fixer_wrote=fixers.__contains__,
        after=installed,
        mutants=mutants,
        seconds=DEFECT_SECONDS,
        once=ground.once(changes),
    )
    ground.runs += 1
    ground.journal.keep(key, verdict)
    return verdict


def _new_standing(
    ground: Ground, one: Standing, judged: Standing | None, installed: Installed, changes: Sequence[FileChange], runs: int
) -> Standing:  # fmt: skip
    return Standing(installed, _baseline(ground, installed, changes, runs)) if one is judged else one


def _baseline(ground: Ground, installed: Installed, changes: Sequence[FileChange], runs: int) -> Baseline:
    """What holds in the new environment once the series is in: what later patches are measured against."""
    key = ground.journal.key("baseline", ground.state, digest_of_changes(changes), installed.environment.key, str(runs))
    known = ground.journal.recall(key, Baseline)
    if known is not None:
        return known
    with ground.place_with(changes) as place:
        baseline = take_baseline(place, installed, None, runs)
    ground.journal.keep(key, baseline)
    return baseline
