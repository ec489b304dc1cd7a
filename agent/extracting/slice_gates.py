"""Whether the comparison would have noticed: a changed slice that must survive, a wrong one that must fail, and mutants between.

In: a slice whose answers were found to be the monolith's. Out: what each gate said, and the defects that nothing noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.domain.extraction import Answer, Comparison, MutantTally, Survivor
from agent.extracting.mutant_trials import Trials
from agent.extracting.slices import BuiltSlice
from agent.extracting.stacks import Cutter
from agent.extracting.watching import Ran
from agent.extracting.writing import write_tree
from agent.extraction import Ground, compare
from agent.ports import Language
from agent.validation.mutation import Mutant, mutants

__all__ = ["MOST_MUTANTS", "Gates", "TriedMutant", "try_again", "try_gates"]

MOST_MUTANTS = 24
FIRST_REQUESTS, MORE_REQUESTS = 6, 40
PATIENCE_SECONDS, PATIENCE_TIMES = (
    5.0,
    4.0,
)  # for an answer of a slice with defects: so many, and so often the slowest right one


@dataclass(frozen=True)
class TriedMutant:
    """One defect in a line that a request ran, and how many did. ``killed_by``: the first request whose answer was no longer
    the monolith's (0: none); ``generated``: no test makes that request, and none that a test makes noticed the defect."""

    path: str
    line: int
    operator: str
    ran_by: int
    killed_by: int
    generated: bool = False
    mutant: Mutant | None = None
    ran: tuple[int, ...] = ()  # the requests that did


@dataclass(frozen=True)
class Gates:
    """``null_different``: answers that a slice with nothing but a line counter in it changed (must be 0). ``wrong_identical``: of
    the ``wrong_asked`` requests those that a service that serves nothing answers as the monolith does: they show nothing, are
    counted as vacuous, and must not be all."""

    null_asked: int
    null_different: int
    wrong_asked: int
    wrong_identical: int
    executed_lines: int
    mutants: tuple[TriedMutant, ...]

    @property
    def killed(self) -> int:
        return sum(bool(one.killed_by) for one in self.mutants)

    @property
    def tally(self) -> MutantTally:
        """By what noticed each first; every survivor by its place."""
        left = (one for one in self.mutants if not one.killed_by)
        return MutantTally(
            tried=len(self.mutants),
            by_recorded=sum(bool(one.killed_by) and not one.generated for one in self.mutants),
            by_generated=sum(bool(one.killed_by) and one.generated for one in self.mutants),
            survivors=tuple(
                Survivor(path=one.path, line=one.line, operator=one.operator, requests=one.ran_by) for one in left
            ),
        )

    @property
    def honest(self) -> bool:
        """Whether the comparison tells a harmless change from a wrong service, and the service's own lines were seen to run."""
        harmless = bool(self.null_asked) and not self.null_different
        return harmless and self.wrong_identical < self.wrong_asked and bool(self.executed_lines)


@dataclass(frozen=True)
class _Bench:
    """What every try needs. ``ours``: the monolith's answers by request, of those that the slice answered alike."""

    ground: Ground
    cutter: Cutter
    built: BuiltSlice
    ours: Mapping[int, Answer]

    def different(self, files: Mapping[str, bytes], numbers: Sequence[int]) -> list[Comparison]:
        """The answers that are not the monolith's when these files are put over the slice's."""
        made = replace(self.built.slice, files={**self.built.slice.files, **files})
        tree = write_tree(self.ground.folders.fresh("slice"), made)
        try:
            patience = PATIENCE_SECONDS + PATIENCE_TIMES * self.built.slowest
            answers = self.cutter.replay(tree, numbers, made.service, patience).answers
        finally:
            self.ground.folders.drop(tree)
        return self.held(numbers, answers)

    def held(self, numbers: Sequence[int], answers: Sequence[Answer]) -> list[Comparison]:
        """Those of the answers that are not the monolith's."""
        by_number = {one.number: one for one in self.built.requests}
        wanted = [by_number[number] for number in numbers]
        compared = compare(wanted, [self.ours[number] for number in numbers], answers)
        return [one for one in compared if one.verdict not in ("identical", "masked")]


def try_gates(
    ground: Ground, cutter: Cutter, built: BuiltSlice, ours: Sequence[Answer], languages: Mapping[str, Language], *,
    most: int = MOST_MUTANTS, seed: int = 0, say: Callable[[str], None] = lambda _: None,
    generated: Collection[int] = (), wrong: tuple[int, int] = (0, 0),
) -> Gates:  # fmt: skip
    """Try them all on the requests whose answers the slice got right; ``ours`` are the monolith's. ``generated``: the numbers
    of requests that no test makes. ``wrong``: (requests asked, answered right) of a service that serves nothing."""
    bench = _bench(ground, cutter, built, ours)
    numbers = sorted(bench.ours)
    if not numbers:
        return Gates(0, 0, *wrong, 0, ())
    say(f"{len(numbers)} requests with a line counter in the slice")
    null, ran = _watch(bench, numbers)
    chosen = list(_choose(built, ran, languages, most, seed))
    tried = _try(bench, [one for one, _ in chosen], [asked for _, asked in chosen], generated, say)
    lines_run = sum(len(by_line) for by_line in ran.values())
    return Gates(len(numbers), len(null), *wrong, lines_run, tuple(tried))


