"""The repository's own tests, asking a service and its monolith over HTTP: a climb and the service's folder in, counts out.

Beside them stands the control: the same tests, the same facade, every route on the monolith.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path

from agent.domain.execution import Command
from agent.domain.extraction import LiveTests
from agent.domain.verdict import Suite, SuiteResult
from agent.errors import ExtractionError
from agent.extracting.climbing import Climb, LiveRun
from agent.extraction.facade import FrameworkRoute, facade_config, routes_by_owner
from agent.extraction.live import ask_live
from agent.ports import Runner
from agent.validation import Installed, Workplace, find_suites, make_environment
from agent.validation.workplace import with_toolchains

__all__ = ["judge_live", "live_facade", "run_live"]

UNKNOWN = "it fails behind the facade with every route on the monolith, too"


def run_live(climb: Climb, place: Workplace, slice_tree: Path) -> LiveTests:
    """Twice over the suite: the control, and with the service's routes on the code of ``slice_tree``.

    Raises ExtractionError when the suite cannot be run to its end, or is none of Python.
    """
    if climb.stack.ecosystem != "python":
        raise ExtractionError(
            f"tests of {climb.stack.ecosystem} cannot ask over HTTP yet: only those of Flask and Django can."
        )
    installed = _environment(climb, place)
    runner = place.ecosystems["python"].runners[installed.suite.runner]
    command = with_toolchains(runner.command(installed.suite, installed.environment.recipe), installed.toolchains)
    if not climb.controls:
        place.say("the tests ask over HTTP, every route on the monolith")
        climb.controls.append(_run(climb, runner, installed.suite, command, live_facade(climb, ""), None))
    place.say(f"the tests ask over HTTP, the routes of {climb.service} on the service")
    live = _run(climb, runner, installed.suite, command, live_facade(climb, climb.service), slice_tree)
    return judge_live(climb.controls[0], live)


def _environment(climb: Climb, place: Workplace) -> Installed:
    for suite in find_suites(place).get("python", ()):
        if climb.suite == f"{suite.runner} in {suite.folder or 'the repository'}":
            _, installed, _ = make_environment(place, suite)
            if installed is not None:
                return installed
    raise ExtractionError(f"the suite that was recorded ({climb.suite}) cannot be run again: its environment is gone.")


def _run(
    climb: Climb, runner: Runner, suite: Suite, command: Command, facade: str, service: Path | None
) -> LiveRun:  # fmt: skip
    result, asked = ask_live(climb.ground, command, facade, service, partial(runner.read, suite))
    if result.trouble:
        raise ExtractionError(f"the tests could not be run through the facade: {_why(result)}")
    return LiveRun({case.id: case.status for case in result.cases}, asked)


def _why(result: SuiteResult) -> str:
    return " | ".join((result.trouble, *result.last_lines[-3:]))


def live_facade(climb: Climb, service: str) -> str:
    """nginx's configuration for the routes of ``service`` (none: all on the monolith), with places for the ports."""
    routes: list[FrameworkRoute] = []
    for pattern, methods, handler, path, kind in climb.first.routes:
        owner = partial(climb.owners.of, route=pattern, handler=handler, path=path)
        expression = kind if kind.startswith("^") else ""
        routes += routes_by_owner(pattern, methods, kind == "regex", owner, service, expression)
    return facade_config(routes if service else (), (1, 2, 3)).replace(
        "listen 127.0.0.1:1;", "listen 127.0.0.1:{{facade}};"
    ).replace("server 127.0.0.1:2;", "server 127.0.0.1:{{monolith}};").replace(
        "server 127.0.0.1:3;", "server 127.0.0.1:{{service}};"
    )  # fmt: skip


def judge_live(control: LiveRun, live: LiveRun) -> LiveTests:
    """Of the tests that make a request. What cannot be asked over HTTP is known from the control alone: a reason that only the
    service gives is a failure of the service."""
    tests = sorted(control.asked.tests | live.asked.tests)
    cannot: Counter[str] = Counter()
    new: list[str] = []
    control_passed = passed = 0
    for test in tests:
        if hard := control.asked.cannot.get(test):
            cannot[hard[0]] += 1
        elif not control.passed(test):
            # The one that was met last is the nearest to where it failed
            cannot[(control.asked.perhaps.get(test) or [UNKNOWN])[-1]] += 1
        else:
            control_passed += 1
            if live.passed(test) and not live.asked.cannot.get(test):
                passed += 1
            else:
                new.append(test)
    return LiveTests(
        tests=len(tests),
        control_passed=control_passed,
        passed=passed,
        answered=sum("service" in live.asked.by.get(test, ()) for test in tests),
        new_failures=tuple(new),
        cannot=tuple(sorted(cannot.items(), key=lambda one: (-one[1], one[0]))),
    )
