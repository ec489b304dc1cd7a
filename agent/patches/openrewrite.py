"""Runs OpenRewrite's recipes over a Maven build in the sandbox: recipe names with their options in, changed files out.

Versions are pinned: the newest whose POM says Apache-2.0. Later ones of the recipe modules and of the Maven plugin are under
a licence that does not let everybody use them (docs/decisions/0009-refactoring-engines.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.domain.environment import Need, Step
from agent.domain.patch import Rewritten
from agent.patches.java_imports import imports_in_place
from agent.ports import Codebase

__all__ = ["PLUGIN", "RECIPE_MODULES", "Chosen", "run_openrewrite"]

PLUGIN = "org.openrewrite.maven:rewrite-maven-plugin:5.46.1"
RECIPE_MODULES = (
    "org.openrewrite.recipe:rewrite-migrate-java:2.31.1",
    "org.openrewrite.recipe:rewrite-static-analysis:1.21.1",
    "org.openrewrite.recipe:rewrite-testing-frameworks:2.23.1",
)
# Its newest parser reads the compiler's own tree and knows Java 21.
NEEDS = (Need(name="java", versions=">=17,<22"), Need(name="maven"))
_CHOSEN = "figwright.Chosen"
_NAME = "run OpenRewrite"
# Words: where the recipes are written, the goals' prefix, then Maven's words. In a build of several modules that need each
# other, the second try compiles them first; it is asked only when the first one failed.
_SCRIPT = r"""
plugin=$1; shift
"$@" "$plugin:runNoFork" && exit 0
"$@" -DskipTests process-test-classes "$plugin:runNoFork"
"""


@dataclass(frozen=True)
class Chosen:
    """One recipe of OpenRewrite and its options."""

    name: str
    options: Mapping[str, str] | None = None


def run_openrewrite(code: Codebase, recipes: Sequence[Chosen], folder: str = "") -> Rewritten:
    """What the recipes make of the Maven build in that folder: Java sources, build files and resources, nothing else.

    ``failed`` says why there is nothing: no Maven, no JDK that it runs on, no network, or a build that cannot be read.
    """
    for need in NEEDS:
        if not code.toolchain(need.name, need.versions):
            return Rewritten(failed=f"OpenRewrite needs {need.name} {need.versions}".rstrip() + ", which is not here")
    made = code.rewrite(_steps(recipes, folder), NEEDS)
    if made.failed:
        return made
    kept = []
    for change in made.changes:
        if change.before is None or change.after is None or not change.path.endswith((".java", "pom.xml")):
            continue
        after = imports_in_place(change.before, change.after) if change.path.endswith(".java") else change.after
        if after != change.before:
            kept.append(change.model_copy(update={"after": after}))
    return made.model_copy(update={"changes": tuple(kept)})


def _steps(recipes: Sequence[Chosen], folder: str) -> tuple[Step, ...]:
    """First the choice, without network, so that all choices share one folder of downloads; then Maven."""
    return (
        Step(
            name="write down the recipes",
            run=(
                "sh",
                "-c",
                'mkdir -p "$1" && printf "%s" "$2" > "$1/rewrite.yml"',
                "figwright",
                "{env}/chosen",
                _yaml(recipes),
            ),
        ),
        Step(
            name=_NAME,
            run=(
                "sh",
                "-c",
                _SCRIPT,
                "figwright",
                PLUGIN,
                "{toolchain:maven}",
                "-B",
                "-q",
                "-Dstyle.color=never",
                "-Dmaven.repo.local={env}/m2",
                f"-Drewrite.recipeArtifactCoordinates={','.join(RECIPE_MODULES)}",
                f"-Drewrite.activeRecipes={_CHOSEN}",
                "-Drewrite.configLocation={env}/chosen/rewrite.yml",
                "-Drewrite.checkstyleDetectionEnabled=false",
                "-Denforcer.skip=true",
                "-Dcheckstyle.skip=true",
            ),
            env={"JAVA_HOME": "{toolchain:java:home}"},
            cwd=folder,
            network=True,
            seconds=1500,
        ),
    )


def _yaml(recipes: Sequence[Chosen]) -> str:
    lines = [
        "type: specs.openrewrite.org/v1beta/recipe",
        f"name: {_CHOSEN}",
        "displayName: What was chosen",
        "description: What was chosen.",
        "recipeList:",
    ]
    for recipe in recipes:
        lines.append(f"  - {recipe.name}" + (":" if recipe.options else ""))
        lines += [f"      {name}: {value}" for name, value in sorted((recipe.options or {}).items())]
    return "\n".join([*lines, ""])
