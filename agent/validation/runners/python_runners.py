"""The runners of Python: pytest, unittest, nose, Django's manage.py test, and a repository's own test script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.domain.environment import Recipe
from agent.domain.execution import OUT, Command, Outcome
from agent.domain.verdict import Suite, SuiteResult
from agent.validation.runners.python_probe import Probe, probe_command, read_lines_run, read_results

__all__ = [
    "LONGEST_TEST",
    "PYTHON_RUNNERS",
    "DjangoRunner",
    "NoseRunner",
    "PytestRunner",
    "ScriptRunner",
    "UnittestRunner",
]

LONGEST_TEST = 240.0
"""Seconds after which a test that hangs is ended, so that those behind it get their turn."""


@dataclass
class _PythonRunner:
    """What they share: the probe carries each of them out, and its records read the same."""

    name: str
    ecosystem: str = "python"
    shuffles: bool = True
    selects: bool = True
    measures: bool = True

    def command(
        self,
        suite: Suite,
        recipe: Recipe,
        *,
        only: Sequence[str] = (),
        order: int = 0,
        coverage: bool = False,
        test_seconds: float = 0.0,
    ) -> Command:
        mode, args, paths = self.call(suite, only)
        probe = Probe(
            mode=mode,
            args=args,
            paths=paths,
            only=tuple(only),
            order=order,
            coverage=coverage,
            test_seconds=test_seconds or LONGEST_TEST,
        )
        return probe_command(suite, recipe, probe)

    def call(self, suite: Suite, only: Sequence[str]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """(the probe's mode, arguments, paths) for a suite."""
        raise NotImplementedError

    def read(self, suite: Suite, outcome: Outcome, out: Path) -> SuiteResult:  # noqa: ARG002 - the port's signature
        return read_results(outcome, out)

    def coverage(self, suite: Suite, out: Path) -> Mapping[str, Mapping[int, bool]]:
        return read_lines_run(suite, out)


@dataclass
class PytestRunner(_PythonRunner):
    """pytest with the repository's own configuration; IDs are node IDs from the suite's folder on."""

    name: str = "pytest"

    def call(self, suite: Suite, only: Sequence[str]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        files = sorted({name.partition("::")[0] for name in only} - {""})
        quiet = ("-p", "no:randomly", "-p", "no:sugar", "--tb=short", "-q")
        args = ("--rootdir=.", "-o", f"cache_dir={OUT}/cache", "--continue-on-collection-errors", *quiet)
        return "pytest", (*args, *suite.options, *(files or suite.paths)), ()


@dataclass
class UnittestRunner(_PythonRunner):
    """unittest by discovery below folders, and by import for files; IDs are dotted names."""

    name: str = "unittest"

    def call(self, suite: Suite, only: Sequence[str]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:  # noqa: ARG002
        return "unittest", (), suite.paths


@dataclass
class NoseRunner(_PythonRunner):
    """nose, or pynose where nose no longer runs: for suites whose generators only it understands. No other order."""

    name: str = "nose"
    shuffles: bool = False

    def call(self, suite: Suite, only: Sequence[str]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:  # noqa: ARG002
        return "nose", (*suite.options, *suite.paths), ()


@dataclass
class DjangoRunner(_PythonRunner):
    """``manage.py test``: the first path is the script, the options follow ``test``. IDs are dotted names."""

    name: str = "django"

    def call(self, suite: Suite, only: Sequence[str]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:  # noqa: ARG002
        script, *labels = suite.paths or ("manage.py",)
        return "script", (script, "test", "--noinput", *suite.options, *labels), ()


@dataclass
class ScriptRunner(_PythonRunner):
    """A script of the repository that ends in unittest's text runner (``runtests.py``, ``alltests.py``)."""

    name: str = "script"

    def call(self, suite: Suite, only: Sequence[str]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:  # noqa: ARG002
        script, *arguments = suite.paths or ("runtests.py",)
        return "script", (script, *suite.options, *arguments), ()


PYTHON_RUNNERS: Mapping[str, _PythonRunner] = {
    runner.name: runner for runner in (PytestRunner(), UnittestRunner(), NoseRunner(), DjangoRunner(), ScriptRunner())
}
