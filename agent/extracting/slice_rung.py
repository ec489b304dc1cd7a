"""Rung 2 from end to end: the slice, its gates, its containers, and the rung that the evidence file shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from agent.domain.extraction import Answer, RecordedRequest, Rung
from agent.extracting.packing import pack_slice
from agent.extracting.slice_gates import MOST_MUTANTS, Gates, try_gates
from agent.extracting.slice_report import slice_files
from agent.extracting.slices import BuiltSlice, build_slice
from agent.extracting.stacks import Cutter
from agent.extracting.writing import write_tree
from agent.extraction import Ground
from agent.extraction.tallying import residual, tally, tally_routes
from agent.ports import Language

__all__ = ["SliceRung", "climb_slice"]


@dataclass(frozen=True)
class SliceRung:
    """``files`` go below the output folder: ``slice/``, ``containers/``, ``slice.json``."""

    rung: Rung
    built: BuiltSlice
    gates: Gates | None
    files: Mapping[str, bytes]


def climb_slice(
    ground: Ground, cutter: Cutter, languages: Mapping[str, Language], ours: Sequence[Answer] = (), *,
    mutants: int = MOST_MUTANTS, seed: int = 0, say: Callable[[str], None] = lambda _: None,
) -> SliceRung:  # fmt: skip
    """``ours``: the monolith's answers, where the caller has them; the others are asked for here. ``mutants`` 0: none are tried."""
    known = {one.request: one for one in ours}
    asked = [one.number for one in cutter.own()]
    missing = [number for number in asked if number not in known]
    if missing:
        say(f"the monolith answers {len(missing)} requests of {cutter.service}")
        known |= {one.request: one for one in cutter.replay(ground.pristine, missing, "monolith").answers}
    control = [known[number] for number in asked]
    built = build_slice(ground, cutter, control, say)
    gates = None
    if any(one.verdict in ("identical", "masked") for one in built.comparisons):
        gates = try_gates(ground, cutter, built, control, languages, most=mutants, seed=seed, say=say)
    folder = write_tree(ground.folders.fresh("slice"), built.slice)
    try:
        containers, nothing = pack_slice(folder, cutter.service, _health(built.requests))
    finally:
        ground.folders.drop(folder)
    return SliceRung(_rung(built, gates, nothing), built, gates, slice_files(built, gates, containers))


def _health(requests: Sequence[RecordedRequest]) -> str:
    """What can be asked of the service without signing in first: the shortest such address that was recorded."""
    found = [
        one.target
        for one in requests
        if one.method == "GET" and one.status < 400 and not any(name.lower() == "cookie" for name, _ in one.headers)
    ]
    return min(found, key=lambda target: (len(target), target), default="")


def _rung(built: BuiltSlice, gates: Gates | None, nothing: str) -> Rung:
    notes = [*built.notes]
    if gates is not None:
        notes.append(
            f"a harmless change altered {gates.null_different} of {gates.null_asked} answers; "
            f"of a service that serves nothing, {gates.wrong_identical} of {gates.wrong_asked} answers were taken for right"
        )
        if gates.mutants:
            notes.append(f"{gates.killed} of {len(gates.mutants)} mutants in executed lines were noticed")
    if nothing:
        notes.append(f"no container: {nothing}")
    return Rung(
        level=2,
        name="slice",
        passed=built.passed and gates is not None and gates.honest,
        verdict=built.verdict,
        tally=tally(built.requests, built.comparisons),
        routes=tally_routes(built.requests, built.comparisons),
        residual=residual(built.comparisons),
        upstreams=tuple(sorted(Counter(one.upstream or "nobody" for one in built.answers).items())),
        notes=tuple(notes),
    )
