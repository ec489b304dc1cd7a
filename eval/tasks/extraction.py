"""How far services are taken out by running them: the oracle of each repository, and what came of each service's rungs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from agent.composition import languages, open_sandbox, place_for, workbench
from agent.domain.boundary import Boundaries
from agent.domain.extraction import Rung, Tally
from agent.errors import FigwrightError
from agent.extracting.ladder import LEVELS, Climb, climb_on, for_service, prepare, take_oracle
from agent.extracting.slice_rung import SliceRung
from agent.pipeline import Run, Stages
from agent.settings import Settings
from eval.datasets import sample_folder
from eval.task import Column, Description, Outcome, Request, Skipped, Value

__all__ = ["EXTRACTION", "Case", "choose_services", "run_case"]

TRUTHS = Path(__file__).resolve().parent.parent / "truths"
TOP = len(LEVELS) - 1
VERDICTS = ("extract first", "extract later", "keep in", "do not split")


@dataclass(frozen=True)
class Case:
    """``services`` of its plan are taken by `choose_services`; with ``boundaries``, a file of ours beside the task, the one
    that is named in it."""

    name: str
    root: Path
    services: int = 1
    boundaries: Path | None = None
    service: str = ""


@dataclass(frozen=True)
class Extraction(Description):
    """One row a service; the recording and the oracle are made once for each repository."""

    def run(self, request: Request) -> Outcome:
        rows: list[Mapping[str, Value]] = []
        skipped: list[Skipped] = []
        for case in _cases(request):
            if not case.root.is_dir():
                skipped.append(Skipped(case.name, f"--sources DIR has no {case.name}"))
                continue
            for found in run_case(case, request):
                if isinstance(found, Skipped):
                    skipped.append(found)
                else:
                    rows.append(found)
        if request.sources is None and not request.quick:
            skipped.append(Skipped("real repositories", "--sources DIR with their folders was not given"))
        return Outcome(tuple(rows), tuple(skipped))


def choose_services(boundaries: Boundaries, most: int) -> list[str]:
    """Those with routes: by what the plan says of taking them out, then the largest first."""
    able = [one for one in boundaries.services if any(" " in entry for entry in one.entry_points)]
    able.sort(key=lambda one: (VERDICTS.index(one.verdict), -one.code_lines, one.name))
    return [one.name for one in able[:most]]


def run_case(case: Case, request: Request, top: int = TOP) -> Iterator[Mapping[str, Value] | Skipped]:
    """A row for each service, or why there is none."""
    settings = Settings(cache_dir=request.work / "extraction")
    pinned = (case.boundaries.name, case.boundaries.read_text("utf-8")) if case.boundaries else None
    try:
        with ExitStack() as stack:
            bench = stack.enter_context(workbench(str(case.root.resolve()), settings, None, case.name))
            stages = Stages(bench, Run(), settings.assumptions, pinned)
            names = [case.service] if case.service else choose_services(stages.boundaries(), case.services)
            if not names:
                yield Skipped(case.name, "no service of its plan has a route")
                return
            place = stack.enter_context(place_for(bench.snapshot, settings.cache_dir, open_sandbox("bubblewrap")))
            start = time.monotonic()
            began = prepare(place, stages, names[0], place.folders.fresh("recorded"))
            oracle = take_oracle(began, place)
            shared = time.monotonic() - start
            for name in names:
                start = time.monotonic()
                try:
                    mine, sliced, stopped = for_service(began, name), None, oracle.verdict
                    if oracle.passed:
                        evidence, _, sliced = climb_on(mine, place, stages, top, languages())
                        stopped = evidence.stopped
                except FigwrightError as error:
                    yield Skipped(f"{case.name}, {name}", str(error))
                    continue
                yield _row(case, mine, sliced, stopped, (shared, time.monotonic() - start))
    except FigwrightError as error:
        yield Skipped(case.name, str(error))


def _row(
    case: Case, climb: Climb, sliced: SliceRung | None, stopped: str, seconds: tuple[float, float]
) -> Mapping[str, Value]:
    oracle = climb.rungs[0].tally
    reached = [rung.level for rung in climb.rungs if rung.passed]
    return {
        "repository": case.name,
        "service": climb.service,
        "boundary": "ours" if case.boundaries else "the plan's",
        **_oracle_part(oracle),
        "rung": f"{max(reached)} {LEVELS[max(reached)]}" if reached else "none",
        "own": len(climb.own),
        "control": _same(_at(climb, 1)),
        **_slice_part(_at(climb, 2), sliced),
        "shared_seconds": round(seconds[0], 1),
        "seconds": round(seconds[1], 1),
        "stopped": stopped[:240],
    }


def _oracle_part(oracle: Tally) -> Mapping[str, Value]:
    return {
        "recorded": oracle.recorded,
        "replayable": oracle.replayable,
        "oracle_identical": oracle.identical,
        "oracle_masked": oracle.masked,
        "oracle_vacuous": oracle.vacuous,
        "not_replayable": oracle.not_replayable,
    }


def _slice_part(rung: Rung | None, sliced: SliceRung | None) -> Mapping[str, Value]:
    """Empty cells where the slice was not tried, or its gates were not."""
    built, gates = (sliced.built, sliced.gates) if sliced is not None else (None, None)
    return {
        "identical": rung.tally.identical if rung is not None else None,
        "masked": rung.tally.masked if rung is not None else None,
        "lines": built.slice.lines if built is not None else None,
        "lines_of": built.slice.lines_of if built is not None else None,
        "rounds": sum(bool(one.demands) for one in built.rounds) if built is not None else None,
        "killed": gates.killed if gates is not None else None,
        "mutants": len(gates.mutants) if gates is not None else None,
        "null_mutant": f"{gates.null_different} of {gates.null_asked}" if gates is not None else "",
        "wrong_service": f"{gates.wrong_identical} of {gates.wrong_asked}" if gates is not None else "",
    }


def _at(climb: Climb, level: int) -> Rung | None:
    return next((rung for rung in climb.rungs if rung.level == level), None)


def _same(rung: Rung | None) -> Value:
    return rung.tally.identical if rung is not None else None


def _cases(request: Request) -> list[Case]:
    sample = Case("orderdesk", sample_folder() / "orderdesk", 1 if request.quick else 2)
    if request.quick or request.sources is None:
        return [sample]
    folder = request.sources
    ours = TRUTHS / "ihatemoney.boundaries.toml"
    return [sample, Case("ihatemoney", folder / "ihatemoney", 1, ours, "api"), Case("babybuddy", folder / "babybuddy")]


EXTRACTION = Extraction(
    name="extraction",
    measures="How far services get up the ladder of `figwright extract`, by running them: the oracle of each repository, then each "
    "service's own requests against a slice of the code. Services with routes are taken by what the plan says of taking them out, "
    "then by size: two of orderdesk, one of each other repository.",
    truth="The monolith's own answers to the requests that the repository's tests make: status, headers, bodies, every changed "
    "database cell, mail and files, compared without a mask first. The oracle's columns say how often the monolith agrees with "
    "itself when it is replayed twice.",
    baselines="The control rung: the same code twice behind nginx, with the service's routes on one copy. Whatever a slice answers "
    "can be held against it; so can the two gates, a slice with nothing but a line counter in it (none of its answers may differ) "
    "and a service that serves nothing (none may be taken for right).",
    limits="What no test asks is not asked. ihatemoney's plan proposes a single service, so its boundary (the JSON API) is a file "
    "of ours. All three repositories were seen while the rules were made. At most 24 mutants a service, in lines that requests ran, "
    "and each is asked at most 46 of them.",
    data="opt-in: samples and --sources (ihatemoney, babybuddy); bubblewrap and nginx",
    budget=30,
    opt_in=True,
    columns=(
        Column("repository", "Repository", role="name"),
        Column("service", "Service", role="name"),
        Column("boundary", "Boundary"),
        Column("recorded", "Oracle: recorded"),
        Column("replayable", "replayable", role="higher"),
        Column("oracle_identical", "identical unmasked", role="higher"),
        Column("oracle_masked", "masked", role="lower"),
        Column("oracle_vacuous", "vacuous", role="lower"),
        Column("not_replayable", "not replayable", role="lower"),
        Column("rung", "Rung reached"),
        Column("own", "The service's requests", role="watch"),
        Column("control", "Control: identical", role="higher"),
        Column("identical", "Slice: identical", role="higher"),
        Column("masked", "masked", role="lower"),
        Column("lines", "Lines kept", role="lower"),
        Column("lines_of", "of all lines"),
        Column("rounds", "Rounds of repair", role="watch"),
        Column("killed", "Mutants killed", role="higher"),
        Column("mutants", "of mutants tried"),
        Column("null_mutant", "Line counter alone: answers changed"),
        Column("wrong_service", "Empty service: taken for right"),
        Column("shared_seconds", "Seconds of recording and oracle", 1, role="cost"),
        Column("seconds", "Seconds of the service", 1, role="cost"),
        Column("stopped", "Why it stopped"),
    ),
)
