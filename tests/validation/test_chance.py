"""A test that is lost once: two more runs say whether the change or the machine lost it; the runs are given."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agent.domain.execution import Outcome
from agent.domain.verdict import Verdict
from agent.validation.judging import _at_most_no_regression, _settled
from agent.validation.running import Ran
from agent.validation.verdict import judge
from tests.validation.test_verdict import BASE, GUARDED, result


def runs(*kinds: str) -> Callable[[], Ran]:
    """Whole runs and such as lose test ``b``; a run more than was given is an error."""
    waiting = list(kinds)

    def run() -> Ran:
        found = result() if waiting.pop(0) == "whole" else result(b="failed")
        return Ran(found, Outcome(exit_code=1, stdout=b"", stderr=b"", seconds=1.0))

    return run


@pytest.mark.parametrize(
    ("kinds", "refused"),
    [
        (("whole",), False),
        (("lost", "whole", "whole"), False),
        (("lost", "lost"), True),
        (("lost", "whole", "lost"), True),
    ],
)
def test_a_loss_counts_unless_two_more_runs_lose_nothing(kinds: tuple[str, ...], refused: bool) -> None:
    run_all = runs(*kinds)
    _, verdict, chance = _settled(BASE, run_all, renamed=False)
    assert (verdict.label == "refused") is refused
    assert chance == (
        "lost in one of three runs with the change, and passed in two: b" if len(kinds) == 3 and not refused else ""
    )
    with pytest.raises(IndexError):
        run_all()  # no run was left out


def test_what_was_lost_once_is_never_called_mutation_checked() -> None:
    guarded: Verdict = judge(BASE, result(), (), GUARDED)
    assert _at_most_no_regression(guarded, "").label == "mutation-checked"
    said = _at_most_no_regression(guarded, "lost in one of three runs")
    assert (said.label, said.reasons[-1]) == ("no regression", "lost in one of three runs")
