"""How far services are taken out by running them: the oracle of each repository, and what came of each service's rungs."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from agent.composition import languages, open_sandbox, place_for, workbench
from agent.domain.boundary import Boundaries
from agent.domain.extraction import Drill, Rung, Tally
from agent.errors import FigwrightError
from agent.extracting.ladder import LEVELS, Climb, climb_on, for_service, prepare, take_oracle
from agent.extracting.slice_rung import SliceRung
from agent.pipeline import Run, Stages
from agent.settings import Settings
from eval.datasets import sample_folder
from eval.task import Column, Description, Outcome, Request, Skipped, Value

__all__ = ["EXTRACTION", "Case", "choose_services", "run_case"]

TRUTHS = Path(__file__).resolve().parent.parent / "truths"
IHATEMONEY = ("api", "history")
ORDERDESK = ("shipping", "report")  # the first writes tables alone; others call the second within the process
VERDICTS = ("extract first", "extract later", "keep in", "do not split")


@dataclass(frozen=True)
class Case:
    """``services`` of its plan are taken by `choose_services`; with ``boundaries``, a file of ours beside the task, those
    that are ``named`` in it. ``tops`` are the highest rungs, in the services' order; the last one stands for the rest."""

    name: str
    root: Path
    services: int = 2
    boundaries: Path | None = None
    named: tuple[str, ...] = ()
    tops: tuple[int, ...] = (4, 2)


@dataclass(frozen=True)
class Extraction(Description):
    """One row a service; the recording and the oracle are made once for each repository."""

    def run(self, request: Request) -> Outcome:
        rows: list[Mapping[str, Value]] = []
        skipped: list[Skipped] = []
        cases = _cases(request)
        # Two at a time, each in a process of its own: most of it waits for a box
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1 if len(cases) == 1 else 2, mp_context=spawn) as pool:
            for found in (one for many in pool.map(_all_of, cases, [request] * len(cases)) for one in many):
                if isinstance(found, Skipped):
                    skipped.append(found)
                else:
                    rows.append(found)
        if request.sources is None and not request.quick:
            skipped.append(Skipped("real repositories", "--sources DIR with their folders was not given"))
        return Outcome(tuple(rows), tuple(skipped))


def _all_of(case: Case, request: Request) -> list[Mapping[str, Value] | Skipped]:
    if not case.root.is_dir():
        return [Skipped(case.name, f"--sources DIR has no {case.name}")]
    return [*run_case(case, request)]


def choose_services(boundaries: Boundaries, most: int) -> list[str]:
    """Those with routes: by what the plan says of taking them out, then the largest first."""
    able = [one for one in boundaries.services if any(" " in entry for entry in one.entry_points)]
    able.sort(key=lambda one: (VERDICTS.index(one.verdict), -one.code_lines, one.name))
    return [one.name for one in able[:most]]


def run_case(case: Case, request: Request) -> Iterator[Mapping[str, Value] | Skipped]:
    """A row for each service, or why there is none."""
    settings = Settings(cache_dir=request.work / "extraction" / case.name)
    pinned = (case.boundaries.name, case.boundaries.read_text("utf-8")) if case.boundaries else None
    try:
        with ExitStack() as stack:
            bench = stack.enter_context(workbench(str(case.root.resolve()), settings, None, case.name))
            stages = Stages(bench, Run(), settings.assumptions, pinned)
            names = [*case.named] or choose_services(stages.boundaries(), case.services)
            if not names:
                yield Skipped(case.name, "no service of its plan has a route")
                return
            start = time.monotonic()
            sandbox = open_sandbox("bubblewrap")
            place = stack.enter_context(
                place_for(bench.snapshot, settings.cache_dir, sandbox, _saying(case.name, start))
            )
            began = prepare(place, stages, names[0], place.folders.fresh("recorded"))
            oracle = take_oracle(began, place)
            shared = time.monotonic() - start
            for number, name in enumerate(names):
                top = case.tops[min(number, len(case.tops) - 1)]
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


def _saying(name: str, start: float) -> Callable[[str], None]:
    """Half an hour without a word looks like a hang: what is done, and after how many seconds, on standard error."""
    return lambda text: print(f"{time.monotonic() - start:6.0f} s {name}: {text}", file=sys.stderr, flush=True)


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
        **_beyond_part(_at(climb, 2)),
        "own_schema": _said(_at(climb, 3)),
        "branch": _said(_at(climb, 4)),
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
    mutants = rung.mutants if rung is not None else None
    return {
        "identical": rung.tally.identical if rung is not None else None,
        "masked": rung.tally.masked if rung is not None else None,
        "vacuous": rung.tally.vacuous if rung is not None else None,
        "lines": built.slice.lines if built is not None else None,
        "lines_of": built.slice.lines_of if built is not None else None,
        "rounds": sum(bool(one.demands) for one in built.rounds) if built is not None else None,
        "killed_recorded": mutants.by_recorded if mutants is not None else None,
        "killed": mutants.killed if mutants is not None else None,
        "mutants": mutants.tried if mutants is not None else None,
        "null_mutant": f"{gates.null_different} of {gates.null_asked}" if gates is not None else "",
        "wrong_service": f"{gates.wrong_identical} of {gates.wrong_asked}" if gates is not None else "",
    }


