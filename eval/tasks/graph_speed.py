"""What the dependency graph costs against its limits: in CPU seconds, as a multiple of merely parsing, and in memory."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.datasets import sample_folder
from eval.task import Column, Description, Outcome, Request, Skipped, Value
from eval.tasks.graph_speed_raw import measure_in_turns

__all__ = ["GRAPH_SPEED"]

REPEATS = 3
LIMITS = {"structure": 3.0, "calls": 10.0}  # times raw
EDIT_SECONDS, INDEX_SECONDS, MEMORY_MB = 0.5, 15.0, 150.0
SUFFIXES = {"django": ".py", "struts2-core": ".java"}
GET = {
    "django": "the `django` folder of the 5.2.8 sdist",
    "struts2-core": "its unpacked sources jar (mvn dependency:get -Dartifact=org.apache.struts:struts2-core:...:jar:sources)",
    "spring-framework": "the 4.3.30 sources (apt-get source libspring-java), for growth up to a million lines",
}
FUNCTION = re.compile(r"(?m)^(    def \w+\(self[^\n]*\):\n)(        )(?![\"'])")
METHOD = re.compile(r"(?m)^((?:    |\t)public \w+ \w+\([^)]*\)[^;{]*\{[ \t]*\r?\n)()")
STATEMENT = {".py": "        noted = str(len(repr(self)))\n", ".java": "        String noted = String.valueOf(1);\n"}
Row = Mapping[str, Value]


@dataclass(frozen=True)
class GraphSpeed(Description):
    """In-process measures are taken turn by turn, so that a busy machine slows them alike; the rest in own processes."""

    def run(self, request: Request) -> Outcome:
        rows: list[Row] = []
        skipped: list[Skipped] = []
        sample = sample_folder() / "orderdesk"
        rows += _against_raw("orderdesk", sample, ".py", 1 if request.quick else REPEATS)
        for name, suffix in SUFFIXES.items():
            root = _place(request, name)
            if root is None:
                skipped.append(Skipped(name, f"--sources DIR has no {name}: put there {GET[name]}"))
                continue
            rows += _against_raw(name, root, suffix, REPEATS)
            rows += _whole(name, root, suffix, request.work / name)
        rows += _edits("orderdesk", sample, ".py", request.work / "orderdesk")
        root = _place(request, "spring-framework")
        if root is None:
            skipped.append(
                Skipped("growth", f"--sources DIR has no spring-framework: put there {GET['spring-framework']}")
            )
        else:
            rows += _growth(root, request.work / "growth")
        return Outcome(tuple(rows), tuple(skipped))


def _place(request: Request, name: str) -> Path | None:
    root = (request.sources / name).resolve() if request.sources is not None and not request.quick else None
    return root if root is not None and root.is_dir() else None


def _row(measure: str, repository: str, value: float, unit: str, limit: float | None = None, note: str = "") -> Row:
    return {
        "measure": measure,
        "repository": repository,
        "value": round(value, 2),
        "unit": unit,
        "limit": limit,
        "share": round(value / limit, 2) if limit else None,
        "note": note,
    }


def _against_raw(name: str, root: Path, suffix: str, repeats: int) -> Iterator[Row]:
    spent = measure_in_turns(root, suffix, repeats)
    for job, limit in LIMITS.items():
        if job in spent:
            note = f"{spent[job]:.2f} s, raw {spent['raw']:.2f} s"
            yield _row(f"{job} from nothing", name, spent[job] / spent["raw"], "times raw", limit, note)


def _whole(name: str, root: Path, suffix: str, work: Path) -> Iterator[Row]:
    """The graph with inventory and frameworks in a process of its own: memory, the second core, the index, an edit."""
    work.mkdir(parents=True)
    two = _child("graph", root, work / "two" / "memo.sqlite")
    one = _child("graph", root, work / "one" / "memo.sqlite", "--one-core")
    note = f"{two['memory_mb']:.0f} MB at its highest with the interpreter and its libraries"
    yield _row("memory of the graph stage", name, two["stage_mb"], "MB", MEMORY_MB, note)
    note = f"{one['seconds']:.1f} s on one core, {two['seconds']:.1f} s on two; {two['cpu_seconds']:.1f} CPU s"
    yield _row("what the second core gives", name, one["seconds"] / two["seconds"], "times as fast", None, note)
    index = _child("index", root, work / "two" / "memo.sqlite")
    yield _row(
        "index from nothing", name, index["cpu_seconds"], "CPU s", INDEX_SECONDS, f"{index['written']} documents"
    )
    yield from _edits(name, root, suffix, work / "edits")


def _edits(name: str, root: Path, suffix: str, work: Path) -> Iterator[Row]:
    """One statement more in one function of the file of middle size; the graph must be the one made from nothing."""
    for what, title in (("names", "one file edited, structure"), ("graph", "one file edited, with calls")):
        if what == "graph" and suffix != ".py":
            continue
        folder = work / what
        copy = folder / root.name
        shutil.copytree(root, copy, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        _child(what, copy, folder / "memo.sqlite")
        edited = _edit(copy, suffix)
        again = _child(what, copy, folder / "memo.sqlite")
        clean = _child(what, copy, folder / "clean.sqlite")
        same = "the same graph" if again["digest"] == clean["digest"] else "NOT THE SAME GRAPH"
        note = f"{edited}; {clean['cpu_seconds']:.2f} CPU s from nothing; {same}"
        yield _row(title, name, again["cpu_seconds"], "CPU s", EDIT_SECONDS, note)


def _edit(root: Path, suffix: str) -> str:
    pattern = FUNCTION if suffix == ".py" else METHOD
    paths = sorted(root.rglob(f"*{suffix}"), key=lambda path: (path.stat().st_size, path.as_posix()))
    fit = [path for path in paths if pattern.search(path.read_text("utf-8", "replace"))]
    path = fit[len(fit) // 2]
    text = path.read_text("utf-8")
    path.write_text(pattern.sub(lambda m: m[1] + STATEMENT[suffix] + m[2], text, count=1), "utf-8")
    return path.relative_to(root).as_posix()


def _growth(root: Path, work: Path) -> Iterator[Row]:
    """Growing parts of one system: folders in order of their names until a share of its lines is reached."""
    parts = sorted(path for path in root.iterdir() if path.is_dir())
    for share in (10, 3, 1):
        folder = work / str(share)
        folder.mkdir(parents=True)
        size = {part: sum(f.stat().st_size for f in part.rglob("*.java")) for part in parts}
        taken = 0
        for part in parts:
            if taken and taken + size[part] > sum(size.values()) / share:
                continue
            (folder / part.name).parent.mkdir(exist_ok=True)
            shutil.copytree(part, folder / "system" / part.name, symlinks=True)
            taken += size[part]
        cost = _child("graph", folder / "system", folder / "memo.sqlite")
        per = cost["cpu_seconds"] / cost["lines"] * 100_000
        note = (
            f"{cost['lines']} lines, {cost['cpu_seconds']:.1f} CPU s, {cost['seconds']:.1f} s, "
            f"{cost['memory_mb']:.0f} MB, {cost['edges']} edges"
        )
        yield _row("growth", f"spring-framework, 1/{share}", per, "CPU s per 100,000 lines", None, note)
        shutil.rmtree(folder)


def _child(what: str, root: Path, cache: Path, *options: str) -> dict[str, Any]:
    cache.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "eval.tasks.graph_speed_child", what, str(root), str(cache), *options]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"})  # noqa: S603
    if done.returncode:
        raise ValueError(f"{root.name} could not be measured: {done.stderr.strip().splitlines()[-1:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


GRAPH_SPEED = GraphSpeed(
    name="graph_speed",
    measures="The dependency graph's cost. Structure (definitions, imports, names and types) and the same with calls "
    "followed through values, as a multiple of raw, from sources read beforehand. With inventory and frameworks in a "
    "process of its own: memory that the graph stage adds, the second core, the index, one file edited, and growth.",
    truth="The process's and its children's CPU clocks and peak memory from the kernel; an edited graph is compared with "
    "the one made from nothing, byte for byte.",
    baselines="Raw: tree-sitter's parse of the same files, one capture query and the captures' text, in the same process "
    "and turn by turn.",
    limits="One machine, named in the result file, shared with whatever else runs on it. Share is value / limit: 1 or "
    "less is within it.",
    data="the sample orderdesk; --sources with django, skipped by name when it is not there",
    budget=10,
    quick_budget=0.4,
    columns=(
        Column("measure", "Measure", role="name"),
        Column("repository", "Repository", role="name"),
        Column("value", "Value", 2, role="cost"),
        Column("unit", "Unit", role="name"),
        Column("limit", "Limit", 1),
        Column("share", "Share of limit", 2),
        Column("note", "Details"),
    ),
)
