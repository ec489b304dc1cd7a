"""Rung 2: a slice is written, run, told what it lacks, written again, and judged by the service's recorded requests.

In: the ground, the recording and the program; out: the slice, every round of repair, and each answer held against the monolith's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent.domain.execution import OUT
from agent.domain.extraction import Answer, Comparison, RecordedRequest
from agent.extracting.watching import watch
from agent.extraction import Ground, Recording, Replayed, compare, replay
from agent.extraction.owning import own_requests
from agent.extraction.slicing import Cut, Demand, Program, Slice, read_demands, slice_service, witnessed_demands
from agent.extraction.staging import BOX_REPO, in_box, python_of, search_path, stage_box

__all__ = ["BuiltSlice", "Round", "build_slice", "entries_of", "write_tree"]

MOST_ROUNDS = 12
MOST_WATCHED = 40  # requests
IDENTICAL_SHARE = 0.995
MASKED_SHARE = 0.01
LINES_SHARE = 0.70
_START = "import sys; from figwright_box import importing; importing.main(sys.argv[1])"
_SECONDS = 300.0


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
    """``comparisons`` has one entry for each recorded request of the service. ``failure``: the slice could not be started."""

    slice: Slice
    rounds: tuple[Round, ...]
    requests: tuple[RecordedRequest, ...]
    answers: tuple[Answer, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    failure: str = ""
    notes: tuple[str, ...] = ()

    def count(self, verdict: str) -> int:
        """How many comparisons came to that verdict."""
        return sum(one.verdict == verdict for one in self.comparisons)

    @property
    def replayable(self) -> int:
        return sum(self.count(v) for v in ("identical", "masked", "different"))

    @property
    def passed(self) -> bool:
        """At least 99.5 % answer the same (at most 1 % behind a mask), at least one does, and the slice is at most 70 % of
        the lines."""
        masked = self.count("masked")
        same = self.count("identical") + masked
        answers = bool(same) and same >= IDENTICAL_SHARE * self.replayable and masked <= MASKED_SHARE * self.replayable
        return answers and self.slice.share <= LINES_SHARE

    @property
    def verdict(self) -> str:
        """One sentence."""
        if self.failure:
            return f"the slice does not start: {self.failure.strip().splitlines()[-1][:200]}"
        same = self.count("identical") + self.count("masked")
        size = f"{self.slice.lines:,} of {self.slice.lines_of:,} lines"
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


def entries_of(recording: Recording, program: Program) -> tuple[str, ...]:
    """What made the recorded applications, as far as it is not part of the tests."""
    found = []
    for one in recording.applications:
        if one.settings in program.modules:
            found.append(one.settings)
        found += [f"{module}:{name}" if name else module for module, name, _ in one.makers if module in program.modules]
    return tuple(dict.fromkeys(found))


def build_slice(
    ground: Ground, recording: Recording, program: Program, cut: Cut, ours: Sequence[Answer] = (),
    say: Callable[[str], None] = lambda _: None,
) -> BuiltSlice:  # fmt: skip
    """Write the slice, repair it by what it prints, and replay the service's requests against it.

    ``ours`` are the monolith's own answers where the caller has them; those that are missing are asked for here.
    """
    entries = entries_of(recording, program)
    wanted = own_requests(recording.requests, cut.homes, cut.service)
    numbers = [one.number for one in wanted]
    state = _State()
    made = _import_rounds(ground, program, cut, entries, recording, state, say)
    notes = (f"stays with the monolith, since no request starts it: {', '.join(cut.left)}",) if cut.left else ()
    if not wanted:
        nothing = "no recorded request reaches a route of the service"
        return BuiltSlice(made, tuple(state.rounds), (), notes=(nothing, *notes))
    known = {one.request: one for one in ours}
    if any(number not in known for number in numbers):
        say(f"the monolith answers {len(numbers)} requests of {cut.service}")
        known |= {one.request: one for one in replay(ground, recording, ground.pristine, numbers).answers}
    control = [known[number] for number in numbers]
    while True:
        say(f"the slice of {cut.service} answers {len(numbers)} requests")
        replayed = _replay(ground, recording, made, numbers)
        compared = compare(wanted, control, replayed.answers)
        different = [one.request for one in compared if one.verdict == "different"]
        printed = [replayed.failure, *_printed(control, replayed.answers, different)]
        new = state.add((d for text in printed for d in read_demands(program, text)), _templates(made))
        if different and not any(demand.kind != "member" for demand in new):
            # No error names it: what the monolith runs for these requests says what is missing
            _, ran = watch(ground, recording, program, ground.pristine, different[:MOST_WATCHED], "monolith")
            new += state.add(witnessed_demands(program, made, ran))
        state.rounds.append(Round("replayed", made.lines, len(numbers), len(different), new))
        if not new or len(state.rounds) >= MOST_ROUNDS:
            failure = "" if any(one.status for one in replayed.answers) else replayed.failure
            return BuiltSlice(made, tuple(state.rounds), wanted, replayed.answers, compared, failure, notes)
        made = slice_service(program, cut, entries, list(state.demands.values()))


def _import_rounds(
    ground: Ground, program: Program, cut: Cut, entries: tuple[str, ...], recording: Recording, state: _State,
    say: Callable[[str], None],
) -> Slice:  # fmt: skip
    """Until every module can be imported, or nothing more is known to help."""
    made = slice_service(program, cut, entries)
    for number in range(MOST_ROUNDS):
        say(f"{cut.service}: {made.lines:,} of {made.lines_of:,} lines, import {number + 1}")
        new = state.add(read_demands(program, _imported(ground, program, made, recording)), _templates(made))
        state.rounds.append(Round("imported", made.lines, 0, 0, new))
        if not new:
            break
        made = slice_service(program, cut, entries, list(state.demands.values()))
    return made


def _templates(made: Slice) -> frozenset[str]:
    return frozenset(piece.symbol for piece in made.pieces if piece.line == 0 and piece.what == "kept")


def _printed(control: Sequence[Answer], answers: Sequence[Answer], different: Sequence[int]) -> list[str]:
    """The errors of answers that differ, but for those that the monolith makes, too."""
    known = {one.request: one.traceback for one in control}
    texts = [one.traceback or one.trouble for one in answers if one.request in set(different) or not one.status]
    return [text for text in dict.fromkeys(texts) if text and text not in known.values()]


def write_tree(folder: Path, made: Slice) -> Path:
    """The slice's files in a folder; the box's user must be able to read them."""
    for path, content in made.files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def _replay(ground: Ground, recording: Recording, made: Slice, numbers: Sequence[int]) -> Replayed:
    tree = write_tree(ground.folders.fresh("slice"), made)
    try:
        return replay(ground, recording, tree, numbers, upstream=made.service)
    finally:
        ground.folders.drop(tree)


def _imported(ground: Ground, program: Program, made: Slice, recording: Recording) -> str:
    """What is printed when every module of the slice is imported in the box."""
    box = stage_box(ground, recorder=False)
    repo = write_tree(ground.folders.fresh("slice"), made)
    out = ground.folders.fresh("imports")
    modules = [m for m in program.modules.values() if m.path in made.files and m.role == "code"]
    settings = [one.settings for one in recording.applications if one.settings]
    plan = {
        "roots": sorted({BOX_REPO, f"{BOX_REPO}/{ground.folder}".rstrip("/")}),
        "modules": [m.id for m in modules if not m.id.endswith(("manage", "__main__"))],
        "templates": [name for name, path in sorted(program.templates.items()) if path in made.files],
        "settings": settings[0] if made.framework == "django" and settings else "",
    }
    try:
        (out / "plan.json").write_text(json.dumps(plan), "utf-8")
        variables = {**ground.variables, "PYTHONPATH": search_path(ground, box)}
        command = python_of("-c", _START, f"{OUT}/plan.json", variables=variables)
        outcome = in_box(ground, command, repo, out, (box,), _SECONDS)
        return (outcome.stdout + b"\n" + outcome.stderr).decode("utf-8", "replace")
    finally:
        for folder in (box, repo, out):
            ground.folders.drop(folder)
