"""How the image of each deployable is made: deployables and files in, one Image for each that has its own."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from agent.containers.health import probe
from agent.containers.java_image import design_java
from agent.containers.node_image import design_node
from agent.containers.other_images import design_cobol, design_dotnet, design_go, design_php, design_ruby
from agent.containers.python_image import design_python
from agent.containers.tree import Tree, under
from agent.domain.container import Deployable, Image
from agent.domain.environment import Reason
from agent.domain.inventory import Location

__all__ = ["design_images", "dockerfile_of", "existing_dockerfiles", "with_health"]

_DESIGNS: Mapping[str, Callable[[Deployable, Tree], Image]] = {
    "python": design_python, "node": design_node, "java": design_java, "php": design_php, "ruby": design_ruby,
    "go": design_go, "dotnet": design_dotnet, "gnucobol": design_cobol,
}  # fmt: skip
_NAMES = {
    "python": "Python",
    "node": "Node.js",
    "java": "Java",
    "php": "PHP",
    "ruby": "Ruby",
    "go": "Go",
    "dotnet": ".NET",
}


def design_images(deployables: Sequence[Deployable], tree: Tree) -> tuple[Image, ...]:
    """An image for each deployable that does not run on another's, in their order."""
    made = []
    for app in deployables:
        if app.image:
            continue
        image = _DESIGNS[app.runtime](app, tree)
        risk, upgrade = _age(app)
        image = image.model_copy(
            update={
                "risk": risk,
                "upgrade": upgrade,
                "port": app.port,
                "reasons": (*app.why, *image.reasons, *_beside(tree, app)),
                "folders": tuple(sorted({*image.folders, *app.writes})),
                "ignored": _ignored(tree, app),
            }
        )
        made.append(with_health(image, app))
    return tuple(made)


def with_health(image: Image, app: Deployable) -> Image:
    """The image with the deployable's command, port and the command that asks for its health."""
    health = (
        probe(app.runtime, app.version, app.port, app.health) if app.port and app.health and app.kind == "web" else ()
    )
    return image.model_copy(update={"health": health, "port": app.port, "command": app.command})


def dockerfile_of(app: Deployable) -> str:
    """Where the Dockerfile of a deployable lies below the output folder."""
    return f"{app.image or app.name}/Dockerfile"


def existing_dockerfiles(tree: Tree) -> tuple[str, ...]:
    """Dockerfiles that the repository has: they are never touched."""
    return tuple(p for p in tree.paths if p.rpartition("/")[2].startswith(("Dockerfile", "Containerfile")))


@cache
def _ends() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((files("agent.containers") / "end_of_life.toml").read_text("utf-8"))


def _age(app: Deployable) -> tuple[str, str]:
    table = _ends().get(app.runtime, {})
    end = table.get(app.version, "")
    if not end:
        return "", ""
    name = _NAMES[app.runtime]
    risk = (
        f"{name} {app.version} has no security fixes since {end}; neither has the distribution that its public image is built on. "
        "Keep it off the internet."
    )
    return risk, f"{name} {table['to']}, with the tests in this image as the measure."


def _beside(tree: Tree, app: Deployable) -> tuple[Reason, ...]:
    """What the repository's own Dockerfile does otherwise."""
    found = [path for path in existing_dockerfiles(tree) if under(path, app.folder)]
    if not found:
        return ()
    text = tree.text(found[0])
    notes = []
    lines = text.splitlines()
    if not any(line.startswith("USER ") for line in lines):
        notes.append("it runs as root")
    if not any(line.startswith("HEALTHCHECK") for line in lines):
        notes.append("it has no HEALTHCHECK")
    if sum(line.upper().startswith("FROM ") for line in lines) == 1:
        notes.append("it has one stage, so that tools of the build stay in it")
    bases = [line.split()[1] for line in lines if line.upper().startswith("FROM ") and len(line.split()) > 1]
    loose = [base for base in bases if ":" not in base or base.endswith((":latest", ":full"))]
    if loose:
        notes.append(f"{loose[0][:60]} is not pinned")
    said = "; ".join(notes) or "no difference that matters was seen"
    return (
        Reason(
            text=f"a proposal beside the repository's own Dockerfile, which stays as it is: {said}",
            where=(Location(path=found[0]),),
        ),
    )


def _ignored(tree: Tree, app: Deployable) -> tuple[str, ...]:
    """Folders that hold nothing but tests, and documentation: not part of what runs."""
    tests: dict[str, bool] = {}
    for path in tree.paths:
        if not under(path, app.folder):
            continue
        inside = path[len(app.folder) + 1 :] if app.folder else path
        first = inside.partition("/")[0]
        if "/" in inside and first in ("test", "tests", "__tests__", "spec", "docs", "doc", "testing"):
            tests[first] = tests.get(first, True) and not path.endswith(("package.json",))
    return tuple(sorted(name for name, only in tests.items() if only)) if app.runtime != "java" else ()
