"""From a change to its verdict: scan, run with coverage, defects in the changed lines; one work copy for each run.

Goes in: a workplace with an environment that stands, the baseline, and the change. Comes out: a `Verdict`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from agent.domain.verdict import Baseline, FileChange, RepositoryReport, Suite, SuiteResult, Verdict
from agent.ports import Language
from agent.validation.case_names import as_named_before
from agent.validation.changes import read_patch
from agent.validation.protection import measure_protection
from agent.validation.running import Installed, run_suite
from agent.validation.tampering import expected_values, scan_change
from agent.validation.verdict import judge
from agent.validation.workplace import Workplace

__all__ = ["MUTANTS", "SECONDS", "judge_change", "judge_patch", "read_pristine", "understand_patch"]

MUTANTS = 20
SECONDS = 900.0  # of test time for all defects of one change together
MOST_TEST_BYTES = 20_000_000


def understand_patch(place: Workplace, diff: bytes) -> tuple[FileChange, ...]:
    """A unified diff against the repository as it was read. Raises UnusablePatchError when it does not apply."""
    return read_patch(diff.decode("latin-1"), lambda path: read_pristine(place.pristine, path))


def judge_patch(
    place: Workplace,
    report: RepositoryReport,
    installed: Installed,
    changes: Sequence[FileChange],
    languages: Mapping[str, Language],
    *,
    mutants: int = MUTANTS,
) -> RepositoryReport:
    """The report with the verdict on a change."""
    baseline = next(suite.baseline for suite in report.suites if suite.suite == installed.suite)
    if baseline is None:
        raise ValueError("a suite that stands has a baseline")
    verdict = judge_change(place, installed, baseline, changes, languages, mutants=mutants)
    return report.model_copy(update={"verdict": verdict})


def judge_change(
    place: Workplace,
    installed: Installed,
    baseline: Baseline,
    changes: Sequence[FileChange],
    languages: Mapping[str, Language],
    *,
    fixer_wrote: Callable[[str], bool] = lambda _: False,
    after: Installed | None = None,
    mutants: int = MUTANTS,
    seconds: float = SECONDS,
    seed: int = 0,
) -> Verdict:
    """``after`` is the environment that the changed code runs in, when it is another one than the baseline's.

    ``fixer_wrote`` says of a test file that a deterministic fixer wrote its new text (see `scan_change`).
    """
    suite = installed.suite
    expected = expected_values(_test_texts(place.pristine, suite), languages)
    tampering = scan_change(changes, languages, suite_files=suite.files, fixer_wrote=fixer_wrote, expected=expected)
    if tampering:
        return judge(baseline, None, tampering)
    files = {change.path: change.after for change in changes}
    where = after or installed
    runner = place.ecosystems[where.suite.ecosystem].runners[where.suite.runner]
    patience = max(60.0, 4 * baseline.seconds)
    place.say("the tests, with the change")
    ran = run_suite(place, where, files=files, coverage=runner.measures, wall_seconds=patience)
    result = ran.result if after is None else as_named_before(baseline, ran.result)
    verdict = judge(baseline, result)
    if verdict.label == "refused":
        return verdict
    # By the names of this very run, for a runner that is told which tests to run.
    wanted = frozenset(baseline.passed) & ran.result.passed
    number = 0

    def try_text(path: str, text: str, only: Sequence[str]) -> SuiteResult:
        nonlocal number
        number += 1
        place.say(f"defect {number} in the changed lines")
        named = tuple(only) if runner.selects else ()
        return run_suite(place, where, files={**files, path: text}, only=named, wall_seconds=patience).result

    protection = measure_protection(
        changes,
        ran.coverage or None,  # nothing measured, not even an unrun line: the tool for it is not there
        languages,
        try_text,
        wanted or ran.result.passed,
        limit=mutants,
        seconds=seconds,
        seed=seed,
        same_environment=after is None,
        selects=runner.selects,
    )
    return judge(baseline, result, (), protection)


def read_pristine(root: Path, path: str) -> str | None:
    """A file's bytes as Latin-1 text; None when there is none, or a link leads to it."""
    at = root
    for part in Path(path).parts:
        at = at / part
        if at.is_symlink():
            return None
    return at.read_bytes().decode("latin-1") if at.is_file() else None


def _test_texts(root: Path, suite: Suite) -> Iterator[tuple[str, str]]:
    left = MOST_TEST_BYTES
    for path in sorted(suite.files):
        text = read_pristine(root, path)
        if text is not None and len(text) <= left:
            left -= len(text)
            yield path, text
