"""Calls the probe that runs Python tests, and reads what it wrote: a suite in, a command out; result files in, cases out."""

from __future__ import annotations

import base64
import json
import posixpath
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from agent.domain.environment import Recipe
from agent.domain.execution import ENV, OUT, REPO, Command, Outcome
from agent.domain.verdict import CaseResult, Status, Suite, SuiteResult
from agent.validation.runners.junit_xml import LONGEST_MESSAGE, number_twins

__all__ = ["PYTHON", "RESULTS", "Probe", "probe_command", "read_lines_run", "read_results"]

PYTHON = f"{ENV}/venv/bin/python"
RESULTS = "results.jsonl"
_LARGEST_RESULTS = 512 << 20
_CHUNK = 100_000  # one argument may hold 128 KiB
_STATUSES = frozenset({"passed", "failed", "error", "skipped", "expected failure", "unexpected pass"})
_LAST_LINES = 40


@dataclass(frozen=True, slots=True)
class Probe:
    """What the probe is to do: ``mode`` is pytest, unittest, nose or script; ``only`` are test IDs, ``order`` a seed."""

    mode: str
    args: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    pattern: str = "test*.py"
    top: str = ""
    only: tuple[str, ...] = ()
    order: int = 0
    coverage: bool = False
    test_seconds: float = 0.0


def probe_command(suite: Suite, recipe: Recipe, probe: Probe) -> Command:
    """The command that runs the probe in the suite's folder, with the recipe's variables."""
    setup = {
        "mode": probe.mode,
        "args": probe.args,
        "paths": probe.paths,
        "pattern": probe.pattern,
        "top": probe.top,
        "only": sorted(probe.only),
        "order": probe.order,
        "coverage": probe.coverage,
        "test_seconds": probe.test_seconds,
        "repo_mark": REPO,
        "out_mark": OUT,
    }
    packed = base64.b64encode(zlib.compress(json.dumps(setup, sort_keys=True).encode(), 9)).decode()
    chunks = [packed[at : at + _CHUNK] for at in range(0, len(packed), _CHUNK)]
    source = files("agent.validation.runners.probes").joinpath("python_probe.py").read_text("utf-8")
    return Command((PYTHON, "-c", source, OUT, ENV, REPO, *chunks), dict(recipe.variables), suite.folder)


def read_results(outcome: Outcome, out: Path) -> SuiteResult:
    """What the probe recorded, judged: a run that broke off, ran nothing or left half a record is ``trouble``."""
    cases: list[CaseResult] = []
    unloadable: list[str] = []
    ended: int | None = None
    trouble = ""
    for record in _records(out / RESULTS):
        if record is None:
            trouble = trouble or "a line of the results is damaged"
        elif "id" in record:
            case = _case(record)
            if case is None:
                trouble = trouble or "a line of the results is damaged"
            else:
                cases.append(case)
        elif "unloadable" in record:
            unloadable.append(str(record["unloadable"])[:500] or "(no name)")
        elif "broken" in record:
            trouble = f"the runner itself failed: {_last_line(str(record['broken']))}"
        elif isinstance(record.get("end"), int):
            ended = cast(int, record["end"])
    return SuiteResult(
        cases=number_twins(cases),
        collection_errors=tuple(sorted(set(unloadable))),
        exit_code=outcome.exit_code,
        stopped_by=outcome.stopped_by,
        trouble=trouble or _trouble(outcome, ended, cases, unloadable),
        seconds=outcome.seconds,
        last_lines=_tail(outcome),
    )


def _trouble(outcome: Outcome, ended: int | None, cases: Sequence[CaseResult], unloadable: Sequence[str]) -> str:
    if outcome.stopped_by:
        return f"stopped by the limit on {outcome.stopped_by}"
    if ended is None:
        return f"ended with exit code {outcome.exit_code} before the runner was done"
    if not cases and unloadable:
        return f"no test could be loaded: {len(set(unloadable))} of the test files failed at import"
    if not cases:
        return f"no test ran, although the runner ended with exit code {outcome.exit_code}"
    return ""


def read_lines_run(suite: Suite, out: Path) -> Mapping[str, Mapping[int, bool]]:
    """Path in the repository to line to whether it ran, from coverage.py's JSON; empty when there is none."""
    try:
        with (out / "coverage.json").open("rb") as file:
            data = file.read(_LARGEST_RESULTS)
        found = json.loads(data)["files"]
        measured: dict[str, dict[int, bool]] = {}
        for name, lines in sorted(found.items()):
            path = posixpath.normpath(posixpath.join(suite.folder, name))
            if not path.startswith(("/", "..")):
                ran = {int(line): True for line in lines["executed_lines"]}
                missed = {int(line): False for line in lines["missing_lines"]}
                measured[path] = dict(sorted((missed | ran).items()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return measured


def _records(path: Path) -> Iterator[dict[str, Any] | None]:
    """Each line as an object; None for one that is not."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_RESULTS)
    except OSError:
        return
    for line in data.splitlines():
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        yield record if isinstance(record, dict) else None


def _case(record: Mapping[str, Any]) -> CaseResult | None:
    name, status, seconds = record.get("id"), record.get("status"), record.get("seconds", 0.0)
    if not isinstance(name, str) or status not in _STATUSES or not isinstance(seconds, int | float):
        return None
    message = str(record.get("message", ""))[-LONGEST_MESSAGE:]
    return CaseResult(id=name[:2000], status=cast(Status, status), seconds=max(0.0, float(seconds)), message=message)


def _tail(outcome: Outcome) -> tuple[str, ...]:
    said = outcome.stdout + b"\n" + outcome.stderr
    lines = said[-20_000:].decode("utf-8", "replace").splitlines()
    return tuple(line[:500] for line in lines if line.strip())[-_LAST_LINES:]


def _last_line(words: str) -> str:
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no reason given"
