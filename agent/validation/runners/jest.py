"""Runs jest and vitest, whose JSON report is the same, and reads it.

IDs are the file, then the titles from the outside in: ``test/cart.test.js > cart > adds``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from agent.domain.environment import Recipe
from agent.domain.execution import OUT, Command, Outcome
from agent.domain.verdict import CaseResult, Status, Suite, SuiteResult
from agent.validation.runners.javascript import (
    RUN,
    Call,
    driver_command,
    failed_step,
    in_repository,
    number,
    repository_root,
    texts,
)
from agent.validation.runners.result_files import lines_that_ran, read_json, shorten, summed_up

__all__ = ["JEST", "VITEST", "Jest"]

_STATUS: Mapping[str, Status] = {
    "passed": "passed",
    "failed": "failed",
    "pending": "skipped",
    "skipped": "skipped",
    "todo": "skipped",
    "disabled": "skipped",
}
_LONGEST_PATTERN = 60_000
# A sequencer of ours, which jest loads from 24.7 on: files in an order that a seed repeats.
_SEQUENCER = """'use strict';
const path = require('path');
const Base = require(require.resolve('@jest/test-sequencer', { paths: [process.cwd(), path.dirname(require.resolve('jest', { paths: [process.cwd()] }))] })).default;
class Shuffled extends Base {
  sort(tests) {
    const list = Array.from(tests).sort((a, b) => (a.path < b.path ? -1 : 1));
    let state = Number(process.env.FIGWRIGHT_ORDER) >>> 0;
    for (let at = list.length - 1; at > 0; at--) {
      state = (state * 1664525 + 1013904223) % 4294967296;
      const other = Math.floor(state / 4294967296 * (at + 1));
      const kept = list[at];
      list[at] = list[other];
      list[other] = kept;
    }
    return list;
  }
}
module.exports = Shuffled;
"""


class Jest:
    """jest from 20 on, and vitest."""

    ecosystem = "node"
    shuffles = True
    selects = True
    measures = True

    def __init__(self, name: str) -> None:
        self.name = name

    def command(
        self,
        suite: Suite,
        recipe: Recipe,
        *,
        only: Sequence[str] = (),
        order: int = 0,
        coverage: bool = False,
        test_seconds: float = 0.0,  # noqa: ARG002 - jest has a limit of its own
    ) -> Command:
        call = self._vitest(order, coverage) if self.name == "vitest" else self._jest(order, coverage)
        words = (*call.words, *_selected(only))
        call = Call(call.default, words, call.rules, call.files, (("FIGWRIGHT_ORDER", str(order)),), v8=False)
        return driver_command(suite, recipe, call, coverage=coverage)

    def _jest(self, order: int, coverage: bool) -> Call:
        words = ["--json", f"--outputFile={OUT}/jest%n.json", "--ci", "--forceExit"]
        if coverage:
            words += ["--coverage", "--coverageReporters=json", f"--coverageDirectory={OUT}/istanbul%n"]
        rules = (("jest", "24.7", "", f"--testSequencer={OUT}/sequencer.js"),) if order else ()
        return Call("jest", tuple(words), rules, (("sequencer.js", _SEQUENCER),) if order else ())

    def _vitest(self, order: int, coverage: bool) -> Call:
        words = ["--run", "--reporter=json", f"--outputFile={OUT}/jest%n.json"]
        if order:
            words += ["--sequence.shuffle", f"--sequence.seed={order}"]
        if coverage:
            words += ["--coverage.enabled", "--coverage.reporter=json", f"--coverage.reportsDirectory={OUT}/istanbul%n"]
        return Call("vitest", tuple(words))

    def read(self, suite: Suite, outcome: Outcome, out: Path) -> SuiteResult:
        parts = max(1, sum(option.startswith(RUN) for option in suite.options))
        reports = [read_json(out, f"jest{part}.json") for part in range(parts)]
        root, step = repository_root(out), failed_step(out)
        cases: list[CaseResult] = []
        errors: list[str] = []
        for file in _files(reports):
            path = in_repository(file.get("name"), root)
            found = list(_cases(file, path))
            cases += found
            # A suite that failed without a failed test could not be loaded, or broke in what runs around the tests.
            if not found and file.get("status") == "failed":
                errors.append(path)
        trouble = f"the build step before the tests failed: {step}" if step else ""
        if not trouble and not all(isinstance(report, dict) for report in reports):
            trouble = f"{self.name} ended with exit code {outcome.exit_code} and left no report"
        cases.sort(key=lambda case: case.id)
        return summed_up(self.name, cases, outcome, trouble=trouble, collection_errors=errors)

    def coverage(self, suite: Suite, out: Path) -> Mapping[str, Mapping[int, bool]]:  # noqa: ARG002
        return lines_that_ran(out)


def _files(reports: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    for report in reports:
        files = report.get("testResults") if isinstance(report, dict) else None
        yield from (file for file in files or () if isinstance(file, dict)) if isinstance(files, list) else ()


def _cases(file: Mapping[str, Any], path: str) -> Iterator[CaseResult]:
    results = file.get("assertionResults")
    for result in results if isinstance(results, list) else ():
        if not isinstance(result, dict) or result.get("status") not in _STATUS:
            continue
        titles = [*texts(result.get("ancestorTitles")), *texts([result.get("title")])]
        yield CaseResult(
            id=" > ".join([path, *(title.strip() for title in titles if title.strip())]),
            status=_STATUS[result["status"]],
            seconds=number(result, "duration") / 1000,
            message=shorten("\n".join(texts(result.get("failureMessages")))),
        )


def _selected(only: Sequence[str]) -> tuple[str, ...]:
    """Names as one pattern and files as patterns too; nothing when the pattern would be too long, so that all run."""
    names = [re.sub(r"\[\d+\]$", "", name).split(" > ") for name in only]
    pattern = "^(?:" + "|".join(sorted({re.escape(" ".join(name[1:])) for name in names})) + ")$"
    if not only or len(pattern) > _LONGEST_PATTERN:
        return ()
    return ("-t", pattern, *sorted({re.escape(name[0]) for name in names}))


JEST = Jest("jest")
VITEST = Jest("vitest")
