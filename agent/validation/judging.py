"""From a change to its verdict: scan, run with coverage, defects in the changed lines; one work copy for each run.

Goes in: a workplace with an environment that stands, the baseline, and the change. Comes out: a `Verdict`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from agent.domain.verdict import Baseline, FileChange, RepositoryReport, Suite, SuiteResult, Verdict
from agent.domain.wording import listed
from agent.ports import Language
from agent.validation.build_files import READ_AT_EACH_RUN
from agent.validation.case_names import as_named_before
from agent.validation.changes import read_patch
from agent.validation.protection import measure_protection
from agent.validation.running import Installed, Ran, run_suite
from agent.validation.tampering import expected_values, scan_change
from agent.validation.verdict import judge
from agent.validation.workplace import Workplace

__all__ = ["MUTANTS", "SECONDS", "Once", "judge_change", "judge_patch", "read_pristine", "understand_patch"]

# (what a run depends on besides the change, how to make it) -> what the tests said
Once = Callable[[Sequence[str], Callable[[], SuiteResult]], SuiteResult]
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
    once: Once = lambda _, run: run(),
) -> Verdict:
    """``after`` is the environment that the changed code runs in, when it is another one than the baseline's.

    ``fixer_wrote`` says of a test file that a deterministic fixer wrote its new text (see `scan_change`). ``once`` may know
    from an earlier run what the tests said of a defect, by what makes it up.
    """
    suite = installed.suite
    expected = expected_values(_test_texts(place.pristine, suite), languages)
    tampering = scan_change(changes, languages, suite_files=suite.files, fixer_wrote=fixer_wrote, expected=expected)
    if tampering:
        return judge(baseline, None, tampering)
    files = {change.path: change.after for change in changes}
    where = after or installed
    runner = place.ecosystems[where.suite.ecosystem].runners[where.suite.runner]
    patience = max(120.0, 6 * baseline.seconds)

    def run_all() -> Ran:
        place.say("the tests, with the change")
        return run_suite(place, where, files=files, coverage=runner.measures, wall_seconds=patience)

    ran, verdict, chance = _settled(baseline, run_all, renamed=after is not None)
    if verdict.label == "refused":
        return verdict
    result = _named(baseline, ran, renamed=after is not None)
    # A slower machine than before makes no defect: what ran just now says how long a run takes.
    patience = max(60.0, 4 * baseline.seconds, 4 * ran.result.seconds)
    # By the names of this very run, for a runner that is told which tests to run.
    wanted = frozenset(baseline.passed) & ran.result.passed
    number = 0

    def try_text(path: str, text: str, only: Sequence[str]) -> SuiteResult:
        nonlocal number
        number += 1
        place.say(f"defect {number} in the changed lines")
        named = tuple(only) if runner.selects else ()
        return once(
            (where.environment.key, path, text, *named),
            lambda: run_suite(place, where, files={**files, path: text}, only=named, wall_seconds=patience).result,
        )

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
        tests=suite.files,
        fixer_wrote=fixer_wrote,
        built=_built_from(place, where, remade=after is not None),
    )
    return _at_most_no_regression(judge(baseline, result, (), protection), chance)


def _at_most_no_regression(verdict: Verdict, chance: str) -> Verdict:
    """Where a test was lost once, that the tests guard the change is not claimed; ``chance`` says which ("": none was)."""
    if not chance:
        return verdict
    label = "no regression" if verdict.label == "mutation-checked" else verdict.label
    return verdict.model_copy(update={"label": label, "reasons": (*verdict.reasons, chance)})


def _settled(baseline: Baseline, run_all: Callable[[], Ran], *, renamed: bool) -> tuple[Ran, Verdict, str]:
    """What the tests say of a change, and what was only chance. Lost tests lead to two more runs, since a busy machine
    loses a test, too; only where neither of them loses any is the change not refused."""
    ran = run_all()
    first = judge(baseline, _named(baseline, ran, renamed=renamed))
    if first.label != "refused" or not (first.lost or first.missing) or ran.result.stopped_by:
        return ran, first, ""
    for _ in range(2):
        ran = run_all()
        again = judge(baseline, _named(baseline, ran, renamed=renamed))
        if again.label == "refused":
            return ran, first, ""
    lost = listed(sorted([*first.lost, *first.missing]))
    return ran, again, f"lost in one of three runs with the change, and passed in two: {lost}"


def _named(baseline: Baseline, ran: Ran, *, renamed: bool) -> SuiteResult:
    return as_named_before(baseline, ran.result) if renamed else ran.result


def _built_from(place: Workplace, where: Installed, *, remade: bool) -> frozenset[str]:
    """The build files with which the tests ran as the change leaves them."""
    if not remade and where.suite.ecosystem not in READ_AT_EACH_RUN:
        return frozenset()
    return frozenset(place.ecosystems[where.suite.ecosystem].inputs(place.tree, where.suite))


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
