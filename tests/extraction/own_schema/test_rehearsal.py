"""A small split rehearsed on a real PostgreSQL in a real sandbox: it holds, and each thing that is broken in it is found."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.adapters.bubblewrap_sandbox import BubblewrapSandbox
from agent.adapters.machine_toolchains import MachineToolchains
from agent.adapters.work_folders import WorkFolders
from agent.domain.extraction import Answer, CellChange, Drill
from agent.extracting.own_schema_bench import Bench, describe, open_bench, postgres_programs, rehearse
from agent.extraction import Ground, Recording
from agent.extraction.box.blobs import Blobs
from agent.extraction.own_schema import Decision, make_split, read_tables, rehearsal_plan, shapes_of
from agent.extraction.own_schema.outcome import Rehearsed
from tests.extraction.own_schema.test_tables import SHOP

PROGRAMS = postgres_programs()
WHY_NOT = BubblewrapSandbox().unusable() or ("" if PROGRAMS else "PostgreSQL is not installed: the package postgresql")
if WHY_NOT and os.environ.get("FIGWRIGHT_REQUIRE_SANDBOX") == "bubblewrap":
    raise RuntimeError(WHY_NOT)
pytestmark = [pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT), pytest.mark.timeout(600)]

FEW = 300
GUARD = "a.version < excluded.version"


def changes(*cells: tuple[str, str, str, str | None, str | None]) -> Answer:
    found = (CellChange(database="d", table=t, row=r, column=c, before=b, after=a) for t, r, c, b, a in cells)
    return Answer(request=1, changes=tuple(found))


ANSWERS = (
    changes(("quote", "1", "price", "2.5", "7.25"), ("quote", "1", "made", "NULL", "'2024-03-16 12:00:00.000000'")),
    changes(("line", "1, 3", "quote_id", None, "1"), ("line", "1, 3", "place", None, "3"), ("line", "1, 3", "amount", None, "2")),
    changes(("line", "1, 2", "amount", "3", None), ("line", "1, 2", "quote_id", "1", None), ("line", "1, 2", "place", "2", None)),
)  # fmt: skip


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("bench")
    with WorkFolders(folder / "cache") as folders:
        ground = Ground(BubblewrapSandbox(), folders, folder, folder, (), (), {})
        with open_bench(ground, MachineToolchains()) as found:
            yield found


def recorded(folder: Path) -> tuple[Recording, str]:
    made = sqlite3.connect(":memory:")
    made.executescript(SHOP)
    digest = Blobs(str(folder / "blobs")).put(made.serialize())
    made.close()
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return Recording(folder, (), ()), digest


def plan_for(bench: Bench, recording: Recording, digest: str) -> dict[str, Any]:
    recording = Recording(recording.folder, (_request(digest),), ())
    found = describe(bench, recording, ("quote", "line"))
    split = make_split("quotes", Decision(("line", "quote"), ()), read_tables(found["tables"]))
    return rehearsal_plan(split, shapes_of(ANSWERS, split.tables), found["digest"], found["elsewhere"], (digest,), FEW)


def _request(digest: str) -> Any:
    from agent.domain.extraction import RecordedRequest

    return RecordedRequest(
        number=1, test="t", application="a", method="GET", target="/", clock=0.0, status=200, databases=(("d", digest),)
    )


def held(bench: Bench, folder: Path, *broken: tuple[str, str, str]) -> tuple[Rehearsed, list[tuple[Any, ...]]]:
    """The rehearsal with (file, what, by what) replaced in its scripts, and the recorded quote as it came back."""
    recording, digest = recorded(folder)
    plan = plan_for(bench, recording, digest)
    plan["pause"] = 0.01 if broken else plan["pause"]  # a race has to have its chance
    for name, what, other in broken:
        assert what in plan["files"][name]
        plan["files"][name] = plan["files"][name].replace(what, other)
    assert PROGRAMS is not None
    kept = bench.ground.folders.fresh("kept")
    rehearsed, databases = rehearse(bench, recording, plan, PROGRAMS, kept)
    rows: list[tuple[Any, ...]] = []
    if digest in databases:
        content = Blobs(str(kept / "blobs")).get(databases[digest])
        with sqlite3.connect(":memory:") as back:
            back.deserialize(content)
            rows = back.execute("SELECT * FROM quote").fetchall() + back.execute("SELECT * FROM line").fetchall()
    bench.ground.folders.drop(kept)
    return rehearsed, rows


def by_name(rehearsed: Rehearsed) -> dict[str, Drill]:
    assert not rehearsed.trouble, rehearsed.trouble
    return {one.name: one for one in rehearsed.drills}


def test_tables_move_and_come_back_under_load_and_every_fault_is_found(bench: Bench, tmp_path: Path) -> None:
    rehearsed, rows = held(bench, tmp_path)

    assert not rehearsed.trouble, rehearsed.trouble
    assert [one.name + ": " + one.verdict for one in rehearsed.drills if not one.passed] == []
    assert len(rehearsed.drills) == 13
    assert dict(by_name(rehearsed)["concurrent writes"].figures)["committed"] >= FEW
    assert rows == [
        (1, "Q1", 1, 2.5, 1, "2024-03-15 12:00:00.000000", "2024-04-15", 3, "XY", b"\x00\xff"),
        (1, 1, 10.25),
        (1, 2, 3),
    ]


@pytest.mark.slow
def test_without_the_version_guard_swapped_events_do_harm_and_the_drill_says_so(bench: Bench, tmp_path: Path) -> None:
    drills = by_name(held(bench, tmp_path, ("02-service.sql", GUARD, "true"))[0])

    assert not drills["two events swapped"].passed
    assert not drills["stale row in the snapshot"].passed
    assert not drills["event delivered twice"].passed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "what", "other"),
    [
        ("01-monolith.sql", "AFTER INSERT OR UPDATE OR DELETE", "AFTER INSERT OR UPDATE"),  # ends are not told
        ("migrate.py", "'seq', 0,", "'seq', 1000000000,"),  # backfilled rows win over events
        ("migrate.py", 'switch(source, [("split_fence", True)])', "pass"),  # flips without a fence
    ],
)
def test_a_broken_move_is_not_taken_for_a_good_one(
    bench: Bench, tmp_path: Path, name: str, what: str, other: str
) -> None:
    rehearsed, _ = held(bench, tmp_path, (name, what, other))

    assert not rehearsed.passed


def test_what_cannot_be_read_is_no_rehearsal_that_held() -> None:
    from agent.extraction.own_schema.outcome import drills_of

    assert not drills_of({}, FEW).passed
    assert not drills_of(json.loads('{"load": {}, "counted": 3, "drills": [], "killed": []}'), FEW).passed
