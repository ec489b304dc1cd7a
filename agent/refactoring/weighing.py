"""Judges one proposal on the ground: each suite that stands is run with it; the weakest of what they say is its verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.domain.environment import Need
from agent.domain.inventory import Noun
from agent.domain.patch import Proposal
from agent.domain.verdict import Baseline, FileChange, Label, SuiteReport, Verdict
from agent.refactoring.ground import DEFECT_SECONDS, ECOSYSTEM_OF, Ground, Standing, suite_digest
from agent.refactoring.journal import digest_of_changes
from agent.validation import Installed, judge_change
from agent.validation.tampering import scan_change
from agent.validation.verdict import judge

__all__ = ["Judged", "concerned_by", "holds", "installed_for", "judge_proposal"]

_WEAKEST_FIRST: tuple[Label, ...] = ("refused", "unprotected", "no regression", "restored", "mutation-checked")


@dataclass(frozen=True)
class Judged:
    """A verdict; the environment that it was reached in; the suites as they stand once the change is in."""

    verdict: Verdict
    environment: str = ""
    standing: tuple[Standing, ...] = ()


class _Kept(Noun):
    """What the journal keeps of a verdict."""

    verdict: Verdict
    environment: str = ""


def judge_proposal(ground: Ground, proposal: Proposal, languages_of_recipe: frozenset[str], mutants: int) -> Judged:
    """Never raises for anything that the change does; what cannot be judged is ``unprotected`` and says why."""
    changes = proposal.changes
    why = ground.code.fits(changes)
    if why:
        return Judged(Verdict(label="refused", reasons=(why,)), standing=ground.standing)
    concerned = concerned_by(ground, changes, languages_of_recipe)
    speaking = [standing for standing in ground.standing if not concerned or standing.suite.ecosystem in concerned]
    silent = sorted(concerned - {standing.suite.ecosystem for standing in speaking})
    judged: list[tuple[Verdict, str]] = []
    after: list[Standing] = []
    for standing in ground.standing:
        found, moved = _judge_on(ground, standing, proposal, mutants if standing in speaking else 0)
        after.append(moved)
        if standing in speaking or found.verdict.label == "refused":
            judged.append((found.verdict, found.environment))
        if found.verdict.label == "refused":
            break
    if not judged:
        return _without_tests(ground, proposal, concerned)
    verdict, environment = min(judged, key=lambda one: _WEAKEST_FIRST.index(one[0].label))
    if silent and verdict.label != "refused":
        reason = f"files of this change belong to {', '.join(silent)}, of which no test could be run"
        verdict = verdict.model_copy(update={"label": "unprotected", "reasons": (*verdict.reasons, reason)})
    return Judged(verdict, environment, tuple(after))


def concerned_by(ground: Ground, changes: Sequence[FileChange], languages: frozenset[str]) -> frozenset[str]:
    """The families of tests that can speak for a change: by its files, or else by its recipe's languages."""
    found = ground.concerned(changes)
    if found:
        return found
    of_recipe = frozenset(ECOSYSTEM_OF[name] for name in languages if name in ECOSYSTEM_OF)
    standing = {one.suite.ecosystem for one in ground.standing}
    # A manifest may be of any of the recipe's languages; one that has tests is enough.
    return of_recipe & standing or (of_recipe if len(of_recipe) == 1 else frozenset())


def holds(ground: Ground, changes: Sequence[FileChange], runs_on: Sequence[Need] = ()) -> Verdict:
    """The tests alone, without asking whether they would notice: ``unprotected`` when nothing is lost."""
    verdict = Verdict(label="unprotected")
    for standing in ground.standing:
        installed, problem = installed_for(ground, standing, changes, runs_on)
        if installed is None:
            return Verdict(label="refused", reasons=(problem,))
        files = {change.path: change.after for change in changes}
        patience = max(60.0, 4 * standing.baseline.seconds)
        verdict = judge(standing.baseline, ground.run(installed, files, patience))
        if verdict.label == "refused":
            return verdict
    return verdict


