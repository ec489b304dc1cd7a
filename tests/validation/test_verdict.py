"""Verdicts over results written out by hand: what is refused, what is accepted, and what a sloppy or hostile change may try."""

from __future__ import annotations

import pytest

from agent.domain.inventory import Location
from agent.domain.verdict import (
    Baseline,
    CaseResult,
    MutantResult,
    Protection,
    SetAside,
    Status,
    Suite,
    SuiteResult,
    Tampering,
)
from agent.validation.protection import UNDONE
from agent.validation.verdict import judge

SUITE = Suite(runner="pytest", ecosystem="python")
BASE = Baseline(
    suite=SUITE,
    environment="e",
    passed=("a", "b", "c"),
    failed=("d",),
    skipped=("s",),
    set_aside=(SetAside(id="f", why="flaky"),),
    collection_errors=("old.py",),
    runs=3,
)


def result(**statuses: Status) -> SuiteResult:
    every: dict[str, Status] = {"a": "passed", "b": "passed", "c": "passed", "d": "failed", "s": "skipped", **statuses}
    return SuiteResult(cases=tuple(CaseResult(id=name, status=status) for name, status in every.items()), exit_code=1)


def mutant(status: str, line: int = 1, operator: str = "relational") -> MutantResult:
    return MutantResult(
        where=Location(path="x.py", line=line), operator=operator, before="<", after="<=", status=status
    )  # type: ignore[arg-type]


def protection(*mutants: MutantResult, changed: int = 3, covered: int = 3) -> Protection:
    return Protection(changed_lines=changed, covered_lines=covered, mutants=mutants)


GUARDED = protection(mutant("killed"), mutant("killed", 2))


def test_the_verdict_carries_the_exit_codes_of_the_test_command() -> None:
    verdict = judge(BASE.model_copy(update={"exit_code": 1}), result(), (), GUARDED)
    assert (verdict.exit_code_before, verdict.exit_code_after) == (1, 1)
    refused = judge(BASE, None, (Tampering(rule="process-exit", where=Location(path="x.py", line=3), text="it ends"),))
    assert (refused.exit_code_before, refused.exit_code_after) == (None, None)


def test_all_defects_noticed_is_mutation_checked() -> None:
    verdict = judge(BASE, result(), (), GUARDED)
    assert (verdict.label, verdict.accepted, verdict.passed_before, verdict.passed_after) == (
        "mutation-checked",
        True,
        3,
        3,
    )


def test_most_defects_noticed_is_no_regression() -> None:
    found = judge(
        BASE,
        result(),
        (),
        protection(*[mutant("killed", n) for n in range(7)], *[mutant("survived", n) for n in range(3)]),
    )
    assert found.label == "no regression"


def test_too_few_defects_noticed_is_unprotected() -> None:
    found = judge(
        BASE,
        result(),
        (),
        protection(*[mutant("killed", n) for n in range(6)], *[mutant("survived", n) for n in range(4)]),
    )
    assert (found.label, found.accepted) == ("unprotected", False)


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (result(a="failed"), "1 tests that passed do not now: a"),
        (result(a="error"), "do not now"),
        (result(a="skipped"), "do not now"),
        (result(a="expected failure"), "do not now"),
        (SuiteResult(cases=result().cases[1:]), "1 tests are no longer there: a"),
        (SuiteResult(cases=tuple(c for c in result().cases if c.id != "d")), "no longer there: d"),
        (SuiteResult(cases=tuple(c for c in result().cases if c.id != "s")), "no longer there: s"),
        (result().model_copy(update={"collection_errors": ("old.py", "new.py")}), "can no longer be loaded: new.py"),
        (result().model_copy(update={"trouble": "nothing ran"}), "nothing ran"),
        (result().model_copy(update={"stopped_by": "wall time"}), "wall time"),
        (SuiteResult(), "no test ran"),
        (None, "the tests were not run"),
    ],
)
def test_refused(after: SuiteResult | None, reason: str) -> None:
    verdict = judge(BASE, after, (), GUARDED)
    assert verdict.label == "refused"
    assert reason in " ".join(verdict.reasons)


