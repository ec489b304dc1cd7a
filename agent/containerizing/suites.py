"""The repository's tests outside of an image and inside: a workplace and a proved image in, which test IDs pass in both out."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.containerizing.copying import copy_tree
from agent.containers.proving import Proved
from agent.containers.repairs import missing_programs
from agent.containers.testing_image import command_inside, from_build_stage, write_test_dockerfile
from agent.containers.tree import under
from agent.containers.watching import Bounds
from agent.domain.container import Image, Proof
from agent.domain.environment import Recipe
from agent.domain.execution import Command, Folders, Outcome
from agent.domain.inventory import Inventory, TestSuite
from agent.domain.verdict import SuiteReport
from agent.ports import ImageBuilder
from agent.validation import Installed, Workplace, examine
from agent.validation.runners.tap import read_tap
from agent.validation.running import last_lines
from agent.validation.workplace import PINNED

__all__ = ["Outside", "run_outside", "test_inside"]

_ECOSYSTEMS = {"python": "python", "node": "node", "java": "java", "php": "php", "go": "go"}


@dataclass(frozen=True)
class Outside:
    """Tests that pass outside: how they were run, and their IDs. ``recipe`` None: a script that prints TAP."""

    family: str
    folder: str
    passed: frozenset[str]
    command: Command
    recipe: Recipe | None
    read: Callable[[Outcome, Path], frozenset[str]]


def run_outside(
    place: Workplace, inventory: Inventory, say: Callable[[str], None]
) -> tuple[tuple[Outside, ...], tuple[str, ...]]:
    """Run every suite once outside of any image: those in which something passed, and what was not run and why."""
    say("tests outside")
    report, standing = examine(place, runs=1)
    found = [
        _from_suite(place, installed, suite)
        for installed in standing
        if (suite := _of(report.suites, installed)) is not None
    ]
    not_run = [why for why in report.not_run if "no test suite" not in why]
    families = {one.family for one in found}
    for shown in inventory.test_suites:
        if shown.runner == "TAP" and not families and shown.command:
            script = _from_script(place, shown)
            if script is not None:
                found.append(script)
            else:
                not_run.append(f"{shown.command}: no test passed outside")
    if not found:
        not_run.append("no test passed outside, so there is none to compare with inside")
    return tuple(found), tuple(not_run)


def _of(suites: Sequence[SuiteReport], installed: Installed) -> SuiteReport | None:
    return next((report for report in suites if report.suite == installed.suite), None)


def _from_suite(place: Workplace, installed: Installed, report: SuiteReport) -> Outside:
    suite, recipe = installed.suite, installed.environment.recipe
    runner = place.ecosystems[suite.ecosystem].runners[suite.runner]
    command = runner.command(suite, recipe)
    command = Command(command.argv, {**PINNED, **recipe.variables, **command.env}, command.cwd)
    passed = frozenset(report.baseline.passed if report.baseline else ())
    family = next(family for family, name in _ECOSYSTEMS.items() if name == suite.ecosystem)

    def read(outcome: Outcome, out: Path) -> frozenset[str]:
        return runner.read(suite, outcome, out).passed

    return Outside(family, suite.folder, passed, command, recipe, read)


def _from_script(place: Workplace, suite: TestSuite) -> Outside | None:
    """A shell script that prints TAP, which no family of languages runs."""
    words = tuple(suite.command.split())
    if len(words) != 2 or words[0] != "sh":
        return None
    command = Command(words, dict(PINNED))
    repo, out, env = place.folders.copy(place.pristine, "repo"), place.folders.fresh("out"), place.folders.fresh("env")
    try:
        outcome = place.sandbox.run(command, Folders(repo=repo, env=env, out=out), (), place.limits)
    finally:
        for folder in (repo, out, env):
            place.folders.drop(folder)

    def read(ended: Outcome, _: Path) -> frozenset[str]:
        return frozenset(
            case.id for case in read_tap(ended.stdout.decode("utf-8", "replace")).cases if case.status == "passed"
        )

    passed = read(outcome, out)
    return Outside("cobol", "", passed, command, None, read) if passed else None


def test_inside(
    builder: ImageBuilder, proved: Proved, proofs: list[Proof], outside: tuple[Outside, ...], context: Path, place: Workplace,
    bounds: Bounds, say: Callable[[str], None],
) -> list[Proof]:  # fmt: skip
    """The suites of the image's language inside of it; the level 'tested' needs all that pass outside, on a healthy deployable."""
    image = proved.attempt.image
    mine = [one for one in outside if one.family == image.family and (under(one.folder + "/x", image.folder))]
    if not mine:
        return proofs
    expected: set[str] = set()
    inside: set[str] = set()
    trouble: tuple[str, ...] = ()
    added: set[str] = set()
    for number, one in enumerate(mine):
        say(f"{image.name}: tests inside")
        found = _inside(builder, proved, one, context, place, bounds, f"{image.name}-test-{number}")
        expected |= one.passed
        inside |= found.passed
        trouble = found.said if one.passed - found.passed else trouble
        added |= set(found.packages)
    lost = tuple(sorted(expected - inside))
    tested = []
    for proof in proofs:
        update: dict[str, object] = {
            "tests_outside": len(expected), "tests_inside": len(expected & inside), "lost": lost[:200],
            "findings": (*proof.findings, *(f"only the tests need {name}: it is in the image that they run in" for name in sorted(added)), *([f"tests inside: {' | '.join(trouble)[-1500:]}"] if lost and trouble else [])),
        }  # fmt: skip
        if proof.level == "healthy" and expected and not lost:
            update["level"] = "tested"
            if len(proof.rounds) <= 1:
                update["first"] = "tested"
        tested.append(proof.model_copy(update=update))
    return tested


