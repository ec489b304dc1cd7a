"""Rung 2: a slice is written, run, told what it lacks, written again, and judged by the service's recorded requests.

In: the ground and a program read for one service; out: the slice, every round of repair, and each answer held against the monolith's.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field, replace

from agent.domain.extraction import Answer, Comparison, RecordedRequest
from agent.extracting.stacks import Cutter
from agent.extracting.writing import write_tree
from agent.extraction import Ground, Replayed, compare
from agent.extraction.slicing import Demand, Slice

__all__ = ["BuiltSlice", "Round", "build_slice"]

MOST_ROUNDS = 12
MOST_WATCHED = 40  # requests
IDENTICAL_SHARE = 0.995
MASKED_SHARE = 0.01
LINES_SHARE = 0.70
NO_POWER = "a service that serves nothing gives the same answer, so it shows nothing"


@dataclass(frozen=True)
class Round:
    """One attempt: how it was run (``imported`` or ``replayed``), how large it was, what it lacked, and why."""

    how: str
    lines: int
    asked: int
    different: int
    demands: tuple[Demand, ...]


@dataclass(frozen=True)
class BuiltSlice:
    """``comparisons`` has one entry for each request of the service. ``failure``: the slice could not be started."""

    slice: Slice
    rounds: tuple[Round, ...]
    requests: tuple[RecordedRequest, ...]
    answers: tuple[Answer, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    failure: str = ""
    notes: tuple[str, ...] = ()
    slowest: float = 0.0  # seconds that an answer of the slice took at most

    def count(self, verdict: str) -> int:
        """How many comparisons came to that verdict."""
        return sum(one.verdict == verdict for one in self.comparisons)

    def of(self, numbers: Container[int]) -> BuiltSlice:
        """The same slice, judged by these requests alone."""
        return replace(
            self,
            requests=tuple(one for one in self.requests if one.number in numbers),
            answers=tuple(one for one in self.answers if one.request in numbers),
            comparisons=tuple(one for one in self.comparisons if one.request in numbers),
        )

    def without_power(self, numbers: Container[int]) -> BuiltSlice:
        """The same, where these requests are answered by a service that serves nothing as the monolith answers them."""
        return replace(
            self,
            comparisons=tuple(
                Comparison(request=one.request, verdict="vacuous", cause=NO_POWER)
                if one.request in numbers and one.verdict in ("identical", "masked")
                else one
                for one in self.comparisons
            ),
        )

    @property
    def replayable(self) -> int:
        return sum(self.count(v) for v in ("identical", "masked", "different"))

    @property
    def answers_alike(self) -> bool:
        """At least 99.5 % answer the same (at most 1 % behind a mask), and at least one does."""
        masked = self.count("masked")
        same = self.count("identical") + masked
        return bool(same) and same >= IDENTICAL_SHARE * self.replayable and masked <= MASKED_SHARE * self.replayable

    @property
    def passed(self) -> bool:
        """It answers alike, and the slice is at most 70 % of the lines."""
        return self.answers_alike and self.slice.share <= LINES_SHARE

    @property
    def verdict(self) -> str:
        """One sentence."""
        if self.failure:
            return f"the slice does not start: {self.failure.strip().splitlines()[-1][:200]}"
        same = self.count("identical") + self.count("masked")
        size = f"{self.slice.lines:,} of {self.slice.lines_of:,} lines"
        if not self.replayable and self.count("vacuous"):
            return f"no recorded request shows anything of the service; the slice has {size}"
        if not self.replayable:
            return f"no recorded request of the service could be replayed; the slice has {size}"
        return f"{same} of {self.replayable} answers are the monolith's; the slice has {size}"


@dataclass
class _State:
    demands: dict[tuple[str, str, str], Demand] = field(default_factory=dict)
    rounds: list[Round] = field(default_factory=list)

    def add(self, found: Iterable[Demand], templates: Container[str] = ()) -> tuple[Demand, ...]:
        """Those that are new, and not there already."""
        new = []
        for demand in found:
            if demand.kind == "template" and demand.name in templates:
                continue
            key = (demand.kind, demand.name, demand.module)
            if key not in self.demands:
                self.demands[key] = demand
                new.append(demand)
        return tuple(new)


def build_slice(
    ground: Ground, cutter: Cutter, ours: Sequence[Answer] = (), say: Callable[[str], None] = lambda _: None,
    begun: BuiltSlice | None = None,
) -> BuiltSlice:  # fmt: skip
    """Write the slice, repair it by what it prints, and replay the service's requests against it.

    ``ours`` are the monolith's own answers where the caller has them; those that are missing are asked for here. ``begun`` is
    what came of fewer requests of the same numbers: only the others are asked, unless they change the slice.
    """
    wanted = cutter.own()
    numbers = [one.number for one in wanted]
    state = _State()
    theirs: dict[int, Answer] = {}
    if begun is None:
        made = _import_rounds(cutter, state, say)
    else:
        made, theirs = begun.slice, {one.request: one for one in begun.answers}
        state.add(demand for one in begun.rounds for demand in one.demands)
        state.rounds.extend(begun.rounds)
    slowest = begun.slowest if begun is not None else 0.0
    most = len(state.rounds) + MOST_ROUNDS
    notes = (f"stays with the monolith, since no request starts it: {', '.join(cutter.left)}",) if cutter.left else ()
    if not wanted:
        nothing = "no recorded request reaches a route of the service"
        return BuiltSlice(made, tuple(state.rounds), (), notes=(nothing, *notes))
    known = {one.request: one for one in ours}
    if any(number not in known for number in numbers):
        say(f"the monolith answers {len(numbers)} requests of {cutter.service}")
        known |= {one.request: one for one in cutter.replay(ground.pristine, numbers, "monolith").answers}
    control = [known[number] for number in numbers]
    while True:
        asked = [number for number in numbers if number not in theirs]
        say(f"the slice of {cutter.service} answers {len(asked)} requests")
        replayed = _replay(ground, cutter, made, asked) if asked else Replayed(())
        slowest = max(slowest, replayed.slowest)
        theirs |= {one.request: one for one in replayed.answers}
        answers = tuple(theirs[number] for number in numbers)
        compared = compare(wanted, control, answers)
        different = [one.request for one in compared if one.verdict == "different"]
        printed = [replayed.failure, *_printed(control, answers, different)]
        new = state.add((d for text in printed for d in cutter.lacks(text)), _templates(made))
        if different and not any(demand.kind != "member" for demand in new):
            # No error names it: what the monolith runs for these requests says what is missing
            _, ran = cutter.watch(ground.pristine, different[:MOST_WATCHED], "monolith")
            new += state.add(cutter.witnessed(made, ran))
        state.rounds.append(Round("replayed", made.lines, len(asked), len(different), new))
        if not new or len(state.rounds) >= most:
            failure = "" if any(one.status for one in answers) else replayed.failure
            return BuiltSlice(made, tuple(state.rounds), wanted, answers, compared, failure, notes, slowest)
        made, theirs = cutter.cut(list(state.demands.values())), {}


def _import_rounds(cutter: Cutter, state: _State, say: Callable[[str], None]) -> Slice:
    """Until every module can be imported, or nothing more is known to help."""
    made = cutter.cut()
    for number in range(MOST_ROUNDS):
        say(f"{cutter.service}: {made.lines:,} of {made.lines_of:,} lines, import {number + 1}")
        new = state.add(cutter.lacks(cutter.start(made)), _templates(made))
        state.rounds.append(Round("imported", made.lines, 0, 0, new))
        if not new:
            break
        made = cutter.cut(list(state.demands.values()))
    return made


def _templates(made: Slice) -> frozenset[str]:
    return frozenset(piece.symbol for piece in made.pieces if piece.line == 0 and piece.what == "kept")


def _printed(control: Sequence[Answer], answers: Sequence[Answer], different: Sequence[int]) -> list[str]:
    """The errors of answers that differ, but for those that the monolith makes, too."""
    known = {one.request: one.traceback for one in control}
    texts = [one.traceback or one.trouble for one in answers if one.request in set(different) or not one.status]
    return [text for text in dict.fromkeys(texts) if text and text not in known.values()]


def _replay(ground: Ground, cutter: Cutter, made: Slice, numbers: Sequence[int]) -> Replayed:
    tree = write_tree(ground.folders.fresh("slice"), made)
    try:
        return cutter.replay(tree, numbers, made.service)
    finally:
        ground.folders.drop(tree)
