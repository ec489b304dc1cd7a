"""Rung 4: callers of what moved go through a seam with both sides and a flag; both positions replay, and the service is taken down.

In: a climb with its oracle, and the slice. Out: the rung, and files: patches, the slice with its endpoint, what crosses and what does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from agent.domain.extraction import Comparison, Drill, Rung
from agent.extracting.branch_deleting import delete
from agent.extracting.branch_drills import drill_service
from agent.extracting.branch_report import branch_files, branch_json, held_back
from agent.extracting.branch_runs import Bench, Branched, branch
from agent.extracting.climbing import Climb, Made
from agent.extracting.python_stack import entries_of
from agent.extracting.slice_rung import SliceRung
from agent.extraction.branching.deciding import Decision
from agent.extraction.branching.deleting import Deletion
from agent.extraction.slicing import open_program
from agent.extraction.tallying import residual, tally, tally_routes
from agent.ports import Language
from agent.validation import Workplace

__all__ = ["bench_of", "branch_rung", "climb_branch", "rung_of"]

LEVEL, NAME = 4, "branch by abstraction"


def climb_branch(
    climb: Climb, place: Workplace, made: Made, sliced: SliceRung, languages: Mapping[str, Language]  # noqa: ARG001 - as every rung
) -> tuple[Rung, Mapping[str, str]]:  # fmt: skip
    """The rung, and files by their path below the output folder. The slice is written again, with what is asked for over the seam."""
    if climb.stack.ecosystem != "python":
        nothing = "seams are written for Flask and Django so far"
        return Rung(level=LEVEL, name=NAME, passed=False, verdict=nothing), {}
    return branch_rung(bench_of(climb, place, made, sliced), climb)


def bench_of(climb: Climb, place: Workplace, made: Made, sliced: SliceRung) -> Bench:
    """What the runs need, from what the rungs below found."""
    paths = [path for path, _ in place.tree.paths()]
    graph = made.graph()
    program, cut = open_program(graph, made.inventory(), climb.boundaries, climb.service, paths, place.tree.read)
    return Bench(
        ground=climb.ground,
        recording=climb.recording,
        program=program,
        cut=cut,
        graph=graph,
        homes={unit.id: unit.service for unit in climb.boundaries.units},
        ours={one.request: one for one in climb.first.answers},
        own=frozenset(one.number for one in climb.own),
        entries=entries_of(climb.recording, program),
        demands=tuple(dict.fromkeys(demand for one in sliced.built.rounds for demand in one.demands)),
        unsteady=climb.unsteady,
        say=place.say,
    )


def branch_rung(bench: Bench, climb: Climb) -> tuple[Rung, Mapping[str, str]]:
    """Write it, prove both positions, take the service down, and take the old code out."""
    written = branch(bench)
    if written.failure or written.made is None:
        return _failed(bench, written), {"branch.json": branch_json(bench, written)}
    drills, seen = drill_service(bench, written)
    gone, without, seam = delete(bench, written)
    held = held_back(bench, written, climb)
    rung = rung_of(bench, written, drills, gone, without, held)
    return rung, branch_files(bench, written, drills, seen, gone, seam, held)


def _shown(compared: Sequence[Comparison]) -> tuple[int, int]:
    """(answers that are the monolith's, answers that could be held against it)."""
    same = sum(one.verdict in ("identical", "masked") for one in compared)
    return same, same + sum(one.verdict == "different" for one in compared)


def rung_of(
    bench: Bench, written: Branched, drills: tuple[Drill, ...], gone: Deletion, without: Sequence[Comparison], held: str
) -> Rung:  # fmt: skip
    """Holds when both positions and the program without the old code answer as the monolith does, something really went the new
    way, and the drills touched nobody who does not ask the service."""
    local, remote, deleted = (_shown(one) for one in (written.local, written.remote, without))
    staying = [one for one in written.decisions if one.what == "stays"]
    both = f"with the flag on local {local[0]} of {local[1]} answers are the monolith's, on remote {remote[0]} of {remote[1]}"
    asked = bool(written.crossed) if written.operations else written.strays == written.refused > 0
    whole = local[0] == local[1] > 0 and remote[0] == remote[1] > 0 and deleted[0] == deleted[1]
    return Rung(
        level=LEVEL,
        name=NAME,
        passed=asked and whole and all(one.passed for one in drills),
        verdict=f"{_told(bench, written, staying)}; {both}",
        tally=tally(bench.requests, written.remote),
        routes=tally_routes(bench.requests, written.remote),
        residual=residual([*written.remote, *(one for one in written.local if one.verdict == "different")]),
        upstreams=tuple(sorted(Counter(written.upstreams).items())),
        drills=drills,
        notes=(
            f"the patch that deletes {gone.lines} lines of what moved is held back until the parity ledger is whole; today {held}; "
            f"without that code {deleted[0]} of {deleted[1]} answers are the monolith's",
            *_tests_of(bench, gone),
            *_left_out(bench),
            *_stays(staying),
        ),
    )  # fmt: skip


def _tests_of(bench: Bench, gone: Deletion) -> list[str]:
    """Tests that name what goes: they go with it, or are turned to what is left."""
    names = {*gone.symbols, *gone.stubs}
    modules = {name for name in gone.symbols if name in bench.program.modules}
    found: Counter[str] = Counter()
    for edge in bench.graph.dependencies:
        if bench.graph.by_id[edge.source].role == "test":
            parents = {edge.target, edge.target.rpartition(".")[0]}
            found[edge.path] += bool(parents & names) or bench.graph.unit_of(edge.target) in modules
    named = [f"{path} ({count})" for path, count in sorted(found.items()) if count]
    return [f"tests that name what the deletion takes out, to be moved with it: {', '.join(named)}"] if named else []


def _left_out(bench: Bench) -> list[str]:
    count = len(bench.recording.requests) - len(bench.requests)
    return [f"{count} requests are left out, in which the monolith does not agree with itself"] if count else []


def _told(bench: Bench, written: Branched, staying: Sequence[Decision]) -> str:
    service, crossing = bench.cut.service, sum(one.what == "crosses" for one in written.decisions)
    if written.operations:
        return (
            f"{crossing} of {crossing + len(staying)} places that use {service} from outside go through the seam, "
            f"and {len(written.crossed)} recorded requests call the service there"
        )
    why = (
        f"none of the {len(staying)} places that use {service} from outside can cross a wire"
        if staying
        else f"nothing outside of {service} calls it within the process"
    )
    return (
        f"{why}: the facade is the only seam, and the flag stands on the routes; of {written.strays} requests of the service "
        f"that reach the monolith all the same {written.refused} are answered 501"
    )


def _failed(bench: Bench, written: Branched) -> Rung:
    staying = [one for one in written.decisions if one.what == "stays"]
    lines = written.failure.strip().splitlines() or ["there is no slice"]
    why = f"no seam before {bench.cut.service}: {lines[-1][:300]}"
    return Rung(level=LEVEL, name=NAME, passed=False, verdict=why, notes=tuple(_stays(staying)))


def _stays(staying: Sequence[Decision]) -> list[str]:
    """What stays in the process, by its reason, with the places."""
    groups: dict[tuple[str, str], list[str]] = {}
    for one in staying:
        groups.setdefault((one.use.target.symbol, one.reason), []).append(f"{one.use.path}:{one.use.line}")
    return [
        f"stays in the process: {symbol} ({len(places)} places, the first {places[0]}): {reason}"
        for (symbol, reason), places in sorted(groups.items())
    ]
