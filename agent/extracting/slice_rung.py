"""Rung 2 from end to end: the slice, its gates, its containers, and the rung that the evidence file shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.domain.extraction import Answer, OwnContainer, RecordedRequest, Residual, Rung
from agent.extracting.generated import Asking, Generated, Hunt, generate
from agent.extracting.packing import pack_slice
from agent.extracting.slice_gates import MOST_MUTANTS, Gates, try_again, try_gates
from agent.extracting.slice_report import slice_files
from agent.extracting.slices import BuiltSlice, build_slice
from agent.extracting.stacks import Cutter
from agent.extracting.writing import write_tree
from agent.extraction import Ground, compare
from agent.extraction.remembering import memory_notes, split_memory
from agent.extraction.tallying import residual, tally, tally_routes
from agent.ports import Language

__all__ = ["SliceRung", "climb_slice"]


MOST_TARGETED = 120  # candidates for what survived
WANTED_KILLED = 0.9


@dataclass(frozen=True)
class SliceRung:
    """``files`` go below the output folder: ``slice/``, ``containers/``, ``slice.json``. ``built`` is judged by recorded requests,
    ``beyond`` by those that no test makes; it is the same slice."""

    rung: Rung
    built: BuiltSlice
    gates: Gates | None
    files: Mapping[str, bytes]
    beyond: BuiltSlice | None = None


@dataclass
class _Tried:
    """A slice with all that was asked of it. ``ours``: the monolith's answers; ``hunt``: the search for requests, where there is one."""

    cutter: Cutter
    built: BuiltSlice
    ours: Sequence[Answer]
    hunt: Hunt | None = None
    found: Generated | None = None
    gates: Gates | None = None
    idle: frozenset[int] = frozenset()  # recorded requests that a service that serves nothing answers right, too

    @property
    def numbers(self) -> frozenset[int]:
        """Of the requests that no test makes."""
        return frozenset(one.number for one in self.found.requests) if self.found else frozenset()


def climb_slice(
    ground: Ground, cutter: Cutter, languages: Mapping[str, Language], ours: Sequence[Answer] = (), *,
    mutants: int = MOST_MUTANTS, seed: int = 0, say: Callable[[str], None] = lambda _: None, asking: Asking | None = None,
) -> SliceRung:  # fmt: skip
    """``ours``: the monolith's answers, where the caller has them; the others are asked for here. ``mutants`` 0: none are tried.
    ``asking``: what requests are generated from; without it none are."""
    known = {one.request: one for one in ours}
    asked = [one.number for one in cutter.own()]
    missing = [number for number in asked if number not in known]
    if missing:
        say(f"the monolith answers {len(missing)} requests of {cutter.service}")
        known |= {one.request: one for one in cutter.replay(ground.pristine, missing, "monolith").answers}
    control = [known[number] for number in asked]
    tried = _Tried(cutter, build_slice(ground, cutter, control, say), control)
    if asking is not None and asking.most and not tried.built.failure:
        tried.hunt = generate(ground, cutter, asking, tried.built.slice, say)
        _widen(ground, tried, control, say)
    right = [one.request for one in tried.built.comparisons if one.verdict in ("identical", "masked")]
    if right:
        recorded_right = [number for number in right if number not in tried.numbers]
        tried.idle = _of_nothing(ground, tried, recorded_right, say)
        tried.built = tried.built.without_power(tried.idle)
        tried.gates = try_gates(
            ground,
            tried.cutter,
            tried.built,
            tried.ours,
            languages,
            most=mutants,
            seed=seed,
            say=say,
            generated=tried.numbers,
            wrong=(len(recorded_right), len(tried.idle)),
        )
        _aim(ground, tried, control, say)
    folder = write_tree(ground.folders.fresh("slice"), tried.built.slice)
    try:
        recorded = tried.built.of({one.number for one in tried.built.requests} - tried.numbers)
        health = _health(recorded.requests)
        containers, nothing = pack_slice(folder, cutter.service, health)
    finally:
        ground.folders.drop(folder)
    recorded = replace(recorded, notes=(*recorded.notes, *memory_notes([*known.values()], {*asked})))
    beyond = tried.built.of(tried.numbers) if tried.found is not None else None
    files = slice_files(recorded, tried.gates, containers, beyond, tried.found)
    rung = _rung(recorded, tried.gates, nothing, beyond, tried.found)
    rung = rung.model_copy(
        update={
            "split_memory": split_memory([*known.values()], {*asked}),
            "container": OwnContainer(health=health) if containers else None,
        }
    )
    return SliceRung(rung, recorded, tried.gates, files, beyond)


