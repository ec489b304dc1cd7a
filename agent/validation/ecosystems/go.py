"""How Go modules, and Go packages from before modules, are tested: a snapshot in; suites and recipes out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from agent.domain.environment import Need, Reason, Recipe, Step
from agent.domain.inventory import Location
from agent.domain.verdict import Suite
from agent.errors import EnvironmentUnmakeableError
from agent.ports import Runner, Snapshot, Toolchains
from agent.validation.ecosystems.tree_reading import Tree, beside, line_of, read_tree
from agent.validation.runners.go_test import GO_TEST

__all__ = ["ECOSYSTEM", "GoEcosystem"]

_MOST_READ = 400
_IMPORT = re.compile(r"^\s*(?:import\s+)?(?:[\w.]+\s+)?\"((?:[\w-]+\.)+[a-z]{2,10}/[\w.~/-]{1,200})\"", re.MULTILINE)
_NAMED = re.compile(r"^package \w+ // import \"([^\"\s]{1,200})\"", re.MULTILINE)
_CACHES = {"GOMODCACHE": "{env}/gomod", "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod"}


class GoEcosystem:
    """The Go toolchain."""

    name = "go"
    runners: Mapping[str, Runner] = {GO_TEST.name: GO_TEST}

    def suites(self, tree: Snapshot) -> Sequence[Suite]:
        known = read_tree(tree)
        tests = [path for path in known.paths if path.endswith("_test.go") and not _vendored(path)]
        folders = sorted(
            {
                path.rpartition("/")[0]
                for path in known.paths
                if PurePosixPath(path).name == "go.mod" and not _vendored(path)
            }
        )
        if tests and not folders and any(path.endswith(".go") for path in known.paths):
            folders = [""]
        suites = []
        for folder in folders:
            own = [path for path in tests if _nearest(path, folders) == folder]
            if own:
                manifest = beside(folder, "go.mod")
                suites.append(
                    Suite(
                        runner="go",
                        ecosystem=self.name,
                        folder=folder,
                        where=(Location(path=manifest if known.has(manifest) else own[0]),),
                        why="a Go module with tests"
                        if known.has(manifest)
                        else "Go tests from before there were modules",
                        files=tuple(sorted({*own, *_test_data(known, folder)})),
                    )
                )
        return suites

    def inputs(self, tree: Snapshot, suite: Suite) -> Sequence[str]:
        known = read_tree(tree)
        names = ("go.mod", "go.sum", "go.work", "vendor/modules.txt", "Gopkg.lock", "Godeps/Godeps.json", "glide.lock")
        return sorted(path for name in names if known.has(path := beside(suite.folder, name)))

    def recipe(self, tree: Snapshot, suite: Suite, toolchains: Toolchains) -> Recipe:
        known = read_tree(tree)
        machine = toolchains.best("go")
        if machine is None:
            raise EnvironmentUnmakeableError(
                "the tests need Go, and this machine has none: install it, or give your own recipe with --env."
            )
        manifest = beside(suite.folder, "go.mod")
        variables = dict(_CACHES)
        if known.has(beside(suite.folder, "vendor/modules.txt")):
            variables["GOFLAGS"] = "-mod=vendor"
        steps = [_step("download modules", ("{toolchain:go}", "mod", "download"), suite, network=True, needed=False)]
        reasons: list[Reason] = []
        if known.has(manifest):
            found = re.search(r"^go[ \t]+(\d+(?:\.\d+){1,2})", known.text(manifest), re.MULTILINE)
            versions = f">={found[1]}" if found else ""
            reasons.append(
                Reason(
                    text=f"Go {machine.version}: Go runs older modules as they are",
                    where=(line_of(known.text(manifest), "\ngo ", manifest),),
                )
            )
        else:
            versions = ""
            module = _module_path(known, tree)
            text = f"no go.mod: one is made for {module}, its dependencies as of today (of the commit's time they are not recorded)"
            reasons.append(Reason(text=text))
            steps = [
                _step("make a module", ("{toolchain:go}", "mod", "init", module), suite),
                _step(
                    "find its dependencies", ("{toolchain:go}", "mod", "tidy", "-e"), suite, network=True, needed=False
                ),
                _step(
                    "keep the module files",
                    ("sh", "-c", 'mkdir -p "$1" && touch go.sum && cp go.mod go.sum "$1"', "figwright", "{env}/module"),
                    suite,
                ),
            ]
        # Compiles the standard library and the dependencies once; the tests' own files are compiled at each run.
        build = ("{toolchain:go}", "test", "-vet=off", "-count=1", "-run", "^$", "./...")
        steps.append(_step("fill the build cache", build, suite, network=True, needed=False))
        return Recipe(
            ecosystem=self.name,
            needs=(Need(name="go", versions=versions),),
            steps=tuple(steps),
            variables=variables,
            reasons=tuple(reasons),
        )

    def amend(self, recipe: Recipe, suite: Suite, said: str) -> tuple[Recipe, str] | None:  # noqa: ARG002
        if (
            re.search(r"inconsistent vendoring|vendor/modules\.txt", said)
            and recipe.variables.get("GOFLAGS") == "-mod=vendor"
        ):
            changed = {**recipe.variables, "GOFLAGS": "-mod=mod"}
            return recipe.model_copy(
                update={"variables": changed}
            ), "the vendor folder does not fit go.mod: modules are downloaded"
        if (
            re.search(r"updates to go\.mod needed|missing go\.sum entry|go: updates to", said)
            and recipe.variables.get("GOFLAGS") != "-mod=mod"
        ):
            changed = {**recipe.variables, "GOFLAGS": "-mod=mod"}
            return recipe.model_copy(
                update={"variables": changed}
            ), "go.mod and go.sum are completed in the copy (-mod=mod)"
        return None


def _step(name: str, run: tuple[str, ...], suite: Suite, *, network: bool = False, needed: bool = True) -> Step:
    return Step(name=name, run=run, env={"GOCACHE": "{env}/gocache"}, cwd=suite.folder, network=network, needed=needed)


def _vendored(path: str) -> bool:
    return bool({"vendor", "testdata", "node_modules", "_workspace"}.intersection(path.split("/")[:-1]))


def _nearest(path: str, folders: Sequence[str]) -> str:
    fitting = [folder for folder in folders if not folder or path.startswith(f"{folder}/")]
    return max(fitting, key=len, default="-")


def _test_data(tree: Tree, folder: str) -> Sequence[str]:
    return [
        path
        for path in tree.paths
        if (not folder or path.startswith(f"{folder}/"))
        and ("/testdata/" in f"/{path}" or path.startswith((".github/", ".travis", ".circleci/")))
    ]


def _module_path(tree: Tree, snapshot: Snapshot) -> str:
    """What the package calls itself: an import comment, or the path under which its own folders are imported."""
    sources = [path for path in tree.paths if path.endswith(".go") and not _vendored(path)][:_MOST_READ]
    for path in sources:
        if "/" not in path and (match := _NAMED.search(tree.text(path))) is not None:
            return match[1]
    folders = {path.rpartition("/")[0] for path in sources} - {""}
    name = re.sub(r"[^\w.-]", "-", snapshot.name) or "module"
    votes: Counter[str] = Counter()
    for path in sources:
        for imported in _IMPORT.findall(tree.text(path)):
            for folder in folders:
                if imported.endswith(f"/{folder}"):
                    votes[imported.removesuffix(f"/{folder}")] += 1
            if imported.rpartition("/")[2] == name or (
                "_test" in path and imported.count("/") == 2 and imported.endswith(f"/{name}")
            ):
                votes[imported] += 1
    best = sorted(votes.items(), key=lambda vote: (-vote[1], vote[0]))
    return best[0][0] if best else f"example.org/{name}"


ECOSYSTEM = GoEcosystem()
