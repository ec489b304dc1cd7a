"""A verdict: what held before a change, what tests say after it, and what else is known of it in; a label with reasons out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from agent.domain.verdict import Baseline, Label, MutantResult, Protection, SuiteResult, Tampering, Verdict
from agent.validation.protection import ENOUGH, UNDONE

__all__ = ["judge"]

MOST_NAMED = 5


def judge(
    baseline: Baseline,
    after: SuiteResult | None,
    tampering: Sequence[Tampering] = (),
    protection: Protection | None = None,
    *,
    exit_code_before: int | None = None,
) -> Verdict:
    """``after`` is the run with the change, tests from the pristine copy (None: not run, for the change is refused anyway).

    ``protection`` None: it was not measured. ``exit_code_before`` is the runner's when nothing was changed yet.
    """
    aside = {found.id for found in baseline.set_aside}
    passed_before = frozenset(baseline.passed) - aside
    passed_after = after.passed if after is not None else frozenset()
    known = passed_before | (frozenset(baseline.failed) | frozenset(baseline.skipped)) - aside
    there = frozenset(case.id for case in after.cases) if after is not None else frozenset()
    missing = tuple(sorted(known - there)) if after is not None else ()
    lost = tuple(sorted((passed_before & there) - passed_after))
    new_errors = _new_errors(baseline, after)
    broken = bool(baseline.trouble) and not passed_before
    reasons = [f"{found.where}: {found.text} ({found.rule})" for found in tampering]
    reasons += _unusable(after) if after is not None else ([] if tampering else ["the tests were not run"])
    if after is not None:
        reasons += _regressions(lost, missing, new_errors, after, exit_code_before, baseline)
        if not passed_before:
            reasons += _not_restored(baseline, after)
    label: Label = "refused"
    if not reasons:
        label, reasons = _restored(baseline, passed_after) if broken else _protected(protection)
    return Verdict(
        label=label,
        reasons=tuple(dict.fromkeys(reasons)),
        passed_before=len(passed_before),
        passed_after=len(passed_after - aside),
        exit_code_before=baseline.exit_code if exit_code_before is None else exit_code_before,
        exit_code_after=after.exit_code if after is not None else None,
        lost=lost,
        missing=missing,
        gained=tuple(sorted(passed_after - passed_before - aside)),
        collection_errors=new_errors,
        tampering=tuple(tampering),
        protection=protection or Protection(),
    )


def _new_errors(baseline: Baseline, after: SuiteResult | None) -> tuple[str, ...]:
    return tuple(sorted(set(after.collection_errors) - set(baseline.collection_errors))) if after is not None else ()


def _unusable(after: SuiteResult) -> list[str]:
    if after.stopped_by:
        return [f"the run was stopped: {after.stopped_by} used up"]
    if after.trouble:
        return [f"the run cannot be relied on: {after.trouble}"]
    return [] if after.cases else ["no test ran"]


def _regressions(
    lost: Sequence[str], missing: Sequence[str], new_errors: Sequence[str], after: SuiteResult,
    exit_code_before: int | None, baseline: Baseline,
) -> Iterator[str]:  # fmt: skip
    if lost:
        yield f"{len(lost)} tests that passed do not now: {_some(lost)}"
    if missing:
        yield f"{len(missing)} tests are no longer there: {_some(missing)}"
    if new_errors:
        yield f"tests can no longer be loaded: {_some(new_errors)}"
    calm = not after.count("failed", "error") and not after.collection_errors
    if exit_code_before == 0 and after.exit_code != 0 and calm and not baseline.failed:
        yield f"the runner ended with code {after.exit_code} though no test failed"


def _not_restored(baseline: Baseline, after: SuiteResult) -> Iterator[str]:
    if not baseline.trouble:
        yield "no test passed before the change, so none can speak for it"
    elif after.count("failed", "error", "unexpected pass") or after.collection_errors:
        yield "the tests could not be run before, and not all of them pass after"
    elif not after.passed:
        yield "the tests could not be run before, and none passes after"


def _restored(baseline: Baseline, passed: frozenset[str]) -> tuple[Label, list[str]]:
    return "restored", [f"before, the tests could not be run here ({baseline.trouble}); now {len(passed)} pass"]


def _protected(protection: Protection | None) -> tuple[Label, list[str]]:
    if protection is None:
        return "unprotected", ["whether a test would notice was not measured"]
    tried = [m for m in protection.mutants if m.status in ("killed", "timed out", "survived")]
    if not protection.changed_lines and not protection.uncovered and not protection.mutants:
        if "declarations only" in protection.note:
            return "unprotected", [protection.note]
        return "no regression", ["no code that runs was changed" + (f" ({protection.note})" if protection.note else "")]
    reasons = [*_gaps(protection), *_deaf_lines(tried)]
    if not tried and not reasons:
        reasons.append("no defect could be put into the changed lines, so whether a test would notice is not known")
    killed = sum(m.status != "survived" for m in tried)
    if not reasons and killed < ENOUGH * len(tried):
        reasons.append(f"only {killed} of {len(tried)} defects put into the changed lines were noticed")
    if reasons:
        return "unprotected", reasons
    lines = f"tests ran all {protection.changed_lines} changed lines"
    untried = sum(m.status == "not run" for m in protection.mutants)
    if untried > len(tried):
        return "no regression", [
            f"{lines}, and noticed {killed} of {len(tried)} defects; {untried} more were not tried"
        ]
    if killed == len(tried):
        return "mutation-checked", [f"{lines}, and noticed all {killed} defects put into them"]
    return "no regression", [f"{lines}, and noticed {killed} of {len(tried)} defects put into them"]


def _gaps(protection: Protection) -> Iterator[str]:
    if protection.uncovered:
        count = len(protection.uncovered)
        note = f" ({protection.note})" if protection.note else ""
        yield f"no test is known to run {count} of the changed places: {_some([str(p) for p in protection.uncovered])}{note}"
    undone = [m for m in protection.mutants if m.operator == UNDONE]
    for mutant in [m for m in undone if m.status == "survived"][:MOST_NAMED]:
        yield f"{mutant.where}: the tests pass with “{mutant.after}” and with “{mutant.before}” alike: they cannot tell them apart"
    left = [m for m in undone if m.status == "not run"]
    if left:
        yield f"{len(left)} small edits were not tried without: {_some([str(m.where) for m in left])}"


def _deaf_lines(tried: Sequence[MutantResult]) -> Iterator[str]:
    """A changed line in which no test noticed anything is not protected by those that mind its neighbours."""
    by_line: dict[str, list[str]] = defaultdict(list)
    for mutant in tried:
        if mutant.operator != UNDONE:
            by_line[str(mutant.where)].append(mutant.status)
    deaf = [place for place, said in by_line.items() if len(said) > 1 and set(said) == {"survived"}]
    if deaf:
        yield f"no test noticed any defect put into {_some(deaf)}"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