@dataclass(frozen=True)
class _Inside:
    """IDs that passed inside, what was printed last, and the packages that the tests needed beyond the image's."""

    passed: frozenset[str]
    said: tuple[str, ...]
    packages: tuple[str, ...] = ()


def _inside(
    builder: ImageBuilder, proved: Proved, one: Outside, context: Path, place: Workplace, bounds: Bounds, tag: str
) -> _Inside:
    """In an image derived from the proved one. A program that the tests call and the image has not is added, and they run again."""
    image = proved.attempt.image
    base = proved.tag
    if from_build_stage(image):
        base = f"{tag}-stage"
        done = builder.build(context, context.parent / f"{proved.tag}.Dockerfile", base, bounds.build, target="build")
        if done.exit_code or done.stopped_by:
            return _Inside(frozenset(), last_lines(done))
    whole = context.parent / f"{tag}-context"
    copy_tree(place.pristine / image.folder, whole)
    (whole / ".dockerignore").write_text(".git\n", "utf-8")
    dockerfile = context.parent / f"{tag}.Dockerfile"
    packages: tuple[str, ...] = ()
    found = _Inside(frozenset(), ())
    try:
        for _ in range(3):
            dockerfile.write_text(write_test_dockerfile(image, builder.local_name(base), one.recipe, packages), "utf-8")
            done = builder.build(whole, dockerfile, tag, bounds.build)
            if done.exit_code or done.stopped_by:
                return _Inside(found.passed, last_lines(done), packages)
            found, outcome = _run_inside(builder, image, one, place, tag, packages)
            lacking = missing_programs((outcome.stdout + outcome.stderr).decode("utf-8", "replace"))
            if not one.passed - found.passed or lacking <= set(packages):
                break
            packages = tuple(sorted({*packages, *lacking}))
    finally:
        shutil.rmtree(whole, ignore_errors=True)
    return found


def _run_inside(
    builder: ImageBuilder, image: Image, one: Outside, place: Workplace, tag: str, packages: tuple[str, ...]
) -> tuple[_Inside, Outcome]:
    """Run the suite, and once more when something is lost: a flaky test is no fault of the image."""
    folder = one.folder[len(image.folder) :].strip("/") if image.folder else one.folder
    command = one.command if folder == one.folder else Command(one.command.argv, one.command.env, folder)
    out = place.folders.fresh("inside")
    outcome = builder.run(tag, command_inside(image, command), place.limits, out=out)
    passed = one.read(outcome, out)
    if one.passed - passed and not missing_programs((outcome.stdout + outcome.stderr).decode("utf-8", "replace")):
        outcome = builder.run(tag, command_inside(image, command), place.limits, out=out)
        passed |= one.read(outcome, out)
    place.folders.drop(out)
    return _Inside(passed, last_lines(outcome), packages), outcome
