"""Rung 3 from end to end: what of a service's tables can move, the scripts that move them, and their rehearsal on a PostgreSQL in the box."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from agent.domain.extraction import Drill, RecordedRequest, Rung, Tally
from agent.extracting.climbing import Climb
from agent.extracting.own_schema_bench import Bench, describe, open_bench, postgres_programs, rehearse
from agent.extraction import Recording, Side, compare
from agent.extraction.own_schema import (
    WRITES,
    Decision,
    Split,
    decide,
    left_out,
    make_split,
    read_tables,
    rehearsal_plan,
    scripts,
    shapes_of,
)
from agent.extraction.own_schema.outcome import Rehearsed
from agent.extraction.own_schema.readme import readme
from agent.extraction.tallying import residual, tally, tally_routes
from agent.validation import Workplace

__all__ = ["climb_own_schema", "postgres_programs"]

LEVEL, NAME = 3, "own schema"
_MOST_SNAPSHOTS = 400


def climb_own_schema(
    climb: Climb, place: Workplace, covered: frozenset[str] = frozenset(), writes: int = WRITES
) -> tuple[Rung, Mapping[str, str]]:
    """The rung, and ``own-schema/...`` (the scripts are there even when their rehearsal was not held or failed).

    ``covered``: tables whose other writers already go through a seam. ``writes``: how many the rehearsal has to carry.
    """
    decision = decide(
        climb.recording.requests, climb.first.answers, climb.boundaries, climb.owners, climb.service, covered
    )
    if not decision.moving:
        return _refusal(climb.service, Split(climb.service, "", (), refused=decision.refused)), {}
    with open_bench(climb.ground, place.toolchains) as bench:
        return _climb(climb, place, bench, decision, writes)


def _climb(
    climb: Climb, place: Workplace, bench: Bench, decision: Decision, writes: int
) -> tuple[Rung, Mapping[str, str]]:
    place.say(f"describing {len(decision.moving)} tables of {climb.service}")
    described = describe(bench, climb.recording, decision.moving)
    split = make_split(climb.service, decision, read_tables(described["tables"]))
    if not split.tables:
        return _refusal(climb.service, split), {}
    files = {f"own-schema/{name}": text for name, text in scripts(split).items()}
    files["own-schema/README.md"] = readme(split, decision)
    programs = postgres_programs()
    if programs is None:
        missing = "PostgreSQL is not installed, so nothing was rehearsed: install the package postgresql (13 or newer)"
        return Rung(level=LEVEL, name=NAME, passed=False, verdict=missing, notes=_notes(split, decision)), files
    place.say(f"rehearsing the move of {', '.join(split.names)} on PostgreSQL")
    shapes = shapes_of(climb.first.answers, split.tables)
    snapshots = sorted(
        {digest for one in climb.own if one.number not in climb.unsteady for _, digest in one.databases if digest}
    )
    plan = rehearsal_plan(
        split, shapes, described["digest"], described["elsewhere"], snapshots[:_MOST_SNAPSHOTS], writes
    )
    kept = climb.ground.folders.fresh("rolled-back")
    try:
        rehearsed, databases = rehearse(bench, climb.recording, plan, programs, kept)
        place.say("replaying on the data that came back")
        drill, more = _on_rolled_back(climb, databases, kept)
    finally:
        climb.ground.folders.drop(kept)
    return _rung(split, decision, rehearsed, drill, more), files


def _on_rolled_back(climb: Climb, databases: Mapping[str, str], kept: Path) -> tuple[Drill | None, dict[str, Any]]:
    """The service's requests once more, from the databases with the rows that came back in the place of the recorded ones."""
    steady = [
        one
        for one in climb.own
        if one.number not in climb.unsteady and not one.cannot and any(digest for _, digest in one.databases)
    ]
    asked = tuple(one for one in steady if any(digest in databases for _, digest in one.databases))
    before = {one.request: one for one in climb.first.answers}
    asked = tuple(
        one for one in asked if before[one.number].status
    )  # what the monolith cannot be asked it cannot be asked now
    cannot = sum(not before[one.number].status for one in steady)
    empty = sum(before[one.number].status != one.status for one in asked)
    if not asked:
        return None, {}
    recording = _with_databases(climb.recording, asked, databases, kept)
    again = climb.stack.replay_sides(climb.ground, recording, climb.ground.pristine, None, (Side("monolith", 0),))
    compared = compare(asked, [before[one.number] for one in asked], again.answers)
    counted = tally(asked, compared)
    same = counted.identical + counted.masked
    drill = Drill(
        name="the tests' requests on the rolled-back data",
        passed=bool(same) and same + empty == len(asked) == len(steady) - cannot and counted.vacuous == empty,
        verdict=f"{same} of the service's {len(climb.own)} requests are answered as before, each from its database with the rows that came back"
        + (f" ({empty} show nothing: the monolith never answered them as recorded)" if empty else ""),
        figures=(
            ("requests of the service", float(len(climb.own))), ("asked", float(len(asked))), ("as before", float(same)),
            ("different", float(counted.different)), ("not replayable", float(counted.not_replayable)), ("vacuous", float(counted.vacuous)),
        ),
    )  # fmt: skip
    return drill, {"tally": counted, "routes": tally_routes(asked, compared), "residual": residual(compared)}


