"""A workplace for tests of the orchestration: real folders, real processes without a box, and a test runner of ten lines.

The little runner runs ``sh suite.sh``; a line ``ok NAME`` or ``not ok NAME message`` is a test, ``load error FILE`` a file
that could not be loaded; ``needs NAME`` and ``wants NAME=VALUE`` amend the recipe. What a suite needs is named in ``needs.txt``: preparation makes a file of that name in {env}; there
is no way to make ``broken``, nor ``own``, which asks the repository; ``maybe-NAME`` may fail.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from agent.adapters.bare_sandbox import BareSandbox
from agent.adapters.folder import Folder
from agent.adapters.work_folders import WorkFolders
from agent.domain.environment import Need, Recipe, Step
from agent.domain.execution import Command, Limits, Outcome, Toolchain
from agent.domain.inventory import Location
from agent.domain.verdict import CaseResult, Suite, SuiteResult
from agent.ports import Snapshot, Toolchains
from agent.validation import Workplace


class ShellRunner:
    name = "shell"
    ecosystem = "shell"
    shuffles = True
    selects = False
    measures = False

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
        return Command(
            ("{toolchain:sh}", "suite.sh", str(order)), {"ENVIRONMENT": "{env}", "OUT": "{out}"}, suite.folder
        )

    def read(self, suite: Suite, outcome: Outcome, out: Path) -> SuiteResult:
        cases: list[CaseResult] = []
        errors: list[str] = []
        for line in outcome.stdout.decode().splitlines():
            if line.startswith("ok "):
                cases.append(CaseResult(id=line[3:], status="passed"))
            elif line.startswith("not ok "):
                name, _, message = line[7:].partition(" ")
                cases.append(CaseResult(id=name, status="failed", message=message))
            elif line.startswith("load error "):
                errors.append(line[11:])
        trouble = "" if cases or errors else "no test ran"
        return SuiteResult(cases=tuple(cases), collection_errors=tuple(errors), trouble=trouble)

    def coverage(self, suite: Suite, out: Path) -> Mapping[str, Mapping[int, bool]]:
        return {}


class ShellEcosystem:
    def __init__(self, name: str = "shell") -> None:
        self.name = name
        self.runners = {"shell": ShellRunner()}

    def suites(self, tree: Snapshot) -> Sequence[Suite]:
        found = [path for path, _ in tree.paths() if path.endswith("suite.sh")]
        return [
            Suite(
                runner="shell",
                ecosystem=self.name,
                folder=path.rpartition("/")[0],
                where=(Location(path=path),),
                why="suite.sh is there",
                files=(path,),
            )
            for path in found
        ]

    def recipe(self, tree: Snapshot, suite: Suite, toolchains: Toolchains) -> Recipe:
        names = tree.read("needs.txt").decode().split() if ("needs.txt" in dict(tree.paths())) else []
        return Recipe(ecosystem=self.name, needs=(Need(name="sh"),), steps=tuple(_make(name) for name in names))

    def inputs(self, tree: Snapshot, suite: Suite) -> Sequence[str]:
        return [path for path, _ in tree.paths() if path == "needs.txt"]

    def amend(self, recipe: Recipe, suite: Suite, said: str) -> tuple[Recipe, str] | None:
        for line in said.splitlines():
            if line.startswith("needs "):
                step = _make(line.removeprefix("needs ").strip())
                return recipe.model_copy(
                    update={"steps": (*recipe.steps, step)}
                ), f"{step.name}, since it said {line!r}"
            if line.startswith("wants "):
                name, _, value = line.removeprefix("wants ").partition("=")
                variables = {**recipe.variables, name: value}
                return recipe.model_copy(update={"variables": variables}), f"set {name}"
        return None


class ShellToolchains:
    def all(self, name: str) -> Sequence[Toolchain]:
        return [Toolchain("sh", "1.0", Path("/bin/sh"), Path("/bin"))] if name == "sh" else []

    def best(self, name: str, versions: str = "") -> Toolchain | None:
        return next(iter(self.all(name)), None)


def _make(name: str) -> Step:
    wanted = {"broken": "false", "own": "test -e {repo}/nothing"}.get(name.removeprefix("maybe-"), "true")
    return Step(
        name=f"make {name}",
        run=("{toolchain:sh}", "-c", f"echo making {name}; {wanted} && touch {{env}}/{name}"),
        needed=not name.startswith("maybe-"),
    )


@contextmanager
def shell_place(root: Path, files: Mapping[str, str], ecosystem: str = "shell") -> Iterator[Workplace]:
    """A repository with these files, and a workplace for it; its environments are kept in ``root/cache`` between calls."""
    repository = root / "repository"
    for name, text in files.items():
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    tree = Folder(repository, "shop")
    with WorkFolders(root / "cache") as folders:
        pristine = folders.fresh("pristine")
        tree.copy_to(pristine)
        yield Workplace(
            tree,
            pristine,
            BareSandbox(),
            ShellToolchains(),
            {ecosystem: ShellEcosystem(ecosystem)},
            folders,
            Limits(wall_seconds=20),
        )
