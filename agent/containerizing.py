"""The loop that builds, starts, tests and repairs containers: a repository in, files with their proofs out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent.containers.attempt import Attempt, first_attempt
from agent.containers.deployables import find_deployables
from agent.containers.dockerfile import write_dockerfile, write_dockerignore
from agent.containers.facade.table import RouteTable, make_table
from agent.containers.files import write_files
from agent.containers.health import health_candidates
from agent.containers.images import design_images, dockerfile_of
from agent.containers.proving import Proved, prove_image, prove_job
from agent.containers.repairs import missing_programs
from agent.containers.testing_image import command_inside, from_build_stage, write_test_dockerfile
from agent.containers.tree import Tree, under
from agent.containers.watching import Bounds
from agent.domain.boundary import Boundaries
from agent.domain.code import DependencyGraph
from agent.domain.container import Backing, ContainerReport, Deployable, Image, Level, LintFinding, Proof
from agent.domain.environment import Recipe
from agent.domain.execution import Command, Folders, Outcome
from agent.domain.inventory import Inventory, TestSuite
from agent.domain.verdict import SuiteReport
from agent.ports import ContainerLinter, ImageBuilder, Snapshot
from agent.validation import Installed, Workplace, examine
from agent.validation.runners.tap import read_tap
from agent.validation.running import last_lines
from agent.validation.workplace import PINNED

__all__ = ["Containers", "containerize", "lint_containers", "plan_containers", "write_containers", "write_report"]

_ECOSYSTEMS = {"python": "python", "node": "node", "java": "java", "php": "php", "go": "go"}


@dataclass(frozen=True)
class Containers:
    """What is to be written: deployables, the services behind them and the images; ``nothing`` says why there are none."""

    deployables: tuple[Deployable, ...]
    backing: tuple[Backing, ...]
    images: tuple[Image, ...]
    nothing: str
    tree: Tree
    inventory: Inventory
    table: RouteTable | None = None

    def on(self, image: Image) -> tuple[Deployable, ...]:
        """The deployables that run on an image, its own first."""
        return tuple(app for app in self.deployables if image.name in (app.name, app.image))


@dataclass(frozen=True)
class _Outside:
    """Tests that pass outside: how they were run, and their IDs. ``recipe`` None: a script that prints TAP."""

    family: str
    folder: str
    passed: frozenset[str]
    command: Command
    recipe: Recipe | None
    read: Callable[[Outcome, Path], frozenset[str]]


@dataclass
class _Proofs:
    by_name: dict[str, Proof] = field(default_factory=dict)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    not_run: list[str] = field(default_factory=list)


def plan_containers(
    inventory: Inventory, graph: DependencyGraph | None, snapshot: Snapshot, boundaries: Boundaries | None = None
) -> Containers:
    """Find the deployables and design their images: nothing is run. ``boundaries`` are needed for the facade."""
    tree = Tree.of(inventory, (path for path, _ in snapshot.paths()), snapshot.read)
    deployables, backing, nothing = find_deployables(inventory, graph, tree)
    table = make_table(deployables, graph, boundaries) if graph is not None and boundaries is not None else None
    images = design_images(deployables, tree)
    return Containers(deployables, backing, images, nothing, tree, inventory, table)


def write_containers(containers: Containers, canary: str = "") -> dict[str, str]:
    """Files by their path below the output folder; the same input gives the same bytes. ``canary`` is the text of a
    ``facade/canary.json`` that is there already: its numbers are kept."""
    files: dict[str, str] = {}
    apps, backing, table = containers.deployables, containers.backing, containers.table
    if not apps:
        return files
    files |= write_files(apps, backing, table, containers.inventory, canary)
    for image in containers.images:
        files[f"{image.name}/Dockerfile"] = write_dockerfile(image, containers.on(image))
        files[f"{image.name}/Dockerfile.dockerignore"] = write_dockerignore(image)
    return files


def containerize(
    containers: Containers, inventory: Inventory, graph: DependencyGraph | None, builder: ImageBuilder | None, place: Workplace | None,
    work: Path, *, run: bool, test: bool, pull: bool = False, bounds: Bounds | None = None, say: Callable[[str], None] = lambda _: None,
) -> tuple[ContainerReport, Containers]:  # fmt: skip
    """The report, and the containers as the repairs left them. ``builder`` None: nothing is built, and the level is 'written'.

    ``place`` holds the pristine copy that images are built from; ``work`` is an empty folder for build contexts.
    """
    bounds = bounds or Bounds()
    proofs = _Proofs()
    outside: tuple[_Outside, ...] = ()
    if test and builder is not None and place is not None and containers.images:
        outside = _outside(place, inventory, proofs, say)
    for image in containers.images:
        app = next(app for app in containers.deployables if app.name == image.name)
        if builder is None or place is None:
            for each in containers.on(image):
                proofs.by_name[each.name] = Proof(
                    name=each.name, kind=each.kind, dockerfile=dockerfile_of(each), level="written"
                )
            continue
        context = work / image.name
        _copy(place.pristine / image.folder, context)
        candidates = health_candidates(graph, image.folder)
        proved = prove_image(
            builder, first_attempt(image, app), context, containers.tree, candidates, bounds=bounds, dockerfile=dockerfile_of(app),
            run=run, pull=pull, backings=containers.backing, say=say,
        )  # fmt: skip
        proofs.attempts[image.name] = proved.attempt
        others = [each for each in containers.on(image) if each.name != app.name]
        own = [proved.proof, *(_prove_other(builder, each, proved, work, bounds, run=run, say=say) for each in others)]
        if outside and proved.tag:
            own = _test(builder, proved, own, outside, context, place, bounds, say)
        for proof in own:
            proofs.by_name[proof.name] = proof
        shutil.rmtree(context, ignore_errors=True)
    report = ContainerReport(
        name=inventory.name, commit=inventory.commit, nothing=containers.nothing,
        deployables=tuple(proofs.by_name[app.name] for app in containers.deployables), not_run=tuple(dict.fromkeys(proofs.not_run)),
    )  # fmt: skip
    return report, _repaired(containers, proofs.attempts)


def _copy(source: Path, target: Path) -> None:
    """Links stay links: what they lead to may be outside."""
    shutil.copytree(source, target, symlinks=True)


def _repaired(containers: Containers, attempts: Mapping[str, Attempt]) -> Containers:
    apps = tuple(attempts[app.name].app if app.name in attempts else app for app in containers.deployables)
    images = tuple(attempts[image.name].image if image.name in attempts else image for image in containers.images)
    return replace(containers, deployables=apps, images=images)


def _prove_other(
    builder: ImageBuilder,
    job: Deployable,
    host: Proved,
    work: Path,
    bounds: Bounds,
    *,
    run: bool,
    say: Callable[[str], None],
) -> Proof:
    if not run:
        level = host.proof.level
        return Proof(
            name=job.name, kind=job.kind, dockerfile=dockerfile_of(job), level=level, first=level, image_bytes=host.proof.image_bytes,
            base=host.proof.base,
        )  # fmt: skip
    say(f"{job.name} on the image of {host.attempt.app.name}")
    return prove_job(builder, job, host, work, bounds=bounds, dockerfile=dockerfile_of(job))


def _outside(
    place: Workplace, inventory: Inventory, proofs: _Proofs, say: Callable[[str], None]
) -> tuple[_Outside, ...]:
    """Run every suite once outside of any image."""
    say("tests outside")
    report, standing = examine(place, runs=1)
    found = [
        _from_suite(place, installed, suite)
        for installed in standing
        if (suite := _of(report.suites, installed)) is not None
    ]
    proofs.not_run += [why for why in report.not_run if "no test suite" not in why]
    families = {one.family for one in found}
    for shown in inventory.test_suites:
        if shown.runner == "TAP" and not families and shown.command:
            script = _from_script(place, shown)
            if script is not None:
                found.append(script)
            else:
                proofs.not_run.append(f"{shown.command}: no test passed outside")
    if not found:
        proofs.not_run.append("no test passed outside, so there is none to compare with inside")
    return tuple(found)


def _of(suites: Sequence[SuiteReport], installed: Installed) -> SuiteReport | None:
    return next((report for report in suites if report.suite == installed.suite), None)


def _from_suite(place: Workplace, installed: Installed, report: SuiteReport) -> _Outside:
    suite, recipe = installed.suite, installed.environment.recipe
    runner = place.ecosystems[suite.ecosystem].runners[suite.runner]
    command = runner.command(suite, recipe)
    command = Command(command.argv, {**PINNED, **recipe.variables, **command.env}, command.cwd)
    passed = frozenset(report.baseline.passed if report.baseline else ())
    family = next(family for family, name in _ECOSYSTEMS.items() if name == suite.ecosystem)

    def read(outcome: Outcome, out: Path) -> frozenset[str]:
        return runner.read(suite, outcome, out).passed

    return _Outside(family, suite.folder, passed, command, recipe, read)


def _from_script(place: Workplace, suite: TestSuite) -> _Outside | None:
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
    return _Outside("cobol", "", passed, command, None, read) if passed else None


def _test(
    builder: ImageBuilder, proved: Proved, proofs: list[Proof], outside: tuple[_Outside, ...], context: Path, place: Workplace,
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
    builder: ImageBuilder, proved: Proved, one: _Outside, context: Path, place: Workplace, bounds: Bounds, tag: str
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
    _copy(place.pristine / image.folder, whole)
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
    builder: ImageBuilder, image: Image, one: _Outside, place: Workplace, tag: str, packages: tuple[str, ...]
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


def lint_containers(
    report: ContainerReport, folder: Path, paths: Sequence[str], linters: Sequence[ContainerLinter]
) -> ContainerReport:
    """The report with what each linter says of the written files; a deployable whose Dockerfile passed is 'linted' at least."""
    found: list[LintFinding] = []
    absent, ran = [], set()
    for linter in linters:
        if not linter.wants(paths):
            continue
        why = linter.unusable()
        if why:
            absent.append(f"{linter.name}: {why}")
        else:
            ran.add(linter.name)
            found += linter.lint(folder)
    serious = [finding for finding in found if finding.severity != "info"]
    proofs = []
    for proof in report.deployables:
        own = tuple(str(finding) for finding in serious if finding.path == proof.dockerfile)
        clean = not own and "hadolint" in ran
        level: Level = "linted" if proof.level == "written" and clean else proof.level
        first: Level = "linted" if proof.first == "written" and clean else proof.first
        proofs.append(proof.model_copy(update={"level": level, "first": first, "findings": (*proof.findings, *own)}))
    apart = tuple(str(finding) for finding in serious if finding.path not in {proof.dockerfile for proof in proofs})
    return report.model_copy(
        update={
            "deployables": tuple(proofs),
            "findings": apart,
            "not_run": (*report.not_run, *(f"not linted with {why}" for why in absent)),
        }
    )


def write_report(report: ContainerReport) -> str:
    """``containers.json``: each deployable with its level, rounds, size and times."""
    return json.dumps(report.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"