def _widen(ground: Ground, tried: _Tried, control: Sequence[Answer], say: Callable[[str], None]) -> None:
    """The slice answers what was generated, too, and is mended where it does not do so as the monolith does."""
    if tried.hunt is None:
        return
    known = tried.numbers
    tried.found = tried.hunt.result()
    new = [one for one in tried.found.requests if one.number not in known]
    if new:
        say(f"a service that serves nothing answers {len(new)} generated requests")
        answers = _serving_nothing(ground, tried.found.cutter, [one.number for one in new])
        alike = compare(new, tried.found.answers, answers)
        tried.hunt.drop({one.request for one in alike if one.verdict in ("identical", "masked")})
        tried.found = tried.hunt.result()
    if tried.found.requests:
        tried.cutter = tried.found.cutter
        tried.ours = [*control, *tried.found.answers]
        tried.built = build_slice(ground, tried.cutter, tried.ours, say, tried.built).without_power(tried.idle)


def _of_nothing(ground: Ground, tried: _Tried, numbers: Sequence[int], say: Callable[[str], None]) -> frozenset[int]:
    """Those of the requests, which the slice answers right, that a service that serves nothing answers right, too."""
    if not numbers:
        return frozenset()
    say(f"a service that serves nothing answers {len(numbers)} requests")
    asked = {one.number: one for one in tried.built.requests}
    known = {one.request: one for one in tried.ours}
    answers = _serving_nothing(ground, tried.cutter, numbers)
    alike = compare([asked[one] for one in numbers], [known[one] for one in numbers], answers)
    return frozenset(one.request for one in alike if one.verdict in ("identical", "masked"))


def _serving_nothing(ground: Ground, cutter: Cutter, numbers: Sequence[int]) -> Sequence[Answer]:
    folder = write_tree(ground.folders.fresh("slice"), cutter.empty())
    try:
        return cutter.replay(folder, numbers, cutter.service).answers
    finally:
        ground.folders.drop(folder)


def _aim(ground: Ground, tried: _Tried, control: Sequence[Answer], say: Callable[[str], None]) -> None:
    """Where too many defects survive, more requests are made from those that ran their lines, and the survivors tried on them."""
    gates, hunt = tried.gates, tried.hunt
    if gates is None or hunt is None or not gates.mutants or gates.killed >= WANTED_KILLED * len(gates.mutants):
        return
    before, files = tried.numbers, tried.built.slice.files
    survivors = [(one.path, one.line, frozenset(one.ran)) for one in gates.mutants if not one.killed_by]
    hunt.aim(tried.built.slice, survivors, MOST_TARGETED)
    _widen(ground, tried, control, say)
    if tried.built.slice.files == files:
        tried.gates = try_again(ground, tried.cutter, tried.built, tried.ours, gates, tried.numbers - before, say)


def _health(requests: Sequence[RecordedRequest]) -> str:
    """What can be asked of the service without signing in first: the shortest such address that was recorded."""
    found = [
        one.target
        for one in requests
        if one.method == "GET" and one.status < 400 and not any(name.lower() == "cookie" for name, _ in one.headers)
    ]
    return min(found, key=lambda target: (len(target), target), default="")


def _rung(
    built: BuiltSlice, gates: Gates | None, nothing: str, beyond: BuiltSlice | None, found: Generated | None
) -> Rung:
    notes = [*built.notes, *(found.notes if found is not None else ())]
    if gates is not None:
        notes.append(
            f"a harmless change altered {gates.null_different} of {gates.null_asked} answers; "
            f"a service that serves nothing answers {gates.wrong_identical} of {gates.wrong_asked} requests as the monolith does"
            f"{': these are counted as vacuous' if gates.wrong_identical else ''}"
        )
        if gates.mutants:
            notes.append(f"{gates.killed} of {len(gates.mutants)} mutants in executed lines were noticed")
    if nothing:
        notes.append(f"no container: {nothing}")
    verdict, alike = built.verdict, True
    if beyond is not None and beyond.requests:
        alike = beyond.answers_alike
        same = beyond.count("identical") + beyond.count("masked")
        verdict += f"; of those that no test asks for, {same} of {beyond.replayable}"
    return Rung(
        level=2,
        name="slice",
        passed=built.passed and alike and gates is not None and gates.honest,
        verdict=verdict,
        tally=tally(built.requests, built.comparisons),
        routes=tally_routes(built.requests, built.comparisons),
        residual=(*residual(built.comparisons), *_beyond_residual(beyond)),
        upstreams=tuple(sorted(Counter(one.upstream or "nobody" for one in built.answers).items())),
        generated=tally(beyond.requests, beyond.comparisons) if beyond is not None else None,
        mutants=gates.tally if gates is not None and gates.mutants else None,
        lines=built.slice.lines,
        lines_of=built.slice.lines_of,
        notes=tuple(notes),
    )


def _beyond_residual(beyond: BuiltSlice | None) -> tuple[Residual, ...]:
    """What is left over of generated requests, said to be theirs."""
    found = residual(beyond.comparisons) if beyond is not None else ()
    return tuple(one.model_copy(update={"cause": f"generated: {one.cause}"}) for one in found)
