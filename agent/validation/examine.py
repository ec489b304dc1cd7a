"""A repository in, its suites' reports out: finds suites, makes their environments, takes their baselines."""

from __future__ import annotations

from agent.domain.environment import Environment, Recipe
from agent.domain.verdict import RepositoryReport, Suite, SuiteReport
from agent.errors import InputError
from agent.validation.baseline import RUNS, take_baseline
from agent.validation.environments import make_environment
from agent.validation.running import Installed, run_suite
from agent.validation.workplace import Workplace

__all__ = ["examine", "find_suites"]

_MOST_TRIES = 3  # suites of one family of languages, the likeliest first, until one runs


def find_suites(place: Workplace, runner: str = "auto") -> dict[str, tuple[Suite, ...]]:
    """The suites found, by family of languages, the likeliest first. Raises InputError for a runner that nothing knows."""
    known = sorted({name for ecosystem in place.ecosystems.values() for name in ecosystem.runners})
    if runner != "auto" and runner not in known:
        raise InputError(f"--runner {runner!r} is not known: use auto or one of {', '.join(known)}.")
    found: dict[str, tuple[Suite, ...]] = {}
    for name, ecosystem in place.ecosystems.items():
        suites = tuple(suite for suite in ecosystem.suites(place.tree) if runner in ("auto", suite.runner))
        if suites:
            found[name] = suites
    return found


def examine(
    place: Workplace, runner: str = "auto", recipe: Recipe | None = None, runs: int = RUNS
) -> tuple[RepositoryReport, tuple[Installed, ...]]:
    """Run every family's tests; also the environments that stand, in the order of the report's suites that ran."""
    suites = find_suites(place, runner)
    if recipe is not None:
        suites = {recipe.ecosystem: suites.get(recipe.ecosystem, ())} if recipe.ecosystem in place.ecosystems else {}
    reports: list[SuiteReport] = []
    standing: list[Installed] = []
    not_run: list[str] = []
    for name, found in suites.items():
        tried: list[SuiteReport] = []
        for suite in found[:_MOST_TRIES]:
            place.say(f"{suite.runner} in {suite.folder or 'the repository'}")
            report, installed = _examine_suite(place, suite, recipe, runs)
            tried.append(report)
            if installed is not None and report.baseline is not None and report.baseline.passed:
                standing.append(installed)
                break
        reports.append(tried[-1] if _ran(tried[-1]) else max(tried, key=_reached))
        if not _ran(reports[-1]):
            not_run.extend(_why_not(name, report) for report in tried)
    if not reports:
        named = ", ".join(place.ecosystems)
        which = f" that {runner} runs" if runner != "auto" else ""
        not_run.append(f"no test suite{which} was found (looked for those of {named})")
    return (
        RepositoryReport(
            name=place.tree.name,
            commit=place.tree.commit,
            sandbox=place.sandbox.name,
            suites=tuple(reports),
            not_run=tuple(not_run),
        ),
        tuple(standing),
    )


def _examine_suite(
    place: Workplace, suite: Suite, recipe: Recipe | None, runs: int
) -> tuple[SuiteReport, Installed | None]:
    environment, installed, trial = make_environment(place, suite, recipe)
    if installed is None:
        return SuiteReport(suite=suite, environment=environment, last_lines=_last_lines(environment)), None
    if trial is None:
        place.say(f"baseline: run 1 of {runs}")
        trial = run_suite(place, installed).result
    baseline = take_baseline(place, installed, trial, runs)
    bad = tuple(case for case in trial.cases if case.status in ("failed", "error"))
    lines = trial.last_lines if baseline.trouble or trial.collection_errors else ()
    return SuiteReport(
        suite=suite, environment=environment, baseline=baseline, failures=bad, last_lines=lines
    ), installed


def _last_lines(environment: Environment) -> tuple[str, ...]:
    return environment.attempts[-1].last_lines if environment.attempts else ()


def _ran(report: SuiteReport) -> bool:
    return report.baseline is not None and bool(report.baseline.passed)


def _reached(report: SuiteReport) -> tuple[bool, int]:
    return report.baseline is not None, len(report.environment.attempts)


def _why_not(name: str, report: SuiteReport) -> str:
    suite = f"{name}, {report.suite.runner} in {report.suite.folder or 'the root folder'}"
    if report.environment.failed:
        return f"{suite}: no environment: {report.environment.reason}"
    trouble = report.baseline.trouble if report.baseline else ""
    return f"{suite}: {trouble or 'no test passed'}"
