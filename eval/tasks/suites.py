"""Whether figwright, without help, runs a stranger's tests as people who knew the project did."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.composition import workplace
from agent.domain.verdict import RepositoryReport, SuiteReport
from agent.errors import FigwrightError
from agent.settings import Settings
from agent.validation import examine
from eval.datasets import sample_folder
from eval.task import Column, Description, Outcome, Request, Skipped, Value

__all__ = ["SUITES", "passed_by_people"]

SAMPLES = {"orderdesk": 139, "helpdesk": 134, "stockroom": 344, "storefront": 200, "claims": 142}
QUICK = ("orderdesk", "helpdesk")  # no installation from a registry beyond pytest


@dataclass(frozen=True)
class Suites(Description):
    """One row a repository: its likeliest suite, run three times in different order in the sandbox."""

    def run(self, request: Request) -> Outcome:
        rows: list[Mapping[str, Value]] = []
        skipped: list[Skipped] = []
        for name, root, expected in _cases(request):
            if not root.is_dir():
                skipped.append(Skipped(name, f"--sources DIR has no {name}"))
                continue
            try:
                rows.append(measure(name, root.resolve(), expected, request))
            except FigwrightError as error:
                skipped.append(Skipped(name, str(error)))
        if request.dataset is None and not request.quick:
            skipped.append(Skipped("repositories of a dataset", "--dataset DIR with a dev.json was not given"))
        return Outcome(tuple(rows), tuple(skipped))


def measure(name: str, root: Path, expected: int, request: Request) -> Mapping[str, Value]:
    """Environments are kept in the request's work folder, so nothing is found made."""
    settings = Settings(cache_dir=request.work / "suites")
    with workplace(str(root), settings, name=name) as place:
        report, _ = examine(place, runs=1 if request.quick else 3)
    suite = max(report.suites, key=_passed, default=None)
    return {"repository": name, "expected": expected, **_row(report, suite)}


def _row(report: RepositoryReport, suite: SuiteReport | None) -> dict[str, Value]:
    if suite is None or suite.baseline is None:
        reason = report.not_run[0] if report.not_run else "nothing was run"
        return {"runner": "", "toolchain": "", "passed": 0, "failed": 0, "aside": 0, "skipped": 0, "rounds": 0,
                "seconds": 0.0, "note": reason[:160]}  # fmt: skip
    baseline = suite.baseline
    return {
        "runner": suite.suite.runner,
        "toolchain": ", ".join(suite.environment.toolchains),
        "passed": len(baseline.passed),
        "failed": len(baseline.failed),
        "aside": len(baseline.set_aside),
        "skipped": len(baseline.skipped),
        "rounds": suite.environment.rounds,
        "seconds": baseline.seconds,
        "note": (baseline.trouble or "; ".join(sorted({case.why for case in baseline.set_aside})))[:160],
    }


def _passed(suite: SuiteReport) -> int:
    return len(suite.baseline.passed) if suite.baseline else 0


def _cases(request: Request) -> list[tuple[str, Path, int]]:
    names = QUICK if request.quick else tuple(SAMPLES)
    cases = [(name, sample_folder() / name, SAMPLES[name]) for name in names]
    if request.dataset is None or request.quick:
        return cases
    places = [request.dataset, request.dataset / "dev.json", request.dataset / "refactor" / "dev.json"]
    file = next((place for place in places if place.is_file()), None)
    if file is not None:
        listed = json.loads(file.read_text("utf-8"))["repos"]
        sources = request.sources or file.parent
        cases += [(repo["name"], sources / repo["name"], passed_by_people(repo)) for repo in listed]
    return cases


def passed_by_people(repo: Mapping[str, object]) -> int:
    """How many tests passed where somebody set the project up by hand; 0 when nobody has."""
    for key in ("result_py27", "result_now"):
        result = repo.get(key)
        if isinstance(result, dict):
            numbers = [int(value) for name, value in result.items() if "passed" in str(name)]
            return numbers[0] if numbers else 0
    return 0


SUITES = Suites(
    name="suites",
    measures="How many tests of a repository pass in the sandbox, in an environment that figwright found out by itself, with "
    "none kept from before; tests that are flaky, slow or ask for the network are set aside by name.",
    truth="What passed where people set the same commit up by hand (the dataset's dev.json; the samples' own count).",
    baselines="That number is the baseline.",
    limits="A handful of repositories, most of them seen while the rules were made. statsd is counted in assertions by its "
    "people and in tests here; joauth's and javapoet's numbers are those of JDK 8.",
    data="samples; --dataset with dev.json for real repositories; the package registries of their languages",
    budget=60,
    quick_budget=0.4,
    columns=(
        Column("repository", "Repository", role="name"),
        Column("runner", "Runner", role="name"),
        Column("toolchain", "Toolchain"),
        Column("expected", "By hand"),
        Column("passed", "Passed", role="higher"),
        Column("failed", "Failed", role="lower"),
        Column("aside", "Set aside", role="lower"),
        Column("skipped", "Skipped"),
        Column("rounds", "Rounds"),
        Column("seconds", "Seconds", 1, role="cost"),
        Column("note", "Note"),
    ),
)
