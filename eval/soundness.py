"""Verdicts on changes that are known to be bad or good: a sample in, what became of each change out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent.composition import languages, workplace
from agent.domain.verdict import Baseline, FileChange, Verdict
from agent.settings import Settings
from agent.validation import Workplace, examine, run_suite
from agent.validation.judging import judge_change, read_pristine
from agent.validation.running import Installed
from eval.bad_changes import Sources
from eval.good_changes import GOOD_CHANGES

__all__ = ["Bench", "good_changes", "open_bench"]


@dataclass(frozen=True)
class Bench:
    """A sample whose tests run, and the lines that they run."""

    place: Workplace
    installed: Installed
    baseline: Baseline
    sources: Sources

    def judge(self, changes: tuple[FileChange, ...], mutants: int = 20) -> Verdict:
        return judge_change(self.place, self.installed, self.baseline, changes, languages(), mutants=mutants)


@contextmanager
def open_bench(
    sample: Path, cache: Path, sandbox: str = "bubblewrap", say: Callable[[str], None] = print
) -> Iterator[Bench]:
    """Raises ValueError when the sample's tests do not run here."""
    with workplace(str(sample), Settings(cache_dir=cache), sandbox=sandbox, say=say) as place:
        report, standing = examine(place, runs=2)
        if not standing:
            raise ValueError("; ".join(report.not_run))
        installed = standing[0]
        baseline = next(suite.baseline for suite in report.suites if suite.suite == installed.suite and suite.baseline)
        ran = run_suite(place, installed, coverage=True).coverage
        texts = {path: read_pristine(place.pristine, path) or "" for path, _ in place.tree.paths()}
        tests = {path: text for path, text in texts.items() if path in installed.suite.files}
        product = {path: text for path, text in texts.items() if path not in tests}
        covered = {
            path: frozenset(line for line, ran_it in lines.items() if ran_it)
            for path, lines in ran.items()
            if path in product and path.endswith(".py")
        }
        yield Bench(place, installed, baseline, Sources(product, tests, covered))


def good_changes(sources: Sources) -> Iterator[tuple[str, tuple[FileChange, ...]]]:
    """(kind, change) of those that keep what the sample's code does."""
    for good in GOOD_CHANGES:
        before = sources.product.get(good.path)
        if before is not None:
            after = good.apply(before.encode("latin-1").decode("utf-8")).encode("utf-8").decode("latin-1")
            yield good.kind, (FileChange(path=good.path, before=before, after=after),)
