"""What proposals are judged on: the code with the patches so far, and the suites that stand there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property

from agent.domain.environment import Environment, Need
from agent.domain.patch import Tested
from agent.domain.verdict import Baseline, FileChange, RepositoryReport, Suite, SuiteResult
from agent.patches.codebase import OverlaidCode
from agent.patches.tree import OverlaidTree
from agent.ports import Language
from agent.refactoring.environments import Made, make_for
from agent.refactoring.journal import Journal, digest, digest_of_changes, digest_of_overlay
from agent.validation import Installed, Workplace, make_environment, run_suite
from agent.validation.judging import Once
from agent.validation.running import put_files

__all__ = ["DEFECT_SECONDS", "ECOSYSTEM_OF", "Ground", "Standing", "find_again", "suite_digest"]

DEFECT_SECONDS = 300.0  # of test time for the defects of one patch: there are many, and people wait

# The family of tests that can speak for a language; "" for one whose tests figwright cannot run.
ECOSYSTEM_OF: Mapping[str, str] = {
    "python": "python", "java": "java", "jsp": "java", "kotlin": "java", "javascript": "node", "typescript": "node",
    "php": "php", "go": "go", "csharp": "dotnet", "vbnet": "dotnet", "cobol": "cobol", "jcl": "cobol", "c": "c",
    "cpp": "c", "ruby": "ruby", "perl": "perl",
}  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """A suite that runs, and what held before the first patch."""

    installed: Installed
    baseline: Baseline

    @property
    def suite(self) -> Suite:
        return self.installed.suite


class Ground:
    """Grows by `accept`; everything before is gone then. ``tested`` records each environment for the report."""

    def __init__(
        self,
        place: Workplace,
        code: OverlaidCode,
        report: RepositoryReport,
        standing: Sequence[Standing],
        languages: Mapping[str, Language],
        journal: Journal,
    ) -> None:
        self.code, self.report, self.languages, self.journal = code, report, languages, journal
        self.standing = tuple(standing)
        self.tested = [_tested(suite.suite, suite.environment, suite.baseline) for suite in report.suites]
        self.runs = 0  # test runs of this process, not of the journal
        self._place = place
        self._folder = place.folders.copy(place.pristine, "ground")
        self._by_suffix = {s: language.name for language in languages.values() for s in language.suffixes}

    @cached_property
    def original(self) -> Workplace:
        """The repository as it was read."""
        return self._place

    @property
    def place(self) -> Workplace:
        """The repository with every accepted patch in it: what is pristine for the next."""
        return replace(self._place, pristine=self._folder, tree=OverlaidTree(self._place.tree, self.code.overlay))

    @property
    def state(self) -> str:
        return digest_of_overlay(self.code.overlay)

    @contextmanager
    def place_with(self, changes: Sequence[FileChange]) -> Iterator[Workplace]:
        """The same with a change that is not accepted (yet)."""
        place = self.place
        code = self.code.changed(changes)
        folder = place.folders.copy(self._folder, "changed")
        try:
            put_files(folder, {change.path: change.after for change in changes})
            yield replace(place, pristine=folder, tree=OverlaidTree(self._place.tree, code.overlay))
        finally:
            place.folders.drop(folder)

    def accept(self, changes: Sequence[FileChange], standing: Sequence[Standing] | None = None) -> None:
        """Make a change part of the ground; ``standing`` when its tests run in other environments from now on."""
        put_files(self._folder, {change.path: change.after for change in changes})
        self.code = self.code.changed(changes)
        if standing is not None:
            self.standing = tuple(standing)

    def concerned(self, changes: Sequence[FileChange]) -> frozenset[str]:
        """The families whose tests can speak for this change; empty when its files are of no language."""
        found = set()
        for change in changes:
            suffix = "." + change.path.rpartition(".")[2]
            language = self._by_suffix.get(suffix, "")
            if ECOSYSTEM_OF.get(language):
                found.add(ECOSYSTEM_OF[language])
        return frozenset(found)

    def run(self, installed: Installed, files: Mapping[str, str | None], patience: float = 0.0) -> SuiteResult:
        """The suite with these files over the ground, from the journal when the same was run before."""
        key = self._run_key(installed, files)
        known = self.journal.recall(key, SuiteResult)
        if known is not None:
            return known
        self.runs += 1
        result = run_suite(self.place, installed, files=files, wall_seconds=patience).result
        self.journal.keep(key, result)
        return result

    def remember(self, installed: Installed, files: Mapping[str, str | None], result: SuiteResult) -> None:
        """A run that was made elsewhere with these files over the ground: it need not be made again."""
        self.journal.keep(self._run_key(installed, files), result)

    def _run_key(self, installed: Installed, files: Mapping[str, str | None]) -> str:
        overlay = digest_of_overlay({**self.code.overlay, **files})
        return self.journal.key("run", overlay, installed.environment.key, installed.suite.model_dump_json())

    def once(self, changes: Sequence[FileChange]) -> Once:
        """The journal as `judge_change` asks it: a run that was killed among many defects goes on with the next."""
        base = (self.state, digest_of_changes(changes))

        def ask(parts: Sequence[str], run: Callable[[], SuiteResult]) -> SuiteResult:
            key = self.journal.key("defect", *base, *parts)
            known = self.journal.recall(key, SuiteResult)
            if known is None:
                self.runs += 1
                known = run()
                self.journal.keep(key, known)
            return known

        return ask

    def environment_for(self, suite: Suite, changes: Sequence[FileChange], runs_on: Sequence[Need]) -> Made:
        """The environment that a suite needs once the change is in."""
        with self.place_with(changes) as place:
            return make_for(place, suite, runs_on)

    def needs_another(self, standing: Standing, changes: Sequence[FileChange], runs_on: Sequence[Need]) -> bool:
        """Whether a change asks for another environment: another toolchain, or files changed that it is made from."""
        have = standing.installed.environment.recipe.needs
        if any(need.name == other.name and need != other for need in runs_on for other in have):
            return True
        paths = {change.path for change in changes}
        place = self.place
        ecosystem = place.ecosystems[standing.suite.ecosystem]
        return bool(paths & set(ecosystem.inputs(place.tree, standing.suite)))


def find_again(place: Workplace, report: RepositoryReport) -> tuple[Standing, ...]:
    """The environments of a report that an earlier run wrote, made or found once more."""
    standing: list[Standing] = []
    for found in report.suites:
        if found.baseline is None or not found.baseline.passed:
            continue
        _, installed, _ = make_environment(place, found.suite)
        if installed is not None:
            standing.append(Standing(installed, found.baseline))
    return tuple(standing)


def _tested(suite: Suite, environment: Environment, baseline: Baseline | None) -> Tested:
    return Tested(
        suite=suite,
        environment=environment.key,
        recipe=environment.recipe,
        toolchains=environment.toolchains,
        amended=environment.amended,
        passed=baseline.passed if baseline else (),
        failed=baseline.failed if baseline else (),
        set_aside=baseline.set_aside if baseline else (),
        trouble=(baseline.trouble if baseline else "") or environment.reason,
    )


def suite_digest(standing: Standing) -> str:
    """Of a baseline and its environment, as the key of what was concluded from them."""
    baseline = standing.baseline.model_copy(update={"seconds": 0.0})
    return digest(baseline.model_dump_json(), standing.installed.environment.key)