def _beyond_part(rung: Rung | None) -> Mapping[str, Value]:
    """Requests that no test makes, the tests behind the facade, and the drills."""
    generated = rung.generated if rung is not None else None
    live = rung.live if rung is not None else None
    drills = rung.drills if rung is not None else ()
    return {
        "generated": generated.replayable if generated is not None else None,
        "generated_same": generated.identical + generated.masked if generated is not None else None,
        "live_control": live.control_passed if live is not None else None,
        "live": live.passed if live is not None else None,
        "live_new": len(live.new_failures) if live is not None else None,
        "live_tests": live.tests if live is not None else None,
        "drills": _drilled(drills),
    }


def _drilled(drills: Sequence[Drill]) -> str:
    """How many passed, and the words of those that did not."""
    failed = "; ".join(f"{one.name}: {one.verdict}" for one in drills if not one.passed)
    return f"{sum(one.passed for one in drills)} of {len(drills)}{f' ({failed})' if failed else ''}" if drills else ""


def _said(rung: Rung | None) -> Value:
    """A rung's verdict with its drills, in words; empty where it was not tried."""
    if rung is None:
        return ""
    drills = f" Drills: {sum(one.passed for one in rung.drills)} of {len(rung.drills)}." if rung.drills else ""
    return f"{'holds' if rung.passed else 'does not hold'}: {rung.verdict}.{drills}"[:400]


def _at(climb: Climb, level: int) -> Rung | None:
    return next((rung for rung in climb.rungs if rung.level == level), None)


def _same(rung: Rung | None) -> Value:
    return rung.tally.identical if rung is not None else None


def _cases(request: Request) -> list[Case]:
    samples = sample_folder()
    if request.quick:
        return [Case("orderdesk", samples / "orderdesk", 1, tops=(2,))]
    own = [
        Case("orderdesk", samples / "orderdesk", named=ORDERDESK, tops=(3, 4)),
        Case("storefront", samples / "storefront", tops=(2,)),
        Case("claims", samples / "claims", 1, tops=(2,)),
    ]
    if request.sources is None:
        return own
    ours = TRUTHS / "ihatemoney.boundaries.toml"
    real = [
        Case("babybuddy", request.sources / "babybuddy", tops=(2,)),
        Case("ihatemoney", request.sources / "ihatemoney", boundaries=ours, named=IHATEMONEY, tops=(2,)),
    ]
    return [*real, *own]


EXTRACTION = Extraction(
    name="extraction",
    measures="How far services get up the ladder of `figwright extract`, by running them: the oracle of each repository, then each "
    "service's own requests against a slice of the code. Services with routes are taken by what the plan says of taking them out, "
    "then by size, unless they are named: orderdesk's and ihatemoney's are. Orderdesk alone is taken above the slice.",
    truth="The monolith's own answers to the requests that the repository's tests make: status, headers, bodies, every changed "
    "database cell, mail and files, compared without a mask first. The oracle's columns say how often the monolith agrees with "
    "itself when it is replayed twice.",
    baselines="The control rung: the same code twice behind nginx, with the service's routes on one copy. Whatever a slice answers "
    "can be held against it; so can the two gates, a slice with nothing but a line counter in it (none of its answers may differ) "
    "and a service that serves nothing (what it answers right shows nothing, and is counted as vacuous).",
    limits="ihatemoney's plan proposes a single service, so its boundaries are a file of ours. All repositories were seen while "
    "the rules were made. At most 24 mutants a service, in lines that requests ran, and each is asked some of them only. A schema of "
    "its own is rehearsed with rows and writes made from recorded ones, on PostgreSQL beside SQLite's monolith. Two cases run side by "
    "side, so that seconds are those of a busy machine.",
    data="opt-in: samples and --sources (ihatemoney, babybuddy); bubblewrap, nginx, PostgreSQL, Node and a JDK",
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
        Column("vacuous", "vacuous", role="lower"),
        Column("lines", "Lines kept", role="lower"),
        Column("lines_of", "of all lines"),
        Column("rounds", "Rounds of repair", role="watch"),
        Column("generated", "Generated requests"),
        Column("generated_same", "answered alike", role="higher"),
        Column("killed_recorded", "Mutants killed by recorded requests", role="watch"),
        Column("killed", "and by generated ones, in all", role="higher"),
        Column("mutants", "of mutants tried"),
        Column("null_mutant", "Line counter alone: answers changed"),
        Column("wrong_service", "Empty service: answers right, and these are vacuous"),
        Column("live_tests", "Live tests"),
        Column("live_control", "pass with all on the monolith"),
        Column("live", "pass with the service", role="higher"),
        Column("live_new", "new failures", role="lower"),
        Column("drills", "Drills passed"),
        Column("own_schema", "Own schema"),
        Column("branch", "Branch by abstraction"),
        Column("shared_seconds", "Seconds of recording and oracle", 1, role="cost"),
        Column("seconds", "Seconds of the service", 1, role="cost"),
        Column("stopped", "Why it stopped"),
    ),
)