def _judge_on(ground: Ground, standing: Standing, proposal: Proposal, mutants: int) -> tuple[Judged, Standing]:
    changes = proposal.changes
    installed, problem = installed_for(ground, standing, changes, proposal.runs_on)
    if installed is None:
        return Judged(Verdict(label="refused", reasons=(problem,))), standing
    other = installed if installed.environment.key != standing.installed.environment.key else None
    moved = standing
    if other is not None:
        baseline = standing.baseline.model_copy(update={"environment": other.environment.key})
        moved = Standing(other, baseline)
    key = ground.journal.key(
        "verdict", ground.state, suite_digest(standing), digest_of_changes(changes), installed.environment.key,
        f"fixer {proposal.fixer} but for {proposal.edited}", f"mutants {mutants}",
    )  # fmt: skip
    known = ground.journal.recall(key, _Kept)
    if known is None:
        verdict = judge_change(
            ground.place,
            standing.installed,
            standing.baseline,
            changes,
            ground.languages,
            fixer_wrote=proposal.by_fixer,
            after=other,
            mutants=mutants,
            seconds=DEFECT_SECONDS,
            once=ground.once(changes),
        )
        ground.runs += 1
        known = _Kept(verdict=verdict, environment=installed.environment.key)
        ground.journal.keep(key, known)
    return Judged(known.verdict, known.environment), moved


def installed_for(
    ground: Ground, standing: Standing, changes: Sequence[FileChange], runs_on: Sequence[Need]
) -> tuple[Installed | None, str]:
    """Where the suite runs with a change in; None and why when that cannot be made."""
    if not ground.needs_another(standing, changes, runs_on):
        return standing.installed, ""
    made = ground.environment_for(standing.suite, changes, runs_on)
    if made.installed is None:
        return None, f"with the change no environment for the tests can be made: {made.environment.reason}"
    return made.installed, ""


def _without_tests(ground: Ground, proposal: Proposal, concerned: frozenset[str]) -> Judged:
    """No test could be run before: perhaps some can with the change in; otherwise nothing speaks for it."""
    changes = proposal.changes
    tampering = scan_change(changes, ground.languages, fixer_wrote=proposal.by_fixer)
    if tampering:
        reasons = tuple(f"{found.where}: {found.text} ({found.rule})" for found in tampering)
        return Judged(Verdict(label="refused", reasons=reasons, tampering=tampering), standing=ground.standing)
    for report in ground.report.suites:
        if concerned and report.suite.ecosystem not in concerned:
            continue
        inputs = ground.place.ecosystems[report.suite.ecosystem].inputs(ground.place.tree, report.suite)
        if proposal.runs_on or {change.path for change in changes} & set(inputs):
            restored = _restored(ground, report, proposal)
            if restored is not None:
                return restored
    reason = "; ".join(ground.report.not_run) or "none of the tests that could be run is of this change's language"
    return Judged(
        Verdict(label="unprotected", reasons=(f"no test could be run before the change: {reason}",)),
        standing=ground.standing,
    )


def _restored(ground: Ground, report: SuiteReport, proposal: Proposal) -> Judged | None:
    made = ground.environment_for(report.suite, proposal.changes, proposal.runs_on)
    if made.installed is None:
        return None
    files = {change.path: change.after for change in proposal.changes}
    result = ground.run(made.installed, files)
    before = _nothing_ran(report)
    verdict = judge(before, result)
    if verdict.label != "restored":
        return None
    passed = before.model_copy(
        update={
            "passed": tuple(sorted(result.passed)),
            "trouble": "",
            "environment": made.environment.key,
            "exit_code": result.exit_code,
        }
    )
    return Judged(verdict, made.environment.key, (*ground.standing, Standing(made.installed, passed)))


def _nothing_ran(report: SuiteReport) -> Baseline:
    trouble = (report.baseline.trouble if report.baseline else "") or report.environment.reason or "no test passed"
    return Baseline(suite=report.suite, environment=report.environment.key, trouble=trouble)
