"""Takes out of a refused change the files whose part makes things worse: a change and a question in, what holds out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agent.domain.inventory import Location
from agent.domain.patch import Left
from agent.domain.verdict import FileChange, Verdict

__all__ = ["MOST_RUNS", "narrow"]

MOST_RUNS = 16  # of the tests, for one change


def narrow(
    changes: Sequence[FileChange],
    holds: Callable[[Sequence[FileChange]], Verdict],
    most_runs: int = MOST_RUNS,
    refused: Verdict | None = None,
) -> tuple[tuple[FileChange, ...], tuple[Left, ...]]:
    """The files that hold together, and those taken out with the reason. ``refused`` is what was said of all of them.

    By halves (after Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002): a half that holds on
    top of what is kept already is kept whole, one that does not is halved again. What is left when the runs are used up
    is taken out too.
    """
    kept: list[FileChange] = []
    dropped: list[Left] = []
    pending: list[tuple[Sequence[FileChange], Verdict | None]] = [(tuple(changes), refused)]
    runs = 0
    while pending:
        part, verdict = pending.pop()
        if verdict is None:
            if runs >= most_runs:
                dropped += [
                    _left(change, f"not tried on its own: {most_runs} test runs were used up") for change in part
                ]
                continue
            runs += 1
            verdict = holds([*kept, *part])
        if verdict.label != "refused":
            kept += part
        elif len(part) == 1:
            dropped.append(_left(part[0], _why(verdict)))
        else:
            middle = len(part) // 2
            pending += [(part[middle:], None), (part[:middle], None)]
    return tuple(sorted(kept, key=lambda change: change.path)), tuple(sorted(dropped, key=lambda left: left.where.path))


def _left(change: FileChange, why: str) -> Left:
    return Left(where=Location(path=change.path), text=why)


def _why(verdict: Verdict) -> str:
    return "; ".join(verdict.reasons)[:1_000] or "tests are lost with it"
