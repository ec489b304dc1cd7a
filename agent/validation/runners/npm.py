"""Runs ``npm test`` commands that print what happened: TAP, ticks and crosses, or a closing line; one class, three readings.

Where nothing can be told apart there is one test ID, the command itself, and its exit code decides: that is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from agent.domain.environment import Recipe
from agent.domain.execution import OUT, Command, Outcome
from agent.domain.verdict import CaseResult, Suite, SuiteResult
from agent.validation.runners.glyphs import read_glyphs, read_summary
from agent.validation.runners.javascript import RUN, Call, driver_command, failed_step
from agent.validation.runners.mocha import unloadable
from agent.validation.runners.result_files import lines_that_ran, read_bytes, said, shorten, summed_up
from agent.validation.runners.tap import is_tap, read_tap

__all__ = ["AVA", "JASMINE", "NODE_TEST", "NPM", "TAP", "TAPE", "Printing"]

_JASMINE_REPORTER = """'use strict';
const seen = [];
class Told {
  jasmineStarted() { console.log('TAP version 13'); }
  specDone(result) {
    const skipped = result.status === 'pending' || result.status === 'excluded' || result.status === 'disabled';
    const name = result.fullName.replace(/[\\r\\n#]+/g, ' ');
    seen.push(name);
    console.log((result.status === 'failed' ? 'not ok ' : 'ok ') + seen.length + ' - ' + name + (skipped ? ' # SKIP' : ''));
    if (result.status === 'failed') {
      const text = result.failedExpectations.map((one) => one.message + '\\n' + (one.stack || '')).join('\\n');
      console.log('  ---\\n' + text.split('\\n').map((line) => '  ' + line).join('\\n') + '\\n  ...');
    }
  }
  jasmineDone() { console.log('1..' + seen.length); }
}
module.exports = Told;
module.exports.default = Told;
"""


# What is said when a command, a browser most often, is not there, or when what it needs cannot be loaded.
_MISSING = re.compile(
    r"spawn [^\n]{0,200}ENOENT|[^\n]{1,100}: (?:command )?not found|Cannot find module [^\n]{1,200}|SyntaxError: [^\n]{0,200}"
    r"|[^\n]{0,100}(?:phantomjs|chrome|chromium|firefox|browser)[^\n]{0,60}not (?:found|installed)[^\n]{0,100}",
    re.IGNORECASE,
)


class Printing:
    """A runner whose results are what it prints."""

    ecosystem = "node"
    shuffles = False
    selects = False
    measures = True

    def __init__(self, name: str, call: Call) -> None:
        self.name = name
        self._call = call

    def command(
        self,
        suite: Suite,
        recipe: Recipe,
        *,
        only: Sequence[str] = (),  # noqa: ARG002 - cannot select
        order: int = 0,  # noqa: ARG002 - cannot shuffle
        coverage: bool = False,
        test_seconds: float = 0.0,  # noqa: ARG002 - no limit of its own
    ) -> Command:
        return driver_command(suite, recipe, self._call, coverage=coverage)

    def read(self, suite: Suite, outcome: Outcome, out: Path) -> SuiteResult:
        own = read_bytes(out, "result.tap").decode("utf-8", "replace")
        text = own or outcome.stdout.decode("utf-8", "replace")
        if step := failed_step(out):
            return summed_up(self.name, (), outcome, trouble=f"the build step before the tests failed: {step}")
        if is_tap(text):
            tap = read_tap(text)
            trouble = tap.trouble
            if not trouble and outcome.exit_code and not any(case.status == "failed" for case in tap.cases):
                trouble = (
                    f"every test passed, and yet {self.name} ended with exit code {outcome.exit_code}"
                    if tap.cases
                    else ""
                )
            errors = unloadable(said(outcome)) if trouble or not tap.cases else ()
            return summed_up(self.name, tap.cases, outcome, trouble=trouble, collection_errors=errors)
        return self._read_people(suite, outcome, text)

    def _read_people(self, suite: Suite, outcome: Outcome, text: str) -> SuiteResult:
        cases = list(read_glyphs(text))
        summary = read_summary(said(outcome))
        bad = any(case.status == "failed" for case in cases)
        if cases and (bad or not outcome.exit_code):
            result = summed_up(self.name, cases, outcome)
        elif cases:
            trouble = f"no test failed, and yet {self.name} ended with exit code {outcome.exit_code}"
            result = summed_up(self.name, cases, outcome, trouble=trouble)
        else:
            result = self._by_exit_code(suite, outcome, summary.count if summary else None)
        words = (f"the runner says: {summary.text}",) if summary else ()
        return result.model_copy(update={"last_lines": words}) if words else result

    def _by_exit_code(self, suite: Suite, outcome: Outcome, count: int | None) -> SuiteResult:
        """One test for the whole command: it must have said that something ran, or it counts for nothing."""
        runs = [option.removeprefix(RUN) for option in suite.options if option.startswith(RUN)]
        ran = count is not None and count > 0
        if not ran and not outcome.exit_code and not outcome.stdout.strip():
            return summed_up(self.name, (), outcome)
        if outcome.exit_code and (errors := unloadable(said(outcome))) and not ran:
            return summed_up(self.name, (), outcome, collection_errors=errors)
        if outcome.exit_code and not ran and (missing := _MISSING.search(said(outcome))) is not None:
            trouble = f"the test command could not run (exit code {outcome.exit_code}): {missing[0].strip()[:200]}"
            return summed_up(self.name, (), outcome, trouble=trouble)
        case = CaseResult(
            id=f"npm test ({runs[0][:200]})" if runs else "npm test",
            status="failed" if outcome.exit_code else "passed",
            message=shorten(said(outcome)) if outcome.exit_code else "",
        )
        return summed_up(self.name, [case], outcome)

    def coverage(self, suite: Suite, out: Path) -> Mapping[str, Mapping[int, bool]]:  # noqa: ARG002
        return lines_that_ran(out)


NPM = Printing("npm", Call("npm test"))
TAP = Printing(
    "tap",
    Call(
        "tap",
        rules=(
            ("tap", "0.1", "1", "--tap"),
            ("tap", "1", "", "--reporter=tap"),
            ("tap", "10", "18", "--no-coverage"),
        ),
    ),
)
TAPE = Printing("tape", Call("tape"))
NODE_TEST = Printing(
    "node", Call("node --test", words=("--test-reporter=tap", f"--test-reporter-destination={OUT}/result.tap"))
)
AVA = Printing("ava", Call("ava", words=("--tap",)))
JASMINE = Printing(
    "jasmine",
    Call(
        "jasmine", words=(f"--reporter={OUT}/jasmine_reporter.js",), files=(("jasmine_reporter.js", _JASMINE_REPORTER),)
    ),
)