def _with_databases(
    recording: Recording, asked: Sequence[RecordedRequest], databases: Mapping[str, str], folder: Path
) -> Recording:
    """A recording of these requests alone, their databases replaced."""
    requests = tuple(
        one.model_copy(
            update={"databases": tuple((name, databases.get(digest, digest)) for name, digest in one.databases)}
        )
        for one in asked
    )
    shutil.copyfile(recording.folder / "applications.json", folder / "applications.json")
    (folder / "requests.jsonl").write_text("".join(one.model_dump_json() + "\n" for one in requests), "utf-8")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)  # the box's user is another one
    return Recording(folder, requests, recording.applications)


def _rung(
    split: Split, decision: Decision, rehearsed: Rehearsed, drill: Drill | None, more: Mapping[str, Any]
) -> Rung:  # fmt: skip
    drills = (*rehearsed.drills, *((drill,) if drill else ()))
    failed = [one for one in drills if not one.passed]
    tables = f"{len(split.tables)} {'table' if len(split.tables) == 1 else 'tables'} ({', '.join(split.names)})"
    if rehearsed.trouble:
        verdict = f"the rehearsal of {tables} ended early: {rehearsed.trouble.splitlines()[-1][:300]}"
    elif failed:
        verdict = f"{tables}: {'; '.join(f'{one.name}: {one.verdict}' for one in failed)}"
    else:
        verdict = f"{tables} moved and back on PostgreSQL {rehearsed.version}: {rehearsed.drills[0].verdict}; {len(drills)} of {len(drills)} drills passed"
        verdict += "" if drill else "; no answer could be asked for on the rolled-back data"
    if split.refused:
        verdict += f"; {len(split.refused)} that it writes too stay with the monolith"
    torn = {route for _, routes in decision.torn for route in routes}
    if torn:
        verdict += f"; {len(torn)} {'route changes' if len(torn) == 1 else 'routes change'} both, in two transactions from then on"
    notes = (*_notes(split, decision), *rehearsed.notes)
    notes += tuple(
        f"{name}: {count} rows in the rehearsal"
        for name, count in sorted(rehearsed.rows.items())
        if name in split.names
    )
    empty = Tally()
    return Rung(
        level=LEVEL, name=NAME, passed=rehearsed.passed and drill is not None and drill.passed, verdict=verdict,
        tally=more.get("tally", empty), routes=more.get("routes", ()), residual=more.get("residual", ()), drills=drills, notes=notes,
    )  # fmt: skip


def _notes(split: Split, decision: Decision) -> tuple[str, ...]:
    return tuple(_told(split, decision))


def _told(split: Split, decision: Decision) -> Iterator[str]:
    yield from (f"{one.table} stays: {one.why}" for one in split.refused)
    for border in split.border:
        columns = ", ".join(border.reference.columns)
        yield f"{border.table}.{columns}, a foreign key to {border.reference.table}, becomes a plain column"
    for table, routes in decision.torn:
        yield f"changed together with {table}, which stays, so in two transactions from then on: {', '.join(routes)}"
    for name in decision.guessed:
        yield f"the plan does not name {split.service} alone as writer of {name}; no other was seen"
    for table, readers in decision.readers:
        yield f"{table} is read by {', '.join(readers)}, from then on in the monolith's copy"
    yield from (one for table in split.tables for one in left_out(table))


def _refusal(service: str, split: Split) -> Rung:
    if split.refused:
        reasons = "; ".join(f"{one.table}: {one.why}" for one in split.refused)
        verdict = f"{service} is the only writer of no table, so none can move ({reasons})"
    else:
        verdict = f"no request of {service} was seen to change a table, so there is nothing to move"
    return Rung(level=LEVEL, name=NAME, passed=False, verdict=verdict)