def try_again(
    ground: Ground, cutter: Cutter, built: BuiltSlice, ours: Sequence[Answer], gates: Gates, new: Collection[int],
    say: Callable[[str], None] = lambda _: None,
) -> Gates:  # fmt: skip
    """The survivors once more, on ``new`` generated requests alone; the slice must be the same."""
    bench = _bench(ground, cutter, built, ours)
    numbers = sorted(number for number in new if number in bench.ours)
    null, ran = _watch(bench, numbers) if numbers else ([], {})
    altered = {one.request for one in null}
    left = [one for one in gates.mutants if not one.killed_by and one.mutant is not None]
    asked = [sorted({*ran.get(one.path, {}).get(one.line, ())} - altered) for one in left]
    again = _try(bench, [one.mutant for one in left if one.mutant], asked, new, say)
    found = dict(zip(left, again, strict=True))
    tried = [
        replace(found[one], ran_by=one.ran_by + found[one].ran_by, ran=(*one.ran, *found[one].ran))
        if one in found
        else one
        for one in gates.mutants
    ]
    return replace(
        gates, null_asked=gates.null_asked + len(numbers), null_different=gates.null_different + len(null),
        mutants=tuple(tried),
    )  # fmt: skip


def _bench(ground: Ground, cutter: Cutter, built: BuiltSlice, ours: Sequence[Answer]) -> _Bench:
    right = {one.request for one in built.comparisons if one.verdict in ("identical", "masked")}
    return _Bench(ground, cutter, built, {one.request: one for one in ours if one.request in right})


def _try(
    bench: _Bench, chosen: Sequence[Mutant], asked: Sequence[Sequence[int]], generated: Collection[int],
    say: Callable[[str], None],
) -> list[TriedMutant]:  # fmt: skip
    """A few of the recorded requests that ran the line first, more of them when those notice nothing, then the generated ones."""

    def wrong(files: Mapping[str, bytes], numbers: Sequence[int]) -> set[int]:
        say(f"{len(numbers)} requests to a slice with defects, start {trials.starts}")
        return {one.request for one in bench.different(files, numbers)}

    trials = Trials(chosen, [frozenset(one) for one in asked], bench.built.slice.files, wrong)
    recorded = [[number for number in one if number not in generated] for one in asked]
    made = [[number for number in one if number in generated] for one in asked]
    for numbers, most in ((recorded, FIRST_REQUESTS), (recorded, MORE_REQUESTS), (made, MORE_REQUESTS)):
        trials.ask(numbers.__getitem__, most)
    tried = []
    for n, mutant in enumerate(chosen):
        killer = trials.killed.get(n, 0)
        say(f"{'killed' if killer else 'survived'}: {mutant.operator} in {mutant.path}:{mutant.line}")
        tried.append(
            TriedMutant(
                mutant.path,
                mutant.line,
                mutant.operator,
                len(asked[n]),
                killer,
                killer in generated,
                mutant,
                tuple(asked[n]),
            )
        )
    say(f"{len(chosen)} mutants took {trials.starts} starts of the slice")
    return tried


def _watch(bench: _Bench, numbers: Sequence[int]) -> tuple[list[Comparison], Ran]:
    """What a slice with a line counter answers otherwise, and which lines each request ran."""
    tree = write_tree(bench.ground.folders.fresh("slice"), bench.built.slice)
    try:
        answers, ran = bench.cutter.watch(tree, numbers, bench.built.slice.service)
    finally:
        bench.ground.folders.drop(tree)
    return bench.held(numbers, answers), ran


def _choose(
    built: BuiltSlice, ran: Ran, languages: Mapping[str, Language], most: int, seed: int
) -> Iterator[tuple[Mutant, list[int]]]:
    """Mutants of lines that a request ran, spread over the files by how many lines of each ran, with the requests that did."""
    total = sum(len(by_line) for by_line in ran.values())
    chosen: list[Mutant] = []
    paths = sorted(ran, key=lambda one: (-len(ran[one]), one))
    shares = {path: max(1, round(most * len(ran[path]) / total)) for path in paths}
    for limits in (shares, dict.fromkeys(paths, most)):
        for path in paths:
            text = built.slice.files[path].decode("latin-1")
            found = mutants(path, text, sorted(ran[path]), languages, limit=limits[path], seed=seed)
            chosen.extend([one for one in found if one not in chosen][: most - len(chosen)])
    for mutant in chosen:
        yield mutant, sorted(set(ran[mutant.path].get(mutant.line, ())))
