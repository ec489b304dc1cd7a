"""Runs a PHP script that is the tests' own runner (``php tests/run.php``) and reads what it prints: TAP, ticks, or an exit code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from agent.domain.environment import Recipe
from agent.domain.execution import Command, Outcome
from agent.domain.verdict import CaseResult, Status, Suite, SuiteResult
from agent.validation.runners.glyphs import read_glyphs, read_summary
from agent.validation.runners.result_files import said, shorten, summed_up
from agent.validation.runners.tap import is_tap, read_tap

__all__ = ["PHP_SCRIPT", "PhpScript"]


class PhpScript:
    """``suite.paths`` are the scripts; each is run by itself, one after the other."""

    name = "php_script"
    ecosystem = "php"
    shuffles = False
    selects = False
    measures = False

    def command(
        self,
        suite: Suite,
        recipe: Recipe,  # noqa: ARG002 - variables of the recipe are set by who runs this
        *,
        only: Sequence[str] = (),  # noqa: ARG002 - cannot select
        order: int = 0,  # noqa: ARG002 - cannot shuffle
        coverage: bool = False,  # noqa: ARG002 - cannot measure
        test_seconds: float = 0.0,  # noqa: ARG002 - no limit of its own
    ) -> Command:
        run = 'php=$1; shift; code=0; for script in "$@"; do "$php" -d display_errors=1 "$script" || code=$?; done; exit $code'
        return Command(argv=("sh", "-c", run, "figwright", "{toolchain:php}", *suite.paths), cwd=suite.folder)

    def read(self, suite: Suite, outcome: Outcome, out: Path) -> SuiteResult:  # noqa: ARG002 - the port's signature
        text = outcome.stdout.decode("utf-8", "replace")
        if is_tap(text):
            tap = read_tap(text)
            trouble = tap.trouble
            if not trouble and outcome.exit_code and tap.cases and all(case.status != "failed" for case in tap.cases):
                trouble = f"every test passed, and yet the script ended with exit code {outcome.exit_code}"
            return summed_up(self.name, tap.cases, outcome, trouble=trouble)
        cases = list(read_glyphs(text))
        if not cases and ((summary := read_summary(text)) is not None and summary.count):
            status: Status = "failed" if outcome.exit_code or summary.failed else "passed"
            message = shorten(said(outcome)) if status == "failed" else ""
            cases = [CaseResult(id=" ".join(("php", *suite.paths)), status=status, message=message)]
        return summed_up(self.name, cases, outcome)

    def coverage(self, suite: Suite, out: Path) -> Mapping[str, Mapping[int, bool]]:  # noqa: ARG002
        return {}


PHP_SCRIPT = PhpScript()
