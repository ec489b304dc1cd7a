"""The box that a split is described and rehearsed in: its scripts, a database driver and a PostgreSQL of its own; plans in, results out."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from agent.domain.execution import OUT, Command, Outcome, Toolchain
from agent.domain.execution import Folders as BoxFolders
from agent.errors import ExtractionError
from agent.extraction import Ground, Recording
from agent.extraction.own_schema.outcome import Rehearsed, drills_of
from agent.extraction.staging import WORK, stage_box
from agent.ports import Toolchains

__all__ = ["Bench", "describe", "open_bench", "postgres_programs", "rehearse"]

_DRIVER = "pg8000"
_SECONDS = 420.0
_PYTHON = ">=3.10"
"""What the driver needs; nothing of the repository runs in this box, so that its own interpreter is not asked."""
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_PACKAGES = ("/usr/lib/postgresql", "/usr/pgsql-*", "/usr/libexec/postgresql*", "/usr/local/pgsql")


@dataclass(frozen=True)
class Bench:
    """One box after another, with the scripts and the driver in it."""

    ground: Ground
    python: Toolchain
    box: Path

    def run(self, script: str, plan: Mapping[str, Any], out: Path, show: Sequence[Path]) -> Outcome:
        (out / "plan.json").write_text(json.dumps(plan), "utf-8")
        start = f"import sys; from figwright_box import {script}; {script}.main(sys.argv[1])"
        command = Command(
            (str(self.python.executable), "-c", start, f"{OUT}/plan.json"),
            {"PYTHONPATH": f"{self.box}:{self.box}/drivers", "PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
        )
        folders = BoxFolders(self.ground.folders.fresh("empty"), self.ground.folders.fresh("nothing"), out)
        try:
            shown = (
                self.python,
                *(Toolchain(f"figwright-{n}", "0", one, one) for n, one in enumerate((self.box, *show))),
            )
            return self.ground.sandbox.run(command, folders, shown, replace(self.ground.limits, wall_seconds=_SECONDS))
        finally:
            for folder in (folders.repo, folders.env):
                self.ground.folders.drop(folder)


@contextmanager
def open_bench(ground: Ground, toolchains: Toolchains) -> Iterator[Bench]:
    """Taken away at the end. Raises ExtractionError when there is no interpreter for it, or no driver."""
    python = toolchains.best("python", _PYTHON)
    if python is None:
        raise ExtractionError("a schema of its own is rehearsed with Python 3.10 or newer: install one.")
    box = stage_box(ground, recorder=False)
    try:
        _stage_driver(box / "drivers")
        yield Bench(ground, python, box)
    finally:
        ground.folders.drop(box)


def _stage_driver(target: Path) -> None:
    """The database's driver and what it needs, as they are installed here: pure Python, all of it."""
    waiting, done = [_DRIVER], set()
    while waiting:
        name = waiting.pop()
        try:
            found = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            raise ExtractionError(
                f"the database driver's package {name} is not installed: install figwright anew with its dependencies."
            ) from None
        done.add(name)
        for file in found.files or ():
            source = Path(str(found.locate_file(file)))
            if ".." in file.parts or file.suffix == ".pyc" or not source.is_file():
                continue
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target / file)
        needed = [re.split(r"[^A-Za-z0-9._-]", one)[0] for one in found.requires or () if ";" not in one]
        waiting += [one for one in needed if one not in done]
    for path in (target, *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def postgres_programs() -> Path | None:
    """The folder with ``postgres`` and ``initdb``, of the newest version that is installed."""
    found = [
        folder
        for place in _PACKAGES
        for folder in (*Path("/").glob(f"{place[1:]}/*/bin"), *Path("/").glob(f"{place[1:]}/bin"))
        if (folder / "postgres").is_file() and (folder / "initdb").is_file()
    ]
    if not found and (program := shutil.which("postgres")) and (Path(program).parent / "initdb").is_file():
        found = [Path(program).parent]
    return max(found, key=lambda one: [int(part) for part in re.findall(r"\d+", str(one))], default=None)


def describe(bench: Bench, recording: Recording, tables: Sequence[str]) -> dict[str, Any]:
    digests = sorted({digest for one in recording.requests for _, digest in one.databases if digest})
    plan = {
        "recording": str(recording.folder.resolve()),
        "digests": digests,
        "tables": list(tables),
        "out": "/out/result.json",
    }
    out = bench.ground.folders.fresh("own-schema")
    try:
        found = _result(bench, "own_schema_describe", plan, recording, out)
    finally:
        bench.ground.folders.drop(out)
    if found.get("trouble") or not {"tables", "digest", "elsewhere"} <= set(found):
        raise ExtractionError(
            f"the recorded databases cannot be described: {found.get('trouble') or 'nothing came out'}."
        )
    return found


def rehearse(
    bench: Bench, recording: Recording, plan: dict[str, Any], programs: Path, kept: Path
) -> tuple[Rehearsed, Mapping[str, str]]:
    """What it showed, and digests of recorded databases with those of the same with the rows that came back, which are put into ``kept``."""
    plan |= {
        "recording": str(recording.folder.resolve()),
        "postgres": str(programs),
        "work": WORK,
        "out": "/out/result.json",
        "back": "/out/back",
    }
    out = bench.ground.folders.fresh("own-schema")
    try:
        found = _result(bench, "own_schema_rehearse", plan, recording, out)
        shutil.copytree(recording.folder / "blobs", kept / "blobs", copy_function=_link)
        databases = {}
        for old, new in dict(found.get("databases", {})).items():
            made = out / "back" / str(new)[:2] / str(new)
            if _DIGEST.match(str(new)) and made.is_file():
                (kept / "blobs" / str(new)[:2]).mkdir(exist_ok=True)
                shutil.copyfile(made, kept / "blobs" / str(new)[:2] / str(new))
                databases[str(old)] = str(new)
        return drills_of(found, plan["writes"]), databases
    finally:
        bench.ground.folders.drop(out)


def _result(bench: Bench, script: str, plan: Mapping[str, Any], recording: Recording, out: Path) -> dict[str, Any]:
    """The JSON that the box wrote; ``trouble`` when there is none."""
    outcome = bench.run(script, plan, out, (recording.folder.resolve(),))
    said = outcome.stopped_by and f"{outcome.stopped_by} used up"
    trouble = said or outcome.stderr.decode("utf-8", "replace")[-2000:] or "it wrote nothing"
    try:
        read = json.loads((out / "result.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return {"trouble": trouble}
    return read if isinstance(read, dict) else {"trouble": trouble}


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copyfile(source, target)
