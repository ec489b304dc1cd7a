"""How Java builds are tested: a snapshot in; suites, and recipes that fill a local repository for an offline run, out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from agent.domain.environment import Need, Reason, Recipe
from agent.domain.inventory import Location
from agent.domain.verdict import Suite
from agent.errors import EnvironmentUnmakeableError
from agent.ports import Runner, Snapshot, Toolchains
from agent.validation.ecosystems.java_pom import Pom, read_pom
from agent.validation.ecosystems.java_rules import (
    amend_java,
    gradle_steps,
    maven_steps,
    with_old_scala,
    with_open_modules,
)
from agent.validation.ecosystems.tree_reading import Tree, beside, line_of, read_tree
from agent.validation.runners.maven import GRADLE, MAVEN

__all__ = ["ECOSYSTEM", "JavaEcosystem"]

_BUILD_FILES = {"pom.xml": "maven", "build.gradle": "gradle", "build.gradle.kts": "gradle"}
_DEEPEST = 3
_TEST_CLASS = re.compile(r"(?:Test[A-Z]\w*|\w+(?:Test|Tests|TestCase|Spec))\.(?:java|kt|scala|groovy)")
_TEST_FOLDERS = ("src/test/", "src/it/", "src/integration-test/", "src/testFixtures/")
_INPUTS = frozenset(
    "pom.xml build.gradle build.gradle.kts settings.gradle settings.gradle.kts gradle.properties gradle-wrapper.properties libs.versions.toml maven.config jvm.config extensions.xml".split()
)


class JavaEcosystem:
    """Maven and Gradle."""

    name = "java"
    runners: Mapping[str, Runner] = {MAVEN.name: MAVEN, GRADLE.name: GRADLE}

    def suites(self, tree: Snapshot) -> Sequence[Suite]:
        known = read_tree(tree)
        builds = sorted(
            (path for path in known.paths if PurePosixPath(path).name in _BUILD_FILES and path.count("/") <= _DEEPEST),
            key=lambda path: (path.count("/"), _BUILD_FILES[PurePosixPath(path).name] != "maven", path),
        )
        suites: list[Suite] = []
        covered: list[str] = []
        for path in builds:
            folder = path.rpartition("/")[0]
            if any(folder == other or not other or folder.startswith(f"{other}/") for other in covered):
                continue
            files = _test_files(known, folder)
            if not any(_TEST_CLASS.fullmatch(PurePosixPath(file).name) for file in files):
                continue
            covered.append(folder)
            runner = _BUILD_FILES[PurePosixPath(path).name]
            suites.append(
                Suite(
                    runner=runner,
                    ecosystem=self.name,
                    folder=folder,
                    where=(Location(path=path),),
                    why=f"{PurePosixPath(path).name} builds this, and there are tests under src/test",
                    files=files,
                )
            )
        # Where several builds lie side by side, the one with the most tests is what the repository is about.
        return sorted(
            suites, key=lambda suite: (suite.folder.count("/") + bool(suite.folder), -len(suite.files), suite.folder)
        )

    def inputs(self, tree: Snapshot, suite: Suite) -> Sequence[str]:
        return sorted(
            path for path in read_tree(tree).paths if PurePosixPath(path).name in _INPUTS and _below(path, suite.folder)
        )

    def recipe(self, tree: Snapshot, suite: Suite, toolchains: Toolchains) -> Recipe:
        known = read_tree(tree)
        pom = _strongest(known, suite.folder) if suite.runner == "maven" else _gradle_level(known, suite.folder)
        need, reason = _jdk(
            pom, toolchains, beside(suite.folder, "pom.xml" if suite.runner == "maven" else "build.gradle"), known
        )
        needs = [need]
        opened = Recipe(ecosystem=self.name, reasons=(reason,))
        if (pom.level or 8) <= 8 and not need.versions.startswith("==8."):
            text = "the JDK's packages are opened to reflection (--add-opens), as they were in Java 8"
            opened = with_open_modules(opened.model_copy(update={"reasons": (reason, Reason(text=text))}))
        if suite.runner == "maven":
            needs.append(Need(name="maven"))
            recipe = maven_steps(opened.model_copy(update={"needs": tuple(needs)}), suite, _first_tests(known, suite))
            scala = next(
                (found for path in _poms(known, suite.folder) if (found := read_pom(known.text(path)).scala)), ""
            )
            return with_old_scala(recipe, suite, scala) if re.match(r"2\.(?:9|10|11)\.", scala) else recipe
        if not known.has(beside(suite.folder, "gradlew")):
            if toolchains.best("gradle") is None:
                raise EnvironmentUnmakeableError(
                    "the tests are run by Gradle, the repository has no wrapper and this machine no Gradle: install it, "
                    "or give your own recipe with --env."
                )
            needs.append(Need(name="gradle"))
        return gradle_steps(opened.model_copy(update={"needs": tuple(needs)}), suite)

    def amend(self, recipe: Recipe, suite: Suite, said: str) -> tuple[Recipe, str] | None:
        return amend_java(recipe, suite, said)


def _below(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")


def _test_files(tree: Tree, folder: str) -> tuple[str, ...]:
    """Sources and resources of tests, CI and coverage settings."""
    return tuple(
        sorted(
            path
            for path in tree.paths
            if _below(path, folder)
            and (
                any(part in f"/{path}" for part in (f"/{name}" for name in _TEST_FOLDERS))
                or path.startswith((".github/", ".travis", ".circleci/"))
                or (_TEST_CLASS.fullmatch(PurePosixPath(path).name) and "/test" in f"/{path}")
            )
        )
    )


def _poms(tree: Tree, folder: str) -> Sequence[str]:
    """The build files of a suite, the outermost first."""
    found = [path for path in tree.paths if PurePosixPath(path).name == "pom.xml" and _below(path, folder)]
    return sorted(found, key=lambda path: (path.count("/"), path))[:300]


def _strongest(tree: Tree, folder: str) -> Pom:
    """The build file with the highest level: the JDK must do for every module."""
    poms = [read_pom(tree.text(path)) for path in _poms(tree, folder)]
    return max(poms, key=lambda pom: pom.level, default=Pom())


def _gradle_level(tree: Tree, folder: str) -> Pom:
    levels = [0]
    for name in ("build.gradle", "build.gradle.kts"):
        text = tree.text(beside(folder, name))[:200_000]
        found = re.findall(
            r"(?:sourceCompatibility|targetCompatibility|languageVersion)\b[^\n]{0,60}?(?:VERSION_)?(?:1[._])?(\d{1,2})\b",
            text,
        )
        levels += [int(level) for level in found]
    return Pom(level=max(levels), level_text=str(max(levels)) if max(levels) else "")


def _jdk(pom: Pom, toolchains: Toolchains, path: str, tree: Tree) -> tuple[Need, Reason]:
    """The oldest JDK of this machine that is new enough: the nearest to what the code was written for."""
    there = {
        int(part[0]) if part[0] != "1" else int(part[1])
        for one in toolchains.all("java")
        if (part := [*one.version.split("."), "0"])
    }
    enough = sorted(major for major in there if major >= (pom.level or 8))
    where = (line_of(tree.text(path), f">{pom.level_text}<", path),) if pom.level_text else (Location(path=path),)
    if not enough:
        listed = ", ".join(str(major) for major in sorted(there)) or "none"
        raise EnvironmentUnmakeableError(
            f"the build compiles for Java {pom.level or 8} ({path}), and the JDKs of this machine are: {listed}; install one "
            f"that is new enough, or give your own recipe with --env."
        )
    said = f"compiles for Java {pom.level_text}" if pom.level_text else "does not say for which Java"
    text = f"JDK {enough[0]}: {PurePosixPath(path).name} {said}, and it is the oldest of this machine that will do"
    return Need(name="java", versions=f"=={enough[0]}.*"), Reason(text=text, where=where)


def _first_tests(tree: Tree, suite: Suite) -> Sequence[str]:
    """A test class of each module, the smallest: run once with network, so that Surefire fetches what it runs tests with."""
    by_module: dict[str, tuple[int, str]] = {}
    for path in suite.files:
        name = PurePosixPath(path).name
        if "/src/test/" in f"/{path}" and _TEST_CLASS.fullmatch(name):
            module = f"/{path}".partition("/src/test/")[0]
            candidate = (tree.sizes.get(path, 0), name.rpartition(".")[0])
            if "abstract class" in tree.text(path)[:20_000]:
                continue
            by_module[module] = min(by_module.get(module, candidate), candidate)
    return sorted({name for _, name in by_module.values()})


ECOSYSTEM = JavaEcosystem()