def test_tampering_is_refused_whatever_the_tests_say() -> None:
    found = (Tampering(rule="process-exit", where=Location(path="x.py", line=3), text="it ends"),)
    assert judge(BASE, result(), found, GUARDED).label == "refused"
    assert judge(BASE, None, found).reasons == ("x.py:3: it ends (process-exit)",)


def test_what_is_set_aside_does_not_count() -> None:
    assert judge(BASE, result(f="failed"), (), GUARDED).accepted
    aside = BASE.model_copy(update={"set_aside": (SetAside(id="a", why="flaky"),)})
    assert judge(aside, result(a="failed"), (), GUARDED).accepted


def test_a_failure_that_was_there_and_an_error_that_was_there_do_not_count() -> None:
    after = result(d="passed").model_copy(update={"collection_errors": ("old.py",)})
    verdict = judge(BASE, after, (), GUARDED)
    assert (verdict.accepted, verdict.gained) == (True, ("d",))


def test_an_exit_code_without_a_failure() -> None:
    clean = Baseline(suite=SUITE, environment="e", passed=("a",), runs=3)
    after = SuiteResult(cases=(CaseResult(id="a", status="passed"),), exit_code=3)
    assert judge(clean, after, (), GUARDED, exit_code_before=0).label == "refused"
    assert judge(clean, after, (), GUARDED, exit_code_before=3).accepted


@pytest.mark.parametrize(
    "poor",
    [
        None,
        protection(mutant("killed"), changed=2, covered=1).model_copy(
            update={"uncovered": (Location(path="x.py", line=9),)}
        ),
        protection(),  # lines ran, but no defect could be put into them
        protection(mutant("broken"), mutant("not run")),
        protection(mutant("killed"), mutant("survived", operator=UNDONE)),
        protection(mutant("killed"), mutant("not run", operator=UNDONE)),
        protection(*[mutant("killed", n) for n in range(20)], mutant("survived", 30), mutant("survived", 30)),
        Protection(note="x.java: declarations only, of which no tool says whether they ran"),
    ],
)
def test_unprotected(poor: Protection | None) -> None:
    verdict = judge(BASE, result(), (), poor)
    assert (verdict.label, verdict.accepted) == ("unprotected", False)
    assert verdict.reasons


def test_nothing_that_runs_was_changed() -> None:
    assert judge(BASE, result(), (), Protection()).label == "no regression"


def test_restored() -> None:
    broken = Baseline(suite=SUITE, environment="e", trouble="no module named six", runs=1)
    good = SuiteResult(cases=(CaseResult(id="a", status="passed"),))
    assert judge(broken, good).label == "restored"
    assert judge(broken, SuiteResult(cases=(CaseResult(id="a", status="failed"),))).label == "refused"
    assert judge(broken, SuiteResult(cases=(*good.cases, CaseResult(id="b", status="error")))).label == "refused"
    assert judge(broken, SuiteResult(cases=(CaseResult(id="a", status="skipped"),))).label == "refused"
    assert judge(broken, good.model_copy(update={"collection_errors": ("x.py",)})).label == "refused"
    assert (
        judge(broken.model_copy(update={"trouble": ""}), good, (), GUARDED).label == "refused"
    )  # nothing passed before


def test_when_most_defects_could_not_be_tried_it_is_not_called_checked() -> None:
    few = protection(mutant("killed"), mutant("not run", 2), mutant("not run", 3))
    verdict = judge(BASE, result(), (), few)
    assert verdict.label == "no regression"
    assert "2 more were not tried" in verdict.reasons[0]
    assert judge(BASE, result(), (), protection(mutant("killed"), mutant("not run", 2))).label == "mutation-checked"
